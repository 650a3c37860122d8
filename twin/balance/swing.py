"""The path of a foot through the air: up, then towards a foothold that may still move, over a bump in height."""

import math

import numpy as np

from twin.balance.body import Array
from twin.balance.whole_body_qp import FootGoal

_SETTLE_S = 0.03  # the foot is over its foothold this long before it touches
_PRESS_M = 0.004  # aimed below the ground, so that it does touch
# The foot rises for this share of its way before it goes anywhere: a toe right before an edge of 3 cm clears it.
_RISES_FIRST = 0.15


class Swing:
    """One foot from lift-off to touchdown."""

    def __init__(self, side: int, start_m: Array, heading_rad: float, ground_m: float, lift_m: float) -> None:
        """Begin at rest at ``start_m`` (3,); the stance foot stands at height ``ground_m``."""
        self.side = side
        self._start_height_m = float(start_m[2])
        # In the plane, as complex numbers x + iy.
        self._position, self._velocity, self._acceleration = complex(start_m[0], start_m[1]), 0j, 0j
        self._start_heading = heading_rad
        self.heading_rad = heading_rad
        self._ground_m, self._lift_m = ground_m, lift_m
        self.share = 0.0  # of the way through the air, 0 to 1

    def advance(
        self, foothold_m: Array, heading_rad: float, remaining_s: float, dt_s: float, is_hurried: bool = False
    ) -> FootGoal:
        """The goal ``dt_s`` later, towards ``foothold_m`` (2,) which is to be reached in ``remaining_s``.

        ``is_hurried``: it must catch a fall, and goes there at once.
        """
        if is_hurried or self.share >= _RISES_FIRST:
            self._advance_in_plane(complex(*foothold_m.tolist()), remaining_s, dt_s)
        remaining_s = max(remaining_s, dt_s)
        speed = (1.0 - self.share) / remaining_s
        self.share = min(1.0, self.share + speed * dt_s)
        height = self._height(speed)
        x = self.share
        smooth = 10 * x**3 - 15 * x**4 + 6 * x**5
        self.heading_rad = self._start_heading + (heading_rad - self._start_heading) * smooth
        c, s = math.cos(self.heading_rad), math.sin(self.heading_rad)
        rotation = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
        position, velocity, acceleration = self._position, self._velocity, self._acceleration
        return FootGoal(
            self.side,
            np.array([position.real, position.imag, height[0]]),
            np.array([velocity.real, velocity.imag, height[1]]),
            np.array([acceleration.real, acceleration.imag, height[2]]),
            rotation,
        )

    def _advance_in_plane(self, goal: complex, remaining_s: float, h: float) -> None:
        """Minimum jerk from the present motion to rest at the goal: Flash and Hogan, J. Neuroscience 1985."""
        if remaining_s <= _SETTLE_S + 0.02:
            self._velocity *= 0.5
            self._acceleration = 0j
            return
        t = max(remaining_s - _SETTLE_S, 0.03)
        p, v, a = self._position, self._velocity, self._acceleration
        d = goal - p
        c3 = (20 * d - 12 * v * t - 3 * a * t**2) / (2 * t**3)
        c4 = (-30 * d + 16 * v * t + 3 * a * t**2) / (2 * t**4)
        c5 = (12 * d - 6 * v * t - a * t**2) / (2 * t**5)
        self._position = p + v * h + a * h**2 / 2 + c3 * h**3 + c4 * h**4 + c5 * h**5
        self._velocity = v + a * h + 3 * c3 * h**2 + 4 * c4 * h**3 + 5 * c5 * h**4
        self._acceleration = a + 6 * c3 * h + 12 * c4 * h**2 + 20 * c5 * h**3

    def _height(self, share_per_s: float) -> tuple[float, float, float]:
        """Height, vertical speed and acceleration: a slope down to the ground and 64 (x (1 - x))^3 above it."""
        x = self.share
        y = x * (1.0 - x)
        slope = self._ground_m - self._start_height_m - _PRESS_M
        height = self._start_height_m + slope * x + self._lift_m * 64 * y**3
        speed = (slope + self._lift_m * 192 * y * y * (1 - 2 * x)) * share_per_s
        bend = self._lift_m * 64 * (6 * y * (1 - 2 * x) ** 2 - 6 * y * y) * share_per_s**2
        return height, speed, bend
