"""Drives the hands by rates: a wanted pose moves with the sticks, inverse kinematics follows, nothing runs away.

The wanted pose is kept on a leash to the pose that was reached. At a limit it stays where the arm is, so that the
arm answers at once when the stick is turned back.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from twin.ik.goals import Goals
from twin.ik.model import SIDES, Indices, Kinematics
from twin.ik.plan import Settings
from twin.ik.solver import BodySolver, Step
from twin.shaping import limit_length
from twin.spatial import (
    Array,
    Pose,
    heading_of_bowed,
    rotation_from_vector,
    turned_by,
    vector_from_rotation,
)

LINEAR_ACCELERATION_M_S2 = 2.5
ANGULAR_ACCELERATION_RAD_S2 = 10.0
# For a hand that follows the operator's: as quick as people reach.
FOLLOWING_ACCELERATION_M_S2 = 20.0
FOLLOWING_ACCELERATION_RAD_S2 = 100.0
LEASH_M = 0.03
LEASH_AT_LIMIT_M = 0.006
LEASH_RAD = 0.12
LEASH_AT_LIMIT_RAD = 0.03
READY_SPEED_RAD_S = 0.6
_ARRIVED_RAD = 1e-3
# From this speed of a hand on its elbow is drawn to the ready pose with full strength, and less below: what an elbow
# does by itself is never much more than what was asked of the hand. Trembling to and fro is no motion: it is the mean
# speed over this time.
_EASED_FROM_M_S, _EASED_FROM_RAD_S, _EASED_OVER_S = 0.1, 0.5, 0.2
_STILL = Step((), (), False)


@dataclass(frozen=True)
class HandRates:
    """How the driven hand shall move, at full scale: the sticks times the speeds of the scale."""

    linear_m_s: Array  # (3,) in the heading frame
    angular_rad_s: Array  # (3,) in the heading frame
    wrist_rad_s: Array  # (3,) roll, pitch, yaw about the hand's own forward, left, up

    @property
    def wants_motion(self) -> bool:
        """True if any rate is not zero."""
        return bool(self.linear_m_s.any() or self.angular_rad_s.any() or self.wrist_rad_s.any())


NO_RATES = HandRates(np.zeros(3), np.zeros(3), np.zeros(3))


class ArmDriver:
    """Holds the wanted and the commanded pose of both arms."""

    def __init__(self, kinematics: Kinematics, settings: Settings | None = None) -> None:
        """Stand in the ready pose."""
        self.kinematics = kinematics
        self.solver = BodySolver(kinematics, settings or Settings())
        self._home_rad = kinematics.spec.home_rad
        self._heading = np.eye(3)
        self._homing: tuple[str, ...] = ()
        self.rest()

    def latch(self, position_rad: Array) -> None:
        """Begin anew from ``position_rad``, shape (n,), at rest: what is wanted is where the hands are."""
        self.solver.place(position_rad)
        self._heading = heading_of_bowed(self.solver.chest())
        self._homing = ()
        self.rest()

    def level(self, turn: Array) -> None:
        """Take the heading frame anew: forwards as the chest looks, but level in the world.

        Args:
            turn: rotation (3, 3) from the model's world to the world: the base of a robot on its own feet leans.
        """
        self._heading = turn.T @ heading_of_bowed(turn @ self.solver.chest())

    def rest(self) -> None:
        """Forget every speed, and want what is."""
        self.wanted: dict[str, Pose] = {side: self.solver.hand(side) for side in SIDES}
        self._linear_m_s = {side: np.zeros(3) for side in SIDES}
        self._angular_rad_s = {side: np.zeros(3) for side in SIDES}
        self._mean_speed = {side: np.zeros(6) for side in SIDES}  # m/s and rad/s, each by what eases wholly

    def go_home(self, sides: tuple[str, ...]) -> None:
        """From now on take the arms ``sides`` slowly to the ready pose, until a stick is moved."""
        self._homing = sides

    def hold(self, side: str) -> None:
        """The arm ``side`` no longer goes to the ready pose."""
        self._homing = tuple(each for each in self._homing if each != side)

    def carry(self, joints: Indices, wanted_rad: Array, dt_s: float) -> tuple[Array, tuple[str, ...]]:
        """Others turn ``joints``, which may carry the hands, to ``wanted_rad``; as far as nothing comes too near.

        What is wanted of a hand moves with the hand, so that nothing is to be made up for afterwards.

        Returns:
            The joints' angles now, and typed reasons if they are not the wanted ones.
        """
        before = {side: self.solver.hand(side) for side in SIDES}
        allowed_rad, reasons = self.solver.carry(joints, wanted_rad, dt_s)
        for side in SIDES:
            now, wanted = self.solver.hand(side), self.wanted[side]
            turn = now.rotation @ before[side].rotation.T
            away_m = wanted.position_m - before[side].position_m
            self.wanted[side] = Pose(now.position_m + turn @ away_m, turn @ wanted.rotation)
        return allowed_rad, reasons

    @property
    def is_homing(self) -> bool:
        """True while arms go to the ready pose."""
        return bool(self._homing)

    def drive(self, rates: Mapping[str, HandRates], dt_s: float) -> Step:
        """Move on by ``dt_s``: each hand of ``rates`` by its own; one that is not named comes to rest and stays."""
        if self._homing and any(each.wants_motion for each in rates.values()):
            self._homing = ()
            self.rest()
        for side in SIDES:
            self._gather_speed(side, rates.get(side, NO_RATES), dt_s)
        return self._move_on(dt_s)

    def follow(
        self, goals: Mapping[str, Pose], fastest_m_s: float, fastest_rad_s: float, dt_s: float
    ) -> Step:
        """Move on by ``dt_s``: each hand of ``goals`` towards its pose, no faster than told; the others come to rest.

        The poses are in the frame of the model's world. A hand brakes in time to stand on its goal.
        """
        if goals and self._homing:
            self._homing = ()
            self.rest()
        for each in SIDES:
            goal, wanted = goals.get(each), self.wanted[each]
            linear = angular = np.zeros(3)
            if goal is not None:
                linear = _closing_speed(
                    goal.position_m - wanted.position_m, fastest_m_s, FOLLOWING_ACCELERATION_M_S2, dt_s
                )
                away_rad = vector_from_rotation(goal.rotation @ wanted.rotation.T)
                angular = _closing_speed(away_rad, fastest_rad_s, FOLLOWING_ACCELERATION_RAD_S2, dt_s)
            self._linear_m_s[each] = _towards(
                self._linear_m_s[each], linear, FOLLOWING_ACCELERATION_M_S2 * dt_s
            )
            self._angular_rad_s[each] = _towards(
                self._angular_rad_s[each], angular, FOLLOWING_ACCELERATION_RAD_S2 * dt_s
            )
        return self._move_on(dt_s)

    def heading(self) -> Array:
        """The heading frame that was latched, shape (3, 3)."""
        return self._heading

    def _move_on(self, dt_s: float) -> Step:
        moving = [each for each in SIDES if self._linear_m_s[each].any() or self._angular_rad_s[each].any()]
        if not moving and self._homing:
            return self._step_home(dt_s)
        if moving:
            step = self._step(moving, dt_s)
        else:
            self.solver.stay()
            step = _STILL
        for side in SIDES:
            if side in moving:
                continue
            self._mean_speed[side][:] = 0.0
            if self.solver.coast(self.kinematics.arm_joints[side], dt_s):
                self.wanted[side] = self._leashed(self.wanted[side], self.solver.hand(side), limited=False)
        return step

    def _gather_speed(self, side: str, rates: HandRates, dt_s: float) -> None:
        linear = self._heading @ rates.linear_m_s
        axes = self.wanted[side].rotation @ self.kinematics.hand_axes[side]
        angular = self._heading @ rates.angular_rad_s + axes @ rates.wrist_rad_s
        self._linear_m_s[side] = _towards(self._linear_m_s[side], linear, LINEAR_ACCELERATION_M_S2 * dt_s)
        self._angular_rad_s[side] = _towards(
            self._angular_rad_s[side], angular, ANGULAR_ACCELERATION_RAD_S2 * dt_s
        )

    def _step(self, moving: list[str], dt_s: float) -> Step:
        wanted = {side: self._moved_on(side, dt_s) for side in moving}
        step = self.solver.step(Goals(wanted), dt_s, {side: self._ease(side, dt_s) for side in moving})
        for side in moving:
            is_limited = any(side in reason for reason in step.limited_by)
            self.wanted[side] = self._leashed(wanted[side], self.solver.hand(side), is_limited)
        return step

    def _ease(self, side: str, dt_s: float) -> float:
        """How strongly the elbow is drawn to the ready pose while its hand moves as it does."""
        mean, share = self._mean_speed[side], min(1.0, dt_s / _EASED_OVER_S)
        mean[:3] += share * (self._linear_m_s[side] / _EASED_FROM_M_S - mean[:3])
        mean[3:] += share * (self._angular_rad_s[side] / _EASED_FROM_RAD_S - mean[3:])
        return min(1.0, math.sqrt(max(float(mean[:3] @ mean[:3]), float(mean[3:] @ mean[3:]))))

    def _moved_on(self, side: str, dt_s: float) -> Pose:
        """What is wanted after ``dt_s`` more."""
        linear, angular = self._linear_m_s[side], self._angular_rad_s[side]
        wanted, reached = self.wanted[side], self.solver.hand(side)
        behind_m = _not_against(wanted.position_m - reached.position_m, linear)
        behind_rad = _not_against(vector_from_rotation(wanted.rotation @ reached.rotation.T), angular)
        return Pose(
            reached.position_m + behind_m + linear * dt_s,
            turned_by(rotation_from_vector(behind_rad) @ reached.rotation, angular * dt_s),
        )

    def _leashed(self, wanted: Pose, reached: Pose, limited: bool) -> Pose:
        """``wanted``, brought so near to ``reached`` that the way back is short."""
        away_m = wanted.position_m - reached.position_m
        away_rad = vector_from_rotation(wanted.rotation @ reached.rotation.T)
        return Pose(
            reached.position_m + limit_length(away_m, LEASH_AT_LIMIT_M if limited else LEASH_M),
            rotation_from_vector(limit_length(away_rad, LEASH_AT_LIMIT_RAD if limited else LEASH_RAD))
            @ reached.rotation,
        )

    def _step_home(self, dt_s: float) -> Step:
        step = self.solver.step_joints(self._home_rad, self._homing, READY_SPEED_RAD_S, dt_s)
        self.rest()
        if step.error_m[0] < _ARRIVED_RAD:
            self._homing = ()
        return step


def _towards(now: Array, target: Array, largest: float) -> Array:
    """``now`` changed towards ``target`` by no more than ``largest`` in length."""
    return now + limit_length(target - now, largest)


def _closing_speed(ahead: Array, fastest: float, acceleration: float, dt_s: float) -> Array:
    """The velocity with which ``ahead`` is made up for, and from which one can still brake in time."""
    length = math.sqrt(float(ahead @ ahead))
    if length == 0.0:
        return np.zeros(3)
    return np.asarray(ahead * (min(length / dt_s, fastest, math.sqrt(2.0 * acceleration * length)) / length))


def _not_against(behind: Array, velocity: Array) -> Array:
    """``behind`` without what the velocity now leads away from: turning back does not wait for the leash."""
    along = float(behind @ velocity)
    if along >= 0.0:
        return behind
    return behind - velocity * (along / float(velocity @ velocity))
