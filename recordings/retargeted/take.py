"""Writes the take of a robot that does as a person did: measured and applied joints, beside what the source holds.

At each moment the drives are told where the joints are one picture later, as a robot that follows its commands well
would be: so the action of a row is the state of the next one. Nothing of the file is there before all of it is.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import msgspec
import numpy as np

from recordings import take
from recordings.checking.quality import Suggestion
from recordings.checking.summary import check_summary
from recordings.log import read_take
from recordings.recorder.durable_file import reserve_path, sync_folder
from recordings.recorder.ledger import Ledger
from recordings.recorder.open_take import make_manifest
from recordings.recorder.quality_gauge import QualityGauge
from recordings.recorder.remarks import Remarks
from recordings.recorder.take_order import robot_files, versions
from recordings.recorder.take_writer import TakeWriter
from recordings.retargeted.performance import Performance
from recordings.take import Episode, Manifest
from twin.demonstration.reach import HandReach
from twin.demonstration.steady import RATE_HZ
from twin.errors import RecordingError
from twin.ik.model import load_kinematics
from twin.spatial import quaternion_from_rotation
from twin.wire import codec
from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_S
from twin.wire.messages import AppliedCommand, JointLimited, Message, RobotIdentity, RobotState, vector

SOURCE = "retarget"
AHEAD = round(RATE_HZ / 30)  # frames from a command to the joints being there
REPORT = "reach.json"  # name of the attachment that says what was reached
_UNFINISHED = ".retargeting"
_KEPT = ("operator.", "camera.", "inputs.devices")  # of the source
_ENOUGH = 0.9  # of the frames in which a hand was seen
_TELL_EVERY = 500

Tell = Callable[[float], None]


def write_retargeted(performance: Performance, folder: Path, name: str, tell: Tell) -> tuple[Path, Manifest]:
    """Write the take ``name`` into ``folder``.

    Args:
        performance: what the robot does.
        folder: made if it is not there.
        name: of the take, without suffix.
        tell: told how far it is, 0..1.

    Raises:
        RecordingError: the folder or the disk does not allow it, or the take is there already.
    """
    path = folder / f"{name}{take.FINISHED}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordingError(
            f"takes cannot go to {folder} ({error.strerror}); choose another --out"
        ) from error
    if path.exists():
        raise RecordingError(f"{path} exists already; choose another name with --out")
    episode = _episode(performance, name)
    unfinished = path.with_name(path.name + _UNFINISHED)
    writer: TakeWriter | None = None
    try:
        writer = TakeWriter(unfinished, performance.source.clock_offset_ns, episode.joint_names)
        manifest = _write(writer, unfinished, path, performance, episode, tell)
    finally:  # after it became a take, there is nothing left to remove
        if writer is not None:
            writer.file.abandon()
        unfinished.unlink(missing_ok=True)
        reserve_path(unfinished).unlink(missing_ok=True)
    sync_folder(folder)
    return path, manifest


def _episode(performance: Performance, name: str) -> Episode:
    source, spec = performance.source, performance.spec
    return msgspec.structs.replace(
        source.episode,
        take=name,
        started_utc_ns=int(performance.made.times_ns[0]) + source.clock_offset_ns,
        robot=spec.name,
        revision=spec.revision,
        serial="",
        model_hash=spec.model_hash,
        simulated=True,
        joint_names=spec.joint_names,
        touch_names=(),
        joint_groups=dict(spec.groups),
        scene="",
        versions=versions(),
        shows=take.RETARGETED,
        retargeted_from=source.episode.take,
        retargeted_from_sha256=source.sha256,
    )


def _write(
    writer: TakeWriter,
    unfinished: Path,
    path: Path,
    performance: Performance,
    episode: Episode,
    tell: Tell,
) -> Manifest:
    source, spec, made = performance.source, performance.spec, performance.made
    begun_ns, ended_ns = int(made.times_ns[0]), int(made.times_ns[-1])
    ledger, remarks, gauge = Ledger(), Remarks(), QualityGauge(begun_ns)
    offset_ns = source.clock_offset_ns
    writer.note(take.CLOCK, {"wall_offset_ns": str(offset_ns), "clock": "CLOCK_MONOTONIC"})
    writer.note(take.EPISODE, take.as_metadata(episode))
    for name, media_type, content in robot_files(spec.folder):
        writer.attach(name, media_type, content, begun_ns)
    found = {side: asdict(each) for side, each in performance.reach.items()}
    writer.attach(REPORT, "application/json", json.dumps(found, indent=2).encode(), begun_ns)
    kept = [heard for heard in read_take(source.path, _KEPT) if heard.received_ns <= ended_ns + NS_PER_S]
    heard_all = sorted([*kept, *_said(performance)], key=lambda heard: heard.received_ns)
    for count, heard in enumerate(heard_all):
        writer.add(heard)
        ledger.note(heard.topic, heard.seq)
        remarks.note(heard)
        gauge.note(heard)
        if count % _TELL_EVERY == 0:
            tell(count / len(heard_all))
    seconds = (ended_ns - begun_ns) / NS_PER_S
    writer.note(take.COUNTS, ledger.as_metadata())
    writer.note(take.END, {"reason": "retargeted", "ended_ns": str(ended_ns), "seconds": f"{seconds:.6f}"})
    sha256 = writer.finish()
    check_summary(unfinished, ledger)
    unfinished.replace(path)
    manifest = make_manifest(
        episode,
        path,
        sha256,
        ledger,
        remarks,
        seconds=seconds,
        ended="retargeted",
        quality=gauge.quality(ended_ns, ledger.lost, ledger.messages),
    )
    manifest = msgspec.structs.replace(
        manifest, marks=(*_marks(performance), *manifest.marks), suggestion=_suggestion(performance.reach)
    )
    take.save_manifest(manifest, path)
    return manifest


def _said(performance: Performance) -> Iterator[Heard]:
    """What the robot would have said."""
    spec, made = performance.spec, performance.made
    base = load_kinematics(spec).base
    times_ns, position_rad = made.times_ns, made.position_rad
    velocity_rad_s = (
        np.gradient(position_rad, 1.0 / RATE_HZ, axis=0) if len(times_ns) > 1 else 0 * position_rad
    )
    identity = RobotIdentity(
        name=spec.name,
        revision=spec.revision,
        simulated=True,
        model_hash=spec.model_hash,
        joint_names=spec.joint_names,
        camera_names=performance.source.episode.camera_names,
        owner="understudy retarget",
    )
    yield _heard("robot.identity", 1, int(times_ns[0]), identity)
    for row, at_ns in enumerate(times_ns.tolist()):
        state = RobotState(
            position_rad=vector(position_rad[row]),
            velocity_rad_s=vector(velocity_rad_s[row]),
            base_position_m=vector(base.position_m),
            base_orientation_wxyz=vector(quaternion_from_rotation(base.rotation)),
        )
        yield _heard("robot.state", row + 1, at_ns, state)
        applied = AppliedCommand(
            command_seq=row + 1,
            applied_ns=at_ns,
            position_rad=vector(position_rad[min(row + AHEAD, len(times_ns) - 1)]),
            source=SOURCE,
            limited=_limited(performance, row),
        )
        yield _heard("robot.applied", row + 1, at_ns, applied)


def _limited(performance: Performance, row: int) -> tuple[JointLimited, ...]:
    """The joints whose limits kept a hand from where it should be in the frame ``row``."""
    found = []
    names = performance.spec.joint_names
    for side, track in performance.made.hands.items():
        kind, _, name = track.reason[row].partition(":")
        if track.seen[row] and not performance.reached[side][row] and name in names:
            found.append(JointLimited(joint=names.index(name), reason=kind))
    return tuple(found)


def _heard(topic: str, seq: int, at_ns: int, message: Message) -> Heard:
    return Heard(topic, seq, at_ns, at_ns, codec.encode(message))


def _marks(performance: Performance) -> list[str]:
    source = performance.source
    found = [f"retargeted from the take {source.episode.take} (sha256 {source.sha256[:16]})"]
    for side, each in performance.reach.items():
        if each.seen_share:
            found.append(
                f"the {side} hand was where the person's was in {each.reached_share:.0%} of its frames"
            )
    return found


def _suggestion(reach: dict[str, HandReach]) -> Suggestion:
    """Whether the robot did well enough to learn from."""
    for side, each in reach.items():
        if each.seen_share and each.reached_share < _ENOUGH:
            why = next(iter(each.reasons), "")
            reached = f"the {side} hand got where it should in only {each.reached_share:.0%} of its frames"
            return Suggestion(keep=False, reason=f"{reached}{': ' if why else ''}{why}")
    return Suggestion(keep=True, reason="both hands got where they should")
