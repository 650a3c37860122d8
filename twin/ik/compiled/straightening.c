/* The way of an arm into a singular pose is bounded, by a row of the same kind as that of near shapes. */
#include <math.h>
#include <string.h>

#include "step.h"

static const double SLOWER_BY = 0.6;   /* share of their speed that the joints of an arm lose on their way there */
static const double BRAKED_WITH = 0.4; /* share of its acceleration with which an arm brakes on its way there */
static const double SLACK_RAD = 1e-6;

static bool is_inside(const Step *s, int from, int joints)
{
    for (int i = from; i < from + joints; i++) {
        const double angle = s->qpos[s->qpos_address[i]];
        if (angle < s->lower_rad[i] - SLACK_RAD || angle > s->upper_rad[i] + SLACK_RAD) {
            return false;
        }
    }
    return true;
}

/* How much the logarithm of the condition number may grow in a step, braked as its joints can.
 *
 * The inverse of that number falls in proportion to the angle that is left.
 */
static double braked_growth(const Step *s, int from, int joints, double condition, double dt_s)
{
    double sum = 0.0, accelerated = 0.0;
    for (int i = 0; i < joints; i++) {
        const double slope = fabs(s->growth[i]);
        sum += slope;
        accelerated += slope * slope * s->acceleration_rad_s2[from + i];
    }
    const double braking = BRAKED_WITH * accelerated / fmax(sum, 1e-9);
    const double left = fmax(0.0, 1.0 - condition / s->stop_at_condition); /* both over the inverse itself */
    const double latest = braking * dt_s;
    return (sqrt(latest * latest + 2.0 * braking * left) - latest) * dt_s;
}

/* Slow the joints: a hand that hardly moves can have an arm that turns about it, and could not stop. */
static void slow(Step *s, int from, int joints, double condition, double dt_s)
{
    const double way = (condition - s->slow_at_condition) / (s->stop_at_condition - s->slow_at_condition);
    const double share = dt_s * (1.0 - SLOWER_BY * fmin(fmax(way, 0.0), 1.0));
    for (int i = from; i < from + joints; i++) {
        const double most = s->speed_rad_s[i] * share;
        s->most_rad[i] = fmax(fmin(s->most_rad[i], most), s->least_rad[i]);
        s->least_rad[i] = fmin(fmax(s->least_rad[i], -most), s->most_rad[i]);
    }
}

/* Write the row number `row` of `ways` and `least_of_ways`, and narrow the bounds of the arm of `hand`.
 *
 * `condition` and `growth` are those of this arm. False, and nothing of that, if a joint was found beyond its end: it
 * may have to pass a singular pose on its way back.
 */
int32_t straighten(Step *s, int32_t hand, int32_t row, double condition, double dt_s)
{
    const int from = s->arm_from[hand], joints = s->arm_joints[hand];
    if (!is_inside(s, from, joints)) {
        return 0;
    }
    double squared = 0.0;
    for (int i = 0; i < joints; i++) {
        squared += s->growth[i] * s->growth[i];
    }
    const double steep = fmax(1.0, sqrt(squared)); /* without end in a singular pose itself */
    double most = (1.0 - exp(-dt_s / s->straightening_time_s)) * log(fmax(1.0, s->stop_at_condition / condition));
    if (s->acceleration_use > 0.0) {
        most = fmin(most, braked_growth(s, from, joints, condition, dt_s));
        slow(s, from, joints, condition, dt_s);
    }
    double *way = s->ways + row * s->joints;
    memset(way, 0, sizeof(double) * (size_t)s->joints);
    for (int i = 0; i < joints; i++) {
        way[from + i] = s->growth[i] / -steep;
    }
    s->least_of_ways[row] = -most / steep;
    return 1;
}
