"""The commanded pose of the robot's upper body, and how it moves on by what the operator wants."""

import math
from collections.abc import Callable, Mapping
from time import perf_counter_ns

import numpy as np
from numpy.typing import NDArray

from teleop.bindings.bindings import Scale
from teleop.bindings.words import SIDES
from teleop.control.intent import Intent
from teleop.control.selection import other
from teleop.driving.arms import ArmDriver
from teleop.driving.fingers import FingerDriver
from teleop.driving.mirrored_rates import mirrored_rates
from teleop.driving.single_joints import SingleJoints
from teleop.driving.sticks import advance_fingers, hand_rates, trigger
from twin.hands import load_hands
from twin.ik.model import load_kinematics
from twin.ik.solver import Step
from twin.robot import RobotSpec
from twin.scenery.layout import Layout
from twin.spatial import Array, Pose

# A little inside what the robot's gate takes for a jump.
_LARGEST_ARM_STEP_RAD, _LARGEST_FINGER_STEP_RAD = 0.18, 0.45


class ImpossibleStepError(Exception):
    """The next pose is not one that may be commanded; a bug, and the robot must hold."""


class Driver:
    """Both arms, both hands, neck and waist of the robot, and any single joint of it."""

    def __init__(self, spec: RobotSpec, surroundings: Layout | None = None) -> None:
        """Stand in the ready pose, among the furniture of ``surroundings``.

        Raises:
            RobotSpecError: the robot lacks arms, hand frames or grasps.
        """
        self.arms = ArmDriver(load_kinematics(spec, surroundings=surroundings))
        self.fingers = {side: FingerDriver(spec, hand) for side, hand in load_hands(spec).items()}
        self.joints = SingleJoints(self.arms.kinematics)
        self.position_rad = spec.home_rad.copy()
        self.frozen: frozenset[str] = frozenset()
        self._driven, self._largest_step_rad = self._limits(len(spec.joints))
        hands = [fingers.hand.joints for fingers in self.fingers.values()]
        self._fingers = np.concatenate([np.zeros(0, np.intp), *hands])
        self._turned = np.zeros(
            len(spec.joints), np.bool_
        )  # joints that were turned by themselves in the last step
        self._following: frozenset[str] = frozenset()  # hands that follow the operator's
        self.limited_by: tuple[str, ...] = ()
        self.error_m = dict.fromkeys(SIDES, 0.0)
        self.solve_us = 0.0

    def _limits(self, joints: int) -> tuple[NDArray[np.bool_], Array]:
        mask, largest = np.zeros(joints, np.bool_), np.full(joints, _LARGEST_ARM_STEP_RAD)
        for indices in self.arms.kinematics.arm_joints.values():
            mask[indices] = True
        for fingers in self.fingers.values():
            mask[fingers.hand.joints] = True
            largest[fingers.hand.joints] = _LARGEST_FINGER_STEP_RAD
        return mask, largest

    @property
    def mask(self) -> NDArray[np.bool_]:
        """The joints that are commanded, shape (n,)."""
        return self._driven | self.joints.mask

    def latch(self, held_rad: Array, intent: Intent) -> None:
        """Begin anew from ``held_rad``, shape (n,), at rest: nothing moves by engaging."""
        self.position_rad = held_rad.copy()
        self.arms.latch(held_rad)
        self.joints.latch()
        self._turned[:] = False
        self.limited_by, self._following = (), frozenset()
        for side, fingers in self.fingers.items():
            fingers.latch(held_rad[fingers.hand.joints], trigger(intent, side))

    def freeze(self, frozen: frozenset[str], intent: Intent) -> None:
        """Hold the parts ``frozen`` where they are from now on, and let the others go on from there."""
        for part in frozen ^ self.frozen:
            side, _, limb = part.partition("_")
            if limb == "arm":
                self.arms.hold(side)
            elif limb == "hand" and side in self.fingers:
                fingers = self.fingers[side]
                fingers.latch(fingers.position_rad, trigger(intent, side))
        self.frozen = frozen
        self.joints.freeze(frozen)

    def advance(
        self, leads: str, mirrored: bool, intent: Intent, scale: Scale, gentle: float, dt_s: float
    ) -> Array:
        """Move on by ``dt_s`` as the sticks ask; returns the velocity, shape (n,).

        Args:
            leads: the side of the hand that the sticks drive.
            mirrored: the other hand does the same as in a mirror.
            intent: what the operator wants.
            scale: speeds at full deflection.
            gentle: 0..1, share of all speeds.
            dt_s: length of the step, > 0.

        Raises:
            ImpossibleStepError: the pose stays as it was.
        """
        own = hand_rates(intent, scale, gentle)
        rates = {leads: own, **({other(leads): mirrored_rates(own)} if mirrored else {})}
        rates = {side: each for side, each in rates.items() if f"{side}_arm" not in self.frozen}
        driven = SIDES if mirrored else (leads,)
        return self._moved_on(
            lambda: self.arms.drive(rates, dt_s),
            lambda fingers, here: advance_fingers(fingers, here, here in driven, intent, dt_s, gentle),
            self.joints.wanted_rad_s(self.position_rad, intent, scale.angular_rad_s * gentle, dt_s),
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
                fingers.latch(fingers.position_rad, trigger(intent, here))
        self._following = frozenset(goals)
        goals = {side: goal for side, goal in goals.items() if f"{side}_arm" not in self.frozen}

        def asked_closure(here: str) -> float | None:
            return intent.rates.get(f"closure.{here}") if here in self._following else None

        return self._moved_on(
            lambda: self.arms.follow(goals, scale.linear_m_s * gentle, scale.angular_rad_s * gentle, dt_s),
            lambda fingers, here: (
                fingers.follow(fingers_rad[here], dt_s, gentle)
                if here in fingers_rad
                else fingers.drive(asked_closure(here), 0.0, 0.0, 0.0, dt_s, gentle)
            ),
            self.joints.wanted_rad_s(self.position_rad, intent, scale.angular_rad_s * gentle, dt_s),
            dt_s,
        )

    def slide(self, goals_rad: Mapping[int, float], scale: Scale, gentle: float, dt_s: float) -> Array:
        """Move on by ``dt_s`` with each joint of ``goals_rad`` towards its angle; returns the velocity, shape (n,).

        Raises:
            ImpossibleStepError: the pose stays as it was.
        """
        return self._moved_on(
            lambda: self.arms.drive({}, dt_s),
            lambda fingers, _: fingers.position_rad,
            self.joints.sliding_rad_s(self.position_rad, goals_rad, scale.angular_rad_s * gentle, dt_s),
            dt_s,
        )

    def fingers_rad(self, side: str) -> Array:
        """Where the fingers of ``side`` are commanded to be, shape (h,); a hand that the robot has."""
        return self.fingers[side].position_rad

    def _moved_on(
        self,
        move_arms: Callable[[], Step],
        move_fingers: Callable[[FingerDriver, str], Array],
        wanted_rad_s: Array,
        dt_s: float,
    ) -> Array:
        began_ns = perf_counter_ns()
        step = move_arms()
        reasons = step.limited_by
        self.solve_us = (perf_counter_ns() - began_ns) / 1000
        wanted_rad = self.position_rad.copy()
        solved_rad = self.arms.solver.position_rad
        for joints in self.arms.kinematics.arm_joints.values():
            wanted_rad[joints] = solved_rad[joints]
        reasons += self._close(wanted_rad, move_fingers, dt_s)
        turned = self.joints.turn(wanted_rad, wanted_rad_s, dt_s)
        reasons += turned.limited_by + self._take_over(wanted_rad, turned.position_rad, dt_s)
        self.limited_by = tuple(dict.fromkeys(reasons))
        for here in SIDES:
            self.error_m[here] = math.dist(
                self.arms.wanted[here].position_m, self.arms.solver.hand(here).position_m
            )
        step_rad = wanted_rad - self.position_rad
        if not (np.abs(step_rad) <= self._largest_step_rad).all():  # also when it is not a number
            raise ImpossibleStepError
        self.position_rad = wanted_rad
        return np.asarray(step_rad / dt_s)

    def _close(
        self, wanted_rad: Array, move_fingers: Callable[[FingerDriver, str], Array], dt_s: float
    ) -> tuple[str, ...]:
        """Write where the fingers of both hands go into ``wanted_rad``.

        Returns:
            Typed reasons if something is in the way of them.
        """
        for here, fingers in self.fingers.items():
            held = f"{here}_hand" in self.frozen
            wanted_rad[fingers.hand.joints] = fingers.position_rad if held else move_fingers(fingers, here)
        allowed_rad, in_the_way = self.arms.solver.carry(
            self._fingers, wanted_rad[self._fingers], dt_s, may_touch=True
        )
        if in_the_way:
            wanted_rad[self._fingers] = allowed_rad
            for fingers in self.fingers.values():
                joints = fingers.hand.joints
                fingers.hold_back(wanted_rad[joints], (wanted_rad[joints] - self.position_rad[joints]) / dt_s)
        return in_the_way

    def _take_over(self, wanted_rad: Array, turned_rad: Array, dt_s: float) -> tuple[str, ...]:
        """Write joints that were turned by themselves into ``wanted_rad``, and let arms and fingers know of them.

        Returns:
            Typed reasons if something is in the way of them.
        """
        turned = turned_rad != wanted_rad
        joints = np.flatnonzero(turned | self._turned)  # also those that have just come to rest
        self._turned = turned
        if not len(joints):
            return ()
        allowed_rad, in_the_way = self.arms.carry(joints, turned_rad[joints], dt_s)
        if in_the_way:
            self.joints.hold_back(joints, (allowed_rad - wanted_rad[joints]) / dt_s)
        wanted_rad[joints] = allowed_rad
        for fingers in self.fingers.values():
            if np.isin(fingers.hand.joints, joints).any():
                fingers.latch(wanted_rad[fingers.hand.joints], fingers.trigger)
        return in_the_way

    def gesture(self, action: str, side: str) -> None:
        """Do what takes a while or happens at once, for the hand ``side``."""
        match action:
            case "relatch":
                self.arms.rest()
            case "neck.recentre":
                self.joints.send_home("neck")
            case "ready_pose":
                self._arms_home((side,))
            case "ready_pose.both":
                self._arms_home(SIDES)
            case "ready_pose.body":
                self._arms_home(SIDES)
                self.joints.send_home("neck")
                self.joints.send_home("waist")
            case "open_hand" if side in self.fingers:
                self.fingers[side].open()

    def _arms_home(self, sides: tuple[str, ...]) -> None:
        self.arms.go_home(tuple(side for side in sides if f"{side}_arm" not in self.frozen))

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
