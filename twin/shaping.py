"""Shapes of motion: dead zones, blends, and steps that keep to speed and acceleration. All pure."""

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def shape_stick(x: float, y: float, dead_zone: float, expo: float) -> tuple[float, float]:
    """A stick's deflection with its dead centre cut out and its small movements made finer.

    Radial: the direction stays, only the length changes, so that diagonals are as strong as straights and
    crossing an axis has no edge. The rest beyond the dead zone is stretched to 0..1 again.

    Args:
        x: raw deflection, -1..1.
        y: raw deflection, -1..1.
        dead_zone: length up to which the answer is 0, in [0, 1).
        expo: power applied to the length; 1 is linear, larger is finer near the centre.

    Returns:
        Deflection of length 0..1; corners of square gates are brought back to the circle.
    """
    length = math.hypot(x, y)
    if length <= dead_zone:
        return 0.0, 0.0
    wanted = min(1.0, (length - dead_zone) / (1.0 - dead_zone)) ** expo
    return x / length * wanted, y / length * wanted


def shape_trigger(value: float, dead_zone: float) -> float:
    """A trigger's travel 0..1 with both ends cut, so that released is 0 and squeezed is 1."""
    return min(1.0, max(0.0, (value - dead_zone) / (1.0 - 2 * dead_zone)))


def quintic(fraction: float) -> float:
    """From 0 to 1 over ``fraction`` 0..1 with no speed and no acceleration at either end (minimum jerk)."""
    f = min(1.0, max(0.0, fraction))
    return f * f * f * (10.0 - 15.0 * f + 6.0 * f * f)


def limit_length(vector: Array, longest: float) -> Array:
    """``vector``, shortened to ``longest`` if it is longer; its direction stays."""
    length = math.sqrt(float(vector @ vector))
    return vector if length <= longest else vector * (longest / length)


def limit_step(target: Array, previous: Array, max_speed: Array, dt_s: float) -> Array:
    """Move from ``previous`` towards ``target`` no faster than any joint may turn, on a straight line.

    Args:
        target: wanted angles, shape (n,).
        previous: angles last *sent*, shape (n,). Not the measured ones: a sagging joint would pull the
            command after it.
        max_speed: allowed speed of each joint, shape (n,), all > 0.
        dt_s: time since ``previous`` was sent, > 0.

    Returns:
        Angles to send now, shape (n,). Equal to ``target`` when it is within reach.
    """
    step = target - previous
    overspeed = float(np.max(np.abs(step) / (max_speed * dt_s), initial=0.0))
    return previous + step / max(overspeed, 1.0)


def approach(
    position: Array, velocity: Array, target: Array, max_speed: Array, max_acceleration: Array, dt_s: float
) -> tuple[Array, Array]:
    """One step of each joint by itself towards ``target``, with speed, acceleration and braking in bounds.

    The speed is never more than the one from which the joint can still brake to stand on the target,
    ``sqrt(2 a d)``; so it arrives without overshoot, and a target that jumps bends the motion but does not
    break it.

    Args:
        position: where the joints were sent last, shape (n,).
        velocity: with which speed, shape (n,).
        target: where they shall be, shape (n,).
        max_speed: shape (n,), > 0.
        max_acceleration: shape (n,), > 0.
        dt_s: length of the step, > 0.

    Returns:
        The new position and velocity, shape (n,) each.
    """
    ahead = target - position
    distance = np.abs(ahead)
    gain = max_acceleration * dt_s
    # The braking curve of a stepped motion: the largest v with v dt + v (v - a dt) / 2a <= distance.
    braking = 0.5 * (np.sqrt(gain * gain + 8.0 * max_acceleration * distance) - gain)
    wanted = np.copysign(np.minimum(np.minimum(max_speed, braking), distance / dt_s), ahead)
    new_velocity = np.clip(wanted, velocity - gain, velocity + gain)
    return position + new_velocity * dt_s, new_velocity
