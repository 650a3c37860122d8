"""A low-pass filter for points that is calm while they rest and quick while they move.

G. Casiez, N. Roussel, D. Vogel, "1 Euro filter", CHI 2012: the cutoff frequency of each point rises with its speed.
A first-order filter with cutoff ``f`` is late by ``1 / (2 pi f)`` for motion slower than that: with the figures here
40 ms for a hand at rest, where lateness cannot be seen, and 6 ms for a finger that moves at 0.2 m/s.
"""

import math

import numpy as np

from twin.spatial import Array

AT_REST_HZ = 4.0
PER_M_S = 120.0  # Hz
_SPEED_HZ = 3.0
_SHORTEST_STEP_S = 1e-4


class PointFilter:
    """Filters a set of points, shape (p, 3)."""

    def __init__(self, at_rest_hz: float = AT_REST_HZ, per_m_s: float = PER_M_S) -> None:
        """The first points that come are taken as they are."""
        self._at_rest_hz, self._per_m_s = at_rest_hz, per_m_s
        self._points: Array | None = None
        self._velocity = np.zeros(0)
        self._cutoff_hz = np.zeros(0)

    def forget(self) -> None:
        """The next points have nothing to do with those before."""
        self._points = None

    @property
    def delay_s(self) -> float:
        """How late the slowest point is now; 0 before the second sample."""
        return 0.0 if not self._cutoff_hz.size else 1.0 / (2.0 * math.pi * float(self._cutoff_hz.min()))

    def step(self, points_m: Array, dt_s: float) -> Array:
        """The filtered points, ``dt_s`` after those before; overwritten by the next call."""
        if self._points is None or self._points.shape != points_m.shape:
            self._points, self._velocity = points_m.copy(), np.zeros(points_m.shape)
            self._cutoff_hz = np.zeros(0)
            return self._points
        turn = 2.0 * math.pi * max(dt_s, _SHORTEST_STEP_S)
        away = points_m - self._points
        share = turn * _SPEED_HZ / (1.0 + turn * _SPEED_HZ)
        velocity = self._velocity
        velocity *= 1.0 - share
        velocity += away * (share * 2.0 * math.pi / turn)
        cutoff_hz = np.sqrt(np.einsum("ij,ij->i", velocity, velocity))
        cutoff_hz *= self._per_m_s
        cutoff_hz += self._at_rest_hz
        self._cutoff_hz = cutoff_hz
        away *= (1.0 - 1.0 / (1.0 + turn * cutoff_hz))[:, None]
        self._points += away
        return self._points
