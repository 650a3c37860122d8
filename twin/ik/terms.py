"""What is asked of a step, as a least-squares problem: Jacobians, errors, and the quadratic made of them."""

from typing import Any

import mujoco
import numpy as np

from twin.ik.goals import Goals
from twin.ik.model import Kinematics
from twin.ik.plan import Plan, Settings
from twin.shaping import limit_length
from twin.spatial import Array


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
        plan.write_gaze_error(goals.gaze, plan.head_rotation)
        plan.gaze_error[:] = limit_length(plan.gaze_error, largest_rad)
    if goals.balance_m is not None:
        plan.balance_error[:] = limit_length(goals.balance_m - plan.centre_m[:2], largest_m)
    return plan.error


def quadratic_of(
    plan: Plan, goals: Goals, settings: Settings, a: Array, b: Array, angles_rad: Array, pull: float
) -> tuple[Array, Array]:
    """Hessian (n, n) and gradient (n,) of what the step should make small.

    Args:
        plan: of the step.
        goals: of the step.
        settings: how it is damped.
        a: weighted Jacobian, shape (r, n).
        b: weighted errors, shape (r,).
        angles_rad: of the joints of the plan, shape (n,).
        pull: 0..1, the share of its way to the ready pose that an idle motion of the arms makes.
    """
    of_hands = b[: 6 * plan.hands]
    damping = settings.damping + settings.error_damping * float(of_hands @ of_hands)
    hessian, gradient = a.T @ a, b @ a
    diagonal = hessian.reshape(-1)[:: plan.n + 1]
    drawn = plan.eased * (damping * pull)
    if plan.is_mixed:
        # A head that must turn far must not slow the hands, nor they it.
        diagonal[: plan.neck_from] += damping
        of_gaze = plan.gaze_error * plan.gaze_weight
        diagonal[plan.neck_from :] += settings.damping + settings.error_damping * float(of_gaze @ of_gaze)
        diagonal += plan.stiffness
        if goals.waist_rad is not None:
            plan.wanted[plan.part["torso"]] = goals.waist_rad
        if goals.neck_rad is not None:
            plan.wanted[plan.part["neck"]] = goals.neck_rad
        drawn += plan.stiffness
    else:
        diagonal += damping
    gradient += drawn * (plan.wanted - angles_rad)
    return hessian, gradient
