"""Latency by stage, of ways whose every stage is known."""

import numpy as np
import pytest

from teleop.control.latency_meter import STAGES, LatencyMeter
from twin.wire.clock import NS_PER_MS
from twin.wire.command_frame import JointCommand
from twin.wire.messages import AppliedCommand, InputSample, RobotState, vector

JOINTS = 5
DELAYS_MS = {"device": 2.0, "inputs": 1.0, "control": 3.0, "wire": 0.5, "gate": 1.5, "state_back": 0.8}
LAG_S, SAG_RAD = 0.018, 0.05


def command(seq, input_seq, sent_ns):
    zero = vector(np.zeros(JOINTS))
    return JointCommand(
        epoch=bytes(16),
        lease_seq=1,
        cmd_seq=seq,
        sent_ns=sent_ns,
        not_after_ns=sent_ns,
        model_hash=bytes(8),
        position_rad=zero,
        velocity_rad_s=zero,
        torque_ff_nm=zero,
        joint_mask=np.ones(JOINTS, bool),
        hold_to_run_bits=1,
        input_seq=input_seq,
        input_sampled_ns=sent_ns,
        device="gamepad:1",
    )


def setpoint(at_ns):
    return 0.3 * np.sin(2e-9 * at_ns + np.arange(JOINTS))


def speed(at_ns):
    return 0.6 * np.cos(2e-9 * at_ns + np.arange(JOINTS))


def ms(stage):
    return round(DELAYS_MS[stage] * NS_PER_MS)


def driven(meter, seconds, still=False):
    """Drive for so long: a sample, its command, what became of it and what the robot measured, every 10 ms."""
    for seq in range(1, round(seconds * 100)):
        reported_ns = 10**9 + seq * 10 * NS_PER_MS
        sampled_ns = reported_ns + ms("device")
        heard_ns = sampled_ns + ms("inputs")
        sent_ns = heard_ns + ms("control")
        received_ns = sent_ns + ms("wire")
        applied_ns = received_ns + ms("gate")
        waited_ns = NS_PER_MS  # of the device's two
        sample = InputSample(
            device="gamepad:1", device_sampled_ns=reported_ns + waited_ns, device_waited_ns=waited_ns
        )
        meter.hear_input(sample, seq, sampled_ns, heard_ns)
        meter.sent(command(seq, seq, sent_ns))
        lagging_ns = applied_ns - round(LAG_S * 1e9)
        state = RobotState(
            position_rad=vector(setpoint(lagging_ns) * (not still) - SAG_RAD),
            velocity_rad_s=vector(speed(lagging_ns) * (not still)),
            command_seq=seq,
            command_received_ns=received_ns,
        )
        meter.hear_state(state, applied_ns, applied_ns + ms("state_back"))
        moved = setpoint(applied_ns) * (not still)
        meter.hear_applied(AppliedCommand(command_seq=seq, applied_ns=applied_ns, position_rad=vector(moved)))
    return applied_ns


def test_every_stage_is_what_it_was_made_and_the_whole_is_their_sum():
    meter = LatencyMeter(JOINTS)
    account = meter.account(driven(meter, 3.0))
    found = {stage.name: stage for stage in account.stages}
    assert tuple(found) == STAGES
    for name, delay_ms in DELAYS_MS.items():
        assert found[name].p50_ms == pytest.approx(delay_ms, abs=0.01)
        assert found[name].p95_ms == pytest.approx(delay_ms, abs=0.01)
        assert found[name].samples > 150
    assert found["robot"].newest_ms == pytest.approx(1000 * LAG_S, abs=1.0)
    assert account.whole_p50_ms == pytest.approx(sum(DELAYS_MS.values()) + 1000 * LAG_S, abs=1.0)
    assert account.input_seq == 299


def test_a_robot_that_stands_still_tells_nothing_of_its_lag():
    meter = LatencyMeter(JOINTS)
    account = meter.account(driven(meter, 1.0, still=True))
    found = {stage.name: stage for stage in account.stages}
    assert found["robot"].samples == 0
    assert found["wire"].samples > 50
    assert account.whole_p50_ms == 0.0


def test_a_stick_that_rests_is_not_late():
    meter = LatencyMeter(JOINTS)
    sample = InputSample(device="gamepad:1", device_sampled_ns=5 * NS_PER_MS)
    for seq in range(1, 100):
        at_ns = seq * 10 * NS_PER_MS
        meter.hear_input(sample, seq, at_ns, at_ns)
        meter.sent(command(seq, seq, at_ns + NS_PER_MS))
    device = meter.account(10**9).stages[0]
    assert device.samples == 1


def test_what_is_older_than_two_seconds_is_forgotten_and_so_are_commands_that_never_arrived():
    meter = LatencyMeter(JOINTS)
    end_ns = driven(meter, 1.0)
    assert all(stage.samples == 0 for stage in meter.account(end_ns + 3 * 10**9).stages)
    for seq in range(1000, 1500):
        at_ns = end_ns + (seq - 999) * 10 * NS_PER_MS
        meter.hear_input(InputSample(device_sampled_ns=at_ns), seq, at_ns, at_ns)
        meter.sent(command(seq, seq, at_ns))
    assert len(meter._sent) <= 102
