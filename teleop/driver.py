"""The commanded pose of arms and fingers, and how it moves on by what the operator wants."""

import math
from collections.abc import Callable, Mapping
from time import perf_counter_ns

import numpy as np
from numpy.typing import NDArray

from teleop.arm_driver import ArmDriver, HandRates
from teleop.bindings import SIDES, Scale
from teleop.finger_driver import FingerDriver
from teleop.intent import Intent
from twin.hands import load_hands
from twin.ik.model import load_kinematics
from twin.ik.solver import Step
from twin.robot import RobotSpec
from twin.spatial import Array, Pose

# A little inside what the robot's gate takes for a jump.
_LARGEST_ARM_STEP_RAD, _LARGEST_FINGER_STEP_RAD = 0.18, 0.45


class ImpossibleStepError(Exception):
    """The next pose is not one that may be commanded; a bug, and the robot must hold."""


class Driver:
    """Both arms and both hands of the robot."""

    def __init__(self, spec: RobotSpec) -> None:
        """Stand in the ready pose.

        Raises:
            RobotSpecError: the robot lacks arms, hand frames or grasps.
        """
        self.arms = ArmDriver(load_kinematics(spec))
        self.fingers = {side: FingerDriver(spec, hand) for side, hand in load_hands(spec).items()}
        self.position_rad = spec.home_rad.copy()
        self.mask, self._largest_step_rad = self._driven(len(spec.joints))
        self._following: frozenset[str] = frozenset()  # hands that follow the operator's
        self.limited_by: tuple[str, ...] = ()
        self.error_m = dict.fromkeys(SIDES, 0.0)
        self.solve_us = 0.0

    def _driven(self, joints: int) -> tuple[NDArray[np.bool_], Array]:
        mask, largest = np.zeros(joints, np.bool_), np.full(joints, _LARGEST_ARM_STEP_RAD)
        for indices in self.arms.kinematics.arm_joints.values():
            mask[indices] = True
        for fingers in self.fingers.values():
            mask[fingers.hand.joints] = True
            largest[fingers.hand.joints] = _LARGEST_FINGER_STEP_RAD
        return mask, largest

    def latch(self, held_rad: Array, intent: Intent) -> None:
        """Begin anew from ``held_rad``, shape (n,), at rest: nothing moves by engaging."""
        self.position_rad = held_rad.copy()
        self.arms.latch(held_rad)
        self.limited_by, self._following = (), frozenset()
        for side, fingers in self.fingers.items():
            fingers.latch(held_rad[fingers.hand.joints], max(0.0, intent.rate(f"closure.{side}")))

    def advance(self, side: str, intent: Intent, scale: Scale, gentle: float, dt_s: float) -> Array:
        """Move on by ``dt_s``; returns the velocity, shape (n,).

        Args:
            side: the hand that the sticks drive.
            intent: what the operator wants.
            scale: speeds at full deflection.
            gentle: 0..1, share of all speeds.
            dt_s: length of the step, > 0.

        Raises:
            ImpossibleStepError: the pose stays as it was.
        """
        return self._moved_on(
            lambda: self.arms.drive(side, _rates(intent, scale, gentle), dt_s),
            lambda fingers, here: _advance_fingers(fingers, here, side, intent, dt_s, gentle),
            dt_s,
        )

    def follow(
        self,
        goals: Mapping[str, Pose],
        fingers_rad: Mapping[str, Array],
        intent: Intent,
        scale: Scale,
        gentle: float,
        dt_s: float,
    ) -> Array:
        """Move on by ``dt_s`` towards the poses in ``goals`` (side -> pose); returns the velocity, shape (n,).

        The fingers of a side in ``fingers_rad`` (side -> angles, shape (h,)) go there. Otherwise a trigger closes the
        hand of its side while that hand follows, and the other hand keeps its grasp. Otherwise as ``advance``.

        Raises:
            ImpossibleStepError: the pose stays as it was.
        """
        for here in goals.keys() - self._following:
            if here in self.fingers:
                fingers = self.fingers[here]
                fingers.latch(fingers.position_rad, max(0.0, intent.rate(f"closure.{here}")))
        self._following = frozenset(goals)

        def trigger(here: str) -> float | None:
            return intent.rates.get(f"closure.{here}") if here in goals else None

        return self._moved_on(
            lambda: self.arms.follow(goals, scale.linear_m_s * gentle, scale.angular_rad_s * gentle, dt_s),
            lambda fingers, here: (
                fingers.follow(fingers_rad[here], dt_s, gentle)
                if here in fingers_rad
                else fingers.drive(trigger(here), 0.0, 0.0, 0.0, dt_s, gentle)
            ),
            dt_s,
        )

    def fingers_rad(self, side: str) -> Array:
        """Where the fingers of ``side`` are commanded to be, shape (h,); a hand that the robot has."""
        return self.fingers[side].position_rad

    def _moved_on(
        self, move_arms: Callable[[], Step], move_fingers: Callable[[FingerDriver, str], Array], dt_s: float
    ) -> Array:
        began_ns = perf_counter_ns()
        step = move_arms()
        self.solve_us = (perf_counter_ns() - began_ns) / 1000
        wanted_rad = self.position_rad.copy()
        solved_rad = self.arms.solver.position_rad
        for joints in self.arms.kinematics.arm_joints.values():
            wanted_rad[joints] = solved_rad[joints]
        for here, fingers in self.fingers.items():
            angles = move_fingers(fingers, here)
            wanted_rad[fingers.hand.joints] = angles
            self.arms.solver.follow(fingers.hand.joints, angles)
        self.limited_by = step.limited_by
        for here in SIDES:
            self.error_m[here] = math.dist(
                self.arms.wanted[here].position_m, self.arms.solver.hand(here).position_m
            )
        step_rad = wanted_rad - self.position_rad
        if not (np.abs(step_rad) <= self._largest_step_rad).all():  # also when it is not a number
            raise ImpossibleStepError
        self.position_rad = wanted_rad
        return np.asarray(step_rad / dt_s)

    def gesture(self, action: str, side: str) -> None:
        """Do what takes a while or happens at once, for the hand ``side``."""
        match action:
            case "relatch":
                self.arms.rest()
            case "ready_pose":
                self.arms.go_home((side,))
            case "ready_pose.both":
                self.arms.go_home(SIDES)
            case "open_hand" if side in self.fingers:
                self.fingers[side].open()

    def grasp(self, what: str, side: str) -> str:
        """Choose, lock or unlock a grasp; returns what to tell the operator."""
        fingers = self.fingers.get(side)
        if fingers is None:
            return f"the robot has no {side} fingers"
        match what:
            case "next":
                fingers.choose_next(1)
            case "previous":
                fingers.choose_next(-1)
            case "lock":
                fingers.lock()
            case "unlock":
                fingers.unlock()
            case _:
                fingers.choose(what)
        locked = ", locked" if fingers.locked else ""
        return f"{side} hand: {fingers.hand.titles[fingers.preset]}{locked}"


def _rates(intent: Intent, scale: Scale, gentle: float) -> HandRates:
    def rates(*names: str) -> Array:
        return np.array([intent.rate(name) for name in names])

    turn = scale.angular_rad_s * gentle
    return HandRates(
        rates("hand.x", "hand.y", "hand.z") * (scale.linear_m_s * gentle),
        rates("hand.roll", "hand.pitch", "hand.yaw") * turn,
        rates("wrist.roll", "wrist.pitch", "wrist.yaw") * turn,
    )


def _advance_fingers(
    fingers: FingerDriver, here: str, driven: str, intent: Intent, dt_s: float, gentle: float
) -> Array:
    is_driven = here == driven
    return fingers.drive(
        intent.rates.get(f"closure.{here}"),
        intent.rate("closure.rate") if is_driven else 0.0,
        intent.rate("fingers.spread") if is_driven else 0.0,
        intent.rate("thumb.opposition") if is_driven else 0.0,
        dt_s,
        gentle,
    )
