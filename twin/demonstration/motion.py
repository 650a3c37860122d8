"""How a person's head and hands moved, as a headset saw them: arrays over time, without what it guessed or lost.

In the room: x forward as the headset's space was last centred, y left, z up from the floor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.retarget.keypoints import POINTS
from twin.spatial import Array, rotation_from_quaternion
from twin.wire.messages import XrHand, XrSample

SIDES = ("left", "right")
Times = NDArray[np.int64]
Mask = NDArray[np.bool_]

_WRIST, _MIDDLE_KNUCKLE = 0, 11  # of the 25 points
_TRIGGER = 0  # of the xr-standard buttons
# From a controller's aim (x forward, y left, z up) to the hand around it, which holds it like a hammer: x to the
# fingers, and the back of the hand away from the other one.
HAND_IN_AIM = {
    "left": np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]]),
    "right": np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]]),
}


@dataclass(frozen=True, eq=False)
class HandMotion:
    """One hand over ``n`` frames. What a frame does not know is not a number."""

    seen: Mask  # (n,) palm and rotation are known
    palm_m: Array  # (n, 3) in the room
    rotation: Array  # (n, 3, 3) in the room; columns to the fingers, left, and out of the back of a flat hand
    points_m: Array  # (n, 25, 3) of a bare hand in its wrist's frame
    trigger: Array  # (n,) of a controller, 0 .. 1


@dataclass(frozen=True, eq=False)
class PersonMotion:
    """A person over ``n`` frames."""

    times_ns: Times  # (n,) rising
    anchor: Times  # (n,) frames with different ones must not be compared
    head_m: Array  # (n, 3) in the room
    head_rotation: Array  # (n, 3, 3) in the room; x where the person looks
    hands: dict[str, HandMotion]  # by side

    def __len__(self) -> int:
        return len(self.times_ns)


class SeenHand(NamedTuple):
    """What one frame knows of a hand."""

    palm_m: Array  # (3,) in the room
    rotation: Array  # (3, 3) in the room; columns to the fingers, left, and out of the back of a flat hand
    points_m: Array | None  # (25, 3) of a bare hand in its wrist's frame
    trigger: float  # of a controller, 0 .. 1; else not a number


def motion_of(samples: Sequence[tuple[int, XrSample]]) -> PersonMotion:
    """The motion in ``samples``, each with the moment it was sampled in monotonic nanoseconds; in their order.

    Whether a hand might have driven a robot does not matter here, only whether it was seen.
    """
    kept: list[tuple[int, XrSample]] = []
    for at_ns, sample in samples:
        if not kept or at_ns > kept[-1][0]:
            kept.append((at_ns, sample))
    n = len(kept)
    head_m, head_rotation = np.full((n, 3), np.nan), np.full((n, 3, 3), np.nan)
    hands = {
        side: HandMotion(
            np.zeros(n, np.bool_),
            np.full((n, 3), np.nan),
            np.full((n, 3, 3), np.nan),
            np.full((n, POINTS, 3), np.nan),
            np.full(n, np.nan),
        )
        for side in SIDES
    }
    for row, (_, sample) in enumerate(kept):
        if len(sample.head_position_m) == 3 and len(sample.head_orientation_wxyz) == 4:
            head_m[row] = sample.head_position_m
            head_rotation[row] = rotation_from_quaternion(sample.head_orientation_wxyz.astype(np.float64))
        for hand in sample.hands:
            found = seen_hand(hand)
            if found is not None and hand.side in hands:
                motion = hands[hand.side]
                motion.seen[row], motion.palm_m[row], motion.rotation[row] = (
                    True,
                    found.palm_m,
                    found.rotation,
                )
                motion.trigger[row] = found.trigger
                if found.points_m is not None:
                    motion.points_m[row] = found.points_m
    return PersonMotion(
        np.array([at_ns for at_ns, _ in kept], np.int64),
        np.array([sample.anchor for _, sample in kept], np.int64),
        head_m,
        head_rotation,
        hands,
    )


def seen_hand(hand: XrHand) -> SeenHand | None:
    """What is known of ``hand``; None if it was not seen, or only guessed."""
    if len(hand.position_m) != 3 or hand.emulated:
        return None
    if hand.source == "hand" and len(hand.joints_m) == 3 * POINTS and len(hand.joints_wxyz) == 4 * POINTS:
        joints_m = hand.joints_m.astype(np.float64).reshape(POINTS, 3)
        rotation = rotation_from_quaternion(hand.joints_wxyz[:4].astype(np.float64))
        palm_m = (joints_m[_WRIST] + joints_m[_MIDDLE_KNUCKLE]) / 2
        return SeenHand(palm_m, rotation, (joints_m - joints_m[_WRIST]) @ rotation, np.nan)
    if hand.source != "controller" or len(hand.aim_orientation_wxyz) != 4:
        return None
    rotation = rotation_from_quaternion(hand.aim_orientation_wxyz.astype(np.float64)) @ HAND_IN_AIM[hand.side]
    trigger = float(hand.buttons[_TRIGGER]) if len(hand.buttons) else np.nan
    return SeenHand(hand.position_m.astype(np.float64), rotation, None, trigger)
