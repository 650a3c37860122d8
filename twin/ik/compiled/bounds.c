/* Within which bounds a step must stay that has nothing near: position, speed and acceleration of every joint. */
#include <math.h>

#include "step.h"

/* How far a joint may go one way, with `room_rad` >= 0 left to its limit, at `speed_rad_s` that way.
 *
 * Negative where it cannot but go the other way.
 */
static double most_of(const Step *s, int i, double room_rad, double speed_rad_s, double dt_s)
{
    const double acceleration = s->acceleration_rad_s2[i];
    /* From where it can still brake: v^2 = 2 a d, in steps; `latest` is the last of its speed. */
    const double latest = acceleration * fmax(dt_s, s->longest_step_s);
    double most_rad_s = sqrt(room_rad * 2.0 * acceleration + latest * latest) - latest;
    most_rad_s = fmin(most_rad_s, s->speed_rad_s[i]);
    return fmin(most_rad_s, acceleration * dt_s + speed_rad_s);
}

/* Write `least_rad` and `most_rad`. */
void bound_step(Step *s, double dt_s)
{
    for (int i = 0; i < s->joints; i++) {
        const double angle = s->qpos[s->qpos_address[i]];
        double up = fmax(s->upper_rad[i] - angle, 0.0), down = fmax(angle - s->lower_rad[i], 0.0);
        if (s->acceleration_use > 0.0) {
            const double speed = s->robot_speed_rad_s[s->joint[i]];
            up = most_of(s, i, up, speed, dt_s);
            down = most_of(s, i, down, -speed, dt_s);
            /* A joint that is too fast for its limit, because others turned it, stops at its limit. */
            up = fmax(up, fmin(-down, 0.0));
            down = fmax(down, -up);
            up *= dt_s;
            down *= dt_s;
        } else {
            up = fmin(up, s->speed_rad_s[i] * dt_s);
            down = fmin(down, s->speed_rad_s[i] * dt_s);
        }
        s->least_rad[i] = -down;
        s->most_rad[i] = up;
    }
}

/* Whether `step_rad` keeps the bounds; what is not a number does not. */
bool is_within_bounds(const Step *s)
{
    for (int i = 0; i < s->joints; i++) {
        if (!(s->step_rad[i] >= s->least_rad[i] && s->step_rad[i] <= s->most_rad[i])) {
            return false;
        }
    }
    return true;
}
