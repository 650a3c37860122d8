/* One step of inverse kinematics as far as it is plain arithmetic: what it reads and writes, and its parts.
 *
 * Everything is double precision and row-major, in metres and radians, in the frame of the model's world. Nothing is
 * allocated here: all memory is numpy's or MuJoCo's, and twin/ik/compiled/step.py fills this struct, whose fields it
 * lists in the same order; memory.py looks at every shape. No function fails or keeps anything beside this struct.
 * MuJoCo's own functions are those of the library that Python has loaded; its structs are handed through, not read.
 *
 * Rows (r): positions of all hands, rotations of all hands, the rotation of the head, the centre of mass.
 * Letters of the shapes: n joints that the step moves, a of one arm, k hands, d dofs and q coordinates of the model, j joints of the robot.
 */
#ifndef UNDERSTUDY_IK_STEP_H
#define UNDERSTUDY_IK_STEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    /* Counts, addresses and questions. */
    int32_t rows;         /* r = 6 k + gaze_rows + balance_rows */
    int32_t joints;       /* n: both arms from the shoulder outwards, torso, neck; those that are asked for */
    int32_t hands;        /* k, at most 2 */
    int32_t dofs;         /* d */
    int32_t coordinates;  /* q */
    int32_t robot_joints; /* j */
    int32_t sites;        /* of the model */
    int32_t bodies;       /* of the model */
    int32_t gaze_rows;    /* 0, or 3; of a head that only looks 1 or 2: about its own y, then z */
    int32_t balance_rows; /* 0, or 3 of which the last counts nothing */
    int32_t neck_from;    /* the first joint of the neck; n without one */
    int32_t head_site;    /* -1 without one */
    int32_t base_body;    /* which carries everything: its subtree's centre of mass is the robot's */
    int32_t looks_only;   /* whether the head cannot be tilted to the side */
    int32_t is_mixed;     /* whether it moves more than arms */
    int32_t has_goals;    /* whether the last step had these terms, and its goals are known */
    int32_t has_before;   /* whether the weighted Jacobian of the last step tells of this one's */

    /* twin.ik.plan.Settings, and what else does not change from step to step. */
    double damping, error_damping;
    double largest_error_m, largest_error_rad;
    double closing_m_s2, closing_rad_s2, turning_rad_s2;
    double goal_m_s, goal_rad_s;
    double posture_rate_per_s;
    double acceleration_use; /* 0: joints may change their speed at once */
    double curved_from_rad;
    double longest_step_s; /* the way to a limit is braked on as if the step after this one were so long */
    double longest_ratio;  /* of a step and the one before, over which one tells of the other */
    double gaze_weight;
    double reached_m; /* a hand that is nearer to its goal is there */
    double before_s;  /* how long the last step was */
    double radian_m;  /* metres that a radian of a hand is worth */
    double slow_at_condition, stop_at_condition; /* of an arm on its way to a singular pose ... */
    double straightening_time_s;                 /* ... and the time constant with which that way may be used up */

    /* Which they are. */
    const int32_t *qpos_address;  /* (n) */
    const int32_t *dof_address;   /* (n) */
    const int32_t *joint;         /* (n) of the robot */
    const int32_t *hand_site;     /* (k) */
    const int32_t *shoulder_body; /* (k) */
    const int32_t *arm_from;      /* (k) the first joint of each arm in the step */
    const int32_t *arm_joints;    /* (k) and how many it has */

    /* Of each joint of the step, (n). */
    const double *lower_rad, *upper_rad;   /* soft limits */
    const double *speed_rad_s;             /* the share of its limit that is used */
    const double *acceleration_rad_s2;     /* likewise */
    const double *stiffness;               /* what keeps waist and neck at angles of their own */
    const double *eased;                   /* 0..1: how strongly the idle motion of an arm goes to the ready pose */
    const double *wanted_rad;              /* where arms are drawn to, and waist and neck are kept */

    const double *weight;  /* (r) of each row's error */
    const double *reach_m; /* (k) a goal further from the shoulder is out of reach */

    /* Goals. */
    const double *goal_m;        /* (k, 3) */
    const double *goal_rotation; /* (k, 3, 3) */
    const double *gaze_goal;     /* (3, 3) */
    const double *balance_goal;  /* (2) */

    /* MuJoCo's, of this pose. */
    double *qpos;              /* (q) */
    const double *site_xpos;   /* (sites, 3) */
    const double *site_xmat;   /* (sites, 9) */
    const double *xpos;        /* (bodies, 3) */
    const double *subtree_com; /* (bodies, 3) */

    double *robot_speed_rad_s; /* (j) of all joints in the last step; read, and written by the step that is taken */

    /* Results. */
    double *jacobian;     /* (r, d); its rows of the gaze stay empty if the head only looks */
    double *turning;      /* (3, d) of the head, about the axes of the world */
    double *weighted;     /* (r, n) the weighted Jacobian */
    double *before;       /* (r, n) that of the last step */
    double *midway;       /* (r, n) as it is half-way through this step */
    double *errors;       /* (r) what is missing */
    double *taken;        /* (r) what of it this step shall make up for, weighted */
    double *hessian;      /* (n, n) the step makes small: step' hessian step / 2 - gradient' step */
    double *gradient;     /* (n) */
    double *factor;       /* (n, n) above the diagonal: U of hessian = U' U */
    double *least_rad;    /* (n) bounds of the step */
    double *most_rad;     /* (n) */
    double *step_rad;     /* (n) */
    double *away_m;       /* (k) how far each hand is from its goal */
    double *arm;           /* (6, a), in the memory of (6, n): the Jacobian of the arm that was looked at last ... */
    double *growth;        /* (a), in that of (n): ... and how the logarithm of its condition number grows, 1/rad */
    double *ways;          /* (k, n) rows of the arms on their way to a singular pose: ways step >= least_of_ways */
    double *least_of_ways; /* (k) */
    double *goal_before_m;        /* (k, 3) of the last step */
    double *goal_before_rotation; /* (k, 3, 3) */

    /* MuJoCo's mjModel and mjData, and what it does with them; a Jacobian that is NULL is left out. */
    const void *model;
    void *data;
    void (*mj_kinematics)(const void *model, void *data);
    void (*mj_comPos)(const void *model, void *data);
    void (*mj_jacSite)(const void *model, const void *data, double *position, double *rotation, int site);
    void (*mj_jacSubtreeCom)(const void *model, void *data, double *position, int body);
} Step;

/* errors.c */
void find_errors(Step *step);
void take_of_errors(Step *step, double dt_s);
/* terms.c */
void find_jacobian(Step *step);
void follow_curve(Step *step, double dt_s);
void make_quadratic(Step *step, double dt_s);
/* bounds.c */
void bound_step(Step *step, double dt_s);
bool is_within_bounds(const Step *step);
/* singularity.c */
double condition_of_arm(Step *step, int32_t hand);
/* straightening.c */
int32_t straighten(Step *step, int32_t hand, int32_t row, double condition, double dt_s);
/* quadratic.c */
bool minimise(Step *step);

#endif
