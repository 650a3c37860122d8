"""Reads takes: every message as it was heard, in the order in which it arrived.

    with_path = Path("takes/01J....mcap")
    for heard in read_take(with_path, ["robot.state"]):
        state = heard.read(RobotState)

Unfinished and damaged takes are read as far as they are sound.
"""

from collections.abc import Callable, Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from recordings import scan, take
from recordings.scan import Attachment, Channel, Damage, Metadata
from recordings.take import Episode
from twin.errors import RecordingError, WireError
from twin.wire import command_frame
from twin.wire.bus import Heard
from twin.wire.command_frame import JointCommand
from twin.wire.messages import Message
from twin.wire.topics import COMMAND_FRAME, COMPRESSED_VIDEO, topic

_MOST_JOINTS = 512


def read_take(
    path: Path,
    topics: Collection[str] | None = None,
    on_damage: Callable[[Damage], None] | None = None,
) -> Iterator[Heard]:
    """The messages of a take, all or of ``topics``.

    Stamps are monotonic again, as they were on the wire; ``clock_offset_ns`` of the take turns them into UTC.

    Args:
        path: a ``.mcap`` or ``.mcap.part`` file.
        topics: names; a name that ends in "." stands for all that begin with it.
        on_damage: told of every place that could not be read.

    Raises:
        RecordingError: there is no such file, or it is not a take.
    """
    offset_ns = 0
    names: dict[int, str | None] = {}
    for record in _records(path):
        if isinstance(record, scan.Message):
            name = names.get(record.channel_id)
            if name is not None:
                yield Heard(
                    name,
                    record.sequence,
                    record.publish_ns - offset_ns,
                    record.log_ns - offset_ns,
                    record.payload,
                )
        elif isinstance(record, Channel):
            names[record.id] = record.topic if _wanted(record.topic, topics) else None
        elif isinstance(record, Metadata) and record.name == take.CLOCK:
            offset_ns = int(record.values["wall_offset_ns"])
        elif isinstance(record, Damage) and on_damage:
            on_damage(record)


def _wanted(name: str, topics: Collection[str] | None) -> bool:
    if topics is None or name in topics:
        return True
    return any(wanted.endswith(".") and name.startswith(wanted) for wanted in topics)


def _records(path: Path) -> Iterator[scan.Record]:
    try:
        yield from scan.scan(path)
    except OSError as error:
        raise RecordingError(
            f"{path} cannot be read ({error.strerror}); see `understudy takes list`"
        ) from error


class TakeHead:
    """What a take says about itself before its first message."""

    def __init__(self, path: Path) -> None:
        """Read the description of the take ``path``.

        Raises:
            RecordingError: there is no such file, or it is not a take.
        """
        self.path = path
        self.episode = Episode()
        self.clock_offset_ns = 0  # add it to a monotonic stamp for nanoseconds since 1970 UTC
        self.attachments: dict[str, bytes] = {}
        self._read()

    def _read(self) -> None:
        described = False
        for record in _records(self.path):
            if isinstance(record, Metadata) and record.name == take.EPISODE:
                self.episode, described = take.from_metadata(record.values), True
            elif isinstance(record, Metadata) and record.name == take.CLOCK:
                self.clock_offset_ns = int(record.values["wall_offset_ns"])
            elif isinstance(record, Attachment):
                self.attachments[record.name] = record.content
            elif isinstance(record, scan.Message):
                break
            elif isinstance(record, Damage) and not described:
                raise RecordingError(
                    f"{self.path} is not a take that can be read: {record.text}. "
                    f"Try `understudy takes recover {self.path}`"
                )
        if not described:
            raise RecordingError(f"{self.path} is an MCAP file, but not a take of this program")


def typed(heard: Heard) -> Message | JointCommand | Any:
    """The payload as the type its topic says: a message, a ``JointCommand``, or foxglove's CompressedVideo.

    Raises:
        WireError: it is not one.
    """
    row = topic(heard.topic)
    if row.encoding == COMMAND_FRAME:
        return read_command(heard.payload)
    if row.encoding == COMPRESSED_VIDEO:
        return read_video(heard.payload)
    assert row.message is not None
    return heard.read(row.message)


def read_command(frame: bytes) -> JointCommand:
    """The command in ``frame``, whatever the number of its robot's joints.

    Raises:
        WireError: it is no command.
    """
    return command_frame.unpack(frame, *_joints_and_version(len(frame)))


@cache
def _joints_and_version(length: int) -> tuple[int, int]:
    """No two have frames of one length: a joint more is twelve bytes more at least, a version seven."""
    for joints in range(1, _MOST_JOINTS):
        for version in command_frame.VERSIONS:
            if command_frame.frame_length(joints, version) == length:
                return joints, version
    raise WireError(f"no command has {length} bytes")


def read_video(payload: bytes) -> Any:
    """The picture message in ``payload``: ``.data`` is H.264, ``.format`` its name.

    Raises:
        WireError: it is none.
    """
    from foxglove_schemas_protobuf.CompressedVideo_pb2 import CompressedVideo
    from google.protobuf.message import DecodeError

    try:
        return CompressedVideo.FromString(payload)
    except DecodeError as error:
        raise WireError(f"{len(payload)} bytes are not a picture: {error}") from error
