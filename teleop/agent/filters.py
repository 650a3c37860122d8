"""The filters that make a target into a setpoint, each a pure function of arrays of shape (n,), float64.

Their order (LIM-13): finite, position, braking before the ends, speed, acceleration, torque. Jumps are judged
before, on whole frames, in the gate. Where a formula speaks of braking it is the exact one
for setpoints that change once per tick: the largest speed ``u`` for which one tick at ``u`` and then braking
at ``a`` stay within a distance ``d``, from ``u*dt + u^2/(2a) = d``. For ``dt -> 0`` it is sqrt(2 a d), the form
of LIM-1. A plain sqrt(2 a d) overshoots by half a tick.
"""

import numpy as np

from teleop.agent.limits import Array


def finite_or(wanted: Array, otherwise: Array) -> Array:
    """``wanted`` where it is a number, else ``otherwise``."""
    finite = np.isfinite(wanted)
    return wanted if finite.all() else np.where(finite, wanted, otherwise)


def braking_speed_rad_s(distance_rad: Array, acceleration_rad_s2: Array, dt_s: float) -> Array:
    """The largest speed from which a joint still stops within ``distance_rad``; 0 where that is negative."""
    step_rad_s = acceleration_rad_s2 * dt_s
    squared = step_rad_s * step_rad_s + 2.0 * acceleration_rad_s2 * np.maximum(distance_rad, 0.0)
    return np.asarray(np.sqrt(squared) - step_rad_s)


def stopping_distance_rad(velocity_rad_s: Array, acceleration_rad_s2: Array, dt_s: float) -> Array:
    """How far a joint still goes that keeps ``velocity_rad_s`` for one tick and then brakes; with its sign."""
    return velocity_rad_s * dt_s + velocity_rad_s * np.abs(velocity_rad_s) / (2.0 * acceleration_rad_s2)


def tracking_velocity_rad_s(
    error_rad: Array, target_velocity_rad_s: Array, acceleration_rad_s2: Array, dt_s: float
) -> Array:
    """The velocity from which a joint stops no further on than its target would, if both braked from now on.

    A target that is trailed may brake at any time, as hard as the joint can. So the speed with which it is caught
    up is not what its present motion would allow, but ``v^2 <= v_target^2 + 2 a d``: where a joint comes to rest then
    never lies beyond where one of its targets would have come to rest.

    Args:
        error_rad: target minus setpoint at the beginning of the tick.
        target_velocity_rad_s: how the target moves in this tick.
        acceleration_rad_s2: with which both brake.
        dt_s: length of the tick.
    """
    ahead_rad = error_rad + stopping_distance_rad(target_velocity_rad_s, acceleration_rad_s2, dt_s)
    return np.copysign(braking_speed_rad_s(np.abs(ahead_rad), acceleration_rad_s2, dt_s), ahead_rad)


def brake_before_ends(
    velocity_rad_s: Array,
    position_rad: Array,
    lower_rad: Array,
    upper_rad: Array,
    acceleration_rad_s2: Array,
    dt_s: float,
) -> Array:
    """``velocity_rad_s``, slowed so that every joint can still stop before its soft end (LIM-1).

    ``dt_s`` must be the longest tick there can be, or a shorter tick would promise what a longer one after
    it cannot keep. A joint that is already beyond an end may only move back.
    """
    up = braking_speed_rad_s(upper_rad - position_rad, acceleration_rad_s2, dt_s)
    down = braking_speed_rad_s(position_rad - lower_rad, acceleration_rad_s2, dt_s)
    return np.asarray(np.minimum(np.maximum(velocity_rad_s, -down), up))


def limit_speed(velocity_rad_s: Array, speed_rad_s: Array) -> Array:
    """``velocity_rad_s`` within plus or minus ``speed_rad_s``."""
    return np.asarray(np.minimum(np.maximum(velocity_rad_s, -speed_rad_s), speed_rad_s))


def limit_acceleration(
    velocity_rad_s: Array, previous_rad_s: Array, acceleration_rad_s2: Array, dt_s: float
) -> Array:
    """``velocity_rad_s``, no further from ``previous_rad_s`` than one tick of acceleration allows."""
    step_rad_s = acceleration_rad_s2 * dt_s
    return limit_speed(velocity_rad_s - previous_rad_s, step_rad_s) + previous_rad_s


def limit_torque(torque_nm: Array, previous_nm: Array, effort_nm: Array, dt_s: float) -> Array:
    """Feed-forward torque within ``effort_nm``, changing from none to full in no less than 100 ms."""
    bounded_nm = limit_speed(torque_nm, effort_nm)
    return limit_speed(bounded_nm - previous_nm, effort_nm * (dt_s / 0.1)) + previous_nm
