"""The robot as the operator asked for it: control's newest command, and each driven hand where it is wanted.

Neither inverse kinematics nor the gate has the last word here, so where the requested robot departs from the
commanded one something held it back.
"""

from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from twin.errors import WireError
from twin.robot import RobotSpec
from twin.scene import Scene
from twin.spatial import rotation_from_quaternion
from twin.wire.bus import Heard
from twin.wire.command_frame import JointCommand, unpack
from twin.wire.messages import ControlStatus, HandGoal
from twin.wire.topics import topic

COMMAND, CONTROL = "control.command", "control.status"
TOPICS = (COMMAND, CONTROL)  # what a request is made of

_FORGOTTEN_AFTER_NS = round(2e9 * topic(COMMAND).stale_after_s)


class Requested:
    """Poses of the requested robot, in ``data`` after ``place``."""

    def __init__(self, spec: RobotSpec, scene: Scene) -> None:
        """Nothing is requested yet."""
        self.data = mujoco.MjData(scene.model)
        self._model, self._joints = scene.model, len(spec.joints)
        self._addresses = np.asarray(scene.joint_qpos_address)
        self._hands = {
            side: int(scene.model.site(spec.frames[f"{side}_hand"]).id)
            for side in ("left", "right")
            if f"{side}_hand" in spec.frames
        }
        self._geoms = {side: _geoms_beyond(scene.model, site) for side, site in self._hands.items()}
        self._command: JointCommand | None = None
        self._heard_ns = -(2**62)
        self._goals: tuple[HandGoal, ...] = ()
        self.engaged = False

    def hear(self, heard: Heard) -> None:
        """Take note of a message; other topics than ``TOPICS`` and frames of another robot are ignored."""
        if heard.topic == COMMAND:
            try:
                self._command = unpack(heard.payload, self._joints)
            except WireError:
                return  # the robot refuses it too, and says so
            self._heard_ns = heard.sampled_ns
        elif heard.topic == CONTROL:
            status = heard.read(ControlStatus)
            self.engaged = status.engaged
            self._goals = tuple(goal for goal in status.hands if goal.driven and _is_pose(goal))

    def is_known(self, now_ns: int) -> bool:
        """Whether somebody asks for motion at ``now_ns``."""
        return self.engaged and self._command is not None and now_ns - self._heard_ns <= _FORGOTTEN_AFTER_NS

    def place(self, commanded: Any) -> None:
        """Work the requested robot out, beginning with the ``commanded`` one (MuJoCo, after ``mj_kinematics``)."""
        data, command = self.data, self._command
        data.qpos[:] = commanded.qpos
        if command is not None and np.isfinite(command.position_rad).all():
            meant = command.joint_mask
            data.qpos[self._addresses[meant]] = command.position_rad[meant]
        mujoco.mj_kinematics(self._model, data)
        for goal in self._goals:
            if goal.side in self._hands:
                self._carry_hand(goal)

    def _carry_hand(self, goal: HandGoal) -> None:
        """Move everything beyond the palm, stiff as it is, to where the palm is wanted."""
        data, geoms, site = self.data, self._geoms[goal.side], self._hands[goal.side]
        turn = rotation_from_quaternion(goal.orientation_wxyz.astype(np.float64)) @ (
            data.site_xmat[site].reshape(3, 3).T
        )
        data.geom_xpos[geoms] = goal.position_m + (data.geom_xpos[geoms] - data.site_xpos[site]) @ turn.T
        data.geom_xmat[geoms] = (turn @ data.geom_xmat[geoms].reshape(-1, 3, 3)).reshape(-1, 9)


def _is_pose(goal: HandGoal) -> bool:
    values = (*goal.position_m, *goal.orientation_wxyz)
    return len(goal.position_m) == 3 and len(goal.orientation_wxyz) == 4 and bool(np.isfinite(values).all())


def _geoms_beyond(model: Any, site: int) -> NDArray[np.int64]:
    """The geoms that move stiffly with ``site``, or beyond it."""
    root = int(model.site_bodyid[site])
    carried = {root}
    for body in range(root + 1, model.nbody):  # a parent's number is smaller than its children's
        if int(model.body_parentid[body]) in carried:
            carried.add(body)
    return np.flatnonzero(np.isin(np.asarray(model.geom_bodyid), sorted(carried)))
