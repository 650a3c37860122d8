"""The newest that was heard of the robot and its scene, how old it is, and both put into poses to draw.

Two states of one MuJoCo model are kept: ``measured`` (the scene as simulated, its joints overwritten by what
the robot measured last) and ``commanded`` (the same, with the joints that were sent to the motors). Messages
are decoded only when a picture is wanted, because they arrive many times faster than pictures are drawn.
"""

from typing import Any

import mujoco
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from twin.base_coordinates import with_base
from twin.errors import WireError
from twin.estimate_frame import EstimateFrame
from twin.robot import RobotSpec
from twin.scene import Scene
from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_S
from twin.wire.messages import AgentStatus, AppliedCommand, BalanceState, RobotState, SceneState
from twin.wire.topics import topic

STATE, APPLIED, SCENE, BALANCE = "robot.state", "robot.applied", "robot.scene", "robot.balance"
STATUS = "robot.status"
TOPICS = (STATE, APPLIED, SCENE, BALANCE, STATUS)  # what a mirror wants to hear

_BALANCE_FORGOTTEN_AFTER_S = 0.5
_COMMAND_FORGOTTEN_AFTER_S = 0.5  # motors off: nothing is applied any more, so nothing is commanded


class Mirror:
    """What is known about one robot in one scene. Ages are measured from when a thing was sampled."""

    def __init__(self, spec: RobotSpec, scene: Scene) -> None:
        """Begin with the robot and the scene as they are before anything is heard."""
        self.spec, self.scene = spec, scene
        self.measured = mujoco.MjData(scene.model)
        self.commanded = mujoco.MjData(scene.model)
        self._addresses = np.asarray(scene.joint_qpos_address)
        self._legs = self._addresses[spec.is_leg]
        joints = [scene.model.joint(name).id for name in spec.joint_names[:1]]
        self.base_address = _base_address(scene.model, joints[0]) if joints else None
        self.robot_root = int(scene.model.body_rootid[scene.model.jnt_bodyid[joints[0]]]) if joints else -1
        self.fault = ""  # why the newest message could not be shown, for a person
        self.state: RobotState | None = None
        self.applied: AppliedCommand | None = None
        self.scene_state: SceneState | None = None
        self.balance: BalanceState | None = None  # in the world of the robot's own estimate
        self.base = (
            ""  # how the robot's base is held, one of ``twin.bases.BASES``; empty until it has said so
        )
        self.estimate = EstimateFrame()  # that world, in the one that is shown
        self._sampled_ns: dict[str, int] = {}
        self._waiting: dict[str, Heard] = {}
        self.place()

    def hear(self, heard: Heard) -> None:
        """Take note of a message; topics other than ``TOPICS`` are ignored."""
        if heard.topic in TOPICS:
            self._waiting[heard.topic] = heard

    def take_state(self, state: RobotState, sampled_ns: int) -> None:
        """Take what the robot measured; what does not fit this robot is refused and told in ``fault``."""
        if self._fits(state.position_rad, len(self._addresses), "joints"):
            self.state = state
            self._sampled_ns[STATE] = sampled_ns

    def take_applied(self, applied: AppliedCommand, sampled_ns: int) -> None:
        """Take what was sent to the motors, if it fits."""
        if self._fits(applied.position_rad, len(self._addresses), "commanded joints"):
            self.applied = applied
            self._sampled_ns[APPLIED] = sampled_ns

    def take_scene(self, scene_state: SceneState, sampled_ns: int) -> None:
        """Take the simulated world, if it fits; a bolted base, of which nothing is said, is put where it hangs."""
        qpos = with_base(self.scene.model, scene_state.qpos)
        if self._fits(qpos, self.scene.model.nq, "coordinates in its scene"):
            self.scene_state = replace(scene_state, qpos=qpos)
            self._sampled_ns[SCENE] = sampled_ns

    def take_balance(self, balance: BalanceState, sampled_ns: int) -> None:
        """Take how the robot keeps its balance."""
        self.balance = balance
        self._sampled_ns[BALANCE] = sampled_ns

    def _fits(self, values: NDArray[np.float32], expected: int, what: str) -> bool:
        if len(values) != expected:
            self.fault = (
                f"the robot has {len(values)} {what}, the model here {expected}: they were started with "
                "different robots or scenes; restart the station"
            )
        elif not np.isfinite(values).all():
            self.fault = f"the robot sends {what} that are no numbers; the twin keeps the last good ones"
        else:
            self.fault = ""
        return not self.fault

    def age_s(self, name: str, now_ns: int) -> float:
        """Age of the newest message on a topic; infinite if there was none."""
        waiting = self._waiting.get(name)
        sampled_ns = waiting.sampled_ns if waiting else self._sampled_ns.get(name)
        return np.inf if sampled_ns is None else (now_ns - sampled_ns) / NS_PER_S

    def is_stale(self, now_ns: int) -> bool:
        """Whether the robot has not been heard for so long that what is drawn may not be so any more."""
        return self.age_s(STATE, now_ns) > topic(STATE).stale_after_s

    def has_command(self, now_ns: int) -> bool:
        """Whether motors are being told where to go, so that there is a commanded robot to show."""
        return self.applied is not None and self.age_s(APPLIED, now_ns) <= _COMMAND_FORGOTTEN_AFTER_S

    def has_balance(self, now_ns: int) -> bool:
        """Whether the robot stands on its own feet and says how."""
        return self.balance is not None and self.age_s(BALANCE, now_ns) <= _BALANCE_FORGOTTEN_AFTER_S

    def update(self) -> bool:
        """Decode what was heard and place both robots; whether anything is new.

        A message that does not fit leaves everything as it was, and is told in ``fault``.
        """
        if not self._waiting:
            return False
        waiting, self._waiting = self._waiting, {}
        try:
            if heard := waiting.get(SCENE):
                self.take_scene(heard.read(SceneState), heard.sampled_ns)
            if heard := waiting.get(APPLIED):
                self.take_applied(heard.read(AppliedCommand), heard.sampled_ns)
            if heard := waiting.get(STATE):
                self.take_state(heard.read(RobotState), heard.sampled_ns)
            if heard := waiting.get(BALANCE):
                self.take_balance(heard.read(BalanceState), heard.sampled_ns)
            if heard := waiting.get(STATUS):
                self.base = heard.read(AgentStatus).base
            if SCENE in waiting:
                self.compare_worlds()
        except WireError as error:
            self.fault = str(error)
        self.place()
        return True

    def pose(self, palette: Any, now_ns: int) -> None:
        """Update, and put the poses into a palette (``twin.render.palette``)."""
        self.update()
        palette.pose_scene(self.measured)
        if self.has_command(now_ns):
            palette.pose_ghost(self.commanded)
        else:
            palette.hide_ghost()

    def place(self) -> None:
        """Work both robots' poses out anew; ``update`` does it for what was heard."""
        qpos = self.measured.qpos
        qpos[:] = self.scene.initial_qpos if self.scene_state is None else self.scene_state.qpos
        if self.state is not None:
            qpos[self._addresses] = self.state.position_rad
            self._place_base(qpos, self.state)
            self.scene.followers.place(qpos)
        self.commanded.qpos[:] = qpos
        if self.applied is not None:
            self.commanded.qpos[self._addresses] = self.applied.position_rad
            self.scene.followers.place(self.commanded.qpos)
        if self.balance is not None:
            # The balance moves the legs as it must; what is commanded is no more than their rest.
            self.commanded.qpos[self._legs] = qpos[self._legs]
        mujoco.mj_kinematics(self.scene.model, self.measured)
        mujoco.mj_kinematics(self.scene.model, self.commanded)

    def _place_base(self, qpos: NDArray[np.float64], state: RobotState) -> None:
        """Put a robot with a free base where it says it is: in the simulated world, if there is one."""
        start = self.base_address
        if start is None or not _has_pose(state):
            return
        qpos[start : start + 3] = self.estimate.to_world(state.base_position_m)
        qpos[start + 3 : start + 7] = self.estimate.orientation(state.base_orientation_wxyz)

    def compare_worlds(self) -> None:
        """Learn where the estimate's world lies, from the base as estimated and as simulated last."""
        start, state, scene = self.base_address, self.state, self.scene_state
        if start is None or state is None or scene is None or not _has_pose(state):
            return
        pose = scene.qpos[start : start + 7].astype(np.float64)
        self.estimate.learn(state.base_position_m, state.base_orientation_wxyz, pose[:3], pose[3:])


def _has_pose(state: RobotState) -> bool:
    return len(state.base_position_m) == 3 and len(state.base_orientation_wxyz) == 4


def _base_address(model: Any, joint: int) -> int | None:
    """Where the robot's free base begins in qpos; None if it is fixed to the world."""
    root = int(model.body_rootid[model.jnt_bodyid[joint]])
    first = int(model.body_jntadr[root])
    if first < 0 or model.jnt_type[first] != mujoco.mjtJoint.mjJNT_FREE:
        return None
    return int(model.jnt_qposadr[first])
