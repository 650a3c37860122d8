"""Where palms are in a picture: BlazePalm of MediaPipe, which finds hands that nobody follows yet.

Zhang et al., "MediaPipe Hands: On-device Real-time Hand Tracking" (2020), section 2.1. What the network gives is laid
over a grid of anchors; the grid and the enlargement of a palm to its hand are those of MediaPipe's graph
(``palm_detection_cpu.pbtxt``, ``palm_detection_detection_to_roi.pbtxt``, Apache-2.0).
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from teleop.inputs.webcam.pictures import Picture, letterboxed

Floats = NDArray[np.float64]

SIDE_PX = 192  # of the picture that the network takes
_PALM_FROM = 0.5  # likelihood
_SAME_PALM = 0.3  # share of two boxes together that lies in both
_WRIST, _MIDDLE_KNUCKLE = 0, 2  # of the seven points of a palm
_ENLARGED, _TOWARDS_FINGERS = 2.6, 0.5  # from the box of a palm to the square around its hand, in boxes


class Square(NamedTuple):
    """A square in a picture, turned so that the fingers of the hand in it point up."""

    x_px: float  # of its middle
    y_px: float
    side_px: float
    turned_rad: float  # clockwise as seen in the picture


def towards(from_xy: Floats, to_xy: Floats) -> float:
    """The turn of a square in which the way between two points of a picture leads straight up."""
    right, down = to_xy - from_xy
    return float((np.pi / 2 + np.arctan2(down, right) + np.pi) % (2 * np.pi) - np.pi)


def _anchors() -> Floats:
    """Middles of the anchors as shares of the picture, shape (2016, 2): two on each of 24 x 24, six on 12 x 12."""
    rows = []
    for cells, each in ((24, 2), (12, 6)):
        middles = (np.arange(cells) + 0.5) / cells
        down, right = np.meshgrid(middles, middles, indexing="ij")
        rows.append(np.repeat(np.stack((right.ravel(), down.ravel()), 1), each, axis=0))
    return np.concatenate(rows)


class Palms:
    """The network, ready to look."""

    def __init__(self, network: Any) -> None:
        """``network`` takes (1, 192, 192, 3) and gives (1, 2016, 18) and (1, 2016, 1); see ``networks``."""
        self._network, self._anchors = network, _anchors()

    def find(self, picture: Picture, at_most: int) -> list[Square]:
        """Squares around the hands in ``picture``, the surest first."""
        small, scale, margin_px = letterboxed(picture, SIDE_PX)
        boxes, likelihoods = self._network(small)
        logits = np.clip(likelihoods.reshape(-1), -100.0, 100.0)
        likely = 1.0 / (1.0 + np.exp(-logits))
        chosen = np.flatnonzero(likely >= _PALM_FROM)
        chosen = chosen[np.argsort(-likely[chosen])][:40]
        rows = boxes.reshape(-1, 18)[chosen].astype(np.float64)
        middles, sizes = rows[:, :2] + SIDE_PX * self._anchors[chosen], rows[:, 2:4]
        points = rows[:, 4:].reshape(-1, 7, 2) + SIDE_PX * self._anchors[chosen, None]
        found: list[Square] = []
        left = list(range(len(chosen)))
        while left and len(found) < at_most:
            best = left[0]
            same = [each for each in left if _overlap(middles, sizes, best, each) > _SAME_PALM]
            left = [each for each in left if each not in same]
            # Boxes of one palm are averaged by their likelihood, which trembles less than the best of them.
            weight = likely[chosen[same]][:, None]
            middle, size = ((weight * rows[same]).sum(0) / weight.sum() for rows in (middles, sizes))
            ends = (weight[..., None] * points[same]).sum(0) / weight.sum()
            found.append(_around_hand(middle, size, ends, scale, margin_px))
        return found


def _around_hand(middle: Floats, size: Floats, points: Floats, scale: float, margin_px: Floats) -> Square:
    turned_rad = towards(points[_WRIST], points[_MIDDLE_KNUCKLE])
    up = np.array([np.sin(turned_rad), -np.cos(turned_rad)])
    x_px, y_px = (middle + _TOWARDS_FINGERS * size[1] * up - margin_px) / scale
    return Square(float(x_px), float(y_px), float(_ENLARGED * size.max() / scale), turned_rad)


def _overlap(middles: Floats, sizes: Floats, one: int, other: int) -> float:
    apart = np.abs(middles[one] - middles[other])
    both = np.clip(
        np.minimum((sizes[one] + sizes[other]) / 2 - apart, np.minimum(sizes[one], sizes[other])), 0, None
    )
    shared = float(both.prod())
    return shared / max(float(sizes[one].prod() + sizes[other].prod()) - shared, 1e-9)
