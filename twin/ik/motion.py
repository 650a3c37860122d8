"""What the robot's joints are doing: their speeds, what is near them, and how much of it this motion has used up.

A motion begins with a step of inverse kinematics, or without one; then others carry joints of their own. All of them
are held back by what was near when it began.
"""

from typing import Any

import numpy as np

from twin.ik.bounds import NearPairs, collision_reasons, near_pairs
from twin.ik.faces import Faces
from twin.ik.model import Indices, Kinematics
from twin.ik.plan import Settings
from twin.ik.stopping import Stopping
from twin.spatial import Array

_NEVER = -1e30


class Motion:
    """One motion after the other. ``data`` holds the pose; it is read here and moved by the solver."""

    def __init__(self, kinematics: Kinematics, data: Any, settings: Settings) -> None:
        """Everything stands."""
        joints, dofs = len(kinematics.spec.joints), kinematics.model.nv
        self._kinematics, self._data, self._settings = kinematics, data, settings
        self._qpos = data.qpos  # a view
        self._faces = Faces(kinematics)
        acceleration = kinematics.spec.max_acceleration_rad_s2 * (settings.acceleration_use or 1.0)
        self._stopping = Stopping(kinematics, acceleration, self._faces)
        self.speed_rad_s = np.zeros(joints)
        # What this motion has turned so far, rad: every dof that others carried, and those of a step.
        self._carried, self._others_moved = np.zeros(dofs), False
        self._step_dofs, self._step = np.zeros(0, np.intp), np.zeros(0)
        self._pairs: NearPairs | None = None
        self._has_begun, self._followed = False, np.zeros(joints, np.bool_)
        self._solved = np.zeros(joints, np.bool_)  # joints that a step moved last
        self._step_joints = self._idle = np.zeros(
            0, np.intp
        )  # of the last step; of one before, that nothing moves now

    def stand(self) -> None:
        """Everything stands, wherever it is."""
        self.speed_rad_s[:] = 0.0
        self._solved[:] = False
        self._step_joints = self._idle = np.zeros(0, np.intp)
        self.end()

    def end(self) -> None:
        """What moves from now on belongs to the next motion."""
        self._has_begun = False
        self._carried.fill(0.0)
        self._step_dofs, self._step = self._step_dofs[:0], self._step[:0]

    @property
    def pairs(self) -> NearPairs | None:
        """What was near when this motion began; None if nothing was, or nobody looks."""
        return self._pairs

    def begin(self, dt_s: float) -> Array:
        """See what is near now; returns what was carried in the motion before, shape (dofs,)."""
        self._has_begun, self._followed[:] = True, False
        self._pairs = None
        if self._settings.collisions:
            self._pairs = near_pairs(self._kinematics, self._data, self._settings, dt_s, self._faces)
        return self._carried

    def stepped(self, joints: Indices, dofs: Indices, step: Array) -> None:
        """A step turns ``joints`` by ``step``; it writes their speeds into ``speed_rad_s`` itself, after this."""
        are_others = joints is not self._step_joints
        if are_others:
            # Whoever does not let them coast wants them to stand.
            self.speed_rad_s[self._idle] = 0.0
            self._idle = np.setdiff1d(self._step_joints, joints)
            self._step_joints = joints
        if are_others or self._others_moved:
            self._solved[joints] = True
            self._carried.fill(0.0)
            self._others_moved = False
        self._step_dofs, self._step = dofs, step

    def carried(self, joints: Indices, step: Array, dt_s: float) -> None:
        """Others turned ``joints`` by ``step``."""
        self._others_moved = True
        self._carried[self._kinematics.dof_address[joints]] += step
        self._followed[joints] = True
        self._solved[joints] = False
        self.speed_rad_s[joints] = step / dt_s

    def coasting(self, joints: Indices) -> Indices:
        """Those of ``joints`` that steps moved before and that still move; they are let coast, not forgotten."""
        moving = joints[self._solved[joints]]
        if not np.count_nonzero(self.speed_rad_s[moving]):
            return moving[:0]
        self._idle = np.setdiff1d(self._idle, moving)
        return moving

    def coasted(self, joints: Indices) -> None:
        """``joints`` were carried because they coast: steps moved them, and nobody else does."""
        self._solved[joints] = True

    def braked(self, joints: Indices, dt_s: float) -> Array:
        """How far ``joints`` still turn in this step if they brake as hard as they can."""
        return self._stopping.braked(self.speed_rad_s[joints], joints, dt_s) * dt_s

    def held_back(
        self, joints: Indices, step: Array, dt_s: float, may_touch: bool
    ) -> tuple[Array, list[str]]:
        """What of ``step`` others may turn ``joints`` by, so that nothing comes too near; and why not all of it.

        Furniture does not hold them back if they ``may_touch`` it.
        """
        if not self._has_begun or np.count_nonzero(self._followed[joints]):
            self.end()
            self.begin(dt_s)
        if not self._settings.collisions:
            return step, []
        reasons = list[str]()
        if may_touch and self._kinematics.has_scene:
            self._faces.watch(self._data)
        if self._pairs is not None:
            step, reasons = self._within_clearances(self._pairs, joints, step, dt_s, may_touch)
        if not self.can_stop(joints, step, dt_s, may_touch):
            step = self.braked(joints, dt_s)
            reasons.append(self.reason)
        return step, reasons

    def _within_clearances(
        self, pairs: NearPairs, joints: Indices, step: Array, dt_s: float, may_touch: bool
    ) -> tuple[Array, list[str]]:
        ways = pairs.rows[:, self._kinematics.dof_address[joints]]
        turned = self._carried.copy()
        turned[self._step_dofs] += self._step
        least_m = pairs.least_beside(turned)
        if may_touch and pairs.with_scene is not None:
            least_m = np.where(pairs.with_scene, _NEVER, least_m)
        closing = np.minimum(ways * step, 0.0).sum(axis=1)
        allowed, held = step.copy(), list[int]()
        for row in np.flatnonzero(closing < least_m - 1e-12):
            nearer = ways[row] * allowed < 0.0
            # What others do for the pair does not count: it may be held back by another one.
            closes = float((ways[row] * allowed)[nearer].sum())
            if closes < least_m[row]:
                allowed[nearer] *= float(least_m[row]) / closes
                held.append(int(row))
        if not held:
            return step, []
        reasons = collision_reasons(self._kinematics, self._data, held)
        # No joint brakes harder than it can, unless it was told to.
        softest = self.braked(joints, dt_s)
        lower, upper = np.minimum(softest, step), np.maximum(softest, step)
        return np.minimum(np.maximum(allowed, lower), upper), reasons

    @property
    def reason(self) -> str:
        """Typed: what was in the way when ``can_stop`` last said no."""
        return self._stopping.reason

    @property
    def is_too_near(self) -> bool:
        """Whether something was too near already, when ``can_stop`` last said no."""
        return self._stopping.is_too_near

    def ways_to_stop(self, joints: Indices, dofs: Indices, step: Array, dt_s: float) -> tuple[Array, Array]:
        """Rows and their least values for a step of ``joints`` that could come to rest, after ``step`` could not.

        Linear in what the step would have to be otherwise: the distances where all comes to rest, and how they change
        with how far each joint still goes.
        """
        after, speed = self._position_after(joints, step), self._speed_after(joints, step, dt_s)
        rows, lack_m = self._stopping.too_near_at(self._stopping.halted(after, speed, dt_s))
        ways = rows[:, dofs] * self._stopping.growth(step, self.speed_rad_s[joints], joints, dt_s)
        return ways, ways @ step + lack_m

    def is_no_nearer(self, joints: Indices, step: Array, dt_s: float) -> bool:
        """Whether ``step`` of ``joints`` itself leads nothing nearer than it may be, or braking would."""
        braked = self._position_after(joints, self.braked(joints, dt_s))
        return self._stopping.is_no_nearer(self._position_after(joints, step), braked)

    def can_stop(self, joints: Indices, step: Array, dt_s: float, may_touch: bool = False) -> bool:
        """Whether everything could still come to rest clear of everything, after ``step`` of ``joints``."""
        speed = self._speed_after(joints, step, dt_s)
        if self._pairs is None and self._stopping.is_within_sight(speed):
            return True
        stopping, after = self._stopping, self._position_after(joints, step)
        return stopping.is_safe(
            stopping.halted(after, speed, dt_s),
            lambda: stopping.halted(self._position_rad(), self.speed_rad_s, dt_s),
            may_touch,
        )

    def _speed_after(self, joints: Indices, step: Array, dt_s: float) -> Array:
        """The speeds of all joints, shape (n,), after ``step`` of ``joints``."""
        speed = self.speed_rad_s.copy()
        speed[joints] = step / dt_s
        return speed

    def _position_after(self, joints: Indices, step: Array) -> Array:
        """The angles of all joints, shape (n,), after ``step`` of ``joints``."""
        position = self._position_rad()
        position[joints] += step
        return position

    def _position_rad(self) -> Array:
        """The angles of all joints, shape (n,); a copy."""
        return np.asarray(self._qpos[self._kinematics.qpos_address])
