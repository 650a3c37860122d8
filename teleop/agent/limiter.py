"""The last code before the drives, for every source: what was wanted becomes a setpoint that may be sent."""

from dataclasses import dataclass

import numpy as np

from teleop.agent import filters
from teleop.agent.limits import Array, JointLimits
from twin.wire.messages import JointLimited

# Ticks longer than this are cut short: after a stall the robot goes on from where it was, it does not catch up.
LONGEST_TICK_S = 0.004
# How far a setpoint may trail its target before that is called limited.
_NOTICEABLE_RAD = 0.02
_AT_LIMIT = 0.99
# Commands come in steps of their own period; the drives get their acceleration without those steps.
_ACCELERATION_SMOOTHED_OVER_S = 0.008
_NO_ACCELERATION_RAD_S2 = 1e-2


@dataclass(frozen=True)
class Target:
    """Where the joints are wanted at the end of a tick."""

    position_rad: Array  # (n,)
    velocity_rad_s: Array  # (n,) how the target moves in this tick
    torque_ff_nm: Array  # (n,)


class Limiter:
    """Carries the setpoint from tick to tick. Setpoints begin where the robot was measured, at rest."""

    def __init__(self, limits: JointLimits, position_rad: Array) -> None:
        """A limiter whose setpoint is ``position_rad``, at rest."""
        self._limits = limits
        self.begin_at(position_rad)

    def begin_at(self, position_rad: Array) -> None:
        """Set the setpoint to ``position_rad``, at rest; only while motors are off."""
        self.position_rad = np.array(position_rad, np.float64)
        self.velocity_rad_s = np.zeros_like(self.position_rad)
        self.acceleration_rad_s2 = np.zeros_like(self.position_rad)
        self.torque_ff_nm = np.zeros_like(self.position_rad)
        self._at_rest()

    @property
    def is_at_rest(self) -> bool:
        """True if the setpoint does not move."""
        return not self.velocity_rad_s.any()

    @property
    def farthest_rad(self) -> float:
        """How far what was wanted is from what was allowed, worst joint (CMD-4)."""
        return float(np.abs(self._wanted_rad - self.position_rad).max(initial=0.0))

    def follow(self, target: Target, dt_s: float, scale: float = 1.0) -> None:
        """Move the setpoint towards ``target`` within the limits.

        Args:
            target: may be anything, also beyond the limits or not finite.
            dt_s: since the last call, > 0.
            scale: of the speed limits, e.g. 0.25 while engaging.
        """
        limits, dt_s = self._limits, min(dt_s, LONGEST_TICK_S)
        q, a = self.position_rad, limits.acceleration_rad_s2
        wanted = filters.finite_or(target.position_rad, q)
        moving = filters.finite_or(target.velocity_rad_s, np.zeros_like(q))
        lower, upper = self._ends()
        allowed = np.minimum(np.maximum(wanted, lower), upper)
        # The target's own motion counts only where the target is inside the ends.
        moving = np.where(allowed == wanted, moving, 0.0)
        velocity = filters.tracking_velocity_rad_s(allowed - moving * dt_s - q, moving, a, dt_s)
        torque = filters.finite_or(target.torque_ff_nm, np.zeros_like(q))
        self._move(velocity, torque, dt_s, scale)
        self._wanted_rad, self._allowed_rad = wanted, allowed

    def brake(self, dt_s: float) -> None:
        """Bring every joint to rest as fast as it may."""
        if self.is_at_rest and not self.torque_ff_nm.any() and not self.acceleration_rad_s2.any():
            self._at_rest()
            return
        zero = np.zeros_like(self.position_rad)
        self._move(zero, zero, min(dt_s, LONGEST_TICK_S), 1.0)
        self._at_rest()

    def limited(self) -> tuple[JointLimited, ...]:
        """The joints that were not allowed what was asked in the last tick, with the first reason that holds."""
        limits = self._limits
        trailing = np.abs(self._allowed_rad - self.position_rad)
        # Between soft and hard end the mechanism could go, so asking for it is no violation.
        beyond = (self._wanted_rad > limits.upper_rad + 1e-4) | (self._wanted_rad < limits.lower_rad - 1e-4)
        fast = np.abs(self.velocity_rad_s) >= _AT_LIMIT * limits.speed_rad_s * self._scale
        found = np.flatnonzero(beyond | (trailing > _NOTICEABLE_RAD))
        return tuple(
            JointLimited(
                joint=int(joint),
                reason="position" if beyond[joint] else "speed" if fast[joint] else "acceleration",
            )
            for joint in found
        )

    def _ends(self) -> tuple[Array, Array]:
        """Where motion ends. A joint that was found beyond a soft end may stay and come back, not go on."""
        q, limits = self.position_rad, self._limits
        return np.minimum(limits.soft_lower_rad, q), np.maximum(limits.soft_upper_rad, q)

    def _at_rest(self) -> None:
        self._wanted_rad = self._allowed_rad = self.position_rad
        self._scale = 1.0

    def _move(self, velocity: Array, torque: Array, dt_s: float, scale: float) -> None:
        limits, q, a = self._limits, self.position_rad, self._limits.acceleration_rad_s2
        lower, upper = self._ends()
        velocity = filters.brake_before_ends(velocity, q, lower, upper, a, LONGEST_TICK_S)
        velocity = filters.limit_speed(velocity, limits.speed_rad_s * scale)
        velocity = filters.limit_acceleration(velocity, self.velocity_rad_s, a, dt_s)
        self.position_rad = np.minimum(np.maximum(q + velocity * dt_s, lower), upper)
        self._smooth_acceleration((velocity - self.velocity_rad_s) / dt_s, dt_s)
        self.velocity_rad_s = velocity
        self.torque_ff_nm = filters.limit_torque(torque, self.torque_ff_nm, limits.effort_nm, dt_s)
        self._scale = scale

    def _smooth_acceleration(self, newest_rad_s2: Array, dt_s: float) -> None:
        share = dt_s / (_ACCELERATION_SMOOTHED_OVER_S + dt_s)
        smoothed = self.acceleration_rad_s2 + share * (newest_rad_s2 - self.acceleration_rad_s2)
        if float(np.abs(smoothed).max(initial=0.0)) < _NO_ACCELERATION_RAD_S2:
            smoothed = np.zeros_like(smoothed)
        self.acceleration_rad_s2 = smoothed
