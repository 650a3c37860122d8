"""Every type that crosses a process boundary, with units and frames in its names; each lies in a room of ``said``.

These structs are the schema: ``codec`` derives the protobuf descriptors from them, for the wire and for the
log alike, and ``wire.proto`` (generated, checked by a test) is the same text for readers in other languages.

Rules of evolution: a field's number is its place in the class, so fields are only ever appended, never
reordered, renamed or removed. Every field has a default, which is what an older speaker is taken to have said.

Frames: world is x forward, y left, z up at the robot's start; quaternions are wxyz; joints are in the order
of ``RobotIdentity.joint_names``. Axes of a device: stick up = +1, stick left = +1, trigger 0..1.
When a value was sampled and which number it has travels in the header of each message (see ``bus``).
"""

from twin.wire.said.asking import Answered, Argument, Reply, Request, StopAcknowledged, StopRequest
from twin.wire.said.from_control import ControlLatency, ControlStatus, HandGhost, HandGoal, LatencyStage
from twin.wire.said.from_operator import (
    DragSample,
    InputDevice,
    InputDevices,
    InputSample,
    KeyState,
    XrHand,
    XrSample,
)
from twin.wire.said.from_robot import (
    AgentEvent,
    AgentStatus,
    AppliedCommand,
    BalanceState,
    JointLimited,
    MotorState,
    RobotIdentity,
    RobotState,
    SceneState,
)
from twin.wire.said.from_roles import (
    CamerasStatus,
    CameraStatus,
    RecorderStatus,
    RoleHealth,
    RoleLog,
    RoleRow,
    StationRoles,
)
from twin.wire.said.message import EMPTY, Message, Vector, vector, vectors

__all__ = (
    "EMPTY",
    "AgentEvent",
    "AgentStatus",
    "Answered",
    "AppliedCommand",
    "Argument",
    "BalanceState",
    "CameraStatus",
    "CamerasStatus",
    "ControlLatency",
    "ControlStatus",
    "DragSample",
    "HandGhost",
    "HandGoal",
    "InputDevice",
    "InputDevices",
    "InputSample",
    "JointLimited",
    "KeyState",
    "LatencyStage",
    "Message",
    "MotorState",
    "RecorderStatus",
    "Reply",
    "Request",
    "RobotIdentity",
    "RobotState",
    "RoleHealth",
    "RoleLog",
    "RoleRow",
    "SceneState",
    "StationRoles",
    "StopAcknowledged",
    "StopRequest",
    "Vector",
    "XrHand",
    "XrSample",
    "vector",
    "vectors",
)
