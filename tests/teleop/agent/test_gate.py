"""The gate lets through what is meant for this robot, now, by its driver, and nothing else."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from robot_side import DRIVER, EPOCH, MS, STRANGER, command_for, optimus

from teleop.agent.gate import Gate
from teleop.agent.lease import Lease
from teleop.agent.limits import JointLimits
from teleop.agent.verdict import Status
from twin.wire.command_frame import frame_length, pack
from twin.wire.direct import ReceivedFrame
from twin.wire.messages import vector

NOW = 1_000_000 * MS
SPEC = optimus()
HASH = bytes.fromhex(SPEC.model_hash)[:8]


@pytest.fixture
def gate() -> Gate:
    lease = Lease()
    lease.acquire(DRIVER, "driver", NOW)
    return Gate(SPEC.joint_names, JointLimits.of(SPEC), EPOCH, HASH, lease)


def judge(gate: Gate, seq: int = 1, client: bytes = DRIVER, at_ns: int = NOW, **changes: object) -> Status:
    frame = pack(command_for(SPEC, NOW, seq, **changes))
    return gate.judge(ReceivedFrame(client, frame, at_ns)).status


def with_value(value: float, joint: int = 20) -> np.ndarray:
    values = vector(SPEC.home_rad).copy()
    values[joint] = value
    return values


def test_a_correct_command_of_the_driver_is_accepted(gate):
    assert judge(gate) is Status.OK


@pytest.mark.parametrize(
    ("status", "spoilt"),
    [
        (Status.WRONG_EPOCH, {"epoch": bytes(16)}),
        (Status.OLDER_LEASE, {"lease_seq": 0}),
        (Status.UNKNOWN_LEASE, {"lease_seq": 2}),
        (Status.NOT_OWNER, {"client": STRANGER}),
        (Status.OLD_SEQ, {"seq": 0}),
        (Status.EXPIRED, {"at_ns": NOW + 81 * MS}),
        (Status.EXPIRED, {"not_after_ns": NOW - 1}),
        (Status.TOO_DISTANT, {"not_after_ns": NOW + 201 * MS}),
        (Status.TOO_DISTANT, {"sent_ns": NOW + 30 * MS}),
        (Status.WRONG_MODEL, {"model_hash": b"otherbot"}),
        (Status.BAD_MODE, {"mode": 7}),
        (Status.NOT_FINITE, {"position_rad": with_value(np.nan)}),
        (Status.NOT_FINITE, {"velocity_rad_s": with_value(np.inf)}),
        (Status.NOT_FINITE, {"torque_ff_nm": with_value(-np.inf)}),
    ],
)
def test_each_fault_is_named(gate, status, spoilt):
    assert judge(gate, **spoilt) is status
    assert gate.last_rejection.text.startswith(status.value)
    assert (gate.accepted, gate.rejected) == (0, 1)


# Faults in the order in which they must be found: each frame has one fault of this list and all that follow.
FAULTS = [
    (Status.WRONG_EPOCH, {"epoch": bytes(16)}),
    (Status.OLDER_LEASE, {"lease_seq": 0}),
    (Status.OLD_SEQ, {"seq": 0}),
    (Status.EXPIRED, {"not_after_ns": NOW - 1}),
    (Status.WRONG_MODEL, {"model_hash": b"otherbot"}),
    (Status.BAD_MODE, {"mode": 7}),
    (Status.NOT_FINITE, {"position_rad": with_value(np.nan)}),
]


@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_the_first_failing_check_decides(gate, first):
    together: dict[str, object] = {}
    for _, spoilt in FAULTS[first:]:
        together |= spoilt
    assert judge(gate, **together) is FAULTS[first][0]


def test_an_older_lease_is_told_who_holds_it_now(gate):
    judge(gate, lease_seq=0)
    assert "driver" in gate.last_rejection.text


def test_without_a_lease_nothing_passes(gate):
    gate._lease.give_back(DRIVER)
    assert judge(gate) is Status.NO_LEASE


def test_a_frame_is_accepted_once(gate):
    assert judge(gate, 5) is Status.OK
    assert judge(gate, 5) is Status.OLD_SEQ
    assert judge(gate, 4) is Status.OLD_SEQ


def test_skipped_numbers_are_accepted_and_counted(gate):
    judge(gate, 1)
    assert judge(gate, 4) is Status.OK
    assert gate.lost == 2


def test_a_number_from_a_refused_late_frame_does_not_bar_what_follows(gate):
    assert judge(gate, 2**60, not_after_ns=NOW - 1) is Status.EXPIRED
    assert judge(gate, 1) is Status.OK


def test_a_new_lease_counts_from_the_beginning(gate):
    judge(gate, 1000)
    gate._lease.give_back(DRIVER)
    gate._lease.acquire(DRIVER, "driver", NOW)
    assert judge(gate, 1, lease_seq=2) is Status.OK


@pytest.mark.parametrize("length", [0, 1, 1001, 65_536])
def test_a_frame_of_the_wrong_length_is_refused(gate, length):
    assert length != frame_length(len(SPEC.joints))
    assert gate.judge(ReceivedFrame(DRIVER, bytes(length), NOW)).status is Status.BAD_LENGTH


def test_a_mask_that_names_joints_beyond_the_last_is_refused(gate):
    frame = bytearray(pack(command_for(SPEC, NOW, 1)))
    end_of_mask = frame.index(b"\xff" * 9 + b"\x03") + 9
    frame[end_of_mask] = 0xFF
    assert gate.judge(ReceivedFrame(DRIVER, bytes(frame), NOW)).status is Status.BAD_MASK


def test_three_malformed_frames_in_a_row_are_a_storm(gate):
    for seq in (1, 2):
        judge(gate, seq, mode=7)
    assert not gate.stormed
    judge(gate, 3, mode=7)
    assert gate.stormed


def test_five_malformed_frames_within_a_second_are_a_storm(gate):
    for seq in range(1, 10, 2):
        assert not gate.stormed
        judge(gate, seq, position_rad=with_value(np.nan))
        judge(gate, seq + 1)
    assert gate.stormed


def test_late_and_doubled_frames_are_no_storm(gate):
    judge(gate, 1)
    for _ in range(20):
        judge(gate, 1)
        judge(gate, 2, not_after_ns=NOW - 1)
    assert not gate.stormed


def test_a_stranger_cannot_stop_the_robot_with_rubbish(gate):
    for _ in range(20):
        gate.judge(ReceivedFrame(STRANGER, b"rubbish", NOW))
    assert not gate.stormed
    assert gate.rejected == 20


def test_a_jump_is_ignored_and_the_next_frame_is_compared_with_the_last_good_one(gate):
    gate.engaged_at(SPEC.home_rad)
    elbow = SPEC.joint_names.index("left_elbow")
    assert judge(gate, 1, position_rad=with_value(SPEC.home_rad[elbow] + 0.21, elbow)) is Status.JUMP
    assert "left_elbow" in gate.last_rejection.text
    assert judge(gate, 2, position_rad=with_value(SPEC.home_rad[elbow] + 0.19, elbow)) is Status.OK
    assert judge(gate, 3, position_rad=with_value(SPEC.home_rad[elbow] + 0.38, elbow)) is Status.OK


def test_a_finger_may_step_further_than_an_arm(gate):
    gate.engaged_at(SPEC.home_rad)
    finger = SPEC.joint_names.index("left_index_pip")
    assert judge(gate, 1, position_rad=with_value(SPEC.home_rad[finger] + 0.45, finger)) is Status.OK
    assert judge(gate, 2, position_rad=with_value(SPEC.home_rad[finger] + 0.96, finger)) is Status.JUMP


def test_three_jumps_in_a_row_are_noticed_and_one_good_frame_forgives(gate):
    gate.engaged_at(SPEC.home_rad)
    far = with_value(SPEC.home_rad[20] + 1.0)
    judge(gate, 1, position_rad=far)
    judge(gate, 2, position_rad=far)
    judge(gate, 3)
    judge(gate, 4, position_rad=far)
    judge(gate, 5, position_rad=far)
    assert not gate.jumped
    judge(gate, 6, position_rad=far)
    assert gate.jumped


def test_joints_that_are_not_meant_do_not_jump(gate):
    gate.engaged_at(SPEC.home_rad)
    mask = np.ones(len(SPEC.joints), np.bool_)
    mask[20] = False
    assert judge(gate, 1, position_rad=with_value(9.0), joint_mask=mask) is Status.OK


GOOD = pack(command_for(SPEC, NOW, 1))


@settings(max_examples=1500, deadline=None)
@given(st.data())
def test_no_frame_with_a_damaged_head_is_ever_accepted(data):
    lease = Lease()
    lease.acquire(DRIVER, "driver", NOW)
    gate = Gate(SPEC.joint_names, JointLimits.of(SPEC), EPOCH, HASH, lease)
    frame = bytearray(GOOD)
    # Magic to model hash; a change of the numbers or stamps can give another valid frame, so they stay.
    for _ in range(data.draw(st.integers(1, 8))):
        frame[data.draw(st.sampled_from([*range(42)]))] ^= data.draw(st.integers(1, 255))
    if bytes(frame) == GOOD:
        return
    assert not gate.judge(ReceivedFrame(DRIVER, bytes(frame), NOW)).accepted


@settings(max_examples=1500, deadline=None)
@given(st.binary(max_size=1200), st.binary(max_size=20))
def test_no_rubbish_is_accepted_and_none_makes_the_gate_fail(rubbish, client):
    lease = Lease()
    lease.acquire(DRIVER, "driver", NOW)
    gate = Gate(SPEC.joint_names, JointLimits.of(SPEC), EPOCH, HASH, lease)
    padded = (rubbish * (frame_length(74) // max(len(rubbish), 1) + 1))[: frame_length(74)]
    for frame in (rubbish, padded):
        assert not gate.judge(ReceivedFrame(client, frame, NOW)).accepted
        assert not gate.judge(ReceivedFrame(DRIVER, frame, NOW)).accepted


def test_ten_thousand_frames_with_one_bad_float_are_all_refused(gate):
    random = np.random.default_rng(7)
    frame = bytearray(GOOD)
    bad = [np.float32(np.nan).tobytes(), np.float32(np.inf).tobytes(), np.float32(-np.inf).tobytes()]
    starts = [GOOD.index(vector(SPEC.home_rad).tobytes())]
    starts += [starts[0] + 74 * 4 + 4, starts[0] + 2 * (74 * 4 + 4)]
    for number in range(10_000):
        frame[:] = GOOD
        at = starts[number % 3] + 4 * int(random.integers(74))
        frame[at : at + 4] = bad[int(random.integers(3))]
        gate.last_seq = 0
        assert gate.judge(ReceivedFrame(DRIVER, bytes(frame), NOW)).status is Status.NOT_FINITE
