"""What the scripted operator sees: the simulation's truth for steering, and what the station says of itself."""

import mujoco
import numpy as np
from numpy.typing import NDArray

from twin.robot import RobotSpec
from twin.scene import Scene
from twin.wire.bus import Heard
from twin.wire.messages import AgentStatus, ControlStatus, RecorderStatus, SceneState

Vector3 = NDArray[np.float64]

TOPICS = ("robot.scene", "robot.status", "control.status", "recorder.status", "cameras.status")


class View:
    """The newest of everything, and where things are in the world frame, in metres."""

    def __init__(self, spec: RobotSpec, scene: Scene) -> None:
        """Look at ``scene`` with ``spec`` in it; nothing has been heard yet."""
        self.spec, self.scene = spec, scene
        self._data = mujoco.MjData(scene.model)
        self.agent = AgentStatus()
        self.control = ControlStatus()
        self.recorder = RecorderStatus()
        self.task_succeeded = False
        self.task_note = "the scene has not been seen yet"
        self.time_s = 0.0  # of the simulation

    def hear(self, heard: Heard) -> None:
        """Take in one message."""
        match heard.topic:
            case "robot.scene":
                self._see(heard.read(SceneState))
            case "robot.status":
                self.agent = heard.read(AgentStatus)
            case "control.status":
                self.control = heard.read(ControlStatus)
            case "recorder.status":
                self.recorder = heard.read(RecorderStatus)

    def _see(self, state: SceneState) -> None:
        self._data.qpos[:] = state.qpos
        mujoco.mj_kinematics(self.scene.model, self._data)
        self.time_s = state.time_s
        # The task is done when it stays done; the last word counts.
        self.task_succeeded, self.task_note = state.task_succeeded, state.task_note

    @property
    def qpos(self) -> NDArray[np.float64]:
        """Generalised positions of the scene's model, shape (nq,)."""
        return np.array(self._data.qpos, np.float64)

    def hand(self, side: str) -> Vector3:
        """Where the palm of ``side`` is, shape (3,)."""
        return np.array(self._data.site(self.spec.frames[f"{side}_hand"]).xpos, np.float64)

    def hand_axes(self, side: str) -> NDArray[np.float64]:
        """The palm's axes as columns in the world frame, shape (3, 3)."""
        axes = np.array(self._data.site(self.spec.frames[f"{side}_hand"]).xmat, np.float64)
        return axes.reshape(3, 3)

    def thing(self, name: str) -> Vector3:
        """Where the body ``name`` of the scene is, shape (3,)."""
        return np.array(self._data.body(name).xpos, np.float64)
