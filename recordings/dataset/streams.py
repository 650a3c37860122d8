"""What an export needs of a take, as arrays: measured joints, applied joints, pictures, the outcome."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recordings.dataset.align import Times
from recordings.dataset.said import TOPICS, Said, reason_bits, rising
from recordings.dataset.video import is_keyframe, is_picture
from recordings.log import TakeHead, read_take, read_video
from recordings.scan import Damage
from recordings.take import PERSON, Episode, load_manifest
from twin.errors import ExportError
from twin.wire.bus import Heard
from twin.wire.messages import (
    AppliedCommand,
    RobotState,
    SceneState,
    Vector,
)

_TOPICS = (
    "robot.state",
    "robot.applied",
    "robot.scene",
    *TOPICS,
    "camera.",
)
_NEVER_NS = 2**63 - 1
_TEACHING = ("teleop", "blend", "retarget")  # sources of an applied command behind which a person stands


class _Picture(NamedTuple):
    seq: int
    sampled_ns: int
    access_unit: bytes


@dataclass(frozen=True, eq=False)
class JointStream:
    """Joint positions over time."""

    times_ns: Times  # (m,) monotonic
    position_rad: NDArray[np.float32]  # (m, n)


@dataclass(frozen=True, eq=False)
class AppliedStream(JointStream):
    """What the drives were told, with what stood behind it."""

    driven: NDArray[np.bool_]  # (m,) a person's hand was behind it
    limited: NDArray[np.bool_]  # (m,) the gate changed what was asked
    reasons: NDArray[np.int64]  # (m,) why, as bits of ``twin.reasons.KINDS``


@dataclass(frozen=True, eq=False)
class PictureStream:
    """One camera's access units over time."""

    times_ns: Times  # (m,) monotonic
    access_units: tuple[bytes, ...]
    keyframes: NDArray[np.bool_]  # (m,)


@dataclass(frozen=True, eq=False)
class TakeStreams:
    """A take, read into memory for export."""

    path: Path
    episode: Episode
    clock_offset_ns: int
    started_ns: int  # monotonic: where what counts of it begins
    ended_ns: int  # monotonic: the newest thing it holds
    state: JointStream
    applied: AppliedStream
    said: Said  # by control and by the window
    pictures: Mapping[str, PictureStream]
    task_succeeded: bool | None
    task: str


def read_streams(path: Path) -> TakeStreams:
    """Read what an export needs of the take ``path``: of a trimmed one, the part that counts.

    Raises:
        RecordingError: it cannot be read.
        ExportError: it lacks joints or pictures.
    """
    head = TakeHead(path)
    started_ns, ended_ns = _counts_ns(head, path)
    state_ns: list[int] = []
    state: list[Vector] = []
    applied_ns: list[int] = []
    applied: list[Vector] = []
    driven: list[bool] = []
    limited: list[bool] = []
    held_back: list[int] = []
    said = Said(path)
    pictures: dict[str, list[_Picture]] = {}
    scene: SceneState | None = None
    for heard in _until(ended_ns, read_take(path, _TOPICS, on_damage=_refuse_damaged(path))):
        if heard.topic == "robot.state":
            state_ns.append(heard.sampled_ns)
            state.append(heard.read(RobotState).position_rad)
        elif heard.topic == "robot.applied":
            command = heard.read(AppliedCommand)
            applied_ns.append(command.applied_ns or heard.sampled_ns)
            applied.append(command.position_rad)
            driven.append(command.source in _TEACHING)
            limited.append(bool(command.limited))
            held_back.append(reason_bits(joint.reason for joint in command.limited))
        elif heard.topic in TOPICS:
            said.hear(heard)
        elif heard.topic == "robot.scene":
            scene = heard.read(SceneState)
        else:
            unit = bytes(read_video(heard.payload).data)
            pictures.setdefault(heard.topic.removeprefix("camera."), []).append(
                _Picture(heard.seq, heard.sampled_ns, unit)
            )
    if head.episode.shows == PERSON:
        raise ExportError(
            f"{path.name} shows a person and no robot: make a robot's take of it with "
            f"`understudy retarget {path.name} --robot NAME`, and export that"
        )
    _check_present(path, {"measured joints": state, "applied commands": applied})
    if head.episode.camera_names:
        _check_present(path, {"pictures": pictures})
    joints = len(head.episode.joint_names)
    newest_ns = [state_ns[-1], applied_ns[-1], *(rows[-1].sampled_ns for rows in pictures.values())]
    return TakeStreams(
        path=path,
        episode=head.episode,
        clock_offset_ns=head.clock_offset_ns,
        started_ns=started_ns,
        ended_ns=max(newest_ns),
        state=JointStream(
            rising(path, "robot.state", state_ns), _stacked(path, "robot.state", state, joints)
        ),
        applied=AppliedStream(
            rising(path, "robot.applied", applied_ns),
            _stacked(path, "robot.applied", applied, joints),
            np.array(driven),
            np.array(limited),
            np.array(held_back, np.int64),
        ),
        said=said,
        pictures={name: _picture_stream(path, name, rows) for name, rows in sorted(pictures.items())},
        task_succeeded=scene.task_succeeded if scene else None,
        task=head.episode.task or (scene.task if scene else ""),
    )


def _counts_ns(head: TakeHead, path: Path) -> tuple[int, int]:
    """Both ends of what counts of a take, monotonic."""
    begun_ns, manifest = head.episode.started_utc_ns - head.clock_offset_ns, load_manifest(path)
    return manifest.part.within_ns(begun_ns) if manifest and manifest.part else (begun_ns, _NEVER_NS)


def _until(ended_ns: int, messages: Iterable[Heard]) -> Iterator[Heard]:
    return (heard for heard in messages if heard.sampled_ns <= ended_ns)


def _check_present(path: Path, there_is: Mapping[str, Sized]) -> None:
    for what, there in there_is.items():
        if not there:
            raise ExportError(
                f"{path.name} holds no {what}, so it cannot become an episode; leave it out, "
                "or look at it with `understudy takes show`"
            )


def _stacked(path: Path, name: str, rows: list[Vector], joints: int) -> NDArray[np.float32]:
    if any(len(row) != joints for row in rows):
        raise ExportError(f"{path.name}: {name} does not always have the robot's {joints} joints")
    stacked = np.stack(rows)
    if not np.isfinite(stacked).all():
        raise ExportError(
            f"{path.name}: {name} holds values that are not numbers; run `understudy takes verify {path.name}`"
        )
    return stacked


def _picture_stream(path: Path, name: str, rows: list[_Picture]) -> PictureStream:
    """The pictures that can be decoded: from a keyframe on, and after a gap from the next keyframe on."""
    kept: list[_Picture] = []
    keyframes: list[bool] = []
    intact, last_seq = False, 0
    for row in rows:
        keyframe = is_keyframe(row.access_unit)
        intact = keyframe or (intact and row.seq == last_seq + 1)
        last_seq = row.seq
        if intact and is_picture(row.access_unit):
            kept.append(row)
            keyframes.append(keyframe)
    return PictureStream(
        rising(path, f"camera.{name}", [row.sampled_ns for row in kept]),
        tuple(row.access_unit for row in kept),
        np.array(keyframes, np.bool_),
    )


def _refuse_damaged(path: Path) -> Callable[[Damage], None]:
    def refuse(damage: Damage) -> None:
        raise ExportError(
            f"{path.name} is damaged ({damage.text}); save what is sound with `understudy takes recover {path}` "
            "and export that"
        )

    return refuse
