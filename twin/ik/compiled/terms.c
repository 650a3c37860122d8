/* What is asked of a step as a least-squares problem: its weighted Jacobian, and the quadratic of that and the errors. */
#include <math.h>
#include <string.h>

#include "step.h"

/* Write `weighted`: of MuJoCo's Jacobians the columns of the joints that move, each row with its weight. */
void find_jacobian(Step *s)
{
    const int gaze_from = 6 * s->hands;
    for (int hand = 0; hand < s->hands; hand++) {
        double *of_m = s->jacobian + 3 * hand * s->dofs, *of_rad = of_m + 3 * s->hands * s->dofs;
        s->mj_jacSite(s->model, s->data, of_m, of_rad, s->hand_site[hand]);
    }
    if (s->gaze_rows > 0) {
        double *turning = s->looks_only ? s->turning : s->jacobian + gaze_from * s->dofs;
        s->mj_jacSite(s->model, s->data, NULL, turning, s->head_site);
    }
    if (s->balance_rows > 0) {
        double *of_centre = s->jacobian + (gaze_from + s->gaze_rows) * s->dofs;
        s->mj_jacSubtreeCom(s->model, s->data, of_centre, s->base_body);
    }
    for (int row = 0; row < s->rows; row++) {
        double *weighted = s->weighted + row * s->joints;
        const double weight = s->weight[row];
        const int about = row - gaze_from;
        if (s->looks_only && about >= 0 && about < s->gaze_rows) {
            /* The head's own y or z, which is a column of its rotation. */
            const double *axis = s->site_xmat + 9 * s->head_site + 1 + about;
            for (int i = 0; i < s->joints; i++) {
                const double *turn = s->turning + s->dof_address[i];
                weighted[i] = weight * (axis[0] * turn[0] + axis[3] * turn[s->dofs] + axis[6] * turn[2 * s->dofs]);
            }
            continue;
        }
        const double *jacobian = s->jacobian + row * s->dofs;
        for (int i = 0; i < s->joints; i++) {
            weighted[i] = weight * jacobian[s->dof_address[i]];
        }
    }
}

/* Write `midway`: the weighted Jacobian as it is half-way through a step that goes on as the last one did.
 *
 * The midpoint rule (second order in the step), with the change of the Jacobian taken from the last step.
 */
void follow_curve(Step *s, double dt_s)
{
    const int cells = s->rows * s->joints;
    if (!s->has_before) {
        memcpy(s->midway, s->weighted, sizeof(double) * (size_t)cells);
        return;
    }
    const double share = 0.5 * fmin(dt_s / s->before_s, s->longest_ratio);
    for (int i = 0; i < cells; i++) {
        s->midway[i] = (s->weighted[i] - s->before[i]) * share + s->weighted[i];
    }
}

static double dot(const double *a, int a_stride, const double *b, int b_stride, int count)
{
    double sum = 0.0;
    for (int i = 0; i < count; i++) {
        sum += a[i * a_stride] * b[i * b_stride];
    }
    return sum;
}

static double squared(const double *v, int count)
{
    return dot(v, 1, v, 1, count);
}

/* Of `a`, whose rows are `stride` wide: the products of column i with columns j .. j + 3. */
static void multiply(const double *a, int rows, int stride, int i, int j, double products[4])
{
    double sums[4] = {0.0, 0.0, 0.0, 0.0}; /* they stay in registers */
    for (int row = 0; row < rows; row++, a += stride) {
        for (int k = 0; k < 4; k++) {
            sums[k] += a[i] * a[j + k];
        }
    }
    memcpy(products, sums, sizeof sums);
}

/* Write J'J into `hessian` and J'b into `gradient`, of `midway` and `taken`. */
static void square(Step *s)
{
    const int n = s->joints;
    const double *a = s->midway;
    for (int i = 0; i < n; i++) {
        double *sums = s->hessian + i * n;
        int j = i;
        for (; j + 4 <= n; j += 4) {
            multiply(a, s->rows, n, i, j, sums + j);
        }
        for (; j < n; j++) {
            sums[j] = dot(a + i, n, a + j, n, s->rows);
        }
        for (int above = 0; above < i; above++) {
            sums[above] = s->hessian[above * n + i];
        }
        s->gradient[i] = dot(a + i, n, s->taken, 1, s->rows);
    }
}

/* Write `hessian` and `gradient`: what the step should make small.
 *
 * Damped in proportion to the squared error (T. Sugihara, "Solvability-unconcerned inverse kinematics by the
 * Levenberg-Marquardt method", T-RO 2011); a head that must turn far must not slow the hands, nor they it.
 */
void make_quadratic(Step *s, double dt_s)
{
    square(s);
    const double of_hands = s->damping + s->error_damping * squared(s->taken, 6 * s->hands);
    const double gaze = s->gaze_weight * sqrt(squared(s->errors + 6 * s->hands, s->gaze_rows));
    const double of_neck = s->damping + s->error_damping * gaze * gaze;
    const double idle = of_hands * fmin(1.0, s->posture_rate_per_s * dt_s);
    for (int i = 0; i < s->joints; i++) {
        s->hessian[i * (s->joints + 1)] += (i < s->neck_from ? of_hands : of_neck) + s->stiffness[i];
        double ahead = s->wanted_rad[i] - s->qpos[s->qpos_address[i]];
        if (s->is_mixed && s->acceleration_use > 0.0) { /* waist and neck come to rest where they are wanted */
            const double acceleration = s->acceleration_rad_s2[i], gain = 0.5 * acceleration * dt_s;
            const double nearest = (sqrt(gain * gain + acceleration * fabs(ahead)) - gain) * dt_s;
            ahead = ahead > nearest ? nearest : ahead < -nearest ? -nearest : ahead;
        }
        s->gradient[i] += (s->stiffness[i] + s->eased[i] * idle) * ahead;
    }
}
