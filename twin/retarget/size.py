"""How a person's hand is laid over the robot's: a factor for its size, and a shift that brings knuckles together."""

from dataclasses import dataclass, field

import numpy as np

from twin.errors import UnderstudyError
from twin.retarget.keypoints import FINGERS, KNUCKLES, bone_lengths_m, fault_of, straightness
from twin.retarget.model import HandModel
from twin.spatial import Array

OPEN_FROM = 0.93  # straightness of a finger that counts as stretched
SMALLEST, LARGEST = 0.6, 1.7
# From knuckle to tip along the bones, over the length of the hand, in the order of ``FINGERS``: Buchholz, Armstrong and
# Goldstein, "Anthropometric data for describing the kinematics of the human hand", Ergonomics 35 (1992), table 4.
FINGER_SHARES = np.array([0.354, 0.485, 0.544, 0.516, 0.414])


class HandSizeError(UnderstudyError):
    """The hand cannot be measured as it is held; the text says what to do."""


@dataclass(frozen=True)
class HandSize:
    """A point ``p`` of the operator's hand, in its wrist's frame, belongs at ``scale * p + shift_m`` of the robot's."""

    scale: float = 1.0
    shift_m: Array = field(default_factory=lambda: np.zeros(3))  # (3,)


def is_open(points_m: Array) -> bool:
    """Whether all fingers of ``points_m``, shape (25, 3), are stretched; the thumb may be where it likes."""
    return bool((straightness(points_m)[1:] >= OPEN_FROM).all())


def hand_length_m(points_m: Array) -> float:
    """From the wrist to the tip of the middle finger, of a hand with the bones in ``points_m``, shape (25, 3).

    As all fingers together say it, so that one that is seen badly counts for a fifth.
    """
    return float(bone_lengths_m(points_m).sum() / FINGER_SHARES.sum())


def hand_of_length(hand: HandModel, length_m: float, points_m: Array) -> HandSize:
    """The size of an operator's hand of that length against the robot's, whichever way ``points_m`` hold it.

    Raises:
        HandSizeError: it is of a size that no person has against this robot.
    """
    return _laid(hand, hand.lengths_m.sum() / (length_m * FINGER_SHARES[list(hand.fingers)].sum()), points_m)


def measure_hand(hand: HandModel, points_m: Array) -> HandSize:
    """The size of an operator's hand that is held open, shape (25, 3), against the robot's.

    Raises:
        HandSizeError: it is not a hand, not open, or of a size that no person has against this robot.
    """
    fault = fault_of(points_m, hand.side)
    if fault:
        raise HandSizeError(f"the {hand.side} hand {fault}; hold it open before the headset and try again")
    if not is_open(points_m):
        bent = FINGERS[1 + int(np.argmin(straightness(points_m)[1:]))]
        raise HandSizeError(
            f"the {bent} finger of the {hand.side} hand is bent: hold the hand open and flat to measure it"
        )
    return _laid(hand, hand.lengths_m.sum() / bone_lengths_m(points_m)[list(hand.fingers)].sum(), points_m)


def _laid(hand: HandModel, scale: float, points_m: Array) -> HandSize:
    """``scale``, and the shift that brings the knuckles of ``points_m`` to the robot's: fingers do not move them."""
    if not SMALLEST <= scale <= LARGEST:
        raise HandSizeError(
            f"the robot's {hand.side} hand would be {scale:.2f} times the operator's, outside "
            f"{SMALLEST:g} to {LARGEST:g}: the hand is seen badly, hold it before the headset and try again"
        )
    has = np.array(hand.fingers)
    long = has > 0
    shift = hand.knuckles_m[long].mean(0) - scale * points_m[KNUCKLES[has[long]]].mean(0)
    return HandSize(float(scale), shift)
