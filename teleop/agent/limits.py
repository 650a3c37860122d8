"""What each joint may do, derived once from the robot's description. Arrays are float64 of shape (n,)."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from twin.robot import RobotSpec

Array = NDArray[np.float64]

SOFT_MARGIN_RAD = math.radians(2.0)  # LIM-1
BODY_JUMP_RAD = 0.2  # CMD-5
HAND_JUMP_RAD = 0.5
STANDSTILL_WITHIN_S = 0.4  # CMD-9
# A part of the 400 ms is for the tick in which stopping begins and for the drives to follow.
_BRAKING_TIME_S = 0.32
# Setpoints stay this much below a joint's speed, so that the joint, which overshoots a little, stays within it.
_SETPOINT_SPEED_SHARE = 0.95


@dataclass(frozen=True)
class JointLimits:
    """Limits of all joints of one robot."""

    lower_rad: Array  # hard
    upper_rad: Array
    speed_rad_s: Array  # what the joint may turn and still stop in time
    acceleration_rad_s2: Array
    effort_nm: Array
    jump_rad: Array  # largest step between two commands
    is_hand: NDArray[np.bool_]

    @classmethod
    def of(cls, spec: RobotSpec) -> "JointLimits":
        """The limits of ``spec``'s joints; those in groups called ``*_hand`` are hand joints.

        The speed is capped by what the acceleration can brake within 400 ms (CMD-9), and leaves the drives room
        to overshoot (LIM-2 is about the measured speed).
        """
        stoppable_rad_s = spec.max_acceleration_rad_s2 * _BRAKING_TIME_S
        return cls(
            lower_rad=spec.lower_rad,
            upper_rad=spec.upper_rad,
            speed_rad_s=np.minimum(_SETPOINT_SPEED_SHARE * spec.max_speed_rad_s, stoppable_rad_s),
            acceleration_rad_s2=spec.max_acceleration_rad_s2,
            effort_nm=spec.max_effort_nm,
            jump_rad=np.where(spec.is_finger, HAND_JUMP_RAD, BODY_JUMP_RAD),
            is_hand=spec.is_finger,
        )

    @cached_property
    def soft_lower_rad(self) -> Array:
        """Where motion ends: 2 degrees inside the mechanism's end, less only in a range under 8 degrees."""
        return self.lower_rad + self._margin_rad

    @cached_property
    def soft_upper_rad(self) -> Array:
        """As ``soft_lower_rad``, above."""
        return self.upper_rad - self._margin_rad

    @cached_property
    def _margin_rad(self) -> Array:
        return np.minimum(SOFT_MARGIN_RAD, (self.upper_rad - self.lower_rad) / 4)
