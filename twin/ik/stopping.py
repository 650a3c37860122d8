"""Whether a motion may go on: only if its joints could still brake after it, and nothing would touch where they stop.

If that holds for every step, then the step that brakes as hard as the joints can is always a safe one, because it
leads to where the step before was found safe to stop. The robot's gate cannot stop joints any faster than that.
"""

import math
from collections.abc import Callable

import mujoco
import numpy as np

from twin.ik.bounds import contact_reason, is_with_scene, margins_m
from twin.ik.compiled.halting import Halting
from twin.ik.faces import Faces
from twin.ik.model import Indices, Kinematics
from twin.spatial import Array

_NO_WAY = 1e-9  # rad
_LEAST = 0.45  # share of its margin that a pair of shapes must keep where the joints have stopped


class Stopping:
    """Looks ahead to where joints come to rest. Holds only memory to work in."""

    def __init__(
        self, kinematics: Kinematics, acceleration_rad_s2: Array, faces: Faces | None = None
    ) -> None:
        """Joints brake with ``acceleration_rad_s2``, shape (n,); fingers entered furniture by ``faces``."""
        self._kinematics, self._acceleration = kinematics, acceleration_rad_s2
        self._faces = faces or Faces(kinematics)
        self._data = mujoco.MjData(kinematics.model)
        self.reason = ""  # typed: what was nearest where a motion that is not safe would have stopped
        self._required = (0.0, 0.0)  # shares that the last motion had to keep: of own shapes, of furniture
        # Fingers are short and stop within the other half of what is watched.
        sweep_m_s2 = np.where(
            kinematics.spec.is_finger, 0.0, levers_m(kinematics) / (2.0 * acceleration_rad_s2)
        )
        unseen_m = 0.5 * (kinematics.near_m - kinematics.spec.ik.margin_m)
        halting = Halting(acceleration_rad_s2, sweep_m_s2, unseen_m)
        self.is_within_sight, self.halted = halting.is_within_sight, halting.halted

    def is_safe(self, stops_rad: Array, otherwise_rad: Callable[[], Array], may_touch: bool = False) -> bool:
        """Whether a motion may go on that comes to rest at ``stops_rad``; braked at once, at ``otherwise_rad()``.

        What braking cannot keep apart must not come nearer than braking brings it. It is measured where the joints
        stop, not where they are: these joints brake each by itself, so on their way shapes may be nearer for a
        moment, and to allow that again and again would be to creep. Furniture does not count if it ``may_touch``.
        """
        own, scene = self._clearance(stops_rad)
        scene = math.inf if may_touch else scene
        if min(own, scene) >= _LEAST:
            return True
        self.reason = contact_reason(self._kinematics, self._data, self._nearest(with_scene=scene < own))
        own_otherwise, scene_otherwise = self._clearance(otherwise_rad())
        self._required = min(_LEAST, own_otherwise), min(_LEAST, scene_otherwise)
        return own >= self._required[0] and scene >= self._required[1]

    @property
    def is_too_near(self) -> bool:
        """Whether something would have been too near however joints braked, when ``is_safe`` last said no."""
        return min(self._required) < _LEAST

    def is_no_nearer(self, after_rad: Array, otherwise_rad: Array) -> bool:
        """Whether at ``after_rad``, before joints stop, nothing is nearer than it may be or otherwise would."""
        own, scene = self._clearance(after_rad)
        if min(own, scene) >= _LEAST:
            return True
        own_otherwise, scene_otherwise = self._clearance(otherwise_rad)
        return own >= min(_LEAST, own_otherwise) and scene >= min(_LEAST, scene_otherwise)

    def too_near_at(self, stops_rad: Array) -> tuple[Array, Array]:
        """Of all that is too near at ``stops_rad``, where the last motion that was not safe would have come to rest.

        Returns:
            How each distance changes with the dofs of the model, shape (r, dofs), and by how much it must grow there
            for the motion to be safe, m, shape (r,); below zero where it may shrink.
        """
        kinematics, model, data = self._kinematics, self._kinematics.model, self._data
        self._clearance(stops_rad)
        mujoco.mj_comPos(model, data)
        mujoco.mj_makeConstraint(model, data)
        self._faces.measure(data, with_rows=True)
        pairs = data.contact.geom[data.contact.efc_address >= 0]
        required_m = np.where(is_with_scene(kinematics, pairs), *self._required[::-1])
        margin_m = margins_m(kinematics, pairs)
        lack_m = required_m * margin_m - data.efc_pos
        near = data.efc_pos < _LEAST * margin_m
        return data.efc_J.reshape(data.nefc, model.nv)[near], lack_m[near]

    def growth(self, step: Array, speed_rad_s: Array, joints: Indices, dt_s: float) -> Array:
        """How much further ``joints`` come to rest per radian between braking and ``step``, shape (n,)."""
        braked = self.braked(speed_rad_s, joints, dt_s) * dt_s
        far, near = (each + self._way_to_rest(each / dt_s, joints, dt_s) for each in (step, braked))
        apart = step - braked
        is_apart = np.abs(apart) > _NO_WAY
        return np.where(is_apart, (far - near) / np.where(is_apart, apart, 1.0), 1.0)

    def _way_to_rest(self, speed_rad_s: Array, joints: Indices, dt_s: float) -> Array:
        speed = np.zeros(len(self._acceleration))
        speed[joints] = speed_rad_s
        return self.halted(np.zeros(len(speed)), speed, dt_s)[joints]

    def braked(self, speed_rad_s: Array, joints: Indices, dt_s: float) -> Array:
        """The speeds of ``joints`` after braking from ``speed_rad_s`` for ``dt_s`` as hard as they can."""
        loss = self._acceleration[joints] * dt_s
        return speed_rad_s - np.minimum(np.maximum(speed_rad_s, -loss), loss)

    def _clearance(self, position_rad: Array) -> tuple[float, float]:
        """The least distance of any pair of the robot, and of it and furniture, as a share of its margin."""
        model, data = self._kinematics.model, self._data
        data.qpos[self._kinematics.qpos_address] = position_rad
        mujoco.mj_kinematics(model, data)
        mujoco.mj_collision(model, data)
        if not data.ncon:
            return math.inf, math.inf
        if not self._kinematics.has_scene:
            return float(data.contact.dist.min()) / self._kinematics.spec.ik.margin_m, math.inf
        self._faces.measure(data, with_rows=False)
        pairs = data.contact.geom
        shares = data.contact.dist / margins_m(self._kinematics, pairs)
        with_scene = is_with_scene(self._kinematics, pairs)
        own, scene = shares[~with_scene], shares[with_scene]
        return float(own.min(initial=math.inf)), float(scene.min(initial=math.inf))

    def _nearest(self, with_scene: bool) -> int:
        """The contact of the nearest pair, of the robot or of it and furniture."""
        distances = self._data.contact.dist
        if not self._kinematics.has_scene:
            return int(distances.argmin())
        of_kind = is_with_scene(self._kinematics, self._data.contact.geom) == with_scene
        return int(np.argmin(np.where(of_kind, distances, math.inf)))


def levers_m(kinematics: Kinematics) -> Array:
    """How far the farthest part that each joint carries can be from its axis, shape (n,)."""
    model = kinematics.model
    reach_m = np.zeros(model.nbody)  # of a body and all that it carries, from its own origin
    for shape in range(model.ngeom):
        body = model.geom_bodyid[shape]
        far_m = float(np.linalg.norm(model.geom_pos[shape]) + model.geom_rbound[shape])
        reach_m[body] = max(reach_m[body], far_m)
    for body in range(model.nbody - 1, 0, -1):
        parent = model.body_parentid[body]
        reach_m[parent] = max(reach_m[parent], float(np.linalg.norm(model.body_pos[body])) + reach_m[body])
    joints = [model.joint(name).id for name in kinematics.spec.joint_names]
    return np.asarray(reach_m[model.jnt_bodyid[joints]] + np.linalg.norm(model.jnt_pos[joints], axis=1))
