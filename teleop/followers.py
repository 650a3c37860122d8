"""The robot's hands follow the operator's, each while its grip is held, and only by how far they moved since.

A relative clutch: when a grip is pressed, the operator's hand and the robot's hand are both remembered, and the way
between is what counts from then on; so nothing moves by pressing, and letting go and pressing elsewhere is how one
moves on. The heading is the operator's, taken from the head when the grip is pressed: looking round or turning the
chair moves nothing. The scale applies to positions, rotations are followed one to one.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace

from teleop.pose_filter import PoseFilter
from twin.spatial import Array, Pose, heading_of, rotation_from_quaternion
from twin.wire.clock import NS_PER_S
from twin.wire.messages import Vector, XrHand, XrSample


@dataclass(frozen=True)
class _Latch:
    """Where both hands were when the grip was pressed."""

    operator: Pose  # in the room
    robot: Pose  # in the frame of the robot's model
    turn: Array  # (3, 3) from the operator's heading to the robot's
    scale: float
    anchor: int
    filter: PoseFilter

    def goal(self, hand: Pose) -> Pose:
        """Where the robot's hand shall be, with the operator's at ``hand``."""
        moved_m = self.turn @ (hand.position_m - self.operator.position_m)
        turned = self.turn @ (hand.rotation @ self.operator.rotation.T) @ self.turn.T
        return Pose(self.robot.position_m + self.scale * moved_m, turned @ self.robot.rotation)


class Followers:
    """Both hands. ``goals`` has a pose for each hand that follows now."""

    def __init__(self) -> None:
        """Nothing follows."""
        self.goals: dict[str, Pose] = {}
        self._latches: dict[str, _Latch] = {}
        self._waiting: set[str] = set()  # sides whose grip must be seen open first
        self._seen: tuple[int, int] = (0, 0)

    def let_go(self) -> None:
        """Nothing follows; a grip that is held latches anew."""
        self.goals, self._latches, self._seen = {}, {}, (0, 0)

    def wait_for_release(self) -> None:
        """Nothing follows until each grip was open once."""
        self._waiting = set(self._latches)
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
            if not hand.held or hand.fault or len(hand.position_m) != 3 or hand.side in self._waiting:
                self._latches.pop(hand.side, None)
                continue
            seen, at_s = _pose(hand.position_m, hand.orientation_wxyz), sample.frame_ns / NS_PER_S
            latch = self._latches.get(hand.side)
            if latch is None or latch.scale != scale or latch.anchor != sample.anchor:
                turn = _turn(sample, hand, robot_heading)
                latch = _Latch(
                    seen, robot_hand(hand.side), turn, scale, sample.anchor, PoseFilter(seen, at_s)
                )
                self._latches[hand.side] = latch
            self.goals[hand.side] = latch.goal(latch.filter.step(seen, at_s))


def without(sample: XrSample, frozen: frozenset[str]) -> XrSample:
    """``sample`` as if the hands of frozen arms were open, and frozen fingers not seen; they latch anew later."""
    if not frozen or not sample.hands:
        return sample
    return replace(sample, hands=tuple(_unless_frozen(hand, frozen) for hand in sample.hands))


def _unless_frozen(hand: XrHand, frozen: frozenset[str]) -> XrHand:
    if f"{hand.side}_arm" in frozen:
        hand = replace(hand, held=False)
    if f"{hand.side}_hand" in frozen and hand.source == "hand":
        hand = replace(hand, source="")
    return hand


def _pose(position_m: Vector, orientation_wxyz: Vector) -> Pose:
    return Pose(position_m.astype(np.float64), rotation_from_quaternion(orientation_wxyz.astype(np.float64)))


def _turn(sample: XrSample, hand: XrHand, robot_heading: Array) -> Array:
    """From the operator's heading to the robot's. Without a head, which no held hand is, the hand's own heading."""
    facing = sample.head_orientation_wxyz if len(sample.head_orientation_wxyz) == 4 else hand.orientation_wxyz
    operator_heading = heading_of(rotation_from_quaternion(facing.astype(np.float64)))
    return np.asarray(robot_heading @ operator_heading.T)
