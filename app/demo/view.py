"""What the scripted operator sees: the simulation's truth for steering, and what the station says of itself."""

import numpy as np
from numpy.typing import NDArray

from twin.mirror import Mirror
from twin.robot import RobotSpec
from twin.scene import Scene
from twin.wire.bus import Heard
from twin.wire.messages import AgentStatus, BalanceState, ControlStatus, RecorderStatus, SceneState

Vector3 = NDArray[np.float64]

TOPICS = (
    "robot.scene",
    "robot.state",
    "robot.status",
    "control.status",
    "recorder.status",
    "cameras.status",
    "robot.balance",
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
        # side -> how the palm is turned in the ready pose, as ``hand_turn`` has it
        sides = [side for side in ("left", "right") if f"{side}_hand" in spec.frames]
        self.ready_turn = {side: self.hand_turn(side) for side in sides}

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

    def in_hand(self, side: str, part: str) -> Vector3:
        """Where a part of the hand, e.g. "thumb_tip", is as the palm of ``side`` sees it, shape (3,)."""
        palm = self.mirror.measured.site(self.spec.frames[f"{side}_hand"])
        tip_m = self.mirror.measured.site(self.spec.frames[f"{side}_{part}"]).xpos
        return np.asarray(palm.xmat.reshape(3, 3).T @ (tip_m - palm.xpos))

    def hand_turn(self, side: str) -> NDArray[np.float64]:
        """How the palm of ``side`` is turned in the robot's heading, shape (3, 3): its axes are the columns.

        Fingers point against the z axis; the right palm faces along the y axis, the left one against it.
        """
        turn = self.mirror.measured.site(self.spec.frames[f"{side}_hand"]).xmat.reshape(3, 3)
        return np.column_stack([self.in_heading(axis) for axis in turn.T])

    def joint(self, name: str) -> float:
        """How far the joint of the fixture ``name`` is turned or moved, rad or m."""
        return float(self.mirror.measured.joint(name).qpos[0])

    def thing(self, name: str) -> Vector3:
        """Where the body ``name`` of the scene is, shape (3,)."""
        return np.array(self.mirror.measured.body(name).xpos, np.float64)

    @property
    def base(self) -> tuple[Vector3, float]:
        """Where the robot's base is, shape (3,), and its heading about z, rad."""
        body = self.mirror.measured.body(self.mirror.robot_root)
        forward = body.xmat.reshape(3, 3)[:, 0]
        return np.array(body.xpos, np.float64), float(np.arctan2(forward[1], forward[0]))

    @property
    def neck_away_rad(self) -> float:
        """How far the neck is turned away from where it rests."""
        data, scene = self.mirror.measured, self.scene
        neck = scene.joint_qpos_address[list(self.spec.groups.get("neck", ()))]
        return float(np.abs(data.qpos[neck] - scene.initial_qpos[neck]).max(initial=0.0))

    @property
    def bend(self) -> tuple[float, float]:
        """How far the body is bent forwards above the legs, and how much further by the waist, rad."""
        data = self.mirror.measured
        base, chest = data.xmat[self.mirror.robot_root], data.site(self.spec.frames["torso"]).xmat
        lean, whole = (
            float(np.arctan2(self.in_heading(axes.reshape(3, 3)[:, 2])[0], axes.reshape(3, 3)[2, 2]))
            for axes in (base, chest)
        )
        return lean, whole - lean

    def in_world(self, direction: Vector3) -> Vector3:
        """A direction (3,) that the robot sees, in the world; see ``in_heading``."""
        heading = self.base[1]
        c, s = np.cos(heading), np.sin(heading)
        return np.array(
            [c * direction[0] - s * direction[1], c * direction[1] + s * direction[0], direction[2]]
        )

    def in_heading(self, direction: Vector3) -> Vector3:
        """A direction (3,) of the world as the robot sees it: x forward, y left."""
        heading = self.base[1]
        c, s = np.cos(heading), np.sin(heading)
        return np.array(
            [c * direction[0] + s * direction[1], c * direction[1] - s * direction[0], direction[2]]
        )

    @property
    def balance(self) -> BalanceState:
        """How the robot keeps its balance."""
        return self.mirror.balance or BalanceState()
