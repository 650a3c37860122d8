"""What the scripted operator sees: the simulation's truth for steering, and what the station says of itself."""

import numpy as np
from numpy.typing import NDArray

from twin.mirror import Mirror
from twin.robot import RobotSpec
from twin.scene import Scene
from twin.wire.bus import Heard
from twin.wire.messages import AgentStatus, ControlStatus, RecorderStatus, SceneState

Vector3 = NDArray[np.float64]

TOPICS = (
    "robot.scene",
    "robot.state",
    "robot.status",
    "control.status",
    "recorder.status",
    "cameras.status",
)


class View:
    """The newest of everything, and where things are in the world frame, in metres."""

    def __init__(self, spec: RobotSpec, scene: Scene) -> None:
        """Look at ``scene`` with ``spec`` in it; nothing has been heard yet."""
        self.spec, self.scene = spec, scene
        self.mirror = Mirror(spec, scene)
        self.agent = AgentStatus()
        self.control = ControlStatus()
        self.recorder = RecorderStatus()

    def hear(self, heard: Heard) -> None:
        """Take in one message."""
        match heard.topic:
            case "robot.status":
                self.agent = heard.read(AgentStatus)
            case "control.status":
                self.control = heard.read(ControlStatus)
            case "recorder.status":
                self.recorder = heard.read(RecorderStatus)
            case _:
                self.mirror.hear(heard)

    def look(self) -> None:
        """Place everything where it was last heard to be."""
        self.mirror.update()

    @property
    def world(self) -> SceneState:
        """The simulation's own account of the scene."""
        return self.mirror.scene_state or SceneState(task_note="the scene has not been seen yet")

    def hand(self, side: str) -> Vector3:
        """Where the palm of ``side`` is, shape (3,)."""
        return np.array(self.mirror.measured.site(self.spec.frames[f"{side}_hand"]).xpos, np.float64)

    def thing(self, name: str) -> Vector3:
        """Where the body ``name`` of the scene is, shape (3,)."""
        return np.array(self.mirror.measured.body(name).xpos, np.float64)
