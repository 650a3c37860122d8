"""The scripted way to rest after STOP level SETTLE: slowly to the robot's rest pose, then motors off."""

import numpy as np

from teleop.agent.blend import quintic_slope
from teleop.agent.limiter import Target
from teleop.agent.limits import Array, JointLimits
from twin.shaping import quintic
from twin.wire.clock import NS_PER_S

SETTLE_WITHIN_NS = 5 * NS_PER_S
SETTLE_SPEED_SCALE = 0.25
_FASTEST_S = 1.0
_SLOWEST_S = 4.3  # leaves time to brake before and to arrive after
_ARRIVED_RAD = 0.02
_PEAK_OF_QUINTIC = 1.875  # its greatest slope, 30/16


class Settle:
    """A straight line in joint space to the rest pose. Hands stay as they are: they may hold something."""

    def __init__(self, limits: JointLimits, rest_rad: Array, position_rad: Array, at_ns: int) -> None:
        """Plan from the setpoint ``position_rad``, slow enough for a quarter of each joint's speed."""
        rest_rad = np.minimum(np.maximum(rest_rad, limits.soft_lower_rad), limits.soft_upper_rad)
        self._begin_rad, self._begin_ns = position_rad.copy(), at_ns
        self._way_rad = np.where(limits.is_hand, 0.0, rest_rad - position_rad)
        slow_rad_s = limits.speed_rad_s * SETTLE_SPEED_SCALE
        needed_s = float(np.max(_PEAK_OF_QUINTIC * np.abs(self._way_rad) / slow_rad_s, initial=0.0))
        self._duration_ns = int(min(max(needed_s, _FASTEST_S), _SLOWEST_S) * NS_PER_S)

    def at(self, now_ns: int) -> Target:
        """The target at ``now_ns``."""
        passed = (now_ns - self._begin_ns) / self._duration_ns
        slope_per_s = quintic_slope(passed) * NS_PER_S / self._duration_ns
        return Target(
            position_rad=self._begin_rad + quintic(passed) * self._way_rad,
            velocity_rad_s=slope_per_s * self._way_rad,
            torque_ff_nm=np.zeros_like(self._way_rad),
        )

    def is_done(self, position_rad: Array, now_ns: int) -> bool:
        """True once the setpoint has arrived."""
        away_rad = self._begin_rad + self._way_rad - position_rad
        arrived = bool(np.abs(away_rad).max(initial=0.0) < _ARRIVED_RAD)
        return arrived and now_ns - self._begin_ns >= self._duration_ns
