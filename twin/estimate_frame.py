"""Where the world that a robot on its own feet estimates for itself lies in the simulator's world.

The robot knows its place only from its start on (``twin.balance.estimator``), so its world drifts against the
simulator's by centimetres, in place and in heading; up and down it knows from gravity. A turn about z and a shift
make up for it.
"""

import numpy as np
from numpy.typing import ArrayLike

from twin.spatial import Array, quaternion_from_rotation, rotation_from_quaternion

_AGREES_M, _AGREES_RAD = 0.05, 0.08  # beyond it the estimate has begun anew, and is followed at once
_LEARNS = 0.15  # share of what is new in each pair: a pair is up to 20 ms apart, and a walking base moves on


class EstimateFrame:
    """The way from the estimate's world into the simulator's; the same world until the first pair is told."""

    def __init__(self) -> None:
        """Both worlds agree."""
        self._turn_rad = 0.0
        self._shift_m = np.zeros(3)
        self._is_known = False

    def learn(
        self, estimated_m: ArrayLike, estimated_wxyz: ArrayLike, true_m: ArrayLike, true_wxyz: ArrayLike
    ) -> None:
        """Take one pair of poses of the base, (3,) and (4,) each: as estimated, and as simulated at that time."""
        turn_rad = _wrapped(_heading_rad(true_wxyz) - _heading_rad(estimated_wxyz))
        shift_m = np.asarray(true_m, np.float64) - _about_z(turn_rad) @ np.asarray(estimated_m, np.float64)
        away_rad = _wrapped(turn_rad - self._turn_rad)
        moved_m = self.to_world(estimated_m) - np.asarray(true_m, np.float64)
        agrees = np.linalg.norm(moved_m) < _AGREES_M and abs(away_rad) < _AGREES_RAD
        share = _LEARNS if self._is_known and agrees else 1.0
        self._is_known = True
        self._turn_rad = _wrapped(self._turn_rad + share * away_rad)
        self._shift_m = self._shift_m + share * (shift_m - self._shift_m)

    def to_world(self, points_m: ArrayLike) -> Array:
        """Points (..., 3) of the estimate in the simulator's world."""
        turned: Array = np.asarray(points_m, np.float64) @ _about_z(self._turn_rad).T + self._shift_m
        return turned

    def turn(self, vectors: ArrayLike) -> Array:
        """Directions (..., 3) of the estimate in the simulator's world."""
        turned: Array = np.asarray(vectors, np.float64) @ _about_z(self._turn_rad).T
        return turned

    def orientation(self, wxyz: ArrayLike) -> Array:
        """An orientation (4,) of the estimate in the simulator's world."""
        return quaternion_from_rotation(
            _about_z(self._turn_rad) @ rotation_from_quaternion(np.asarray(wxyz, np.float64))
        )


def _heading_rad(wxyz: ArrayLike) -> float:
    w, x, y, z = (float(part) for part in np.asarray(wxyz))
    return float(np.arctan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)))


def _about_z(angle_rad: float) -> Array:
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def _wrapped(angle_rad: float) -> float:
    return float((angle_rad + np.pi) % (2 * np.pi) - np.pi)
