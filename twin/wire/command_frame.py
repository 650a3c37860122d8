"""The command to the robot: a fixed little-endian frame of exact length that is also a valid protobuf message.

The safety specification (5.2) asks for a frame that is parsed with fixed views only; the log asks for protobuf.
Both hold when every field has a constant width and is written even when zero: then the protobuf tags are
constants at constant places, and the frame is one numpy record whose tags can be compared in one go.

    magic, version, type | epoch | lease_seq | cmd_seq | t_sent | not_after | model_hash | mode |
    hold-to-run bits | input seq, sample age, device id | joint mask | q | dq | tau_ff | base velocity | body height,
    lean

About 1.0 kB for 74 joints, 0.8 Mbit/s at 100 Hz.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from google.protobuf import descriptor_pb2

from twin.errors import WireError
from twin.wire.messages import Vector

MAGIC = 0x43545355  # "USTC" read as little-endian
VERSION = 3  # 2 had no lean; takes of that time are still read
VERSIONS = (2, 3)
TYPE_JOINT_COMMAND = 1
EPOCH_BYTES = 16
MODEL_HASH_BYTES = 8
DEVICE_BYTES = 16
SCHEMA_NAME = "understudy.JointCommand"

# Control modes. One so far: positions with feed-forward velocity and torque.
MODE_POSITION = 1

HOLD_TO_RUN = 1  # bit 0 of hold_to_run_bits: the operator holds the input
FRESH_PRESS = 2  # bit 1: it was seen released since the last engagement

_Field = descriptor_pb2.FieldDescriptorProto
_FIXED32, _FIXED64, _LENGTH = 5, 1, 2  # protobuf wire types


@dataclass(frozen=True)
class _Row:
    name: str
    number: int
    wire_type: int
    proto_type: descriptor_pb2.FieldDescriptorProto.Type.ValueType
    length: int  # bytes of the value
    since: int = 2  # version


def _rows(joints: int, version: int = VERSION) -> tuple[_Row, ...]:
    mask = (joints + 7) // 8
    rows = (
        _Row("magic", 1, _FIXED32, _Field.TYPE_FIXED32, 4),
        _Row("version", 2, _FIXED32, _Field.TYPE_FIXED32, 4),
        _Row("type", 3, _FIXED32, _Field.TYPE_FIXED32, 4),
        _Row("epoch", 4, _LENGTH, _Field.TYPE_BYTES, EPOCH_BYTES),
        _Row("lease_seq", 5, _FIXED64, _Field.TYPE_FIXED64, 8),
        _Row("cmd_seq", 6, _FIXED64, _Field.TYPE_FIXED64, 8),
        _Row("sent_ns", 7, _FIXED64, _Field.TYPE_SFIXED64, 8),
        _Row("not_after_ns", 8, _FIXED64, _Field.TYPE_SFIXED64, 8),
        _Row("model_hash", 9, _LENGTH, _Field.TYPE_BYTES, MODEL_HASH_BYTES),
        _Row("mode", 10, _FIXED32, _Field.TYPE_FIXED32, 4),
        _Row("hold_to_run_bits", 11, _FIXED32, _Field.TYPE_FIXED32, 4),
        _Row("input_seq", 12, _FIXED64, _Field.TYPE_FIXED64, 8),
        _Row("input_sampled_ns", 13, _FIXED64, _Field.TYPE_SFIXED64, 8),
        _Row("device", 14, _LENGTH, _Field.TYPE_BYTES, DEVICE_BYTES),
        _Row("joint_mask", 15, _LENGTH, _Field.TYPE_BYTES, mask),
        _Row("position_rad", 16, _LENGTH, _Field.TYPE_FLOAT, 4 * joints),
        _Row("velocity_rad_s", 17, _LENGTH, _Field.TYPE_FLOAT, 4 * joints),
        _Row("torque_ff_nm", 18, _LENGTH, _Field.TYPE_FLOAT, 4 * joints),
        _Row("base_velocity", 19, _LENGTH, _Field.TYPE_FLOAT, 4 * 3),
        _Row("body_height_m", 20, _LENGTH, _Field.TYPE_FLOAT, 4),
        _Row("body_lean_rad", 21, _LENGTH, _Field.TYPE_FLOAT, 4, since=3),
    )
    return tuple(row for row in rows if row.since <= version)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


_VALUE_DTYPES: dict[int, str] = {
    _Field.TYPE_FIXED32: "<u4",
    _Field.TYPE_FIXED64: "<u8",
    _Field.TYPE_SFIXED64: "<i8",
}


@cache
def _layout(joints: int, version: int = VERSION) -> tuple[np.dtype[np.void], bytes, tuple[str, ...]]:
    """The record of a frame, a frame whose values are all zero, and the names of its tag fields."""
    fields: list[tuple[str, str]] = []
    template = b""
    for row in _rows(joints, version):
        tag = _varint(row.number << 3 | row.wire_type)
        if row.wire_type == _LENGTH:
            tag += _varint(row.length)
        fields.append((f"tag_{row.name}", f"V{len(tag)}"))
        if row.proto_type == _Field.TYPE_FLOAT:
            fields.append((row.name, f"({row.length // 4},)<f4"))
        else:
            fields.append((row.name, _VALUE_DTYPES.get(row.proto_type, f"V{row.length}")))
        template += tag + bytes(row.length)
    return np.dtype(fields), template, tuple(name for name, _ in fields if name.startswith("tag_"))


@cache
def _tag_mask(joints: int, version: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    dtype, template, tags = _layout(joints, version)
    mask = np.zeros(len(template), np.bool_)
    for name in tags:
        field = dtype.fields[name]  # type: ignore[index]
        mask[field[1] : field[1] + field[0].itemsize] = True
    return mask


def frame_length(joints: int, version: int = VERSION) -> int:
    """Bytes of a frame for a robot of ``joints`` joints."""
    return len(_layout(joints, version)[1])


@dataclass(frozen=True, kw_only=True)
class JointCommand:
    """What control asks of the robot; the robot decides what becomes of it."""

    epoch: bytes  # 16 bytes: the agent's start this is meant for
    lease_seq: int
    cmd_seq: int  # > 0, rising
    sent_ns: int  # robot clock
    not_after_ns: int  # robot clock; the robot refuses it later
    model_hash: bytes  # 8 bytes, the first of the robot description's SHA-256
    position_rad: Vector  # (n,)
    velocity_rad_s: Vector  # (n,)
    torque_ff_nm: Vector  # (n,)
    joint_mask: np.ndarray[tuple[int], np.dtype[np.bool_]]  # (n,) joints that are meant
    mode: int = MODE_POSITION
    hold_to_run_bits: int = 0
    input_seq: int = 0
    input_sampled_ns: int = 0
    device: str = ""
    base_velocity: tuple[float, float, float] = (0.0, 0.0, 0.0)  # m/s forward, m/s left, rad/s to the left
    body_height_m: float = 0.0  # against the home pose, <= 0
    body_lean_rad: float = 0.0  # of the whole body above the legs, forwards


def pack(command: JointCommand) -> bytes:
    """The frame of ``command``."""
    joints = len(command.position_rad)
    dtype, template, _ = _layout(joints)
    record = np.frombuffer(bytearray(template), dtype)
    record["magic"], record["version"], record["type"] = MAGIC, VERSION, TYPE_JOINT_COMMAND
    record["epoch"] = np.void(command.epoch.ljust(EPOCH_BYTES, b"\0")[:EPOCH_BYTES])
    record["lease_seq"], record["cmd_seq"] = command.lease_seq, command.cmd_seq
    record["sent_ns"], record["not_after_ns"] = command.sent_ns, command.not_after_ns
    record["model_hash"] = np.void(command.model_hash.ljust(MODEL_HASH_BYTES, b"\0")[:MODEL_HASH_BYTES])
    record["mode"], record["hold_to_run_bits"] = command.mode, command.hold_to_run_bits
    record["input_seq"], record["input_sampled_ns"] = command.input_seq, command.input_sampled_ns
    record["device"] = np.void(command.device.encode()[:DEVICE_BYTES].ljust(DEVICE_BYTES, b"\0"))
    record["joint_mask"] = np.void(np.packbits(command.joint_mask, bitorder="little").tobytes())
    record["position_rad"] = command.position_rad
    record["velocity_rad_s"] = command.velocity_rad_s
    record["torque_ff_nm"] = command.torque_ff_nm
    record["base_velocity"], record["body_height_m"] = command.base_velocity, command.body_height_m
    record["body_lean_rad"] = command.body_lean_rad
    return record.tobytes()


def unpack(frame: bytes, joints: int, version: int = VERSION) -> JointCommand:
    """The command in ``frame``, for a robot of ``joints`` joints. Values are *not* judged; the gate does that.

    ``version`` is the one that the frame must have: robots hear the newest alone, takes may be older.

    Raises:
        WireError: wrong length, magic, version, type, or a tag that is not where it belongs.
    """
    dtype, template, _ = _layout(joints, version)
    if len(frame) != len(template):
        raise WireError(
            f"a command for {joints} joints has {len(template)} bytes, this frame has {len(frame)}"
        )
    mask = _tag_mask(joints, version)
    if not np.array_equal(np.frombuffer(frame, np.uint8)[mask], np.frombuffer(template, np.uint8)[mask]):
        raise WireError("the frame's fields are not where a command has them")
    record = np.frombuffer(frame, dtype)[0]
    head = int(record["magic"]), int(record["version"]), int(record["type"])
    if head != (MAGIC, version, TYPE_JOINT_COMMAND):
        raise WireError(f"magic, version and type are {head}, not {(MAGIC, version, TYPE_JOINT_COMMAND)}")
    bits = np.frombuffer(record["joint_mask"].tobytes(), np.uint8)
    forward, left, turn = record["base_velocity"]
    return JointCommand(
        epoch=record["epoch"].tobytes(),
        lease_seq=int(record["lease_seq"]),
        cmd_seq=int(record["cmd_seq"]),
        sent_ns=int(record["sent_ns"]),
        not_after_ns=int(record["not_after_ns"]),
        model_hash=record["model_hash"].tobytes(),
        mode=int(record["mode"]),
        hold_to_run_bits=int(record["hold_to_run_bits"]),
        input_seq=int(record["input_seq"]),
        input_sampled_ns=int(record["input_sampled_ns"]),
        device=record["device"].tobytes().rstrip(b"\0").decode(errors="replace"),
        joint_mask=np.unpackbits(bits, count=joints, bitorder="little").astype(np.bool_),
        position_rad=record["position_rad"],
        velocity_rad_s=record["velocity_rad_s"],
        torque_ff_nm=record["torque_ff_nm"],
        base_velocity=(float(forward), float(left), float(turn)),
        body_height_m=float(record["body_height_m"][0]),
        body_lean_rad=float(record["body_lean_rad"][0]) if version >= 3 else 0.0,
    )


def has_stray_mask_bits(frame: bytes, joints: int) -> bool:
    """True if the joint mask of ``frame``, whose length is right, names joints beyond the last."""
    dtype, _, _ = _layout(joints)
    field = dtype.fields["joint_mask"]  # type: ignore[index]
    last = frame[field[1] + field[0].itemsize - 1]
    return bool(joints % 8) and bool(last >> joints % 8)


@cache
def schema_bytes() -> bytes:
    """The serialised ``FileDescriptorSet`` under which a log stores frames as ``understudy.JointCommand``."""
    file = descriptor_pb2.FileDescriptorProto(
        name="understudy_command.proto", package="understudy", syntax="proto3"
    )
    described = file.message_type.add(name="JointCommand")
    for row in _rows(1):
        repeated = row.proto_type == _Field.TYPE_FLOAT
        described.field.add(
            name=row.name,
            number=row.number,
            type=row.proto_type,
            label=_Field.LABEL_REPEATED if repeated else _Field.LABEL_OPTIONAL,
        )
    return descriptor_pb2.FileDescriptorSet(file=[file]).SerializeToString()
