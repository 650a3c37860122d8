"""The robot's fingers follow the operator's bare ones, each hand for as long as it is well seen.

What a headset sees of a bare hand goes through retargeting; nothing of it moves without hold-to-run, which the other
hand holds. The operator's hand is as long as their profile says, else it is measured whenever it is seen open while
nothing is coupled. Its size never changes while it is followed, so the fingers do not jump.
"""

from collections import deque
from collections.abc import Callable

import numpy as np

from teleop.bindings.words import SIDES
from twin.retarget.keypoints import POINTS, fault_of
from twin.retarget.model import can_retarget, load_hand_model
from twin.retarget.size import HandSizeError, hand_length_m, hand_of_length, is_open, measure_hand
from twin.retarget.solver import Retargeter
from twin.robot import RobotSpec
from twin.spatial import Array, rotation_from_quaternion
from twin.wire.clock import NS_PER_S
from twin.wire.messages import XrHand, XrSample

_REMEMBERED, _ENOUGH = 90, 15  # lengths that were measured
_LONGEST_STEP_S = 0.05  # after a gap the fingers go on, they do not catch up


class FingerFollowers:
    """Both hands. ``goals`` has the angles for each hand whose fingers follow now, shape (h,)."""

    def __init__(self, spec: RobotSpec) -> None:
        """Nothing follows. A robot whose folder names no finger joints has no hand that could."""
        self.goals: dict[str, Array] = {}
        self.faults: dict[str, str] = {}  # side -> why a hand that is seen is not followed
        self.measured: dict[str, float] = {}  # side -> the robot's hand over the operator's
        self.known_m: float | None = None  # length of the operator's hand, by their profile
        self._lengths_m: deque[float] = deque(maxlen=_REMEMBERED)
        self._hands = {
            side: Retargeter(load_hand_model(spec, side)) for side in SIDES if can_retarget(spec, side)
        }
        self._seen: tuple[int, int] = (0, 0)
        self._seen_ns = 0

    def fit(self, hand_length_m: float | None) -> None:
        """For another operator, with hands of that length; None: each hand is measured when it is seen open."""
        self.known_m = hand_length_m

    @property
    def measured_m(self) -> float | None:
        """How long the operator's open hands are seen; None before they were seen often enough."""
        return float(np.median(self._lengths_m)) if len(self._lengths_m) >= _ENOUGH else None

    def let_go(self) -> None:
        """Nothing follows."""
        self.goals, self.faults, self._seen = {}, {}, (0, 0)

    def measure(self, sample: XrSample) -> None:
        """Lay each hand that ``sample`` shows over the robot's; to be called only while nothing is coupled."""
        for hand in sample.hands:
            retargeter = self._hands.get(hand.side)
            if retargeter is None or not _is_seen(hand):
                continue
            points = points_of(hand)
            if fault_of(points, hand.side) is not None:
                continue
            shows_length = is_open(points)
            if shows_length:
                self._lengths_m.append(hand_length_m(points))
            elif self.known_m is None:
                continue
            try:
                if self.known_m is None:
                    retargeter.fit(measure_hand(retargeter.hand, points))
                else:
                    retargeter.fit(hand_of_length(retargeter.hand, self.known_m, points))
            except HandSizeError:
                continue  # seen badly in this frame; the size before stays
            self.measured[hand.side] = retargeter.size.scale

    def hear(self, sample: XrSample, held_rad: Callable[[str], Array]) -> None:
        """Take in ``sample``, if it is news.

        Args:
            sample: of the headset that drives.
            held_rad: the commanded angles of a side's fingers, shape (h,).
        """
        if (sample.anchor, sample.frame_seq) == self._seen:
            return
        dt_s = min(_LONGEST_STEP_S, max(1e-3, (sample.frame_ns - self._seen_ns) / NS_PER_S))
        self._seen, self._seen_ns = (sample.anchor, sample.frame_seq), sample.frame_ns
        followed, self.goals, self.faults = self.goals, {}, {}
        for hand in sample.hands:
            retargeter = self._hands.get(hand.side)
            if retargeter is None or not _is_seen(hand):
                continue
            if hand.side not in followed:
                retargeter.place(held_rad(hand.side))
            angles_rad = retargeter.retarget(points_of(hand), dt_s)
            if retargeter.fault is None:
                self.goals[hand.side] = angles_rad
            else:
                self.faults[hand.side] = f"the {hand.side} hand {retargeter.fault}"


def points_of(hand: XrHand) -> Array:
    """The 25 points of a bare hand in its wrist's frame, shape (25, 3)."""
    points = hand.joints_m.astype(np.float64).reshape(POINTS, 3)
    return np.asarray(
        (points - points[0]) @ rotation_from_quaternion(hand.joints_wxyz[:4].astype(np.float64))
    )


def _is_seen(hand: XrHand) -> bool:
    return (
        hand.source == "hand"
        and not hand.fault
        and len(hand.joints_m) == 3 * POINTS
        and len(hand.joints_wxyz) == 4 * POINTS
    )
