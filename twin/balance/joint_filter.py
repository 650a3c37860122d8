"""Angles and speeds of joints from encoders and noisy speed sensors: one Kalman filter for all joints."""

import numpy as np

from twin.balance.body import Array

_ACCELERATION_RAD_S2 = 80.0  # what a joint may do unforeseen
_ENCODER_RAD = 2e-4
_SPEED_RAD_S = 0.3


class JointFilter:
    """A constant-velocity filter whose gain has settled; arrays of shape (n,).

    Bar-Shalom, Li, Kirubarajan, "Estimation with Applications to Tracking and Navigation" (2001), sec. 6.5.
    """

    def __init__(self, dt_s: float) -> None:
        self._dt_s = dt_s
        self._gain: list[list[float]] = _settled_gain(dt_s).tolist()
        self._known = False
        self.position_rad = np.zeros(0)
        self.velocity_rad_s = np.zeros(0)

    def update(self, position_rad: Array, velocity_rad_s: Array) -> None:
        """Take one reading."""
        if not self._known:
            self.position_rad, self.velocity_rad_s = position_rad.copy(), np.zeros_like(velocity_rad_s)
            self._known = True
            return
        (a, b), (c, d) = self._gain
        predicted = self.position_rad + self._dt_s * self.velocity_rad_s
        off_rad, off_rad_s = position_rad - predicted, velocity_rad_s - self.velocity_rad_s
        self.position_rad = predicted + a * off_rad + b * off_rad_s
        self.velocity_rad_s = self.velocity_rad_s + c * off_rad + d * off_rad_s


def _settled_gain(dt_s: float) -> Array:
    """The gain (2, 2) to which the filter's Riccati equation converges."""
    move = np.array([[1.0, dt_s], [0.0, 1.0]])
    push = np.array([dt_s**2 / 2, dt_s])
    unforeseen = _ACCELERATION_RAD_S2**2 * np.outer(push, push)
    noise = np.diag([_ENCODER_RAD**2, _SPEED_RAD_S**2])
    spread = np.eye(2)
    gain = np.eye(2)
    for _ in range(500):
        spread = move @ spread @ move.T + unforeseen
        gain = spread @ np.linalg.inv(spread + noise)
        spread = (np.eye(2) - gain) @ spread
    return gain
