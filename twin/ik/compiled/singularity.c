/* How near an arm is to a pose in which it cannot move its hand in some direction, and which joints lead there. */
#include <math.h>
#include <string.h>

#include "step.h"

enum { WAYS = 6, SWEEPS = 30 };

static const double SMALLEST_SQUARE = 1e-18;
static const double NO_ANGLE = 1e-30; /* of squared elements: nothing is left to turn away */

/* Write `arm`, (6, a): the Jacobian of the hand's own arm, its last three rows multiplied by `radian_m`. */
static void find_arm(Step *s, int hand)
{
    const int joints = s->arm_joints[hand];
    for (int i = 0; i < WAYS; i++) {
        const int row = i < 3 ? 3 * hand + i : 3 * (s->hands + hand) + i - 3;
        const double *weighted = s->weighted + row * s->joints + s->arm_from[hand];
        for (int j = 0; j < joints; j++) {
            s->arm[i * joints + j] = weighted[j] / s->weight[3 * hand]; /* the weight of all that is a hand's */
        }
    }
}

/* Turn rows and columns p and q of the symmetric `a` so that a[p][q] is zero, and the columns of `ways` with them. */
static void turn_away(double a[WAYS][WAYS], double ways[WAYS][WAYS], int p, int q)
{
    if (a[p][q] == 0.0) {
        return;
    }
    const double slope = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
    const double tangent = copysign(1.0, slope) / (fabs(slope) + sqrt(slope * slope + 1.0));
    const double cosine = 1.0 / sqrt(tangent * tangent + 1.0), sine = tangent * cosine;
    for (int i = 0; i < WAYS; i++) {
        const double one = a[i][p], other = a[i][q];
        a[i][p] = cosine * one - sine * other;
        a[i][q] = sine * one + cosine * other;
    }
    for (int i = 0; i < WAYS; i++) {
        const double one = a[p][i], other = a[q][i];
        a[p][i] = cosine * one - sine * other;
        a[q][i] = sine * one + cosine * other;
        const double way = ways[i][p], crossing = ways[i][q];
        ways[i][p] = cosine * way - sine * crossing;
        ways[i][q] = sine * way + cosine * crossing;
    }
}

/* The eigenvalues of the symmetric `a` onto its diagonal, and its eigenvectors, the columns of `ways`.
 *
 * By Jacobi's rotations, row by row (G. Golub, C. Van Loan, "Matrix Computations", 8.5): as exact as any for six
 * rows, and shorter.
 */
static void decompose(double a[WAYS][WAYS], double ways[WAYS][WAYS])
{
    for (int i = 0; i < WAYS; i++) {
        for (int j = 0; j < WAYS; j++) {
            ways[i][j] = i == j;
        }
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        double beside = 0.0, on = 0.0;
        for (int p = 0; p < WAYS; p++) {
            on += a[p][p] * a[p][p];
            for (int q = p + 1; q < WAYS; q++) {
                beside += a[p][q] * a[p][q];
            }
        }
        if (!(beside > NO_ANGLE * on)) { /* also what is not a number ends here */
            return;
        }
        for (int p = 0; p < WAYS; p++) {
            for (int q = p + 1; q < WAYS; q++) {
                turn_away(a, ways, p, q);
            }
        }
    }
}

static void cross(const double a[3], const double b[3], double product[3])
{
    product[0] = a[1] * b[2] - a[2] * b[1];
    product[1] = a[2] * b[0] - a[0] * b[2];
    product[2] = a[0] * b[1] - a[1] * b[0];
}

static double dot3(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/* Column j of `arm`: how joint j moves and turns the hand, and the axis that it turns about. */
static void column_of(const Step *s, int joints, int j, double moves[3], double turns[3], double axis[3])
{
    for (int i = 0; i < 3; i++) {
        moves[i] = s->arm[i * joints + j];
        turns[i] = s->arm[(i + 3) * joints + j];
        axis[i] = turns[i] / s->radian_m;
    }
}

/* Add `sign` times u' dJ/dq v / s to `growth` of every joint, for the singular value s whose left vector is u.
 *
 * A column of the Jacobian turns with every joint before it: dJ_i/dq_j = z_j x J_i for j <= i, and what joint j
 * beyond i does to the hand, i turns: dJ_i/dq_j = z_i x J_j (H. Bruyninckx, J. De Schutter, "Symbolic differentiation
 * of the velocity mapping for a serial kinematic chain", 1996). The axis of joint i turns with the joints before it
 * alone. Because u . (z x m) = z . (m x u), both are sums that grow from joint to joint.
 */
static void add_growth(Step *s, int joints, const double u[WAYS], double square, double sign, double *growth)
{
    double beyond[3] = {0.0, 0.0, 0.0}, before[3] = {0.0, 0.0, 0.0};
    double moves[3], turns[3], axis[3], of_moves[3], of_turns[3];
    for (int j = joints - 1; j >= 0; j--) {
        column_of(s, joints, j, moves, turns, axis);
        const double v = dot3(u, moves) + dot3(u + 3, turns); /* the right singular vector, times s */
        cross(moves, u, of_moves);
        cross(turns, u + 3, of_turns);
        for (int i = 0; i < 3; i++) {
            beyond[i] += v * (of_moves[i] + of_turns[i]);
        }
        growth[j] += sign * dot3(axis, beyond) / square;
    }
    for (int j = 0; j < joints; j++) {
        column_of(s, joints, j, moves, turns, axis);
        const double v = dot3(u, moves) + dot3(u + 3, turns);
        cross(moves, u, of_moves);
        growth[j] += sign * dot3(before, of_moves) / square;
        for (int i = 0; i < 3; i++) {
            before[i] += v * axis[i];
        }
    }
}

/* The condition number of the weighted Jacobian of the arm of `hand`, from the eigenvalues of J J'.
 *
 * Write into `growth` by how much its logarithm grows per radian of each joint of the arm.
 */
double condition_of_arm(Step *s, int32_t hand)
{
    const int joints = s->arm_joints[hand];
    double squares[WAYS][WAYS], ways[WAYS][WAYS], weakest_way[WAYS], strongest_way[WAYS];
    find_arm(s, hand);
    for (int i = 0; i < WAYS; i++) {
        for (int j = 0; j < WAYS; j++) {
            double sum = 0.0;
            for (int k = 0; k < joints; k++) {
                sum += s->arm[i * joints + k] * s->arm[j * joints + k];
            }
            squares[i][j] = sum;
        }
    }
    decompose(squares, ways);
    int order[WAYS]; /* from the smallest to the largest */
    for (int i = 0; i < WAYS; i++) {
        int place = i;
        for (; place > 0 && squares[order[place - 1]][order[place - 1]] > squares[i][i]; place--) {
            order[place] = order[place - 1];
        }
        order[place] = i;
    }
    /* An arm of fewer than six joints has ways in which it never moves. */
    const int weakest = order[joints < WAYS ? WAYS - joints : 0], strongest = order[WAYS - 1];
    const double smallest = fmax(squares[weakest][weakest], SMALLEST_SQUARE);
    const double largest = squares[strongest][strongest];
    for (int i = 0; i < WAYS; i++) {
        weakest_way[i] = ways[i][weakest];
        strongest_way[i] = ways[i][strongest];
    }
    memset(s->growth, 0, sizeof(double) * (size_t)joints);
    add_growth(s, joints, strongest_way, largest, 1.0, s->growth);
    add_growth(s, joints, weakest_way, smallest, -1.0, s->growth);
    return sqrt(largest) / sqrt(smallest);
}
