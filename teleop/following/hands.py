"""The robot's hands follow the operator's, each while its grip is held, and only by how far they moved since.

A relative clutch: when a grip is pressed, the operator's hand and the robot's hand are both remembered, and the way
between is what counts from then on; so nothing moves by pressing, and letting go and pressing elsewhere is how one
moves on. The heading is the operator's, taken from the head when the grip is pressed: looking round or turning the
chair moves nothing. The scale applies to positions, rotations are followed one to one.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from msgspec.structs import replace as replace_fields

from teleop.following.pose_filter import PoseFilter
from twin.spatial import Array, Pose, heading_of, rotation_from_quaternion
from twin.wire.clock import NS_PER_S
from twin.wire.messages import XrHand, XrSample


@dataclass(frozen=True)
class Latch:
    """Where both hands were when the grip was pressed."""

    operator: Pose  # in the room
    robot: Pose  # in the frame of the robot's model
    turn: Array  # (3, 3) from the operator's heading to the robot's
    scale: float

    def goal(self, hand: Pose) -> Pose:
        """Where the robot's hand shall be, with the operator's at ``hand``."""
        moved_m = self.turn @ (hand.position_m - self.operator.position_m)
        turned = self.turn @ (hand.rotation @ self.operator.rotation.T) @ self.turn.T
        return Pose(self.robot.position_m + self.scale * moved_m, turned @ self.robot.rotation)

    def with_wrist(self, hand: Pose, robot: Pose) -> "Latch":
        """The same way from the same places, but as the operator's ``hand`` is turned, the ``robot``'s belongs."""
        return replace(
            self,
            operator=Pose(self.operator.position_m, hand.rotation),
            robot=Pose(self.robot.position_m, robot.rotation),
        )


class Follows(Protocol):
    """What is remembered of a press, whichever way the hand is followed."""

    def goal(self, hand: Pose) -> Pose:
        """Where the robot's hand shall be, with the operator's at ``hand``."""

    def with_wrist(self, hand: Pose, robot: Pose) -> "Follows":
        """From now on the robot's hand is turned as ``robot`` while the operator's is turned as ``hand``."""


@dataclass(frozen=True)
class _Hold:
    """One grip that is held."""

    follows: Follows
    filter: PoseFilter
    scale: float
    anchor: int


class Followers:
    """Both hands. ``goals`` has a pose for each hand that follows now."""

    def __init__(self) -> None:
        """Nothing follows."""
        self.goals: dict[str, Pose] = {}
        self._holds: dict[str, _Hold] = {}
        self._waiting: set[str] = set()  # sides whose grip must be seen open first
        self._wrists: set[str] = set()  # sides whose wrist the next sample takes as it is
        self._seen: tuple[int, int] = (0, 0)

    def let_go(self) -> None:
        """Nothing follows; a grip that is held latches anew."""
        self.goals, self._holds, self._seen = {}, {}, (0, 0)

    def take_wrists(self) -> tuple[str, ...]:
        """As the hands that follow are turned in the next sample, so the robot's belong from then on.

        Nothing moves by it, and where the hands are wanted stays. Returns their sides.
        """
        self._wrists = set(self._holds)
        return tuple(sorted(self._wrists))

    def wait_for_release(self) -> None:
        """Nothing follows until each grip was open once."""
        self._waiting = set(self._holds)
        self.let_go()

    def hear(
        self, sample: XrSample, robot_hand: Callable[[str], Pose], robot_heading: Array, scale: float
    ) -> None:
        """Take in ``sample``, if it is news.

        Args:
            sample: of the headset that drives.
            robot_hand: where the hand of a side is commanded to be now, in the frame of the robot's model.
            robot_heading: (3, 3) in the same frame.
            scale: way of the robot's hand over way of the operator's.
        """
        if (sample.anchor, sample.frame_seq) == self._seen:
            return
        self._seen = sample.anchor, sample.frame_seq
        self.goals = {}
        for hand in sample.hands:
            if not hand.held:
                self._waiting.discard(hand.side)
            seen = None if hand.fault or hand.side in self._waiting else self.pose_of(hand)
            if not hand.held or seen is None:
                self._holds.pop(hand.side, None)
                continue
            at_s = sample.frame_ns / NS_PER_S
            hold = self._holds.get(hand.side)
            if hold is None or hold.scale != scale or hold.anchor != sample.anchor:
                follows = self.begin(sample, hand, seen, robot_hand(hand.side), robot_heading, scale)
                if follows is None:
                    self._holds.pop(hand.side, None)
                    self._waiting.add(hand.side)
                    continue
                hold = _Hold(follows, PoseFilter(seen, at_s), scale, sample.anchor)
                self._holds[hand.side] = hold
            filtered = hold.filter.step(seen, at_s)
            if hand.side in self._wrists:
                hold = replace(hold, follows=hold.follows.with_wrist(filtered, robot_hand(hand.side)))
                self._holds[hand.side] = hold
            self.goals[hand.side] = hold.follows.goal(filtered)
        self._wrists = set()

    def pose_of(self, hand: XrHand) -> Pose | None:
        """The pose of the operator's hand that is followed; None if it is not seen."""
        if len(hand.position_m) != 3:
            return None
        rotation = rotation_from_quaternion(hand.orientation_wxyz.astype(np.float64))
        return Pose(hand.position_m.astype(np.float64), rotation)

    def begin(
        self, sample: XrSample, hand: XrHand, seen: Pose, robot: Pose, robot_heading: Array, scale: float
    ) -> Follows | None:
        """What is to be remembered of a press that finds the operator's hand at ``seen`` and the robot's at ``robot``.

        None if the hand must not be followed before its grip was open again.
        """
        turn = np.asarray(robot_heading @ operator_heading(sample, hand).T)
        return Latch(seen, robot, turn, scale)


def without(sample: XrSample, frozen: frozenset[str]) -> XrSample:
    """``sample`` as if the hands of frozen arms were open, and frozen fingers not seen; they latch anew later."""
    if not frozen or not sample.hands:
        return sample
    return replace_fields(sample, hands=tuple(_unless_frozen(hand, frozen) for hand in sample.hands))


def _unless_frozen(hand: XrHand, frozen: frozenset[str]) -> XrHand:
    if f"{hand.side}_arm" in frozen:
        hand = replace_fields(hand, held=False)
    if f"{hand.side}_hand" in frozen and hand.source == "hand":
        hand = replace_fields(hand, source="")
    return hand


def operator_heading(sample: XrSample, hand: XrHand) -> Array:
    """Which way the operator faces. Without a head, which no held hand is, the hand's own heading."""
    facing = sample.head_orientation_wxyz if len(sample.head_orientation_wxyz) == 4 else hand.orientation_wxyz
    return heading_of(rotation_from_quaternion(facing.astype(np.float64)))
