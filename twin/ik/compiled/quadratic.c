/* The step that makes a quadratic least, by a Cholesky decomposition. */
#include <math.h>
#include <string.h>

#include "step.h"

/* Write `factor` and `step_rad`; false if the Hessian is not positive definite, or not numbers. */
bool minimise(Step *s)
{
    const int n = s->joints;
    double *step = s->step_rad;
    memcpy(s->factor, s->hessian, sizeof(double) * (size_t)(n * n));
    memcpy(step, s->gradient, sizeof(double) * (size_t)n);
    for (int k = 0; k < n; k++) { /* row by row of U, and of U' y = gradient */
        double *restrict row = s->factor + k * n;
        if (!(row[k] > 0.0)) {
            return false;
        }
        const double inverse = 1.0 / sqrt(row[k]);
        for (int j = k; j < n; j++) {
            row[j] *= inverse;
        }
        step[k] *= inverse;
        for (int i = k + 1; i < n; i++) {
            double *restrict below = s->factor + i * n;
            const double share = row[i];
            for (int j = i; j < n; j++) {
                below[j] -= share * row[j];
            }
            step[i] -= share * step[k];
        }
    }
    for (int k = n - 1; k >= 0; k--) { /* U step = y */
        const double *row = s->factor + k * n;
        double left = step[k];
        for (int j = k + 1; j < n; j++) {
            left -= row[j] * step[j];
        }
        step[k] = left / row[k];
    }
    return true;
}
