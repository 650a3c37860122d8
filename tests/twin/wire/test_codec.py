"""What is encoded comes back, and others can read it."""

from pathlib import Path

import msgspec
import numpy as np
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from hypothesis import given
from hypothesis import strategies as st

import twin.wire
from twin.errors import WireError
from twin.wire import codec
from twin.wire.messages import (
    AgentStatus,
    AppliedCommand,
    InputSample,
    JointLimited,
    Message,
    RobotState,
    vector,
)


def public_class(kind: type[Message]):
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(codec.schema_bytes()).file:
        pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(codec.schema_name(kind)))


@pytest.mark.parametrize("kind", codec.message_types(), ids=lambda kind: kind.__name__)
def test_every_message_survives_the_wire_with_its_defaults(kind):
    sent = kind()
    heard = codec.decode(codec.encode(sent), kind)
    for name in kind.__struct_fields__:
        np.testing.assert_array_equal(getattr(heard, name), getattr(sent, name))


@given(
    st.lists(st.floats(width=32, allow_nan=True, allow_infinity=True), max_size=80),
    st.integers(-(2**63), 2**63 - 1),
)
def test_numbers_come_back_exactly_nan_and_infinity_included(values, seq):
    sent = RobotState(position_rad=vector(values), command_seq=seq)
    heard = codec.decode(codec.encode(sent), RobotState)
    np.testing.assert_array_equal(heard.position_rad, np.asarray(values, np.float32))
    assert heard.command_seq == seq


def test_texts_lists_and_nested_messages_come_back():
    sent = AppliedCommand(
        source="teleop", limited=(JointLimited(joint=3, reason="speed"), JointLimited(joint=7))
    )
    heard = codec.decode(codec.encode(sent), AppliedCommand)
    assert [(one.joint, one.reason) for one in heard.limited] == [(3, "speed"), (7, "")]
    assert codec.decode(codec.encode(InputSample(buttons=("a", "ä"))), InputSample).buttons == ("a", "ä")
    assert codec.decode(codec.encode(AgentStatus(epoch=bytes(range(16)))), AgentStatus).epoch == bytes(
        range(16)
    )


def test_a_stranger_with_only_the_stored_schema_reads_the_same_numbers():
    payload = codec.encode(RobotState(position_rad=vector([0.5, -1.25]), command_seq=9))
    read = public_class(RobotState).FromString(payload)
    assert list(read.position_rad) == [0.5, -1.25]
    assert read.command_seq == 9


def test_what_a_stranger_writes_with_the_stored_schema_is_understood_here():
    theirs = public_class(RobotState)(position_rad=[1.5, 2.5], command_seq=4)
    heard = codec.decode(theirs.SerializeToString(), RobotState)
    np.testing.assert_array_equal(heard.position_rad, np.float32([1.5, 2.5]))


def test_the_published_proto_file_is_the_schema_in_use():
    published = Path(twin.wire.__path__[0]) / "wire.proto"
    assert published.read_text() == codec.proto_text(), (
        "run: python -m twin.wire.codec > twin/wire/wire.proto"
    )


def test_noise_is_refused_with_a_sentence():
    with pytest.raises(WireError, match="7 bytes are not a RobotState"):
        codec.decode(b"\xff" * 7, RobotState)


def test_a_vector_cut_in_the_middle_of_a_float_is_refused():
    whole = public_class(AgentStatus)(reason="abc").SerializeToString()
    # Field 2 of AgentStatus is text, field 2 of RobotState a vector: three bytes are not floats.
    with pytest.raises(WireError):
        codec.decode(whole, RobotState)


def test_messages_cannot_be_changed_after_they_are_made():
    message = AgentStatus(state="HOLD")
    with pytest.raises(AttributeError):
        message.state = "TELEOP"
    assert msgspec.structs.replace(message, state="TELEOP").state == "TELEOP"
