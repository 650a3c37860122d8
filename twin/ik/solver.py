"""One step of both arms towards wanted hand poses, within position, speed and self-collision limits.

Damped Gauss-Newton on MuJoCo's Jacobians. The unconstrained step (LAPACK ``dposv``) is taken when it keeps every
bound; only otherwise the same quadratic is solved with bounds (DAQP, native box). Self-collision enters as
``J dq >= -gain (distance - margin)`` for each near pair: a pair may use up only a share of its clearance per step,
so that hands slow down before a body part instead of bumping into a wall.

Near singular poses and for targets out of reach the step is damped in proportion to the squared error
(T. Sugihara, "Solvability-unconcerned inverse kinematics by the Levenberg-Marquardt method", T-RO 2011):
the arm stretches towards what it cannot reach and stays calm there.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import daqp
import mujoco
import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack

from twin.ik.model import SIDES, Kinematics
from twin.spatial import Array, Pose

Vector = NDArray[np.float64]
_NO_ROWS = 1e30


@dataclass(frozen=True)
class Settings:
    """How a step weighs and how careful it is."""

    rotation_weight: float = 0.2  # metres that one radian of error is worth
    damping: float = 1e-6  # keeps the step unique; also the weight of the ready pose
    error_damping: float = 0.02  # damping per squared weighted error
    soft_limit_rad: float = math.radians(2.1)  # distance kept from the hard limits; the gate keeps 2 degrees
    speed_use: float = 0.9  # share of each joint's speed limit that is used
    acceleration_use: float = 0.9  # share of each joint's acceleration limit that is used; 0: no such bound
    margin_m: float = 0.01  # shapes never come nearer than this
    closing_time_s: float = 0.028  # time constant with which a clearance may be used up
    posture_rate_per_s: float = 0.8  # how quickly idle motion goes to the ready pose, while hands move
    collisions: bool = True


@dataclass(frozen=True)
class Step:
    """What one step did."""

    limited_by: tuple[
        str, ...
    ]  # "speed:left_elbow", "self_collision:right_wrist_roll", "reach:left_hand", ...
    error_m: tuple[float, ...]  # of each driven hand, in the order of ``sides``
    bounded: bool  # a bound was active


class _Plan:
    """Preallocated arrays for one choice of driven arms."""

    def __init__(self, kinematics: Kinematics, sides: tuple[str, ...], settings: Settings) -> None:
        model, spec = kinematics.model, kinematics.spec
        self.sides = sides
        self.joints = np.concatenate([kinematics.arm_joints[side] for side in sides])
        self.qpos = kinematics.qpos_address[self.joints]
        self.dof = kinematics.dof_address[self.joints]
        count, n = len(sides), len(self.joints)
        self.n, self.hands = n, count
        self.sites = np.array([kinematics.hand_site[side] for side in sides], np.intp)
        self.jacobian = np.zeros((6 * count, model.nv))
        self.views = [
            (
                self.jacobian[3 * k : 3 * k + 3],
                self.jacobian[3 * (count + k) : 3 * (count + k) + 3],
                int(site),
            )
            for k, site in enumerate(self.sites)
        ]
        self.weight = np.repeat([1.0, settings.rotation_weight], 3 * count)
        self.weight_column = self.weight[:, None].copy()
        self.error = np.zeros(6 * count)
        self.lower = spec.lower_rad[self.joints] + settings.soft_limit_rad
        self.upper = spec.upper_rad[self.joints] - settings.soft_limit_rad
        self.speed = spec.max_speed_rad_s[self.joints] * settings.speed_use
        self.acceleration = spec.max_acceleration_rad_s2[self.joints] * settings.acceleration_use
        self.home = spec.home_rad[self.joints]
        self.no_rows = np.zeros((0, n))
        self.sense = np.zeros(n, np.int32)
        self.names = [spec.joint_names[joint] for joint in self.joints]


class ArmSolver:
    """Holds the commanded pose and moves it step by step. All poses are in the frame of the model's world."""

    def __init__(self, kinematics: Kinematics, settings: Settings = Settings()) -> None:
        """Start in the ready pose."""
        self.kinematics, self.settings = kinematics, settings
        self._data = mujoco.MjData(kinematics.model)
        self._plans: dict[tuple[str, ...], _Plan] = {}
        self._speed_rad_s = np.zeros(len(kinematics.spec.joints))
        for sides in (("left",), ("right",), SIDES):
            self._plan(sides)
        self.place(kinematics.spec.home_rad)

    def _plan(self, sides: tuple[str, ...]) -> _Plan:
        if sides not in self._plans:
            self._plans[sides] = _Plan(self.kinematics, sides, self.settings)
        return self._plans[sides]

    def place(self, position_rad: Vector) -> None:
        """Stand still at ``position_rad``, shape (n,), whatever the limits say."""
        self._data.qpos[self.kinematics.qpos_address] = position_rad
        self._speed_rad_s[:] = 0.0
        self._update()

    def follow(self, joints: NDArray[np.intp], position_rad: Vector) -> None:
        """Take over the angles of ``joints`` that others drive, such as fingers and neck; seen from the next step."""
        self._data.qpos[self.kinematics.qpos_address[joints]] = position_rad

    def _update(self) -> None:
        mujoco.mj_kinematics(self.kinematics.model, self._data)
        mujoco.mj_comPos(self.kinematics.model, self._data)

    @property
    def position_rad(self) -> Vector:
        """Angles of all joints now, shape (n,); a copy."""
        return np.asarray(self._data.qpos[self.kinematics.qpos_address])

    def hand(self, side: str) -> Pose:
        """Where the hand ``side`` is now."""
        site = self.kinematics.hand_site[side]
        return Pose(self._data.site_xpos[site].copy(), self._data.site_xmat[site].reshape(3, 3).copy())

    def chest(self) -> Array:
        """Which way the chest faces now, shape (3, 3)."""
        return np.asarray(self._data.xmat[self.kinematics.chest_body].reshape(3, 3).copy())

    def condition(self, side: str) -> float:
        """The condition number of the arm's Jacobian with rotations weighed in; large near a singular pose."""
        plan = self._plan((side,))
        for position, rotation, site in plan.views:
            mujoco.mj_jacSite(self.kinematics.model, self._data, position, rotation, site)
        values = np.linalg.svd(plan.jacobian[:, plan.dof] * plan.weight_column, compute_uv=False)
        return float(values[0] / max(values[-1], 1e-9))

    def step(self, targets: Mapping[str, Pose], dt_s: float, ease: float = 1.0) -> Step:
        """Move the arms of the hands in ``targets`` one step; other joints stay.

        Args:
            targets: side -> where that hand shall be.
            dt_s: length of the step, > 0.
            ease: 0..1, how strongly the elbow is drawn to the ready pose; 0 for hands that are to rest.
        """
        plan = self._plan(tuple(side for side in SIDES if side in targets))
        self._measure(plan, [targets[side] for side in plan.sides])
        a = plan.jacobian[:, plan.dof] * plan.weight_column
        b = plan.error * plan.weight
        settings = self.settings
        hessian = a.T @ a
        damping = settings.damping + settings.error_damping * float(b @ b)
        hessian.flat[:: plan.n + 1] += damping
        gradient = b @ a
        angles = self._data.qpos[plan.qpos]
        if ease > 0.0:
            gradient += (damping * min(1.0, settings.posture_rate_per_s * dt_s) * ease) * (plan.home - angles)
        _, step, failed = lapack.dposv(hessian, gradient)
        if failed:
            step = np.zeros(plan.n)
        step, reasons, bounded = self._bounded(plan, step, hessian, gradient, angles, dt_s)
        self._move(plan, step, dt_s)
        away = [
            math.dist(targets[side].position_m, self._data.site_xpos[site])
            for side, site in zip(plan.sides, plan.sites, strict=True)
        ]
        reasons.extend(self._out_of_reach(plan, targets, away))
        return Step(tuple(dict.fromkeys(reasons)), tuple(away), bounded)

    def step_joints(
        self, goal_rad: Vector, sides: Sequence[str], max_speed_rad_s: float, dt_s: float
    ) -> Step:
        """Move the joints of the arms ``sides`` one slow step towards ``goal_rad``, shape (n,); same limits."""
        plan = self._plan(tuple(side for side in SIDES if side in sides))
        angles = self._data.qpos[plan.qpos]
        ahead = goal_rad[plan.joints] - angles
        speed = self._speed_rad_s[plan.joints]
        farthest = float(np.abs(ahead).max(initial=0.0))
        # One speed for all joints, reached and left gently: they arrive together.
        fastest = min(max_speed_rad_s, math.sqrt(2.0 * farthest), float(np.abs(speed).max()) + 1.0 * dt_s)
        step = ahead * min(1.0, fastest * dt_s / max(farthest, 1e-12))
        step, reasons, bounded = self._bounded(plan, step, np.eye(plan.n), step, angles, dt_s)
        self._move(plan, step, dt_s)
        return Step(tuple(dict.fromkeys(reasons)), (farthest,), bounded)

    def _measure(self, plan: _Plan, targets: list[Pose]) -> None:
        """Jacobians and errors of all driven hands, rotations as rotation vectors in the outer frame."""
        model, data, k = self.kinematics.model, self._data, plan.hands
        for position, rotation, site in plan.views:
            mujoco.mj_jacSite(model, data, position, rotation, site)
        error = plan.error
        positions = data.site_xpos[plan.sites]
        rotations = data.site_xmat[plan.sites].reshape(k, 3, 3)
        for i, target in enumerate(targets):
            error[3 * i : 3 * i + 3] = target.position_m - positions[i]
            difference = target.rotation @ rotations[i].T
            error[3 * (k + i) : 3 * (k + i) + 3] = _rotation_vector(difference)

    def _bounded(
        self, plan: _Plan, step: Array, hessian: Array, gradient: Array, angles: Array, dt_s: float
    ) -> tuple[Array, list[str], bool]:
        """The step that keeps all bounds, why it differs from ``step``, and whether it does."""
        lower, upper = self._box(plan, angles, dt_s)
        rows = self._near_pairs(plan, dt_s) if self.settings.collisions else None
        outside = bool((step < lower).any() or (step > upper).any())
        if not outside and rows is not None:
            outside = bool((rows[0] @ step < rows[1]).any())
        if not outside:
            return step, [], False
        if rows is None:
            solved, _, flag, info = daqp.solve(hessian, -gradient, plan.no_rows, upper, lower, plan.sense)
        else:
            count = len(rows[1])
            solved, _, flag, info = daqp.solve(
                hessian,
                -gradient,
                rows[0],
                np.concatenate((upper, np.full(count, _NO_ROWS))),
                np.concatenate((lower, rows[1])),
                np.zeros(plan.n + count, np.int32),
            )
        if flag < 0 or not np.isfinite(solved).all():
            return np.zeros(plan.n), ["no_solution"], True
        step = np.clip(solved, lower, upper)
        return step, self._reasons(plan, info["lam"], angles, dt_s, rows), True

    def _box(self, plan: _Plan, angles: Array, dt_s: float) -> tuple[Array, Array]:
        """Bounds of a step: speed, the way left to the limits, and the speed from which one can still brake.

        Standing still is always inside: a joint that is outside its limits may stay or come back.
        """
        room_up = np.maximum(plan.upper - angles, 0.0)
        room_down = np.maximum(angles - plan.lower, 0.0)
        fastest = plan.speed * dt_s
        up, down = np.minimum(fastest, room_up), np.minimum(fastest, room_down)
        if self.settings.acceleration_use > 0.0:
            a = plan.acceleration
            np.minimum(up, np.sqrt(2.0 * a * room_up) * dt_s, out=up)
            np.minimum(down, np.sqrt(2.0 * a * room_down) * dt_s, out=down)
            # Only gathering speed is bounded; to brake is always allowed, so bounds never contradict.
            speed = self._speed_rad_s[plan.joints]
            np.minimum(up, (np.maximum(speed, 0.0) + a * dt_s) * dt_s, out=up)
            np.minimum(down, (np.maximum(-speed, 0.0) + a * dt_s) * dt_s, out=down)
        return -down, up

    def _near_pairs(self, plan: _Plan, dt_s: float) -> tuple[Array, Array] | None:
        """Rows ``J`` and bounds ``l`` of ``J step >= l`` for all pairs of shapes that are near."""
        model, data = self.kinematics.model, self._data
        mujoco.mj_collision(model, data)
        if not data.ncon:
            return None
        mujoco.mj_makeConstraint(model, data)
        if not data.nefc:
            return None
        jacobian = data.efc_J.reshape(data.nefc, model.nv)[:, plan.dof]
        gain = 1.0 - math.exp(-dt_s / self.settings.closing_time_s)
        least = -gain * (data.efc_pos - self.settings.margin_m)
        # Too near already (a pair the operator was handed like that): it need not part, it must not close.
        return np.ascontiguousarray(jacobian), np.minimum(least, 0.0)

    def _reasons(
        self, plan: _Plan, multipliers: Array, angles: Array, dt_s: float, rows: tuple[Array, Array] | None
    ) -> list[str]:
        """Typed reasons from the multipliers of the active bounds, strongest kinds first."""
        reasons: list[str] = []
        if rows is not None:
            active = np.flatnonzero(np.abs(multipliers[plan.n :]) > 1e-9)
            reasons.extend(f"self_collision:{self._part(int(row))}" for row in active)
        for index in np.flatnonzero(np.abs(multipliers[: plan.n]) > 1e-9):
            room = (
                plan.upper[index] - angles[index]
                if multipliers[index] > 0
                else angles[index] - plan.lower[index]
            )
            at_limit = room < plan.speed[index] * dt_s
            reasons.append(f"{'position' if at_limit else 'speed'}:{plan.names[index]}")
        return reasons

    def _part(self, row: int) -> str:
        """The moved joint next to the pair of contact ``row``: of an arm rather than of the body."""
        model, contact = self.kinematics.model, self._data.contact
        which = int(np.searchsorted(contact.efc_address[: self._data.ncon], row))
        geoms = contact.geom[min(which, self._data.ncon - 1)]
        joints = [self.kinematics.joint_of_body[model.geom_bodyid[geom]] for geom in geoms]
        names = self.kinematics.spec.joint_names
        arm = [joint for joint in joints if joint >= 0 and names[joint].startswith(SIDES)]
        return names[arm[-1]] if arm else "body"

    def _move(self, plan: _Plan, step: Array, dt_s: float) -> None:
        self._data.qpos[plan.qpos] += step
        self._speed_rad_s[:] = 0.0
        self._speed_rad_s[plan.joints] = step / dt_s
        self._update()

    def _out_of_reach(self, plan: _Plan, targets: Mapping[str, Pose], away: list[float]) -> list[str]:
        reasons: list[str] = []
        for side, distance in zip(plan.sides, away, strict=True):
            if distance < 0.004:
                continue
            shoulder = self._data.xpos[self.kinematics.shoulder_body[side]]
            stretched = 0.985 * self.kinematics.arm_length_m[side]
            if math.dist(targets[side].position_m, shoulder) > stretched:
                reasons.append(f"reach:{side}_hand")
        return reasons


def _rotation_vector(r: Array) -> tuple[float, float, float]:
    """As ``spatial.vector_from_rotation``, in plain floats: this runs in the innermost loop."""
    (r00, r01, r02), (r10, r11, r12), (r20, r21, r22) = r.tolist()
    x, y, z = r21 - r12, r02 - r20, r10 - r01
    twice_sine = math.sqrt(x * x + y * y + z * z)
    angle = math.atan2(twice_sine, r00 + r11 + r22 - 1.0)
    scale = angle / twice_sine if twice_sine > 1e-9 else 0.5
    return x * scale, y * scale, z * scale
