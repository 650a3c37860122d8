"""Whether a motion may go on: only if its joints could still brake after it, and nothing would touch where they stop.

If that holds for every step, then the step that brakes as hard as the joints can is always a safe one, because it
leads to where the step before was found safe to stop. The robot's gate cannot stop joints any faster than that.
"""

import math

import mujoco
import numpy as np

from twin.ik.bounds import margins_m
from twin.ik.model import Indices, Kinematics
from twin.spatial import Array

_LEAST = 1.0 / 3.0  # share of its margin that a pair of shapes must keep where the joints have stopped


class Stopping:
    """Looks ahead to where joints come to rest. Holds only memory to work in."""

    def __init__(self, kinematics: Kinematics, acceleration_rad_s2: Array) -> None:
        """Joints brake with ``acceleration_rad_s2``, shape (n,)."""
        self._kinematics, self._acceleration = kinematics, acceleration_rad_s2
        self._data = mujoco.MjData(kinematics.model)

    def is_safe(self, now_rad: Array, position_rad: Array, speed_rad_s: Array) -> bool:
        """Whether all joints can be at ``position_rad`` with ``speed_rad_s``, shape (n,) each, coming from ``now_rad``.

        Shapes that are too near already must not come nearer.
        """
        stopped = position_rad + speed_rad_s * np.abs(speed_rad_s) / (2.0 * self._acceleration)
        left = self._clearance(stopped)
        return left >= _LEAST or left >= self._clearance(now_rad)

    def braked(self, speed_rad_s: Array, joints: Indices, dt_s: float) -> Array:
        """The speeds of ``joints`` after braking from ``speed_rad_s`` for ``dt_s`` as hard as they can."""
        loss = self._acceleration[joints] * dt_s
        return speed_rad_s - np.clip(speed_rad_s, -loss, loss)

    def _clearance(self, position_rad: Array) -> float:
        """The least distance of any pair as a share of its margin; large if nothing is near."""
        model, data = self._kinematics.model, self._data
        data.qpos[self._kinematics.qpos_address] = position_rad
        mujoco.mj_kinematics(model, data)
        mujoco.mj_collision(model, data)
        if not data.ncon:
            return math.inf
        return float((data.contact.dist / margins_m(self._kinematics, data.contact.geom)).min())
