"""What is asked of a step, as a least-squares problem: Jacobians, errors, and the quadratic made of them."""

import math
from typing import Any

import mujoco
import numpy as np

from twin.ik.goals import Goals
from twin.ik.model import Kinematics
from twin.ik.plan import Plan, Settings
from twin.shaping import limit_length
from twin.spatial import Array

_NOTHING = 1e-9
_STILL = [0.0, 0.0, 0.0]


def fill_jacobian(kinematics: Kinematics, data: Any, plan: Plan) -> None:
    """Write the Jacobians of all terms into ``plan.jacobian``."""
    for position, rotation, site in plan.views:
        mujoco.mj_jacSite(kinematics.model, data, position, rotation, site)
    if plan.gaze_view is not None:
        mujoco.mj_jacSite(kinematics.model, data, None, plan.turning, kinematics.head_site)
        if plan.looks_only and plan.looking_about is not None:
            np.matmul(plan.looking_about, plan.turning, out=plan.gaze_view)
        else:
            plan.gaze_view[:] = plan.turning
    if plan.balance_view is not None:
        mujoco.mj_jacSubtreeCom(kinematics.model, data, plan.balance_view, kinematics.base_body)


def errors_of(plan: Plan, goals: Goals, settings: Settings) -> Array:
    """What is missing, row by row, in the outer frame; overwritten by the next call."""
    for side, (position, rotation), (error_m, error_rad) in zip(
        plan.sides, plan.pose_views, plan.error_views, strict=True
    ):
        goal = goals.hands[side]
        plan.write_rotation_error(goal.rotation, rotation, error_rad)
        np.subtract(goal.position_m, position, out=error_m)
    largest_m, largest_rad = settings.largest_error_m, settings.largest_error_rad
    if float(plan.hand_errors @ plan.hand_errors) > largest_m * largest_m:
        for error_m, error_rad in plan.error_views:
            error_m[:] = limit_length(error_m, largest_m)
            error_rad[:] = limit_length(error_rad, largest_rad)
    if goals.gaze is not None and plan.head_rotation is not None:
        plan.write_gaze_error(goals.gaze, plan.head_rotation, largest_rad)
    if goals.balance_m is not None:
        (wanted_x, wanted_y), (x, y, _) = goals.balance_m.tolist(), plan.centre_m.tolist()
        x, y = wanted_x - x, wanted_y - y
        shortened = min(1.0, largest_m / max(math.hypot(x, y), _NOTHING))
        plan.balance_error[0], plan.balance_error[1] = shortened * x, shortened * y
    return plan.error


def leave_for_later(plan: Plan, goals: Goals, settings: Settings, dt_s: float) -> None:
    """Write into ``plan.left`` what of the errors this step shall leave, so that the arms can brake before their goals.

    As far as a goal moved since the last step it is followed at once: whoever follows steadily is not late. What was
    left over then is closed with the speed from which a stepped motion still comes to rest on it.
    """
    before, poses = plan.goals, tuple(goals.hands[side] for side in plan.sides)
    plan.goals = poses
    errors = plan.error.tolist()
    left = [0.0] * len(errors)
    for number, goal in enumerate(poses):
        of_m, of_rad = plan.hand_rows[number]
        error_m, error_rad = errors[of_m], errors[of_rad]
        moved_m, moved_rad = error_m, error_rad  # at first, all of it is new
        if before:
            moved_m = (goal.position_m - before[number].position_m).tolist()
            plan.write_rotation_error(goal.rotation, before[number].rotation, plan.moved_rad)
            moved_rad = plan.moved_rad.tolist()
        left[of_m] = _left(error_m, moved_m, settings.goal_m_s, settings.closing_m_s2, dt_s)
        left[of_rad] = _left(error_rad, moved_rad, settings.goal_rad_s, settings.closing_rad_s2, dt_s)
    if plan.gaze_view is not None:
        gaze = errors[plan.gaze_rows]
        still = [0.0] * (3 - len(gaze))
        left[plan.gaze_rows] = _left(gaze + still, _STILL, 0.0, settings.turning_rad_s2, dt_s)[: len(gaze)]
    plan.left[:] = left


def _left(
    error: list[float], moved: list[float], fastest: float, acceleration: float, dt_s: float
) -> tuple[float, float, float]:
    """What of ``error`` is left, if the goal ``moved`` by so much. Plain numbers: for three of them numpy is slower."""
    x, y, z = error
    length = math.sqrt(x * x + y * y + z * z)
    if length < _NOTHING:
        return 0.0, 0.0, 0.0
    # As far as the goal moved away, and never more than is missing: no step leads beyond its goal.
    new = min(max((x * moved[0] + y * moved[1] + z * moved[2]) / length, 0.0), fastest * dt_s, length)
    gain = acceleration * dt_s
    closed = (math.sqrt(gain * gain + 2.0 * acceleration * (length - new)) - gain) * dt_s
    left = 1.0 - min(1.0, (new + closed) / length)
    return left * x, left * y, left * z


def quadratic_of(
    plan: Plan,
    goals: Goals,
    settings: Settings,
    a: Array,
    b: Array,
    angles_rad: Array,
    dt_s: float,
) -> tuple[Array, Array]:
    """Hessian (n, n), overwritten by the next call, and gradient (n,) of what the step should make small.

    Args:
        plan: of the step.
        goals: of the step.
        settings: how it is damped.
        a: weighted Jacobian, shape (r, n).
        b: weighted errors, shape (r,).
        angles_rad: of the joints of the plan, shape (n,).
        dt_s: length of the step.
    """
    pull = min(1.0, settings.posture_rate_per_s * dt_s)
    of_hands = b[: 6 * plan.hands]
    damping = settings.damping + settings.error_damping * float(of_hands @ of_hands)
    hessian, gradient = np.matmul(a.T, a, out=plan.hessian), b @ a
    if not plan.is_mixed:
        plan.diagonal += damping
        gradient += plan.eased * (damping * pull) * (plan.wanted - angles_rad)
        return hessian, gradient
    # A head that must turn far must not slow the hands, nor they it.
    of_gaze = plan.gaze_error * plan.gaze_weight
    plan.damping[: plan.neck_from] = damping
    plan.damping[plan.neck_from :] = settings.damping + settings.error_damping * float(of_gaze @ of_gaze)
    plan.damping += plan.stiffness
    plan.diagonal += plan.damping
    if goals.waist_rad is not None:
        plan.wanted[plan.part["torso"]] = goals.waist_rad
    if goals.neck_rad is not None:
        plan.wanted[plan.part["neck"]] = goals.neck_rad
    ahead = plan.wanted - angles_rad
    if settings.acceleration_use > 0.0:
        # Waist and neck come to rest where they are wanted.
        gain = plan.half_acceleration * dt_s
        nearest = (np.sqrt(gain * gain + plan.acceleration * np.abs(ahead)) - gain) * dt_s
        ahead = np.minimum(np.maximum(ahead, -nearest), nearest)
    gradient += (plan.eased * (damping * pull) + plan.stiffness) * ahead
    return hessian, gradient
