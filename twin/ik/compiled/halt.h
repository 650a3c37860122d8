/* Where joints come to rest that brake: what it reads and writes.
 *
 * Filled by twin/ik/compiled/halting.py, which lists the same fields in the same order; as step.h has it, all memory is
 * numpy's. Shapes: j joints of the robot.
 */
#ifndef UNDERSTUDY_IK_HALT_H
#define UNDERSTUDY_IK_HALT_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    int32_t joints;  /* j */
    double unseen_m; /* what comes nearer than this before it stops was watched already */
    const double *acceleration_rad_s2; /* (j) with which each joint brakes, > 0 */
    const double *sweep_m_s2; /* (j) how far each joint's farthest part goes until it stops, by its speed squared: m s^2 */
    const double *from_rad;   /* (j) where they are ... */
    const double *speed_rad_s; /* (j) ... and how fast, when they begin to brake */
    double *stops_rad;         /* (j) */
} Halt;

#endif
