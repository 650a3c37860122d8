"""The table of topics: who speaks, what, how often, and after how long silence means something.

One speaker per topic. A topic that is not in the table cannot be spoken or heard, except the families
``<role>.health``, ``<role>.log`` and ``camera.<name>``, which are made by the functions below.
"""

from dataclasses import dataclass

from twin.errors import WireError
from twin.wire import messages as m
from twin.wire.messages import Message

# Encodings of a payload, as an MCAP channel names them.
PROTOBUF = "protobuf"
COMMAND_FRAME = "command_frame"  # twin.wire.command_frame; also valid protobuf
COMPRESSED_VIDEO = "compressed_video"  # foxglove.CompressedVideo, H.264 Annex B


@dataclass(frozen=True)
class Topic:
    """One row of the table."""

    name: str
    speaker: str  # role
    message: type[Message] | None  # None: ``encoding`` says what it is
    rate_hz: float  # nominal; 0: only when something happens
    stale_after_s: float  # older than this is shown as stale; 0: never
    encoding: str = PROTOBUF
    joint: bool = False  # carries joints: a loss here is never acceptable


ROLES = ("inputs", "control", "robot", "cameras", "recorder", "window", "supervisor")

_TABLE = (
    Topic("operator.input", "inputs", m.InputSample, 100, 0.1),
    Topic("operator.xr", "inputs", m.XrSample, 0, 0),
    Topic("operator.drag", "inputs", m.DragSample, 0, 0),
    Topic("inputs.devices", "inputs", m.InputDevices, 1, 3),
    Topic("window.keys", "window", m.KeyState, 0, 0),
    Topic("window.drag", "window", m.DragSample, 0, 0),
    Topic("window.drawn", "window", m.LatencyStage, 0, 0),
    Topic("control.command", "control", None, 100, 0.1, COMMAND_FRAME, joint=True),
    Topic("control.status", "control", m.ControlStatus, 50, 0.25),
    Topic("control.latency", "control", m.ControlLatency, 0, 0),
    Topic("robot.state", "robot", m.RobotState, 500, 0.05, joint=True),
    Topic("robot.motors", "robot", m.MotorState, 20, 0.5),
    Topic("robot.applied", "robot", m.AppliedCommand, 100, 0.1, joint=True),
    Topic("robot.status", "robot", m.AgentStatus, 20, 0.25),
    Topic("robot.identity", "robot", m.RobotIdentity, 1, 3),
    Topic("robot.event", "robot", m.AgentEvent, 0, 0),
    Topic("robot.scene", "robot", m.SceneState, 60, 0.25),
    Topic("robot.balance", "robot", m.BalanceState, 0, 0),
    Topic("cameras.status", "cameras", m.CamerasStatus, 1, 3),
    Topic("recorder.status", "recorder", m.RecorderStatus, 5, 1),
    Topic("station.roles", "supervisor", m.StationRoles, 1, 3),
    *(Topic(f"{role}.answered", role, m.Answered, 0, 0) for role in ("control", "robot", "recorder")),
    *(Topic(f"{role}.health", role, m.RoleHealth, 1, 3) for role in ROLES),
    *(Topic(f"{role}.log", role, m.RoleLog, 0, 0) for role in ROLES),
)

TOPICS: dict[str, Topic] = {topic.name: topic for topic in _TABLE}


def camera_topic(name: str) -> Topic:
    """The topic on which the camera ``name`` (e.g. "head") shows its pictures."""
    return Topic(f"camera.{name}", "cameras", None, 30, 0.5, COMPRESSED_VIDEO)


def topic(name: str) -> Topic:
    """The row called ``name``.

    Raises:
        WireError: there is no such topic.
    """
    if name.startswith("camera."):
        return camera_topic(name.removeprefix("camera."))
    try:
        return TOPICS[name]
    except KeyError:
        raise WireError(f"no topic is called {name!r}; topics are {', '.join(sorted(TOPICS))}") from None
