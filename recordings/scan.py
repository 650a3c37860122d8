"""Reads an MCAP file front to back, as far as it is sound, and says where and why it stops.

The library's readers need a whole file with a summary, and believe lengths they find in it. A take that was cut
short or damaged has neither: here every length is bounded before memory is asked for, every chunk's checksum
is compared, and a chunk that fails is reported and skipped, because the next record begins where its own length
says. Format: https://mcap.dev/spec.
"""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import lz4.frame  # type: ignore[import-untyped]
import zstandard

MAGIC = b"\x89MCAP0\r\n"
_LARGEST_RECORD = 64 * 2**20
_LARGEST_CHUNK = 64 * 2**20  # uncompressed; ours are 64 KiB and one picture

_HEADER, _FOOTER, _SCHEMA, _CHANNEL, _MESSAGE, _CHUNK = 1, 2, 3, 4, 5, 6
_ATTACHMENT, _METADATA, _DATA_END = 9, 12, 15
_RECORD_HEAD = struct.Struct("<BQ")
_MESSAGE_HEAD = struct.Struct("<HIQQ")
_CHUNK_HEAD = struct.Struct("<QQQII")


class Schema(NamedTuple):
    """A schema record."""

    id: int
    name: str
    encoding: str
    descriptors: bytes


class Channel(NamedTuple):
    """A channel record."""

    id: int
    schema_id: int
    topic: str
    message_encoding: str
    metadata: dict[str, str]


class Message(NamedTuple):
    """A message record; times in nanoseconds since 1970 UTC."""

    channel_id: int
    sequence: int
    log_ns: int
    publish_ns: int
    payload: bytes


class Metadata(NamedTuple):
    """A metadata record."""

    name: str
    values: dict[str, str]


class Attachment(NamedTuple):
    """An attached file."""

    name: str
    media_type: str
    content: bytes


class ChunkEnd(NamedTuple):
    """All messages of a chunk have been handed out; the file is sound up to ``offset``."""

    offset: int


class Damage(NamedTuple):
    """Something that could not be read, in words for a person. Reading goes on behind it if it can."""

    offset: int
    text: str
    length: int  # bytes that are lost


class End(NamedTuple):
    """The data section ended as it should; a summary follows."""

    offset: int


Record = Schema | Channel | Message | Metadata | Attachment | ChunkEnd | Damage | End


class _Fault(Exception):
    """A record that cannot be read; its text is for a person."""


def scan(path: Path) -> Iterator[Record]:
    """All records of the data section in file order.

    A file that was cut short ends with a ``Damage`` and no ``End``. Memory is bounded by the largest chunk.

    Raises:
        OSError: the file cannot be opened or read at all.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            yield Damage(0, "it does not begin like an MCAP file", size)
            return
        yield from _records(file, size)


def _records(file: BinaryIO, size: int) -> Iterator[Record]:
    while True:
        offset = file.tell()
        head = file.read(_RECORD_HEAD.size)
        if len(head) < _RECORD_HEAD.size:
            yield Damage(offset, "it ends without the end mark of a finished take", size - offset)
            return
        opcode, length = _RECORD_HEAD.unpack(head)
        if length > size - offset - _RECORD_HEAD.size or length > _LARGEST_RECORD:
            yield Damage(offset, f"the record at byte {offset} was cut short", size - offset)
            return
        content = file.read(length)
        if opcode == _DATA_END:
            yield End(offset)
            return
        if opcode == 0 or opcode > _DATA_END:
            yield Damage(offset, f"there is no record of kind {opcode}, as byte {offset} says", size - offset)
            return
        try:
            yield from _record(opcode, content)
        except _Fault as fault:
            yield Damage(offset, f"{fault} at byte {offset}", length)
        if opcode == _CHUNK:
            yield ChunkEnd(file.tell())


def _record(opcode: int, content: bytes) -> Iterator[Record]:
    try:
        if opcode == _CHUNK:
            yield from _chunk(content)
        elif opcode == _METADATA:
            name, at = _text(content, 0)
            yield Metadata(name, _map(content, at)[0])
        elif opcode == _ATTACHMENT:
            yield _attachment(content)
        elif opcode in (_SCHEMA, _CHANNEL, _MESSAGE):
            yield _inner(opcode, content)
    except (struct.error, UnicodeDecodeError, IndexError) as error:
        raise _Fault("a record does not hold what its kind says") from error


def _chunk(content: bytes) -> Iterator[Record]:
    start_ns, end_ns, uncompressed_size, crc, name_length = _CHUNK_HEAD.unpack_from(content)
    del start_ns, end_ns
    at = _CHUNK_HEAD.size
    compression = content[at : at + name_length]
    at += name_length
    (stored,) = struct.unpack_from("<Q", content, at)
    body = memoryview(content)[at + 8 : at + 8 + stored]
    records = _uncompressed(compression, body, uncompressed_size)
    if crc and zlib.crc32(records) != crc:
        raise _Fault("the checksum of a chunk is wrong")
    yield from _inner_records(records)


def _uncompressed(compression: bytes, body: memoryview, size: int) -> bytes:
    if size > _LARGEST_CHUNK:
        raise _Fault(f"a chunk claims {size / 2**20:.0f} MiB")
    try:
        if compression == b"lz4":
            records = lz4.frame.LZ4FrameDecompressor().decompress(body, max_length=size + 1)
        elif compression == b"zstd":
            records = zstandard.ZstdDecompressor().decompress(bytes(body), max_output_size=size + 1)
        elif compression == b"":
            records = bytes(body)
        else:
            raise _Fault(f"a chunk is compressed with {compression!r}, which this version cannot read")
    except (RuntimeError, zstandard.ZstdError, EOFError) as error:
        raise _Fault("a chunk cannot be uncompressed") from error
    if len(records) != size:
        raise _Fault(f"a chunk holds {len(records)} bytes instead of {size}")
    return bytes(records)


def _inner_records(records: bytes) -> Iterator[Record]:
    at, end = 0, len(records)
    head_size, message_size = _RECORD_HEAD.size, _MESSAGE_HEAD.size
    while at < end:
        opcode, length = _RECORD_HEAD.unpack_from(records, at)
        at += head_size
        if opcode == _MESSAGE:
            channel, sequence, log_ns, publish_ns = _MESSAGE_HEAD.unpack_from(records, at)
            yield Message(channel, sequence, log_ns, publish_ns, records[at + message_size : at + length])
        elif opcode in (_SCHEMA, _CHANNEL):
            yield _inner(opcode, records[at : at + length])
        at += length


def _inner(opcode: int, content: bytes) -> Record:
    if opcode == _MESSAGE:
        channel, sequence, log_ns, publish_ns = _MESSAGE_HEAD.unpack_from(content)
        return Message(channel, sequence, log_ns, publish_ns, content[_MESSAGE_HEAD.size :])
    (number,) = struct.unpack_from("<H", content)
    if opcode == _SCHEMA:
        name, at = _text(content, 2)
        encoding, at = _text(content, at)
        return Schema(number, name, encoding, content[at + 4 :])
    (schema_id,) = struct.unpack_from("<H", content, 2)
    topic, at = _text(content, 4)
    encoding, at = _text(content, at)
    return Channel(number, schema_id, topic, encoding, _map(content, at)[0])


def _attachment(content: bytes) -> Attachment:
    name, at = _text(content, 16)
    media_type, at = _text(content, at)
    (length,) = struct.unpack_from("<Q", content, at)
    at += 8
    body = content[at : at + length]
    (crc,) = struct.unpack_from("<I", content, at + length)
    if crc and zlib.crc32(content[: at + length]) != crc:
        raise _Fault(f"the checksum of the attached {name} is wrong")
    return Attachment(name, media_type, body)


def _text(content: bytes, at: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<I", content, at)
    at += 4
    if at + length > len(content):
        raise IndexError
    return content[at : at + length].decode(), at + length


def _map(content: bytes, at: int) -> tuple[dict[str, str], int]:
    (length,) = struct.unpack_from("<I", content, at)
    at += 4
    end = at + length
    values: dict[str, str] = {}
    while at < end:
        key, at = _text(content, at)
        values[key], at = _text(content, at)
    return values, at
