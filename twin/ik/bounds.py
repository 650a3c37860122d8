"""What is near, by how much a step may use up its clearance, and why a step is bounded.

The bounds on speed (``compiled/bounds.c``) are what joints can do within one step, braking as well as gathering speed:
what is commanded is what the robot can follow. So what moves may be unable to keep a clearance; then it does what it
can.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import mujoco
import numpy as np
from numpy.typing import NDArray

from twin.ik.faces import Faces
from twin.ik.model import Kinematics
from twin.ik.plan import Plan, Settings
from twin.ik.quadratic import Bounds
from twin.spatial import Array

_ACTIVE = 1e-9


class NearPairs(NamedTuple):
    """Of every near pair: how its distance changes with the joints, and the least that a step may add to it."""

    rows: Array  # (r, dofs of the model)
    least_m: Array  # (r,) <= 0
    with_scene: NDArray[np.bool_] | None  # (r,) which are with furniture; None: there is none

    def least_beside(self, others_rad: Array) -> Array:
        """``least_m`` beside others that turn by ``others_rad``, shape (dofs,): what they use up is not there."""
        if not np.count_nonzero(others_rad):
            return self.least_m
        return np.minimum(self.least_m - np.minimum(self.rows @ others_rad, 0.0), 0.0)


def near_pairs(
    kinematics: Kinematics, data: Any, settings: Settings, dt_s: float, faces: Faces
) -> NearPairs | None:
    """From MuJoCo's own contacts: their distances and the Jacobians of these distances. None if nothing is near.

    Args:
        kinematics: the model.
        data: kinematics and ``mj_comPos`` are those of its ``qpos``; the rows are its own until this is called again.
        settings: how fast a clearance may be used up.
        dt_s: length of the step.
        faces: by which fingers entered furniture.
    """
    model = kinematics.model
    mujoco.mj_collision(model, data)
    if not data.ncon:
        return None
    mujoco.mj_makeConstraint(model, data)
    if not data.nefc:
        return None
    faces.measure(data, with_rows=True)
    margin_m: Array | float = kinematics.spec.ik.margin_m
    with_scene = None
    if kinematics.has_scene:
        contact = data.contact
        pairs = contact.geom if data.nefc == data.ncon else contact.geom[contact.efc_address >= 0]
        margin_m, with_scene = margins_m(kinematics, pairs), is_with_scene(kinematics, pairs)
    # A pair that is too near already need not part, but must not close.
    room_m = np.maximum(data.efc_pos - margin_m, 0.0)
    gain = 1.0 - math.exp(-dt_s / settings.closing_time_s)
    braking_m = np.sqrt(room_m) * (math.sqrt(2.0 * settings.braking_m_s2) * dt_s)
    return NearPairs(
        data.efc_J.reshape(data.nefc, model.nv),
        -np.minimum(gain * room_m, braking_m),
        with_scene,
    )


def is_with_scene(kinematics: Kinematics, pairs: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which of ``pairs``, shape (r, 2), are of furniture and something of the robot, shape (r,)."""
    return np.asarray(kinematics.is_scene.take(pairs[:, 0]) | kinematics.is_scene.take(pairs[:, 1]))


def margins_m(kinematics: Kinematics, pairs: NDArray[np.int32]) -> Array:
    """How near the shapes of each of ``pairs``, shape (r, 2), may come to each other, shape (r,)."""
    return np.asarray(kinematics.pair_margin_m.take(pairs[:, 0] * kinematics.model.ngeom + pairs[:, 1]))


def reasons_of(
    kinematics: Kinematics, data: Any, plan: Plan, bounds: Bounds, multipliers: Array, dt_s: float
) -> list[str]:
    """Typed reasons for the bounds that were active, from their Lagrange multipliers, shape (n + r,)."""
    # Plain numbers: for the few that are active numpy is slower.
    n, forces = plan.n, multipliers.tolist()
    pairs = len(forces) - n - len(bounds.straightening)
    active = [index for index, force in enumerate(forces) if abs(force) > _ACTIVE]
    rows = [index - n for index in active if index >= n]
    reasons = collision_reasons(kinematics, data, [row for row in rows if row < pairs])
    reasons += [f"singularity:{bounds.straightening[row - pairs]}_arm" for row in rows if row >= pairs]
    for index in active:
        if index < n:
            reasons.append(_joint_reason(plan, bounds, index, forces[index] > 0.0, data.qpos, dt_s))
    return reasons


def _joint_reason(plan: Plan, bounds: Bounds, index: int, upwards: bool, qpos: Array, dt_s: float) -> str:
    """Why the joint ``index`` of the plan is bounded on its way up or down."""
    angle = qpos.item(plan.qpos.item(index))
    room = plan.upper.item(index) - angle if upwards else angle - plan.lower.item(index)
    fastest = plan.speed.item(index) * dt_s
    bound = bounds.upper.item(index) if upwards else -bounds.lower.item(index)
    # Near a limit it is the limit; else full speed; else the joint gathers speed, or brakes (below zero).
    is_near = room < fastest and bound >= 0.0
    kind = "position" if is_near else "speed" if bound > 0.999 * fastest else "acceleration"
    return f"{kind}:{plan.names[index]}"


def collision_reasons(kinematics: Kinematics, data: Any, rows: Sequence[int]) -> list[str]:
    """For each of the near pairs ``rows`` the joint next to it; one of an arm or a hand rather than of the body."""
    if not rows:
        return []
    contact, last = data.contact, data.ncon - 1
    shapes = contact.geom.tolist()
    if data.nefc != data.ncon:
        rows = np.searchsorted(contact.efc_address[: last + 1], rows).tolist()
    return [_reason_between(kinematics, *shapes[min(row, last)]) for row in rows]


def contact_reason(kinematics: Kinematics, data: Any, which: int) -> str:
    """As ``collision_reasons``, for the contact number ``which``."""
    return _reason_between(kinematics, *data.contact.geom[which].tolist())


def _reason_between(kinematics: Kinematics, one: int, other: int) -> str:
    """Which joint is next to two shapes that come too near to each other; looked for once for any two."""
    known = kinematics.reason_between.get((one, other))
    if known is not None:
        return known
    bodies = (kinematics.model.geom_bodyid[shape] for shape in (one, other))
    joints = [kinematics.joint_of_body[body] for body in bodies]
    found = [kinematics.spec.joints[joint] for joint in joints if joint >= 0]
    limbs = [joint for joint in found if joint.group.endswith(("_arm", "_hand"))]
    kind = "scene_collision" if kinematics.is_scene[[one, other]].any() else "self_collision"
    reason = f"{kind}:{(limbs or found)[-1].name if found else 'body'}"
    kinematics.reason_between[one, other] = reason
    return reason
