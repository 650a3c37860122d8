"""Which schema a take stores for a topic, so that Foxglove, PlotJuggler and Rerun read it as it is."""

from functools import cache
from typing import Any, NamedTuple

from google.protobuf import descriptor_pb2

from twin.wire import codec, command_frame
from twin.wire.topics import COMMAND_FRAME, COMPRESSED_VIDEO, Topic

MESSAGE_ENCODING = "protobuf"


class LogSchema(NamedTuple):
    """A schema as MCAP stores it; its encoding is always "protobuf"."""

    name: str  # full protobuf name
    descriptors: bytes  # serialised FileDescriptorSet


def schema_of(row: Topic) -> LogSchema:
    """The schema of what is said on ``row``."""
    if row.encoding == COMMAND_FRAME:
        return LogSchema(command_frame.SCHEMA_NAME, command_frame.schema_bytes())
    if row.encoding == COMPRESSED_VIDEO:
        return _compressed_video()
    assert row.message is not None
    return LogSchema(codec.schema_name(row.message), codec.schema_bytes())


@cache
def _compressed_video() -> LogSchema:
    from foxglove_schemas_protobuf.CompressedVideo_pb2 import CompressedVideo

    descriptor = CompressedVideo.DESCRIPTOR
    files: dict[str, descriptor_pb2.FileDescriptorProto] = {}
    _collect(descriptor.file, files)
    described = descriptor_pb2.FileDescriptorSet(file=files.values())
    return LogSchema(descriptor.full_name, described.SerializeToString())


def _collect(file: Any, into: dict[str, descriptor_pb2.FileDescriptorProto]) -> None:
    """Add ``file`` and all it imports, imports first."""
    if file.name in into:
        return
    for needed in file.dependencies:
        _collect(needed, into)
    described = descriptor_pb2.FileDescriptorProto()
    file.CopyToProto(described)
    into[file.name] = described
