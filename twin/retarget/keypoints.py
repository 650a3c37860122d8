"""The 25 points of a tracked hand, and what is wrong with them when they must not be used.

Points are in the wrist's frame, in metres: x to the fingers, y left, z out of the back of the hand. Their order is
that of WebXR (https://www.w3.org/TR/webxr-hand-input-1/): wrist; thumb metacarpal, proximal, distal, tip; then for
each finger metacarpal, proximal, intermediate, distal, tip. OpenXR has the palm before them, and camera trackers of
21 points lack the four metacarpals of the fingers.
"""

import math
from enum import StrEnum

import numpy as np

from twin.spatial import Array

FINGERS = ("thumb", "index", "middle", "ring", "little")
SHORTEST_HAND_M, LONGEST_HAND_M = 0.13, 0.25  # of people: from the wrist to the tip of the middle finger
POINTS = 25
KNUCKLES = np.array([2, 6, 11, 16, 21])  # where each finger leaves the palm
MIDDLES = np.array([3, 7, 12, 17, 22])
TIPS = np.array([4, 9, 14, 19, 24])
_STARTS, _ENDS = np.concatenate((KNUCKLES, MIDDLES)), np.concatenate((MIDDLES, TIPS))
_PALM = np.array([0, 6, 11, 21])  # wrist, and the knuckles of index, middle and little finger
_DISTAL = np.array([8, 13, 18, 23])  # the joint before the tip; the thumb's is its middle joint

# No hand of a person is outside; bounds of NASA-STD-3000's 5th and 95th percentile, widened by half.
SHORTEST_BONE_M, LONGEST_BONE_M = 0.012, 0.11
SHORTEST_PALM_M, LONGEST_PALM_M = 0.045, 0.16
_NARROWEST_PALM_M = 0.015


class HandFault(StrEnum):
    """Why a hand's points are not used; the value is the end of a sentence about that hand."""

    NOT_A_HAND = "is not 25 points in space"
    NOT_FINITE = "has a point that is not a number"
    COLLAPSED = "has bones that are too short to be a person's: it is seen badly"
    STRETCHED = "has bones that are too long to be a person's: it is seen badly"
    MIRRORED = "is the other hand, or seen in a mirror"
    FROZEN = "has not changed in the least: the tracker hangs"


def fault_of(points_m: Array, side: str) -> HandFault | None:
    """What is wrong with ``points_m``, shape (25, 3), by themselves, for a hand that is said to be ``side``.

    Mirrored means that the index finger is not on the thumb's side of the palm, or that the fingers point back
    over the wrist: both happen when left and right, or a frame's axes, were exchanged.
    """
    if points_m.shape != (POINTS, 3):
        return HandFault.NOT_A_HAND
    if not np.isfinite(points_m).all():
        return HandFault.NOT_FINITE
    bones = points_m.take(_ENDS, 0)
    bones -= points_m.take(_STARTS, 0)
    squares = np.einsum("ij,ij->i", bones, bones).tolist()
    wrist, index, middle, little = points_m.take(_PALM, 0).tolist()
    palm = math.dist(middle, wrist)
    # The two phalanges beyond the middle joint fold on each other, to no less than a bone's length.
    if min(squares) < SHORTEST_BONE_M**2 or palm < SHORTEST_PALM_M:
        return HandFault.COLLAPSED
    if max(squares) > LONGEST_BONE_M**2 or palm > LONGEST_PALM_M:
        return HandFault.STRETCHED
    width_m = (index[1] - little[1]) * (1.0 if side == "right" else -1.0)
    if width_m < _NARROWEST_PALM_M or middle[0] <= wrist[0]:
        return HandFault.MIRRORED
    return None


def bone_lengths_m(points_m: Array) -> Array:
    """From knuckle to tip along the bones, shape (5,) in the order of ``FINGERS``; the same in every pose."""

    def lengths(start: Array, end: Array) -> Array:
        return np.asarray(np.linalg.norm(points_m[end] - points_m[start], axis=1))

    total = lengths(KNUCKLES, MIDDLES)
    total[0] += lengths(MIDDLES[:1], TIPS[:1])[0]
    total[1:] += lengths(MIDDLES[1:], _DISTAL) + lengths(_DISTAL, TIPS[1:])
    return total


def straightness(points_m: Array) -> Array:
    """The straight way from knuckle to tip over the way along the bones, shape (5,): 1 for a stretched finger."""
    straight = np.linalg.norm(points_m[TIPS] - points_m[KNUCKLES], axis=1)
    return np.asarray(straight / np.maximum(bone_lengths_m(points_m), 1e-6))
