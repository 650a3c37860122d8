/* What Python calls: the free step, and the step that is taken with what it left over. */
#include <math.h>
#include <string.h>

#include "step.h"

/* What Python's list of the same fields is compared with. */
size_t step_size(void)
{
    return sizeof(Step);
}

/* Write everything up to `step_rad`, the step that is best if nothing is in its way; whether it keeps its bounds. */
int32_t propose_step(Step *s, double dt_s)
{
    find_jacobian(s);
    find_errors(s);
    take_of_errors(s, dt_s);
    follow_curve(s, dt_s);
    make_quadratic(s, dt_s);
    bound_step(s, dt_s);
    return minimise(s) && is_within_bounds(s);
}

/* Remember the Jacobian of a step that nothing bounded (`is_free`) and that was long: the next one is curved. */
static void remember(Step *s, int32_t is_free, double dt_s)
{
    double squared = 0.0;
    for (int i = 0; i < s->joints; i++) {
        squared += s->step_rad[i] * s->step_rad[i];
    }
    s->has_before = is_free && squared > s->curved_from_rad * s->curved_from_rad;
    s->before_s = dt_s;
    if (s->has_before) {
        memcpy(s->before, s->weighted, sizeof(double) * (size_t)(s->rows * s->joints));
    }
}

static double distance(const double a[3], const double b[3])
{
    const double x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];
    return sqrt(x * x + y * y + z * z);
}

/* Turn the joints by `step_rad`, and write their speeds, MuJoCo's poses after it and `away_m`.
 *
 * Bit i of what it returns: the goal of hand i is out of its reach.
 */
int32_t take_step(Step *s, int32_t is_free, double dt_s)
{
    for (int i = 0; i < s->joints; i++) {
        s->qpos[s->qpos_address[i]] += s->step_rad[i];
        s->robot_speed_rad_s[s->joint[i]] = s->step_rad[i] / dt_s;
    }
    remember(s, is_free, dt_s);
    s->mj_kinematics(s->model, s->data);
    s->mj_comPos(s->model, s->data);
    int32_t out_of_reach = 0;
    for (int hand = 0; hand < s->hands; hand++) {
        const double *goal = s->goal_m + 3 * hand;
        s->away_m[hand] = distance(goal, s->site_xpos + 3 * s->hand_site[hand]);
        if (s->away_m[hand] > s->reached_m &&
            distance(goal, s->xpos + 3 * s->shoulder_body[hand]) > s->reach_m[hand]) {
            out_of_reach |= 1 << hand;
        }
    }
    return out_of_reach;
}
