"""Within which bounds a step must stay: position, speed, acceleration, and clearance of every near pair of shapes.

Standing still is always inside, so the bounds never contradict each other.
"""

import math
from typing import Any, NamedTuple

import mujoco
import numpy as np

from twin.ik.model import SIDES, Kinematics
from twin.ik.plan import Plan, Settings
from twin.spatial import Array

_ACTIVE = 1e-9


class Bounds(NamedTuple):
    """``lower <= step <= upper`` and ``rows @ step >= least``."""

    lower: Array  # (n,)
    upper: Array  # (n,)
    rows: Array | None  # (r, n); None while nothing is near
    least: Array | None  # (r,)

    def hold(self, step: Array) -> bool:
        """True if ``step`` stays inside."""
        if (step < self.lower).any() or (step > self.upper).any():
            return False
        return self.rows is None or self.least is None or not (self.rows @ step < self.least).any()


def bounds_of(
    kinematics: Kinematics, data: Any, plan: Plan, settings: Settings, speed_rad_s: Array, dt_s: float
) -> Bounds:
    """The bounds of the next step of ``dt_s`` from the pose in ``data``, at ``speed_rad_s``, shape (n,)."""
    angles = data.qpos[plan.qpos]
    room_up = np.maximum(plan.upper - angles, 0.0)
    room_down = np.maximum(angles - plan.lower, 0.0)
    fastest = plan.speed * dt_s
    up, down = np.minimum(fastest, room_up), np.minimum(fastest, room_down)
    if settings.acceleration_use > 0.0:
        a = plan.acceleration
        np.minimum(up, np.sqrt(2.0 * a * room_up) * dt_s, out=up)
        np.minimum(down, np.sqrt(2.0 * a * room_down) * dt_s, out=down)
        # Only gathering speed is bounded; to brake is always allowed.
        np.minimum(up, (np.maximum(speed_rad_s, 0.0) + a * dt_s) * dt_s, out=up)
        np.minimum(down, (np.maximum(-speed_rad_s, 0.0) + a * dt_s) * dt_s, out=down)
    rows, least = _near_pairs(kinematics, data, plan, settings, dt_s) if settings.collisions else (None, None)
    return Bounds(-down, up, rows, least)


def _near_pairs(
    kinematics: Kinematics, data: Any, plan: Plan, settings: Settings, dt_s: float
) -> tuple[Array | None, Array | None]:
    """Rows and bounds from MuJoCo's own contacts: their distances and the Jacobians of these distances."""
    model = kinematics.model
    mujoco.mj_collision(model, data)
    if not data.ncon:
        return None, None
    mujoco.mj_makeConstraint(model, data)
    if not data.nefc:
        return None, None
    rows = np.ascontiguousarray(data.efc_J.reshape(data.nefc, model.nv)[:, plan.dof])
    gain = 1.0 - math.exp(-dt_s / settings.closing_time_s)
    # A pair that is too near already need not part, but must not close.
    return rows, np.minimum(gain * (settings.margin_m - data.efc_pos), 0.0)


def reasons_of(
    kinematics: Kinematics, data: Any, plan: Plan, bounds: Bounds, multipliers: Array, dt_s: float
) -> list[str]:
    """Typed reasons for the bounds that were active, from their Lagrange multipliers, shape (n + r,)."""
    active = np.abs(multipliers) > _ACTIVE
    rows = np.flatnonzero(active[plan.n :])
    reasons = [f"self_collision:{_part(kinematics, data, int(row))}" for row in rows]
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


def _part(kinematics: Kinematics, data: Any, row: int) -> str:
    """The joint next to the pair of contact ``row``; one of an arm rather than of the body."""
    contact = data.contact
    which = int(np.searchsorted(contact.efc_address[: data.ncon], row))
    bodies = kinematics.model.geom_bodyid[contact.geom[min(which, data.ncon - 1)]]
    joints = [kinematics.joint_of_body[body] for body in bodies]
    names: list[str] = [kinematics.spec.joint_names[joint] for joint in joints if joint >= 0]
    arms = [name for name in names if name.startswith(SIDES)]
    return (arms or names or ["body"])[-1]
