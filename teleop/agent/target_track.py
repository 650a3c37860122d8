"""The target between two commands: spread over the command's period, then carried on briefly, then still."""

import numpy as np

from teleop.agent.limiter import Target
from teleop.agent.limits import Array, JointLimits
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.command_frame import JointCommand

EXTRAPOLATE_FOR_NS = 20 * NS_PER_MS  # CMD-8
_NOMINAL_PERIOD_NS = 10 * NS_PER_MS
_SHORTEST_PERIOD_NS = 4 * NS_PER_MS  # 250 Hz, the fastest commander
_LONGEST_PERIOD_NS = 20 * NS_PER_MS  # 50 Hz, the slowest


class TargetTrack:
    """Makes a target for any instant out of commands that come at 50 to 250 Hz.

    A new command is approached in a straight line over the time that lies between two commands, so that a
    100 Hz command gives smooth motion at the link's rate. After that its own velocity counts for 20 ms.
    """

    def __init__(self, limits: JointLimits, position_rad: Array, at_ns: int) -> None:
        """A target that stands at ``position_rad``."""
        self._limits = limits
        self._from_rad = self._to_rad = np.array(position_rad, np.float64)
        self._slope_rad_s = self._carry_rad_s = np.zeros_like(self._to_rad)
        self._torque_nm = np.zeros_like(self._to_rad)
        self._begin_ns = self._arrive_ns = at_ns
        self._sent_ns = 0

    def take(self, command: JointCommand, at_ns: int) -> None:
        """Head for ``command``'s joints from where the target is at ``at_ns``; the others stay."""
        begin = self.at(at_ns).position_rad
        period_ns = command.sent_ns - self._sent_ns if self._sent_ns else _NOMINAL_PERIOD_NS
        period_ns = min(max(period_ns, _SHORTEST_PERIOD_NS), _LONGEST_PERIOD_NS)
        mask = command.joint_mask
        position, velocity, torque = command.position_rad, command.velocity_rad_s, command.torque_ff_nm
        self._from_rad, self._to_rad = begin, np.where(mask, position, begin).astype(np.float64)
        self._slope_rad_s = (self._to_rad - begin) * (NS_PER_S / period_ns)
        speed = self._limits.speed_rad_s
        self._carry_rad_s = np.where(mask, np.minimum(np.maximum(velocity, -speed), speed), 0.0)
        self._torque_nm = np.where(mask, torque, self._torque_nm)
        self._begin_ns, self._arrive_ns, self._sent_ns = at_ns, at_ns + period_ns, command.sent_ns

    def at(self, now_ns: int) -> Target:
        """The target at ``now_ns``, not before the newest command was taken."""
        if now_ns <= self._arrive_ns:
            since_s = (now_ns - self._begin_ns) / NS_PER_S
            return Target(self._from_rad + self._slope_rad_s * since_s, self._slope_rad_s, self._torque_nm)
        beyond_ns = now_ns - self._arrive_ns
        since_s = min(beyond_ns, EXTRAPOLATE_FOR_NS) / NS_PER_S
        velocity = self._carry_rad_s if beyond_ns <= EXTRAPOLATE_FOR_NS else np.zeros_like(self._to_rad)
        return Target(self._to_rad + self._carry_rad_s * since_s, velocity, self._torque_nm)
