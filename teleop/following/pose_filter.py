"""A low-pass filter for poses that is calm at rest and quick in motion.

G. Casiez, N. Roussel, D. Vogel, "1 Euro filter", CHI 2012: the cutoff frequency rises with the speed. Rotations
are filtered in the tangent of the newest filtered one.
"""

import math

import numpy as np

from twin.spatial import Array, Pose, turned_by, vector_from_rotation

AT_REST_HZ = 3.0  # controllers are steadier than bare hands, which want about 1 Hz
PER_M_S, PER_RAD_S = 20.0, 4.0  # Hz
_SPEED_HZ = 1.0
_SHORTEST_STEP_S = 1e-4


class PoseFilter:
    """Filters one pose."""

    def __init__(self, pose: Pose, at_s: float) -> None:
        """Begin at ``pose``, at rest."""
        self.pose = pose
        self._at_s = at_s
        self._speed_m_s, self._speed_rad_s = np.zeros(3), np.zeros(3)

    @property
    def delay_s(self) -> float:
        """How late the filtered position is at the hand's speed now: the time constant of the low-pass."""
        return 1.0 / (2.0 * math.pi * (AT_REST_HZ + PER_M_S * _length(self._speed_m_s)))

    def step(self, pose: Pose, at_s: float) -> Pose:
        """The filtered pose, after ``pose`` was seen at ``at_s``."""
        dt_s = max(_SHORTEST_STEP_S, at_s - self._at_s)
        self._at_s = at_s
        away_m = pose.position_m - self.pose.position_m
        away_rad = vector_from_rotation(pose.rotation @ self.pose.rotation.T)
        self._speed_m_s += _share(_SPEED_HZ, dt_s) * (away_m / dt_s - self._speed_m_s)
        self._speed_rad_s += _share(_SPEED_HZ, dt_s) * (away_rad / dt_s - self._speed_rad_s)
        nearer_m = away_m * _share(AT_REST_HZ + PER_M_S * _length(self._speed_m_s), dt_s)
        nearer_rad = away_rad * _share(AT_REST_HZ + PER_RAD_S * _length(self._speed_rad_s), dt_s)
        self.pose = Pose(self.pose.position_m + nearer_m, turned_by(self.pose.rotation, nearer_rad))
        return self.pose


def _share(cutoff_hz: float, dt_s: float) -> float:
    """How much of the way to a new value is gone in ``dt_s``."""
    return 1.0 / (1.0 + 1.0 / (2.0 * math.pi * cutoff_hz * dt_s))


def _length(vector: Array) -> float:
    return math.sqrt(float(vector @ vector))
