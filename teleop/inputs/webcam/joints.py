"""From the 21 points of a hand in a picture to the 25 joints that a headset would give.

One camera sees directions, and no distances. How far away a hand is follows from how large it appears, with the
length of the operator's hand: an error of 5 % in one is 5 % in the other. Across the picture it is ten times better.

The camera stands before the person and looks at them: its right is their left. So in XR's axes (x right, y up,
z backward, as the person has them) a point is (-right, -down, away) from the camera.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from teleop.inputs.webcam.landmarks import INDEX, LITTLE, MIDDLE, RING, THUMB, WRIST, SeenPoints
from twin.retarget.size import hand_length_m, is_open
from twin.spatial import quaternion_from_rotation

Floats = NDArray[np.float64]

CAMERA_M = np.array([0.0, 1.2, -0.6])  # in XR's axes: before the chest of a person who sits
# A person 0.8 m before the camera, who looks straight ahead; a hand beside this head is out of the picture.
HEAD = (0.0, 1.6, 0.2, 0.0, 0.0, 0.0, 1.0)
ORDINARY_HAND_M = 0.185  # mean of grown-ups, Tilley, "The Measure of Man and Woman" (2002)
_XR_FROM_CAMERA = np.array([-1.0, -1.0, 1.0])
_LEARNS = 0.1  # of the size of an open hand, per picture
_DISTANCE_TIME_S = 0.12  # of the low pass over the distance, which trembles most

# From the wrist towards the knuckle of index, middle, ring and little finger: where the metacarpal begins that a
# camera does not see; as in the hand model of the WebXR input profiles (generic-hand).
_METACARPALS = np.array([0.34, 0.32, 0.33, 0.50])
_KNUCKLES = [INDEX, MIDDLE, RING, LITTLE]
# Wrist, root of the thumb, knuckles: they keep their shape while fingers bend.
_PALM, _PALM_JOINTS = [WRIST, THUMB, *_KNUCKLES], [0, 1, 6, 11, 16, 21]
# Joint before which each of the 25 looks along its bone; a tip looks as its bone does.
_FROM = [0, 1, 2, 3, 3, *(at + min(i, 3) for at in (5, 10, 15, 20) for i in range(5))]
_TO = [11, 2, 3, 4, 4, *(at + min(i, 3) + 1 for at in (5, 10, 15, 20) for i in range(5))]


class Camera(NamedTuple):
    """What has to be known of a camera."""

    width_px: int
    height_px: int
    view_rad: float  # from the left edge of the picture to its right one

    @property
    def focal_px(self) -> float:
        """The focal length."""
        return self.width_px / 2 / math.tan(self.view_rad / 2)


class PlacedHand:
    """One hand in space, from picture to picture."""

    def __init__(self, side: str, length_m: float) -> None:
        """Of a person whose hand is ``length_m`` long from the wrist to the tip of the middle finger."""
        self._is_right, self._length_m = side == "right", length_m
        self._distance_m, self._at_ns = 0.0, 0
        self._open_m = 0.0  # how long the network takes this hand to be while it is open

    def joints(self, seen: SeenPoints, camera: Camera, at_ns: int) -> NDArray[np.float32]:
        """The joints in the order of WebXR, shape (25, 7): position, then quaternion xyzw, in XR's axes."""
        points = _with_metacarpals(seen.shape_m)
        taken_m = max(hand_length_m(points), 1e-3)
        # The network draws a fist smaller than the open hand, in the picture and in space alike: bones keep the length
        # that they have, and for the distance the size of the open hand counts.
        if not self._open_m or is_open(points):
            self._open_m += _LEARNS * (taken_m - self._open_m) if self._open_m else taken_m
        points *= self._length_m / taken_m
        middle_m = self._middle(seen, points, camera, at_ns)
        placed = CAMERA_M + _XR_FROM_CAMERA * (points + middle_m)
        row = np.empty((25, 7), np.float32)
        row[:, :3] = placed
        row[:, 3:] = _orientations(placed, self._is_right)
        return row

    def _middle(self, seen: SeenPoints, points: Floats, camera: Camera, at_ns: int) -> Floats:
        """From the middle of ``points`` to where they are before the camera: right, down, away."""
        flat, pixels = seen.shape_m[_PALM, :2], seen.pixels[_PALM]
        middle_px = pixels.mean(0)
        flat, pixels = flat - flat.mean(0), pixels - middle_px
        px_per_m = max(
            float((flat * pixels).sum() / (flat * flat).sum()) * self._open_m / self._length_m, 1.0
        )
        step_s = (at_ns - self._at_ns) / 1e9
        keep = math.exp(-step_s / _DISTANCE_TIME_S) if self._at_ns and 0 <= step_s < 0.5 else 0.0
        self._distance_m = keep * self._distance_m + (1 - keep) * camera.focal_px / px_per_m
        self._at_ns = at_ns
        across = (middle_px - (camera.width_px / 2, camera.height_px / 2)) / camera.focal_px
        return np.asarray(np.append(across, 1.0) * self._distance_m - points[_PALM_JOINTS].mean(0))


def _with_metacarpals(points: Floats) -> Floats:
    """The 25 joints of WebXR from the 21 ``points`` that a camera sees, shape (21, 3)."""
    wrist = points[WRIST]
    metacarpals = wrist + _METACARPALS[:, None] * (points[_KNUCKLES] - wrist)
    fingers = [(metacarpals[i][None], points[at : at + 4]) for i, at in enumerate(_KNUCKLES)]
    return np.concatenate([points[:5], *(part for finger in fingers for part in finger)])


def _orientations(placed: Floats, is_right: bool) -> Floats:
    """Of each joint, quaternion xyzw, shape (25, 4): -z along the bone, y out of the back of the hand."""
    ahead = placed[_TO] - placed[_FROM]
    index, little = placed[6], placed[21]
    across = little - index if is_right else index - little  # to the right of a hand seen from its back
    back = -_unit(ahead)
    right = _unit(across - (back @ across)[:, None] * back)
    up = np.cross(back, right)
    rotations = np.stack((right, up, back), axis=-1)
    return np.array([np.roll(quaternion_from_rotation(rotation), -1) for rotation in rotations])


def _unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))
