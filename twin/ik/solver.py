"""One step of both arms towards wanted hand poses, within position, speed and self-collision limits.

Damped Gauss-Newton on MuJoCo's Jacobians. The unconstrained step (LAPACK ``dposv``) is taken when it keeps every
bound, and corrected once with the same factors; only otherwise the same quadratic is solved with bounds (DAQP,
native box). Self-collision enters as ``J dq >= -gain (distance - margin)`` for each near pair: a pair may use up
only a share of its clearance per step, so that hands slow down before a body part instead of bumping into a wall.

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

from twin.ik.bounds import Bounds, bounds_of, reasons_of
from twin.ik.model import SIDES, Kinematics
from twin.ik.plan import Plan, Settings
from twin.shaping import limit_length
from twin.spatial import Array, Pose

_UNBOUNDED = 1e30
_STRETCHED = 0.985  # a target further than this share of the arm's length is out of reach
_REACHED_M = 0.004
_READY_BRAKING_RAD_S2 = 1.0


@dataclass(frozen=True)
class Step:
    """What one step did."""

    limited_by: tuple[
        str, ...
    ]  # e.g. "speed:left_elbow", "self_collision:right_wrist_roll", "reach:left_hand"
    error_m: tuple[float, ...]  # of each driven hand, left before right
    bounded: bool  # a bound was active


class ArmSolver:
    """Holds the commanded pose and moves it step by step. All poses are in the frame of the model's world."""

    def __init__(self, kinematics: Kinematics, settings: Settings) -> None:
        """Start in the ready pose."""
        self.kinematics, self.settings = kinematics, settings
        self._data = mujoco.MjData(kinematics.model)
        self._speed_rad_s = np.zeros(len(kinematics.spec.joints))
        self._plans: dict[tuple[str, ...], Plan] = {
            sides: Plan(kinematics, self._data, sides, settings) for sides in (("left",), ("right",), SIDES)
        }
        self.place(kinematics.spec.home_rad)

    def place(self, position_rad: Array) -> None:
        """Stand still at ``position_rad``, shape (n,), whatever the limits say."""
        self._data.qpos[self.kinematics.qpos_address] = position_rad
        self._speed_rad_s[:] = 0.0
        self._update()

    def follow(self, joints: NDArray[np.intp], position_rad: Array) -> None:
        """Take over the angles of ``joints`` that others drive, such as fingers; seen from the next step on."""
        self._data.qpos[self.kinematics.qpos_address[joints]] = position_rad

    @property
    def position_rad(self) -> Array:
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
        """The condition number of the arm's weighted Jacobian; large near a singular pose."""
        plan = self._plans[(side,)]
        for position, rotation, site in plan.views:
            mujoco.mj_jacSite(self.kinematics.model, self._data, position, rotation, site)
        values = np.linalg.svd(plan.jacobian[:, plan.dof] * plan.weight_column, compute_uv=False)
        return float(values[0] / max(values[-1], 1e-9))

    def step(self, targets: Mapping[str, Pose], dt_s: float, ease: float = 1.0) -> Step:
        """Move the arms of the hands in ``targets`` one step; other joints stay.

        Args:
            targets: side -> where that hand shall be; at least one.
            dt_s: length of the step, > 0.
            ease: 0..1, how strongly the elbow is drawn to the ready pose.
        """
        plan = self._plan(targets)
        goals = [targets[side] for side in plan.sides]
        for position, rotation, site in plan.views:
            mujoco.mj_jacSite(self.kinematics.model, self._data, position, rotation, site)
        a = plan.jacobian[:, plan.dof] * plan.weight_column
        b = self._errors(plan, goals) * plan.weight
        damping = self.settings.damping + self.settings.error_damping * float(b @ b)
        hessian = a.T @ a
        hessian.flat[:: plan.n + 1] += damping
        gradient = b @ a
        if ease > 0.0:
            pull = damping * min(1.0, self.settings.posture_rate_per_s * dt_s) * ease
            gradient += pull * (plan.home - self._data.qpos[plan.qpos])
        bounds = self._bounds(plan, dt_s)
        factor, free, failed = lapack.dposv(hessian, gradient)
        if failed or not bounds.hold(free):
            step, reasons = self._bounded(plan, hessian, gradient, bounds, dt_s)
            self._move(plan, step, dt_s)
        else:
            reasons = []
            self._move_freely(plan, goals, a, factor, free, bounds, dt_s)
        away = [
            math.dist(goal.position_m, self._data.site_xpos[site])
            for goal, site in zip(goals, plan.sites, strict=True)
        ]
        limited = bool(reasons)
        reasons += self._out_of_reach(plan, goals, away)
        return Step(tuple(dict.fromkeys(reasons)), tuple(away), limited)

    def step_joints(self, goal_rad: Array, sides: Sequence[str], max_speed_rad_s: float, dt_s: float) -> Step:
        """Move the joints of the arms ``sides`` one gentle step towards ``goal_rad``, shape (n,); same limits.

        The joints arrive together. ``error_m`` of the result is the largest joint error left, in rad.
        """
        plan = self._plan(sides)
        ahead = goal_rad[plan.joints] - self._data.qpos[plan.qpos]
        farthest = float(np.abs(ahead).max(initial=0.0))
        speed = float(np.abs(self._speed_rad_s[plan.joints]).max(initial=0.0))
        fastest = min(
            max_speed_rad_s,
            math.sqrt(2.0 * _READY_BRAKING_RAD_S2 * farthest),
            speed + _READY_BRAKING_RAD_S2 * dt_s,
        )
        step = ahead * min(1.0, fastest * dt_s / max(farthest, 1e-12))
        bounds, reasons = self._bounds(plan, dt_s), list[str]()
        if not bounds.hold(step):
            step, reasons = self._bounded(plan, np.eye(plan.n), step, bounds, dt_s)
        self._move(plan, step, dt_s)
        return Step(tuple(dict.fromkeys(reasons)), (farthest,), bool(reasons))

    def _plan(self, sides: Mapping[str, Pose] | Sequence[str]) -> Plan:
        return self._plans[tuple(side for side in SIDES if side in sides)]

    def _bounds(self, plan: Plan, dt_s: float) -> Bounds:
        speed = self._speed_rad_s[plan.joints]
        return bounds_of(self.kinematics, self._data, plan, self.settings, speed, dt_s)

    def _errors(self, plan: Plan, goals: list[Pose]) -> Array:
        """Position errors of all hands, then rotation vectors, in the outer frame; overwritten by the next call."""
        for goal, (position, rotation), (error_m, error_rad) in zip(
            goals, plan.pose_views, plan.error_views, strict=True
        ):
            np.subtract(goal.position_m, position, out=error_m)
            mujoco.mju_mulMatMatT(plan.turn_matrix, goal.rotation, rotation)
            mujoco.mju_mat2Quat(plan.quaternion, plan.turn)
            mujoco.mju_quat2Vel(error_rad, plan.quaternion, 1.0)
        largest_m = self.settings.largest_error_m
        if float(plan.error @ plan.error) > largest_m * largest_m:
            for error_m, error_rad in plan.error_views:
                error_m[:] = limit_length(error_m, largest_m)
                error_rad[:] = limit_length(error_rad, self.settings.largest_error_rad)
        return plan.error

    def _bounded(
        self, plan: Plan, hessian: Array, gradient: Array, bounds: Bounds, dt_s: float
    ) -> tuple[Array, list[str]]:
        """The best step within ``bounds``, and why it is bounded."""
        if bounds.rows is None or bounds.least is None:
            solved, _, flag, info = daqp.solve(
                hessian, -gradient, plan.no_rows, bounds.upper, bounds.lower, plan.no_sense
            )
        else:
            count = len(bounds.least)
            solved, _, flag, info = daqp.solve(
                hessian,
                -gradient,
                bounds.rows,
                np.concatenate((bounds.upper, np.full(count, _UNBOUNDED))),
                np.concatenate((bounds.lower, bounds.least)),
                np.zeros(plan.n + count, np.int32),
            )
        if flag < 0 or not np.isfinite(solved).all():
            return np.zeros(plan.n), ["no_solution"]
        step = np.clip(solved, bounds.lower, bounds.upper)
        return step, reasons_of(self.kinematics, self._data, plan, bounds, info["lam"], dt_s)

    def _move_freely(
        self, plan: Plan, goals: list[Pose], a: Array, factor: Array, step: Array, bounds: Bounds, dt_s: float
    ) -> None:
        """Take a step that no bound limits, and once more what the arm's curvature left over."""
        angles = self._data.qpos[plan.qpos]
        self._data.qpos[plan.qpos] = angles + step
        if self.settings.refine:
            mujoco.mj_kinematics(self.kinematics.model, self._data)
            left_over, _ = lapack.dpotrs(factor, (self._errors(plan, goals) * plan.weight) @ a)
            if bounds.hold(step + left_over):
                step = step + left_over
                self._data.qpos[plan.qpos] = angles + step
        self._speed_rad_s[:] = 0.0
        self._speed_rad_s[plan.joints] = step / dt_s
        self._update()

    def _move(self, plan: Plan, step: Array, dt_s: float) -> None:
        self._data.qpos[plan.qpos] += step
        self._speed_rad_s[:] = 0.0
        self._speed_rad_s[plan.joints] = step / dt_s
        self._update()

    def _update(self) -> None:
        mujoco.mj_kinematics(self.kinematics.model, self._data)
        mujoco.mj_comPos(self.kinematics.model, self._data)

    def _out_of_reach(self, plan: Plan, goals: list[Pose], away: list[float]) -> list[str]:
        reasons = []
        for side, goal, distance in zip(plan.sides, goals, away, strict=True):
            if distance > _REACHED_M:
                shoulder = self._data.xpos[self.kinematics.shoulder_body[side]]
                if math.dist(goal.position_m, shoulder) > _STRETCHED * self.kinematics.arm_length_m[side]:
                    reasons.append(f"reach:{side}_hand")
        return reasons
