"""Turns single joints: neck and waist by the sticks, one chosen joint, sliders; and never further than is safe.

Speed, acceleration and range are bounded here, joint by joint. What comes too near to the body or to furniture is
held back by ``BodySolver.carry``.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from twin.ik.model import Indices, Kinematics
from twin.spatial import Array

ACCELERATION_RAD_S2 = 5.0
SOFT_LIMIT_RAD = math.radians(2.1)  # the robot's gate keeps 2 degrees
_SPEED_USE = 0.8  # share of a joint's speed limit that is used
_ARRIVED_RAD = 1e-4


class JointStep(NamedTuple):
    """Where the joints are sent, and what held them back."""

    position_rad: Array  # (n,)
    limited_by: tuple[str, ...] = ()  # typed reasons, e.g. "position:neck_yaw"


class JointDriver:
    """Holds the speeds of the joints that turn."""

    def __init__(self, kinematics: Kinematics) -> None:
        """At rest."""
        spec = kinematics.spec
        self._names = spec.joint_names
        self._lower = spec.lower_rad + SOFT_LIMIT_RAD
        self._upper = spec.upper_rad - SOFT_LIMIT_RAD
        self._fastest = spec.max_speed_rad_s * _SPEED_USE
        self._velocity = np.zeros(len(spec.joints))

    def rest(self) -> None:
        """Forget every speed."""
        self._velocity[:] = 0.0

    @property
    def is_moving(self) -> bool:
        """True while a joint has speed."""
        return bool(self._velocity.any())

    def towards(
        self, position_rad: Array, goals_rad: Mapping[int, float], fastest_rad_s: float, dt_s: float
    ) -> Array:
        """The velocity, shape (n,), with which the joints of ``goals_rad`` go there and can brake in time."""
        wanted = np.zeros_like(self._velocity)
        for joint, goal in goals_rad.items():
            ahead = min(max(goal, self._lower[joint]), self._upper[joint]) - float(position_rad[joint])
            braking = math.sqrt(2.0 * ACCELERATION_RAD_S2 * 0.8 * abs(ahead))
            wanted[joint] = math.copysign(min(abs(ahead) / dt_s, fastest_rad_s, braking), ahead)
        return wanted

    def has_arrived(self, position_rad: Array, goals_rad: Mapping[int, float]) -> bool:
        """True if every joint of ``goals_rad`` is as near to its goal as its range allows."""
        return all(
            abs(min(max(goal, self._lower[joint]), self._upper[joint]) - float(position_rad[joint]))
            < _ARRIVED_RAD
            for joint, goal in goals_rad.items()
        )

    def turn(self, position_rad: Array, wanted_rad_s: Array, dt_s: float) -> JointStep:
        """Move on by ``dt_s`` at ``wanted_rad_s``, shape (n,), as far as is allowed.

        Args:
            position_rad: where the joints were sent last, shape (n,).
            wanted_rad_s: shape (n,); joints with zero come to rest.
            dt_s: length of the step, > 0.
        """
        active = np.flatnonzero((wanted_rad_s != 0.0) | (self._velocity != 0.0))
        if not len(active):
            return JointStep(position_rad)
        velocity, reasons = self._allowed(position_rad, wanted_rad_s, active, dt_s)
        step_rad = np.zeros_like(position_rad)
        step_rad[active] = velocity * dt_s
        self._velocity[active] = velocity
        return JointStep(position_rad + step_rad, tuple(reasons))

    def hold_back(self, joints: Indices, speed_rad_s: Array) -> None:
        """Something is in the way: ``joints`` turned no faster than ``speed_rad_s`` in this step."""
        self._velocity[joints] = speed_rad_s

    def _allowed(
        self, position_rad: Array, wanted_rad_s: Array, active: Indices, dt_s: float
    ) -> tuple[Array, list[str]]:
        """Velocities of the ``active`` joints within acceleration, speed and range; and what the range held back."""
        gain, fastest = ACCELERATION_RAD_S2 * dt_s, self._fastest[active]
        before = self._velocity[active]
        velocity = np.clip(wanted_rad_s[active], before - gain, before + gain)
        here = position_rad[active]
        # The speed of a stepped motion from which the joint can still brake to stand on the end of its range.
        up, down = (
            np.maximum(room, 0.0) for room in (self._upper[active] - here, here - self._lower[active])
        )
        most_up = np.minimum(np.minimum(_braking(up, gain, dt_s), up / dt_s), fastest)
        most_down = np.minimum(np.minimum(_braking(down, gain, dt_s), down / dt_s), fastest)
        bounded = np.clip(velocity, -most_down, most_up)
        held = (np.abs(bounded) < 1e-6) & (np.abs(wanted_rad_s[active]) > 1e-6)
        held &= (np.minimum(up, down) < 1e-3) & (np.sign(wanted_rad_s[active]) == np.where(up < down, 1, -1))
        return bounded, [f"position:{self._names[joint]}" for joint in active[held]]


def _braking(room_rad: Array, gain: float, dt_s: float) -> Array:
    """The largest v with v dt + v (v - a dt) / 2a <= room, where ``gain`` is a dt."""
    acceleration = gain / dt_s
    return np.asarray(0.5 * (np.sqrt(gain * gain + 8.0 * acceleration * room_rad) - gain))
