"""What the display in the headset says, from the newest message of each topic."""

from collections.abc import Mapping

import msgspec

from twin.errors import WireError
from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_MS
from twin.wire.messages import (
    AgentStatus,
    AppliedCommand,
    ControlStatus,
    RecorderStatus,
    RobotIdentity,
    RobotState,
    SceneState,
)

TOPICS = (
    "control.status",
    "recorder.status",
    "robot.status",
    "robot.identity",
    "robot.applied",
    "robot.scene",
    "robot.state",
)
_SILENT_NS = 1000 * NS_PER_MS  # words older than that are not shown as if they were true
_IDENTITY_SILENT_NS = 5000 * NS_PER_MS  # it is said once a second


def words(heard: Mapping[str, Heard], at_ns: int) -> str:
    """One JSON object: mode, take, episode, lease, latency, reasons, grip forces; what is not known is left out."""
    shown: dict[str, object] = {"type": "words"}
    try:
        for part in (_control, _robot, _recorder, _scene, _grip):
            shown |= part(heard, at_ns)
    except WireError as error:
        shown["reason"] = str(error)
    return msgspec.json.encode(shown).decode()


def fresh(heard: Mapping[str, Heard], topic: str, at_ns: int, silent_ns: int = _SILENT_NS) -> Heard | None:
    """The newest message of ``topic``, if it is young enough to be called now."""
    newest = heard.get(topic)
    return newest if newest is not None and at_ns - newest.received_ns <= silent_ns else None


def _control(heard: Mapping[str, Heard], at_ns: int) -> dict[str, object]:
    found = fresh(heard, "control.status", at_ns)
    if found is None:
        return {}
    status = found.read(ControlStatus)
    return {
        "phase": status.phase,
        "reason": status.reason,
        "scale": status.scale,
        "layer": status.layer,
        "note": status.note,
        "limits": status.limited_by,
        "ours": status.lease_seq != 0,
        "grasps": {hand.side: hand.grasp for hand in status.hands},
        "bands": {hand.side: hand.band for hand in status.hands if hand.band},
        "mirror_me": status.mirror_me,
        "wrists_taken": status.wrists_taken,
        "ghosts": {
            ghost.side: {
                "at": ghost.position_m.tolist(),
                "turn": ghost.orientation_wxyz.tolist(),
                "fault": ghost.fault,
            }
            for ghost in status.ghosts
        },
    }


def _robot(heard: Mapping[str, Heard], at_ns: int) -> dict[str, object]:
    shown: dict[str, object] = {}
    found = fresh(heard, "robot.status", at_ns)
    if found is not None:
        agent = found.read(AgentStatus)
        shown |= {"robot": agent.state, "stop": agent.stop_level, "lease": agent.lease_owner}
    applied = fresh(heard, "robot.applied", at_ns)
    if applied is not None:
        command = applied.read(AppliedCommand)
        if command.command_sent_ns and command.source in ("teleop", "blend"):
            shown["motors_ms"] = round((command.applied_ns - command.command_sent_ns) / NS_PER_MS, 1)
    return shown


def _recorder(heard: Mapping[str, Heard], at_ns: int) -> dict[str, object]:
    found = fresh(heard, "recorder.status", at_ns)
    if found is None:
        return {}
    take = found.read(RecorderStatus)
    return {
        "recorder": take.phase,
        "seconds": round(take.seconds, 1),
        "task": take.task or take.queue_task,
        "takes": take.takes_saved,
        "queue": f"{take.queue_place} of {take.queue_length}" if take.queue_length else "",
    }


def _scene(heard: Mapping[str, Heard], at_ns: int) -> dict[str, object]:
    found = fresh(heard, "robot.scene", at_ns)
    if found is None:
        return {}
    scene = found.read(SceneState)
    done = "done" if scene.task_succeeded else "failed" if scene.task_failed else ""
    return {"scene_task": scene.task, "scene": done}


def _grip(heard: Mapping[str, Heard], at_ns: int) -> dict[str, object]:
    """Newtons on the fingers of each hand, from the touch sensors, whose names tell the side."""
    state, identity = (
        fresh(heard, "robot.state", at_ns),
        fresh(heard, "robot.identity", at_ns, _IDENTITY_SILENT_NS),
    )
    if state is None or identity is None:
        return {}
    forces_n, names = state.read(RobotState).touch_n, identity.read(RobotIdentity).touch_names
    if len(forces_n) != len(names):
        return {}
    return {
        "grip_n": {
            side: round(
                float(sum(force for force, name in zip(forces_n, names, strict=True) if side in name)), 1
            )
            for side in ("left", "right")
        }
    }
