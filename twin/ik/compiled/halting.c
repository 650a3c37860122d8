/* Where joints come to rest that brake as hard as they can, and whether that is within sight. */
#include <math.h>

#include "halt.h"

/* What Python's list of the same fields is compared with. */
size_t halt_size(void)
{
    return sizeof(Halt);
}

/* Whether nothing that moves could meet what is not watched yet before it stops. */
int32_t is_within_sight(const Halt *h)
{
    double swept_m = 0.0;
    for (int i = 0; i < h->joints; i++) {
        swept_m += h->speed_rad_s[i] * h->speed_rad_s[i] * h->sweep_m_s2[i];
    }
    return swept_m < h->unseen_m;
}

/* Write `stops_rad`: where joints come to rest that brake in steps of `dt_s`.
 *
 * The sum of all these steps: each but the last takes the same off the speed.
 */
void halt(Halt *h, double dt_s)
{
    for (int i = 0; i < h->joints; i++) {
        const double loss = h->acceleration_rad_s2[i] * dt_s, size = fabs(h->speed_rad_s[i]);
        const double steps = floor(size / loss);
        const double way = dt_s * steps * (size - 0.5 * loss * (steps + 1.0));
        h->stops_rad[i] = h->from_rad[i] + copysign(way, h->speed_rad_s[i]);
    }
}
