"""The command frame has one form, and everything else is refused."""

import numpy as np
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from hypothesis import given
from hypothesis import strategies as st

from recordings.log import read_command
from twin.errors import WireError
from twin.wire import command_frame
from twin.wire.command_frame import JointCommand, frame_length, pack, unpack

N = 74


def command(**changes) -> JointCommand:
    values = {
        "epoch": bytes(range(16)),
        "lease_seq": 3,
        "cmd_seq": 42,
        "sent_ns": 10**15,
        "not_after_ns": 10**15 + 80_000_000,
        "model_hash": b"12345678",
        "position_rad": np.linspace(-1, 1, N, dtype=np.float32),
        "velocity_rad_s": np.zeros(N, np.float32),
        "torque_ff_nm": np.full(N, 0.5, np.float32),
        "joint_mask": np.arange(N) % 3 == 0,
        "hold_to_run_bits": 3,
        "input_seq": 7,
        "input_sampled_ns": 10**15 - 1_000_000,
        "device": "gamepad:1",
        "base_velocity": (0.25, -0.125, 0.5),
        "body_height_m": -0.125,
        "body_lean_rad": 0.25,
    }
    return JointCommand(**{**values, **changes})


def test_every_value_comes_back():
    sent, heard = command(), unpack(pack(command()), N)
    for name in JointCommand.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(heard, name), getattr(sent, name), err_msg=name)


def test_a_frame_of_a_time_without_lean_is_read_from_a_take_and_refused_by_a_robot():
    rows = {row.name: row for row in command_frame._rows(N)}
    lean = command_frame._varint(rows["body_lean_rad"].number << 3 | 2) + b"\x04" + bytes(4)
    now = pack(command(body_lean_rad=0.0))
    assert now.endswith(lean)
    before = bytearray(now.removesuffix(lean))
    at = before.index((3).to_bytes(4, "little"), 5)
    before[at : at + 4] = (2).to_bytes(4, "little")
    read = read_command(bytes(before))
    np.testing.assert_array_equal(read.position_rad, command().position_rad)
    assert read.body_lean_rad == 0.0
    with pytest.raises(WireError, match="bytes"):
        unpack(bytes(before), N)


def test_a_frame_for_74_joints_is_about_a_kilobyte_and_always_equally_long():
    zeros = np.zeros(N, np.float32)
    empty = command(cmd_seq=0, position_rad=zeros, torque_ff_nm=zeros, device="", hold_to_run_bits=0)
    assert len(pack(command())) == len(pack(empty)) == frame_length(N)
    assert 1000 < frame_length(N) < 1100


def test_a_viewer_reads_the_frame_as_protobuf_by_its_stored_schema():
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(command_frame.schema_bytes()).file:
        pool.Add(file)
    kind = message_factory.GetMessageClass(pool.FindMessageTypeByName(command_frame.SCHEMA_NAME))
    read = kind.FromString(pack(command()))
    assert read.cmd_seq == 42
    assert read.not_after_ns == 10**15 + 80_000_000
    np.testing.assert_array_equal(np.float32(read.position_rad), command().position_rad)


@given(st.binary(max_size=2000))
def test_noise_is_never_a_command(noise):
    with pytest.raises(WireError):
        unpack(noise, N)


@given(st.integers(0, frame_length(N) - 1))
def test_a_frame_cut_anywhere_is_refused(length):
    with pytest.raises(WireError, match="bytes"):
        unpack(pack(command())[:length], N)


def test_a_frame_for_another_number_of_joints_is_refused():
    with pytest.raises(WireError, match="a command for 19 joints has"):
        unpack(pack(command()), 19)


def test_a_changed_tag_magic_or_version_is_refused():
    frame = bytearray(pack(command()))
    for place in (0, 1, 6, 11, 15):  # tag and value of magic, version, type, and the tag of the epoch
        broken = frame.copy()
        broken[place] ^= 0xFF
        with pytest.raises(WireError):
            unpack(bytes(broken), N)


def test_values_are_not_judged_here_but_come_through_for_the_gate_to_judge():
    assert np.isnan(unpack(pack(command(position_rad=np.full(N, np.nan, np.float32))), N).position_rad).all()
