"""Twenty-one points of a hand in a square of a picture: the landmark network of MediaPipe Hands.

Zhang et al., "MediaPipe Hands: On-device Real-time Hand Tracking" (2020), section 2.2; how a square follows its hand
is that of MediaPipe's graph (``hand_landmark_landmarks_to_roi.pbtxt``, Apache-2.0).
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from teleop.inputs.webcam.palms import Floats, Square, towards
from teleop.inputs.webcam.pictures import Picture, cut_out

SIDE_PX = 224  # of the picture that the network takes
POINTS = 21
# Numbers of the points: the wrist, then four of each finger from its root to its tip.
WRIST, THUMB, INDEX, MIDDLE, RING, LITTLE = 0, 1, 5, 9, 13, 17
_PALM = (0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18)  # move little as fingers bend
_ENLARGED, _TOWARDS_FINGERS = 2.0, 0.1


class SeenPoints(NamedTuple):
    """What the network sees in one square."""

    pixels: Floats  # (21, 2) in the picture
    shape_m: Floats  # (21, 3) about the hand's middle, of a hand of ordinary size: right, down, away from the camera
    is_hand: float  # likelihood, 0..1
    is_right: float  # likewise


class Landmarks:
    """The network, ready to look."""

    def __init__(self, network: Any) -> None:
        """``network`` takes (1, 224, 224, 3) and gives 63, 1, 1 and 63 numbers; see ``networks``."""
        self._network = network
        middles = (np.arange(SIDE_PX) + 0.5) / SIDE_PX - 0.5
        self._right, self._down = np.meshgrid(middles, middles)

    def see(self, picture: Picture, square: Square) -> SeenPoints:
        """The hand in ``square``, whether there is one or not: ``is_hand`` says so."""
        cos, sin = np.cos(square.turned_rad), np.sin(square.turned_rad)
        x_px = square.x_px + square.side_px * (cos * self._right - sin * self._down)
        y_px = square.y_px + square.side_px * (sin * self._right + cos * self._down)
        points, is_hand, is_right, shape = self._network(cut_out(picture, x_px, y_px))
        turn = np.array([[cos, sin], [-sin, cos]])  # of rows
        inside = points.reshape(POINTS, 3)[:, :2].astype(np.float64) / SIDE_PX - 0.5
        pixels = square.side_px * inside @ turn + (square.x_px, square.y_px)
        shape_m = shape.reshape(POINTS, 3).astype(np.float64)
        shape_m[:, :2] = shape_m[:, :2] @ turn
        return SeenPoints(pixels, shape_m, float(is_hand.reshape(())), float(is_right.reshape(())))


def square_around(pixels: NDArray[np.float64]) -> Square:
    """Where the hand with the points ``pixels``, shape (21, 2), is looked for in the next picture."""
    fingers = ((pixels[INDEX + 1] + pixels[RING + 1]) / 2 + pixels[MIDDLE + 1]) / 2
    turned_rad = towards(pixels[WRIST], fingers)
    cos, sin = np.cos(turned_rad), np.sin(turned_rad)
    upright = pixels[list(_PALM)] @ np.array([[cos, -sin], [sin, cos]])
    low, high = upright.min(0), upright.max(0)
    size, middle = high - low, (low + high) / 2
    middle[1] -= _TOWARDS_FINGERS * size[1]
    x_px, y_px = middle @ np.array([[cos, sin], [-sin, cos]])
    return Square(float(x_px), float(y_px), float(_ENLARGED * size.max()), turned_rad)
