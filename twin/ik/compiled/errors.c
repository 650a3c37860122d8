/* What is missing in each row, and how much of it one step makes up for. */
#include <math.h>
#include <string.h>

#include "step.h"

static const double NOTHING = 1e-9;
static const double NO_SINE = 1e-9;
static const double PI = 3.14159265358979323846;

static double length_of(const double v[3])
{
    return sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
}

static void scale(double v[3], double by)
{
    for (int i = 0; i < 3; i++) {
        v[i] *= by;
    }
}

static void between(const double now[3], const double wanted[3], double way[3])
{
    for (int i = 0; i < 3; i++) {
        way[i] = wanted[i] - now[i];
    }
}

/* Shorten v to `longest` if it is longer; its direction stays. */
static void shorten(double v[3], double longest)
{
    const double length = length_of(v);
    if (!(length <= longest)) {
        scale(v, longest / length);
    }
}

/* The rotation vector of half a turn, pi times the axis: the column of (R + I) that is longest. */
static void half_turn(const double r[9], double vector[3])
{
    int longest = 0;
    for (int i = 1; i < 3; i++) {
        if (r[4 * i] > r[4 * longest]) {
            longest = i;
        }
    }
    for (int i = 0; i < 3; i++) {
        vector[i] = 0.5 * (r[3 * i + longest] + (i == longest ? 1.0 : 0.0));
    }
    scale(vector, PI / length_of(vector));
}

/* The rotation vector by which `now` must be turned to be `wanted`, in the outer frame; its length is in [0, pi]. */
static void turn_between(const double now[9], const double wanted[9], double vector[3])
{
    double r[9]; /* wanted now' */
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
            r[3 * i + j] = wanted[3 * i] * now[3 * j] + wanted[3 * i + 1] * now[3 * j + 1] +
                           wanted[3 * i + 2] * now[3 * j + 2];
        }
    }
    /* Twice its sine along the axis, and twice its cosine. */
    vector[0] = r[7] - r[5];
    vector[1] = r[2] - r[6];
    vector[2] = r[3] - r[1];
    const double sine = length_of(vector), cosine = r[0] + r[4] + r[8] - 1.0;
    if (!(sine <= NO_SINE)) { /* also what is not a number goes on */
        scale(vector, atan2(sine, cosine) / sine);
    } else if (cosine > 0.0) {
        scale(vector, 0.5);
    } else {
        half_turn(r, vector);
    }
}

/* By what the head must be turned about its own y and z to look where x of `wanted` points, at most `largest_rad`. */
static void look_between(const double now[9], const double wanted[9], double largest_rad, double about_y_z[2])
{
    double towards[3]; /* ahead, to the left, up */
    for (int i = 0; i < 3; i++) {
        towards[i] = now[i] * wanted[0] + now[3 + i] * wanted[3] + now[6 + i] * wanted[6];
    }
    const double aside = hypot(towards[1], towards[2]);
    double angle = atan2(aside, towards[0]);
    if (angle > largest_rad) {
        angle = largest_rad;
    }
    /* Straight behind: about its z, as one turns to look there. */
    const bool is_aside = aside > NO_SINE;
    about_y_z[0] = is_aside ? angle * (-towards[2] / aside) : 0.0 * angle;
    about_y_z[1] = is_aside ? angle * (towards[1] / aside) : angle;
}

/* Write `errors`, in the outer frame, cut where the settings say so. */
void find_errors(Step *s)
{
    double *of_m = s->errors, *of_rad = s->errors + 3 * s->hands, *others = s->errors + 6 * s->hands;
    for (int hand = 0; hand < s->hands; hand++, of_m += 3, of_rad += 3) {
        const int site = s->hand_site[hand];
        between(s->site_xpos + 3 * site, s->goal_m + 3 * hand, of_m);
        shorten(of_m, s->largest_error_m);
        turn_between(s->site_xmat + 9 * site, s->goal_rotation + 9 * hand, of_rad);
        shorten(of_rad, s->largest_error_rad);
    }
    if (s->gaze_rows > 0) {
        const double *head = s->site_xmat + 9 * s->head_site;
        if (s->looks_only) {
            double about_y_z[2];
            look_between(head, s->gaze_goal, s->largest_error_rad, about_y_z);
            memcpy(others, about_y_z, sizeof(double) * (size_t)s->gaze_rows);
        } else {
            turn_between(head, s->gaze_goal, others);
            shorten(others, s->largest_error_rad);
        }
        others += s->gaze_rows;
    }
    if (s->balance_rows > 0) {
        const double *centre = s->subtree_com + 3 * s->base_body;
        others[0] = s->balance_goal[0] - centre[0];
        others[1] = s->balance_goal[1] - centre[1];
        others[2] = 0.0;
        shorten(others, s->largest_error_m);
    }
}

/* The share of `error` that a step makes up for, if the goal `moved` by so much since the last one.
 *
 * As far as the goal moved it is followed at once, for whoever follows steadily is not late, but no faster than
 * `fastest`. What was left over then is closed with the speed from which a stepped motion still comes to rest on it.
 */
static double share_of(const double error[3], const double moved[3], double fastest, double acceleration, double dt_s)
{
    const double length = length_of(error);
    if (length < NOTHING) {
        return 1.0;
    }
    /* As far as the goal moved away, and never more than is missing: no step leads beyond its goal. */
    double fresh = (error[0] * moved[0] + error[1] * moved[1] + error[2] * moved[2]) / length;
    fresh = fmin(fmin(fmax(fresh, 0.0), fastest * dt_s), length);
    const double gain = acceleration * dt_s;
    const double closed = (sqrt(gain * gain + 2.0 * acceleration * (length - fresh)) - gain) * dt_s;
    const double share = (fresh + closed) / length;
    return share > 1.0 ? 1.0 : share;
}

/* Write `taken`: of `errors` what this step shall make up for, so that arms and head can brake; weighted. */
void take_of_errors(Step *s, double dt_s)
{
    memcpy(s->taken, s->errors, sizeof(double) * (size_t)s->rows);
    if (s->acceleration_use > 0.0) {
        static const double still[3] = {0.0, 0.0, 0.0};
        for (int hand = 0; hand < s->hands; hand++) {
            double *of_m = s->taken + 3 * hand, *of_rad = s->taken + 3 * (s->hands + hand);
            double moved_m[3], moved_rad[3];
            if (s->has_goals) {
                between(s->goal_before_m + 3 * hand, s->goal_m + 3 * hand, moved_m);
                turn_between(s->goal_before_rotation + 9 * hand, s->goal_rotation + 9 * hand, moved_rad);
            } else { /* all of it is new */
                memcpy(moved_m, of_m, sizeof moved_m);
                memcpy(moved_rad, of_rad, sizeof moved_rad);
            }
            scale(of_m, share_of(of_m, moved_m, s->goal_m_s, s->closing_m_s2, dt_s));
            scale(of_rad, share_of(of_rad, moved_rad, s->goal_rad_s, s->closing_rad_s2, dt_s));
        }
        double gaze[3] = {0.0, 0.0, 0.0}, *of_gaze = s->taken + 6 * s->hands;
        memcpy(gaze, of_gaze, sizeof(double) * (size_t)s->gaze_rows);
        const double turned = share_of(gaze, still, 0.0, s->turning_rad_s2, dt_s);
        for (int row = 0; row < s->gaze_rows; row++) {
            of_gaze[row] *= turned;
        }
        memcpy(s->goal_before_m, s->goal_m, sizeof(double) * 3 * (size_t)s->hands);
        memcpy(s->goal_before_rotation, s->goal_rotation, sizeof(double) * 9 * (size_t)s->hands);
        s->has_goals = 1;
    }
    for (int row = 0; row < s->rows; row++) {
        s->taken[row] *= s->weight[row];
    }
}
