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
        gain = _settled_gain(dt_s)
        # The next state of (state before, reading): predicted, then corrected.
        self._step = np.hstack(((np.eye(2) - gain) @ np.array([[1.0, dt_s], [0.0, 1.0]]), gain))
        self._rows = np.zeros((4, 0))  # angles, speeds; those that were read

    @property
    def position_rad(self) -> Array:
        """What the angles are; overwritten by the next update."""
        return np.asarray(self._rows[0])

    @property
    def velocity_rad_s(self) -> Array:
        """What the speeds are; overwritten by the next update."""
        return np.asarray(self._rows[1])

    def update(self, position_rad: Array, velocity_rad_s: Array) -> None:
        """Take one reading."""
        if not self._rows.size:
            self._rows = np.zeros((4, len(position_rad)))
            self._rows[0] = position_rad
            return
        rows = self._rows
        rows[2], rows[3] = position_rad, velocity_rad_s
        rows[:2] = self._step @ rows


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
