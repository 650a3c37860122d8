"""What is asked of a step, as a least-squares problem: its Jacobian, and the quadratic made of that and the errors.

``a.dot(b)`` takes half the time of ``a @ b`` on matrices as small as these.
"""

import math
from typing import Any

import mujoco
import numpy as np

from twin.ik.goals import Goals
from twin.ik.model import Kinematics
from twin.ik.plan import Plan, Settings
from twin.ik.quadratic import Quadratic
from twin.spatial import Array


def weighted_jacobian(kinematics: Kinematics, data: Any, plan: Plan) -> Array:
    """The weighted Jacobian of all terms of ``plan``, shape (r, n)."""
    for position, rotation, site in plan.views:
        mujoco.mj_jacSite(kinematics.model, data, position, rotation, site)
    if plan.gaze_view is not None:
        mujoco.mj_jacSite(kinematics.model, data, None, plan.turning, kinematics.head_site)
        if plan.looking_about is not None:
            plan.looking_about.dot(plan.turning, plan.gaze_view)
    if plan.balance_view is not None:
        mujoco.mj_jacSubtreeCom(kinematics.model, data, plan.balance_view, kinematics.base_body)
    a: Array = plan.jacobian.take(plan.dof, axis=1)
    a *= plan.weights
    return a


def quadratic_of(
    plan: Plan,
    goals: Goals,
    settings: Settings,
    a: Array,
    b: Array,
    gaze_rad: list[float],
    qpos: Array,
    dt_s: float,
) -> Quadratic:
    """What the step should make small; overwritten by the next call.

    Args:
        plan: of the step.
        goals: of the step.
        settings: how it is damped.
        a: weighted Jacobian, shape (r, n).
        b: weighted errors that the step shall make up for, shape (r,).
        gaze_rad: the whole error of the gaze.
        qpos: of the model.
        dt_s: length of the step.
    """
    hessian, gradient = a.T.dot(a, plan.hessian), b.dot(a)
    of_hands = b[: 6 * plan.hands]
    damping = settings.damping + settings.error_damping * float(of_hands.dot(of_hands))
    idle = damping * min(1.0, settings.posture_rate_per_s * dt_s)
    np.multiply(plan.eased, idle, out=plan.pull_of_arms)
    ahead = plan.wanted_of(goals) - qpos[plan.qpos]
    if not plan.is_mixed:
        plan.diagonal += damping
        gradient += plan.pull * ahead
        return Quadratic(hessian, gradient)
    # A head that must turn far must not slow the hands, nor they it.
    of_gaze = plan.gaze_weight * math.hypot(*gaze_rad)
    plan.damping[: plan.neck_from] = damping
    plan.damping[plan.neck_from :] = settings.damping + settings.error_damping * of_gaze * of_gaze
    plan.damping += plan.stiffness
    plan.diagonal += plan.damping
    if settings.acceleration_use > 0.0:
        # Waist and neck come to rest where they are wanted.
        gain = plan.half_acceleration * dt_s
        nearest = (np.sqrt(gain * gain + plan.acceleration * np.abs(ahead)) - gain) * dt_s
        ahead = np.minimum(np.maximum(ahead, -nearest), nearest)
    gradient += plan.pull * ahead
    return Quadratic(hessian, gradient)
