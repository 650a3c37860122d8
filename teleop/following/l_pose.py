"""An operator who stands in the L-pose shows where their shoulders are and how long their arms.

The L-pose: upper arms straight down, forearms level and straight ahead, palms turned to each other. What is measured
is seen from the head, in its heading, so that it outlives a recentring and a step aside. Shares of a body's lengths
are those of ``twin.demonstration.person``.
"""

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from teleop.bindings.words import SIDES
from twin.demonstration.motion import HAND_IN_AIM, SeenHand, seen_hand
from twin.demonstration.person import ARM, EYES, SHOULDERS, UPPER_ARM
from twin.spatial import Array, heading_of, rotation_from_quaternion
from twin.wire.clock import NS_PER_S
from twin.wire.messages import XrSample

HELD_NS = 1 * NS_PER_S
STILL_M = 0.025
_DROP_M = (0.35, 0.70)  # from the eyes down to the palms: a body of 1.15 to 2.3 m
_APART_M = (0.20, 0.65)
_AHEAD_M = (0.10, 0.60)
_LEVEL_M = 0.08
_POINTS_RAD, _PALMS_RAD, _LOOKS_RAD = math.radians(40), math.radians(50), math.radians(30)
WHAT = "upper arms down, forearms straight ahead, palms facing each other"


@dataclass(frozen=True, eq=False)
class BodyFit:
    """An operator's body. A flat hand has x to the fingers, y left, z out of its back."""

    arm_m: float  # from the shoulder to the palm, stretched out
    shoulders_m: Array  # (3,) the middle between them, seen from the head in its heading
    hand_in_seen: dict[
        str, Array
    ]  # side -> (3, 3) from the frame that is seen of a hand to that of the flat hand


class LPose:
    """Watches for the pose, held still for ``HELD_NS``."""

    def __init__(self, arm_m: float | None = None, below_eyes_m: float | None = None) -> None:
        """What the operator's profile says counts more than what the pose shows.

        Args:
            arm_m: from the shoulder to the palm; None: told by the pose, as a share of the height it shows.
            below_eyes_m: the shoulders below the eyes; None: likewise.
        """
        self.fit: BodyFit | None = None
        self._arm_m, self._below_eyes_m = arm_m, below_eyes_m
        self._kept: deque[tuple[int, Array]] = deque()  # when, and both palms seen from the head
        self._advice = "no head and hands are seen"

    @property
    def advice(self) -> str:
        """What the operator is to do, one sentence; empty once the body is known."""
        return "" if self.fit else f"mirror me: stand in the L-pose ({WHAT}): {self._advice}"

    def see(self, sample: XrSample) -> None:
        """Look at ``sample``, whether it may drive or not."""
        if self.fit is not None:
            return
        hands = {hand.side: found for hand in sample.hands if not hand.fault and (found := seen_hand(hand))}
        if sample.fault or len(hands) < len(SIDES) or len(sample.head_position_m) != 3:
            self._start_anew(sample.fault or "hold both hands where the headset sees them")
            return
        heading = palms_heading(hands)
        head_m = sample.head_position_m.astype(np.float64)
        gaze = heading_of(rotation_from_quaternion(sample.head_orientation_wxyz.astype(np.float64)))
        palms_m = np.stack([heading.T @ (hands[side].palm_m - head_m) for side in SIDES])
        wrong = _fault(palms_m, {side: heading.T @ hands[side].rotation for side in SIDES}, heading.T @ gaze)
        if wrong:
            self._start_anew(wrong)
            return
        if self._kept and np.abs(palms_m - self._kept[0][1]).max() > STILL_M:
            self._kept.clear()
        self._kept.append((sample.frame_ns, palms_m))
        held_ns = sample.frame_ns - self._kept[0][0]
        self._advice = "hold still"
        if held_ns >= HELD_NS:
            self.fit = self._measured(heading, hands)

    def _start_anew(self, advice: str) -> None:
        self._kept.clear()
        self._advice = advice

    def _measured(self, heading: Array, hands: dict[str, SeenHand]) -> BodyFit:
        palms_m = np.mean([each for _, each in self._kept], axis=0)
        # From the eyes to the shoulders and down the upper arm, as shares of the height.
        height_m = -float(palms_m[:, 2].mean()) / (EYES - SHOULDERS + UPPER_ARM)
        arm_m = self._arm_m or ARM * height_m
        upper_m = arm_m * UPPER_ARM / ARM
        shoulders_m = palms_m.mean(axis=0) + np.array([-(arm_m - upper_m), 0.0, upper_m])
        if self._below_eyes_m is not None:
            shoulders_m[2] = -self._below_eyes_m
        return BodyFit(
            arm_m=arm_m,
            shoulders_m=shoulders_m,
            hand_in_seen={side: hands[side].rotation.T @ heading @ HAND_IN_AIM[side] for side in SIDES},
        )


def palms_heading(hands: dict[str, SeenHand]) -> Array:
    """The body's: level, and square to the line between the palms."""
    left = hands["left"].palm_m - hands["right"].palm_m
    return heading_of(np.array([[left[1], 0.0, 0.0], [-left[0], 0.0, 0.0], [0.0, 0.0, 1.0]]))


def _fault(palms_m: Array, rotations: dict[str, Array], gaze: Array) -> str:
    """What is not yet as it should be; palms, shape (2, 3) left first, rotations and gaze in the body's heading."""
    ahead_m, apart_m = palms_m[:, 0].min(), palms_m[0, 1] - palms_m[1, 1]
    if gaze[0, 0] < math.cos(_LOOKS_RAD) or not _AHEAD_M[0] <= ahead_m <= _AHEAD_M[1]:
        return "look straight ahead, your hands before you"
    if abs(palms_m[0, 2] - palms_m[1, 2]) > _LEVEL_M or not _DROP_M[0] <= -palms_m[:, 2].mean() <= _DROP_M[1]:
        return "both hands as high as your elbows"
    if not _APART_M[0] <= apart_m <= _APART_M[1]:
        return "hands as far apart as your shoulders"
    if min(rotation[0, 0] for rotation in rotations.values()) < math.cos(_POINTS_RAD):
        return "point both forearms straight ahead"
    turned = min(float(rotations[side][:, 2] @ HAND_IN_AIM[side][:, 2]) for side in SIDES)
    return "" if turned >= math.cos(_PALMS_RAD) else "turn your palms to each other"
