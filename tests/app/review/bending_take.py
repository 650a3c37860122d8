"""Takes to look through: a robot that bends its elbow for four seconds before three cameras that count."""

from pathlib import Path

import numpy as np
from spoken_station import CAMERAS, Camera

from recordings.recorder.open_take import OpenTake, TakeOrder
from recordings.take import Episode, new_take_id
from twin.robot import RobotSpec
from twin.scene import load_scene
from twin.wire import codec
from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.messages import AgentStatus, AppliedCommand, JointLimited, RobotState, SceneState, vector

BEGIN_NS = 1_000 * NS_PER_S
OFFSET_NS = 1_700_000_000 * NS_PER_S
SECONDS = 4
DRIVEN_S = (1.0, 3.0)


def elbow_at(seconds: float) -> float:
    """How far the left elbow is bent from the ready pose, rad."""
    return -0.1 * seconds


def said(spec: RobotSpec) -> list[Heard]:
    """Everything that is said in the take, in the order of arrival."""
    qpos = vector(load_scene(spec, "table", 0).initial_qpos)
    elbow = spec.joint_names.index("left_elbow")
    cameras = [Camera(name, group=10) for name in CAMERAS]
    rows = []
    for tick in range(SECONDS * 500):
        at_s, at_ns = tick / 500, BEGIN_NS + tick * 2 * NS_PER_MS
        pose = spec.home_rad.copy()
        pose[elbow] += elbow_at(at_s)
        still = vector(np.zeros(len(pose)))
        state = RobotState(position_rad=vector(pose), velocity_rad_s=still, effort_nm=still)
        rows.append(("robot.state", at_ns, codec.encode(state)))
        if tick % 5 == 0:
            limited = (JointLimited(joint=elbow, reason="speed"),) if 2.0 <= at_s < 2.5 else ()
            applied = AppliedCommand(position_rad=vector(pose), source="teleop", limited=limited)
            rows.append(("robot.applied", at_ns, codec.encode(applied)))
        if tick % 25 == 0:
            follows = DRIVEN_S[0] <= at_s < DRIVEN_S[1]
            status = AgentStatus(state="TELEOP" if follows else "HOLD", base="gantry")
            rows.append(("robot.status", at_ns, codec.encode(status)))
            scene = SceneState(qpos=qpos, task="bend the elbow", task_succeeded=at_s >= 3.5, level=1)
            rows.append(("robot.scene", at_ns, codec.encode(scene)))
    for number in range(SECONDS * 30):
        at_ns = BEGIN_NS + number * NS_PER_S // 30
        rows += [(f"camera.{each.name}", at_ns, each.shoot(at_ns, number)) for each in cameras]
    rows.sort(key=lambda row: row[1])
    counts: dict[str, int] = {}
    heard = []
    for topic, at_ns, payload in rows:
        counts[topic] = counts.get(topic, 0) + 1
        heard.append(Heard(topic, counts[topic], at_ns, at_ns + NS_PER_MS, payload))
    return heard


def take_of(spec: RobotSpec, folder: Path, messages: list[Heard], **about: object) -> Path:
    """A finished take of ``messages``, written by the recorder's own writer."""
    facts = {
        "take": new_take_id(BEGIN_NS + OFFSET_NS), "started_utc_ns": BEGIN_NS + OFFSET_NS, "task": "bend the elbow",
        "operator": "Ada", "robot": "optimus", "revision": spec.revision, "model_hash": spec.model_hash,
        "simulated": True, "joint_names": spec.joint_names, "camera_names": CAMERAS, "scene": "table",
    }  # fmt: skip
    episode = Episode(**{**facts, **about})
    folder.mkdir(parents=True, exist_ok=True)
    order = TakeOrder(folder=folder, episode=episode, wall_offset_ns=OFFSET_NS, started_ns=BEGIN_NS)
    opened = OpenTake(order)
    opened.put(messages)
    opened.end("stopped by the operator", messages[-1].received_ns)
    assert opened.wait_saved(30)
    assert opened.manifest is not None, opened.trouble
    return opened.path
