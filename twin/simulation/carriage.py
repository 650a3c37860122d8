"""Carries a base that could float: still, as in a gantry, or rolling upright on the ground as it is told.

The base is moved, not pushed: on each step its place is the carriage's, and its six degrees of freedom have so much
inertia that nothing the robot does moves it in between. Forces that accelerate that inertia are applied too, so that
arms and IMU feel the carriage start and stop.
"""

from typing import Any

import numpy as np

from twin.balance.gains import Gains
from twin.robot_model import FREE_BASE
from twin.simulation.measured import Array
from twin.spatial import (
    quaternion_from_rotation,
    rotation_from_quaternion,
    rotation_from_vector,
    vector_from_rotation,
)

_HEAVY = 1e6  # kg and kg m^2
_LIFT_M_S = 0.04
_RIGHTING_RAD_S = 0.3
_BUMP_N = 120.0  # against something that does not give way; the weight of a carried thing is far less
_THERE_M, _THERE_RAD = 2e-4, 2e-3


class Carriage:
    """Holds one simulation's free base, or lets it go."""

    def __init__(self, model: Any, data: Any) -> None:
        """Let go of the base at first."""
        joint = model.joint(FREE_BASE).id
        self._model, self._data = model, data
        self._qpos = slice(int(model.jnt_qposadr[joint]), int(model.jnt_qposadr[joint]) + 7)
        self._dof = slice(int(model.jnt_dofadr[joint]), int(model.jnt_dofadr[joint]) + 6)
        self._own_armature = model.dof_armature[self._dof].copy()
        self._limits = np.array(Gains().most_acceleration)
        self.holds = False
        self.is_bumped = False  # something stands in its way
        self.stop()

    def take_hold(self, height_m: float) -> None:
        """Hold the base where it is, and bring it upright to ``height_m`` over the ground, slowly."""
        self._model.dof_armature[self._dof] = _HEAVY
        self._place_m = self._data.qpos[self._qpos][:3].copy()
        self._rotation = rotation_from_quaternion(self._data.qpos[self._qpos][3:].copy())
        self.height_m = height_m
        self.holds = True
        self.stop()

    def let_go(self) -> None:
        """The base is on its own again, at rest."""
        self._model.dof_armature[self._dof] = self._own_armature
        self._data.qfrc_applied[self._dof] = 0.0
        self._data.qvel[self._dof] = 0.0
        self.holds = False

    def stop(self) -> None:
        """Stand still at once; ``roll`` with zeros slows down first."""
        self.wanted = np.zeros(3)
        self._speed = np.zeros(3)  # m/s forward, m/s left, rad/s to the left, in the heading's frame

    def roll(self, forward_m_s: float, left_m_s: float, turn_rad_s: float) -> None:
        """Head for these speeds, in the robot's own heading, within the limits of acceleration."""
        self.wanted = np.array([forward_m_s, left_m_s, turn_rad_s])

    @property
    def is_settled(self) -> bool:
        """Whether the base is upright and as high as it shall be."""
        is_there = abs(float(self._place_m[2]) - self.height_m) < _THERE_M
        return is_there and float(np.linalg.norm(self._tilt_rad())) < _THERE_RAD

    @property
    def pose(self) -> tuple[Array, Array]:
        """Position (3,) and orientation wxyz (4,) of the base: as its wheels know them."""
        return self._place_m.copy(), quaternion_from_rotation(self._rotation)

    def advance(self, dt_s: float) -> None:
        """Put the base where it is at the beginning of a step of ``dt_s``, with the speed that it has in it."""
        before = self._velocity()
        step = self._limits * dt_s
        self._speed = self._speed + np.clip(self.wanted - self._speed, -step, step)
        self._yield_to_bumps()
        lift = float(np.clip(self.height_m - self._place_m[2], -_LIFT_M_S * dt_s, _LIFT_M_S * dt_s))
        tilt_rad = self._tilt_rad()
        share = min(1.0, _RIGHTING_RAD_S * dt_s / max(float(np.linalg.norm(tilt_rad)), 1e-9))
        righting = share * tilt_rad
        data = self._data
        data.qpos[self._qpos][:3] = self._place_m
        data.qpos[self._qpos][3:] = quaternion_from_rotation(self._rotation)
        velocity = self._velocity()
        velocity[2] = lift / dt_s
        velocity[3:] += self._rotation.T @ (righting / dt_s)
        data.qvel[self._dof] = velocity
        data.qfrc_applied[self._dof] = _HEAVY * (self._velocity() - before) / dt_s
        self._place_m = self._place_m + velocity[:3] * dt_s
        turn = np.array([0.0, 0.0, self._speed[2] * dt_s]) + righting
        self._rotation = rotation_from_vector(turn) @ self._rotation

    def _velocity(self) -> Array:
        """Of the base: linear in the world, angular in its own axes, (6,)."""
        c, s = np.cos(self._heading_rad()), np.sin(self._heading_rad())
        forward, left, turn = self._speed
        angular = self._rotation.T @ np.array([0.0, 0.0, turn])
        return np.concatenate(([c * forward - s * left, s * forward + c * left, 0.0], angular))

    def _yield_to_bumps(self) -> None:
        """Stand still against what pushes back, as wheels that slip would."""
        push_n = self._data.qfrc_constraint[self._dof][:2]
        velocity = self._velocity()[:2]
        self.is_bumped = bool(np.linalg.norm(push_n) > _BUMP_N and push_n @ velocity < 0.0)
        if self.is_bumped:
            self._speed = np.zeros(3)

    def _heading_rad(self) -> float:
        return float(np.arctan2(self._rotation[1, 0], self._rotation[0, 0]))

    def _tilt_rad(self) -> Array:
        """The rotation vector (3,), in the world, that brings the base upright in its heading."""
        heading = self._heading_rad()
        c, s = np.cos(heading), np.sin(heading)
        upright = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
        return vector_from_rotation(upright @ self._rotation.T)
