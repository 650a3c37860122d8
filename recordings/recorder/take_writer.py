"""Writes one take: each message's payload unchanged into MCAP, in chunks that are closed early."""

from pathlib import Path
from typing import Any, cast

from mcap.writer import CompressionType, Writer

from recordings.recorder.durable_file import DurableFile
from recordings.recorder.ledger import log_sequence
from recordings.recorder.schemas import MESSAGE_ENCODING, LogSchema, schema_of
from twin.wire.bus import Heard
from twin.wire.topics import topic

_CHUNK_BYTES = 64 * 1024
LIBRARY = "understudy"


class TakeWriter:
    """An MCAP file that grows. Times in the file are nanoseconds since 1970 UTC."""

    def __init__(self, path: Path, wall_offset_ns: int, joint_names: tuple[str, ...] = ()) -> None:
        """Create ``path``.

        Args:
            path: the unfinished file.
            wall_offset_ns: what turns this machine's monotonic stamps into UTC; constant over a take, so that
                differences between stamps stay exact.
            joint_names: stored with every channel that carries joints.

        Raises:
            RecordingError: it cannot be created.
        """
        self.file = DurableFile(path)
        self._offset_ns = wall_offset_ns
        self._joint_names = joint_names
        # lz4: noisy floats hardly compress, and zstd costs half as much again for 8 % less.
        self._mcap: Any = Writer(
            cast(Any, self.file), chunk_size=_CHUNK_BYTES, compression=CompressionType.LZ4
        )
        self._mcap.start(profile="", library=LIBRARY)
        self._channels: dict[str, int] = {}
        self._schemas: dict[str, int] = {}

    def add(self, heard: Heard) -> None:
        """Append one message."""
        channel = self._channels.get(heard.topic) or self._channel(heard.topic)
        self._mcap.add_message(
            channel,
            heard.received_ns + self._offset_ns,
            heard.payload,
            heard.sampled_ns + self._offset_ns,
            log_sequence(heard.seq),
        )

    def _channel(self, name: str) -> int:
        row = topic(name)
        schema = schema_of(row)
        metadata = {"speaker": row.speaker, "rate_hz": f"{row.rate_hz:g}"}
        if row.joint:
            metadata["joint_names"] = ",".join(self._joint_names)
        number = self._mcap.register_channel(name, MESSAGE_ENCODING, self._schema(schema), metadata)
        self._channels[name] = number
        return int(number)

    def _schema(self, schema: LogSchema) -> int:
        if schema.name not in self._schemas:
            self._schemas[schema.name] = self._mcap.register_schema(
                schema.name, "protobuf", schema.descriptors
            )
        return self._schemas[schema.name]

    def note(self, name: str, values: dict[str, str]) -> None:
        """Append a metadata record."""
        self._mcap.flush()
        self._mcap.add_metadata(name, values)

    def attach(self, name: str, media_type: str, content: bytes, at_ns: int) -> None:
        """Append a file; ``at_ns`` is monotonic."""
        self._mcap.flush()
        at_utc_ns = at_ns + self._offset_ns
        self._mcap.add_attachment(at_utc_ns, at_utc_ns, name, media_type, content)

    def flush(self) -> None:
        """Close the chunk, so that what was added survives this process."""
        self._mcap.flush()

    def finish(self) -> str:
        """Write the summary and make the file durable; returns its SHA-256 in hex.

        Raises:
            RecordingError: the disk refused.
        """
        self._mcap.finish()
        return self.file.close()
