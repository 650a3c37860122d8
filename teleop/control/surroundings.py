"""Furniture of a simulated scene where the robot stands to it, in the model of its inverse kinematics.

In that model the base stands still, so what stands in the world moves as the base does. On its own feet a robot
knows its place only by its own estimate, which drifts: then no furniture is known.
"""

import numpy as np

from teleop.control.robot_view import RobotView
from twin.bases import GANTRY, WHEELS
from twin.ik.model import Kinematics
from twin.ik.shapes import SCENE
from twin.spatial import Array, quaternion_from_rotation

_PLACE_IS_KNOWN = (GANTRY, WHEELS)
_FAR_BELOW_M = np.array([0.0, 0.0, -1000.0])
_MOVED = 5e-4  # m, and of the rotation's entries: less is no motion


class Surroundings:
    """Moves the furniture. One write a tick while the base moves, none while it stands."""

    def __init__(self, kinematics: Kinematics) -> None:
        """For a model that was made with the furniture as the robot hangs before it."""
        model = kinematics.model
        named = [model.body(body).name.startswith(SCENE) for body in range(model.nbody)]
        self._model, self._bodies, self._base = model, np.flatnonzero(named), kinematics.base
        # The model's world lies so that its base is where the scene hangs the robot.
        shift_m = np.array(kinematics.spec.base.position_m) - kinematics.base.position_m
        self._in_world_m = model.body_pos[self._bodies] + shift_m
        # (4, 3) place of the base and its turn as last laid; None while it is far away
        self._at: Array | None = np.vstack((kinematics.spec.base.position_m, np.eye(3)))

    def follow(self, robot: RobotView) -> None:
        """Lay the furniture as ``robot`` stands now, or far away if that is not known.

        A robot that does not say how its base is held hangs where it hung at the start.
        """
        state, status = robot.state, robot.status
        if status is not None and not status.base:
            return
        known = status is not None and status.base in _PLACE_IS_KNOWN
        if state is None or not known or len(state.base_position_m) != 3:
            if self._at is not None:
                self._at = None
                self._model.body_pos[self._bodies] = _FAR_BELOW_M
            return
        turn = robot.turn_of(self._base.rotation)
        at = np.vstack((state.base_position_m.astype(np.float64), turn))
        if self._at is not None and float(np.abs(at - self._at).max()) < _MOVED:
            return
        self._at = at
        self._model.body_pos[self._bodies] = self._base.position_m + (self._in_world_m - at[0]) @ turn
        self._model.body_quat[self._bodies] = quaternion_from_rotation(turn.T)
