"""Within which bounds a step must stay: position, speed, acceleration, clearance of every near pair, singular poses.

Standing still is always inside, so the bounds never contradict each other.
"""

import math
from typing import Any, NamedTuple

import mujoco
import numpy as np
from numpy.typing import NDArray

from twin.ik.model import Kinematics
from twin.ik.plan import Plan, Settings
from twin.ik.singularity import Condition, growth_of
from twin.spatial import Array

_ACTIVE = 1e-9


class Bounds(NamedTuple):
    """``lower <= step <= upper`` and ``rows @ step >= least``."""

    lower: Array  # (n,)
    upper: Array  # (n,)
    rows: Array | None = None  # (r, n) near pairs, then arms near singular poses; None while nothing is near
    least: Array | None = None  # (r,)
    straightening: tuple[str, ...] = ()  # whose arms the last rows are

    def hold(self, step: Array) -> bool:
        """True if ``step`` stays inside."""
        # ``count_nonzero`` takes a third of the time of ``any``.
        if np.count_nonzero(step < self.lower) or np.count_nonzero(step > self.upper):
            return False
        return self.rows is None or self.least is None or not np.count_nonzero(self.rows @ step < self.least)


def bounds_of(
    kinematics: Kinematics,
    data: Any,
    plan: Plan,
    settings: Settings,
    speed_rad_s: Array,
    others: Array,
    dt_s: float,
) -> Bounds:
    """The bounds of the next step of ``dt_s`` from the pose in ``data``, at ``speed_rad_s``, shape (n,).

    ``others`` is what other joints do in this step, see ``near_pairs``.
    """
    room = plan.ends - plan.ways * data.qpos[plan.qpos]  # up, down
    np.maximum(room, 0.0, out=room)
    most = np.minimum(room, plan.speed * dt_s)
    if settings.acceleration_use > 0.0:
        a = plan.acceleration
        np.minimum(most, np.sqrt(2.0 * a * room) * dt_s, out=most)
        # Only gathering speed is bounded; to brake is always allowed.
        np.minimum(most, (np.maximum(plan.ways * speed_rad_s, 0.0) + a * dt_s) * dt_s, out=most)
    up, down = most
    if not settings.collisions:
        return Bounds(-down, up)
    pairs = near_pairs(kinematics, data, settings, others, dt_s)
    if pairs is None:
        return Bounds(-down, up)
    return Bounds(-down, up, np.ascontiguousarray(pairs.rows[:, plan.dof]), pairs.least_m)


class NearPairs(NamedTuple):
    """Of every near pair: how its distance changes with the joints, and the least that a step may add to it."""

    rows: Array  # (r, dofs of the model)
    least_m: Array  # (r,) <= 0


def near_pairs(
    kinematics: Kinematics, data: Any, settings: Settings, others: Array, dt_s: float
) -> NearPairs | None:
    """From MuJoCo's own contacts: their distances and the Jacobians of these distances. None if nothing is near.

    Args:
        kinematics: the model.
        data: kinematics and ``mj_comPos`` are those of its ``qpos``.
        settings: how fast a clearance may be used up.
        others: what joints that are not asked about turn in this step, shape (dofs of the model,), rad; what they use
            up of a clearance is not there for the others.
        dt_s: length of the step.
    """
    model = kinematics.model
    mujoco.mj_collision(model, data)
    if not data.ncon:
        return None
    mujoco.mj_makeConstraint(model, data)
    if not data.nefc:
        return None
    margin_m = margins_m(kinematics, data.contact.geom[data.contact.efc_address >= 0])
    # A pair that is too near already need not part, but must not close.
    room_m = np.maximum(data.efc_pos - margin_m, 0.0)
    gain = 1.0 - math.exp(-dt_s / settings.closing_time_s)
    braking_m = np.sqrt(2.0 * settings.braking_m_s2 * room_m) * dt_s
    rows = data.efc_J.reshape(data.nefc, model.nv)
    least_m = -np.minimum(gain * room_m, braking_m)
    if others.any():
        least_m = np.minimum(least_m - np.minimum(rows @ others, 0.0), 0.0)
    return NearPairs(rows, least_m)


def margins_m(kinematics: Kinematics, pairs: NDArray[np.int32]) -> Array | float:
    """How near the shapes of each of ``pairs``, shape (r, 2), may come to each other, shape (r,)."""
    margin_m = kinematics.spec.ik.margin_m
    if not kinematics.has_scene:
        return margin_m
    nearest = kinematics.scene_margin_m[pairs].min(axis=1)
    return np.where(kinematics.is_scene[pairs].any(axis=1), nearest, margin_m)


def and_straightening(
    bounds: Bounds,
    kinematics: Kinematics,
    plan: Plan,
    settings: Settings,
    near: list[tuple[str, Array, Condition]],
    dt_s: float,
) -> Bounds:
    """``bounds``, and for every arm in ``near`` one on its way to a singular pose.

    The logarithm of its condition number may use up only a share of what is left to where it must stop; away from
    there nothing is bounded.

    Args:
        bounds: the others.
        kinematics: the model.
        plan: of the step.
        settings: how fast the way may be used up.
        near: side, Jacobian of shape (6, a) with weighted rotations, and its condition.
        dt_s: length of the step.
    """
    ik = kinematics.spec.ik
    gain = 1.0 - math.exp(-dt_s / settings.straightening_time_s)
    rows, least = np.zeros((len(near), plan.n)), np.zeros(len(near))
    for row, (side, jacobian, condition) in enumerate(near):
        growth = growth_of(jacobian, condition, ik.radian_m)
        steep = max(1.0, math.sqrt(float(growth @ growth)))  # without end in a singular pose itself
        rows[row, plan.part[f"{side}_arm"]] = growth / -steep
        least[row] = min(0.0, gain * math.log(condition.number / ik.stop_at_condition)) / steep
    if bounds.rows is not None and bounds.least is not None:
        rows, least = np.concatenate((bounds.rows, rows)), np.concatenate((bounds.least, least))
    return bounds._replace(rows=rows, least=least, straightening=tuple(side for side, _, _ in near))


def reasons_of(
    kinematics: Kinematics, data: Any, plan: Plan, bounds: Bounds, multipliers: Array, dt_s: float
) -> list[str]:
    """Typed reasons for the bounds that were active, from their Lagrange multipliers, shape (n + r,)."""
    active = np.abs(multipliers) > _ACTIVE
    reasons = []
    pairs = len(multipliers) - plan.n - len(bounds.straightening)
    for row in np.flatnonzero(active[plan.n :]):
        if row < pairs:
            reasons.append(collision_reason(kinematics, data, int(row)))
        else:
            reasons.append(f"singularity:{bounds.straightening[row - pairs]}_arm")
    angles = data.qpos[plan.qpos]
    for index in np.flatnonzero(active[: plan.n]):
        upwards = multipliers[index] > 0
        room = plan.upper[index] - angles[index] if upwards else angles[index] - plan.lower[index]
        fastest = plan.speed[index] * dt_s
        bound = bounds.upper[index] if upwards else -bounds.lower[index]
        # Near a limit it is the limit; else full speed; else the joint is still gathering speed.
        kind = "position" if room < fastest else "speed" if bound > 0.999 * fastest else "acceleration"
        reasons.append(f"{kind}:{plan.names[index]}")
    return reasons


def collision_reason(kinematics: Kinematics, data: Any, row: int) -> str:
    """Names the joint next to the near pair ``row``; one of an arm or a hand rather than of the body."""
    contact = data.contact
    which = int(np.searchsorted(contact.efc_address[: data.ncon], row))
    shapes = contact.geom[min(which, data.ncon - 1)]
    joints = [kinematics.joint_of_body[body] for body in kinematics.model.geom_bodyid[shapes]]
    found = [kinematics.spec.joints[joint] for joint in joints if joint >= 0]
    limbs = [joint for joint in found if joint.group.endswith(("_arm", "_hand"))]
    kind = "scene_collision" if kinematics.is_scene[shapes].any() else "self_collision"
    return f"{kind}:{(limbs or found)[-1].name if found else 'body'}"
