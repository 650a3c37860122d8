"""The agent from power-on to standstill, with time, commands, stops and faults of the test's making."""

import numpy as np
import pytest
from robot_side import DRIVER, MS, PRESS, STRANGER, Rig, command_for

from teleop.agent.links.base import DriveMode
from twin.wire.command_frame import HOLD_TO_RUN, pack


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_the_agent_starts_in_standby_with_motors_off(rig):
    assert rig.state == "BOOT"
    rig.pass_ms(2)
    assert rig.state == "STANDBY"
    assert rig.agent.drive_mode is DriveMode.PARKED


def test_from_standby_to_teleop_and_back_to_hold(rig):
    rig.engage()
    rig.drive(200, position_rad=rig.moved("left_elbow", -0.05))
    elbow = rig.spec.joint_names.index("left_elbow")
    assert rig.position_rad[elbow] == pytest.approx(rig.spec.home_rad[elbow] - 0.05, abs=1e-3)
    rig.send(hold_to_run_bits=0)
    assert rig.state == "STOPPING"
    rig.pass_ms(20)
    assert rig.state == "HOLD"


def test_power_needs_the_lease(rig):
    rig.pass_ms(2)
    refused = rig.ask("power.on")
    assert not refused.accepted
    assert "acquire it first" in refused.reason
    rig.ask("lease.acquire")
    refused = rig.ask("power.on", STRANGER, "someone")
    assert "driver holds" in refused.reason


def test_a_held_input_at_power_on_does_not_engage(rig):
    rig.pass_ms(2)
    rig.ask("lease.acquire")
    rig.drive(50, PRESS)
    rig.ask("power.on")
    rig.drive(300, PRESS)
    assert rig.state == "HOLD"
    rig.drive(20, 0)
    rig.drive(20, PRESS)
    assert rig.state == "ENGAGING"


def test_a_press_that_is_not_fresh_does_not_engage(rig):
    rig.power_on()
    rig.drive(300, HOLD_TO_RUN)
    assert rig.state == "HOLD"


def test_engaging_is_a_slow_blend_without_a_step(rig):
    rig.power_on()
    begin = len(rig.history)
    rig.drive(20, PRESS, position_rad=rig.moved("left_elbow", -0.15))
    rig.drive(520, HOLD_TO_RUN, position_rad=rig.moved("left_elbow", -0.15))
    steps = np.abs(np.diff(np.array(rig.history[begin - 1 :]), axis=0))
    assert steps[0].max() <= 0.2e-3
    assert (steps.max(axis=0) <= 0.25 * rig.agent.limits.speed_rad_s * 0.002 + 1e-9).all()


def test_a_target_far_from_the_robot_does_not_engage(rig):
    rig.power_on()
    rig.drive(20, PRESS, position_rad=rig.moved("left_elbow", -0.5))
    assert rig.state == "HOLD"
    assert "left_elbow" in rig.agent.reason


def test_silence_leads_to_hold_in_time_and_to_standstill(rig):
    rig.engage()
    for step in range(30):
        rig.drive(10, position_rad=rig.moved("left_elbow", -0.02 * step))
    assert np.abs(rig.velocity_rad_s).max() > 1.0
    rig.pass_ms(70)
    assert rig.state == "TELEOP"
    rig.pass_ms(14)
    assert rig.state in ("STOPPING", "HOLD")
    assert "80 ms" in rig.agent.reason
    rig.pass_ms(400)
    assert rig.state == "HOLD"
    assert not rig.velocity_rad_s.any()


def test_after_silence_the_same_held_input_does_not_resume(rig):
    rig.engage()
    rig.pass_ms(300)
    rig.drive(500, HOLD_TO_RUN)
    assert rig.state == "HOLD"


def test_late_commands_of_a_frozen_commander_move_nothing(rig):
    rig.engage()
    late = []
    for _ in range(20):
        rig.seq += 1
        command = command_for(rig.spec, rig.now_ns, rig.seq, position_rad=rig.moved("left_elbow", -0.1))
        late.append(pack(command))
    rig.pass_ms(500)
    before = rig.position_rad.copy()
    assert {rig.send_bytes(frame) for frame in late} == {"EXPIRED"}
    rig.pass_ms(200)
    np.testing.assert_array_equal(rig.position_rad, before)


def test_a_bad_frame_keeps_the_target_and_three_stop_the_robot_until_acknowledged(rig):
    rig.engage()
    nan = rig.moved("left_elbow", np.nan)
    assert rig.send(position_rad=nan) == "NOT_FINITE"
    rig.pass_ms(10)
    rig.drive(20)
    assert rig.state == "TELEOP"
    for _ in range(3):
        rig.send(position_rad=nan)
    rig.pass_ms(100)
    assert rig.state == "PROTECTIVE_HOLD"
    rig.drive(30, 0)
    rig.drive(30, PRESS)
    assert rig.state == "PROTECTIVE_HOLD"
    assert not rig.ask("acknowledge", STRANGER, "someone").accepted
    assert rig.ask("acknowledge").accepted
    assert rig.state == "HOLD"


def test_bad_frames_while_holding_change_nothing(rig):
    rig.power_on()
    for _ in range(10):
        rig.send(mode=9)
    rig.pass_ms(50)
    assert rig.state == "HOLD"
    assert rig.agent.gate.rejected == 10


def test_one_jump_is_ignored_and_three_hold(rig):
    rig.engage()
    far = rig.moved("left_elbow", -0.5)
    before = rig.position_rad.copy()
    assert rig.send(position_rad=far) == "JUMP"
    rig.pass_ms(10)
    rig.drive(50)
    assert rig.state == "TELEOP"
    for _ in range(3):
        rig.send(position_rad=far)
        rig.pass_ms(2)
    rig.pass_ms(100)
    assert rig.state == "HOLD"
    np.testing.assert_allclose(rig.position_rad, before, atol=1e-3)


def test_a_request_that_stays_beyond_the_limits_ends_in_hold(rig):
    rig.engage()
    elbow = rig.spec.joint_names.index("left_elbow")
    beyond_rad = rig.agent.limits.upper_rad[elbow] - rig.spec.home_rad[elbow] + 0.5
    for share in np.linspace(0, 1, 40):
        rig.drive(20, position_rad=rig.moved("left_elbow", share * beyond_rad))
    rig.drive(200, position_rad=rig.moved("left_elbow", beyond_rad))
    assert rig.state == "TELEOP"
    assert [(row.reason, row.joint) for row in rig.agent.applied(0).limited] == [("position", elbow)]
    rig.drive(400, position_rad=rig.moved("left_elbow", beyond_rad))
    assert rig.state == "HOLD"
    assert rig.position_rad[elbow] <= rig.agent.limits.soft_upper_rad[elbow] + 1e-9


def test_fast_but_lawful_motion_of_arm_and_hand_is_never_held(rig):
    """A hand closes in 0.3 s while the arm swings at 2 rad/s, for ten seconds."""
    rig.engage()
    fingers = [i for i, name in enumerate(rig.spec.joint_names) if name.endswith(("_mcp", "_pip", "_dip"))]
    elbow = rig.spec.joint_names.index("left_elbow")
    for step in range(1000):
        at_s = step / 100
        wanted = rig.moved("left_elbow", 0.32 * np.sin(2 * np.pi * at_s))
        velocity = np.zeros_like(wanted)
        velocity[elbow] = 0.32 * 2 * np.pi * np.cos(2 * np.pi * at_s)
        closed = min(1.0, max(0.0, 1.5 - 5 * abs(at_s % 1 - 0.5)))
        wanted[fingers] = closed * rig.agent.limits.upper_rad[fingers]
        rig.drive(10, position_rad=wanted, velocity_rad_s=velocity)
        rig.ask("lease.retain")
        assert rig.state == "TELEOP", rig.agent.reason


@pytest.mark.parametrize("level", ["HOLD", "SETTLE", "CUT"])
def test_stop_is_acknowledged_with_what_is_latched_in_every_state(level):
    for prepare in (id, lambda rig: rig.pass_ms(2), Rig.power_on, Rig.engage):
        rig = Rig()
        prepare(rig)
        assert rig.stop(level) == level
        assert rig.stop("HOLD") == level
        rig.pass_ms(500)
        assert rig.state not in ("ENGAGING", "TELEOP")


def test_stop_hold_keeps_the_motors_and_needs_reset_and_a_new_press(rig):
    rig.engage()
    rig.stop("HOLD")
    assert rig.state == "STOPPING"
    rig.drive(500, PRESS)
    assert rig.state == "HOLD"
    assert rig.agent.drive_mode is DriveMode.POWERED
    assert rig.ask("reset").accepted
    rig.drive(200, PRESS)
    assert rig.state == "HOLD", "the input was held all the time"
    rig.drive(20, 0)
    rig.drive(20, PRESS)
    assert rig.state == "ENGAGING"


def test_while_a_stop_is_latched_not_even_a_new_press_engages(rig):
    rig.power_on()
    rig.stop("HOLD")
    rig.drive(100, 0)
    rig.drive(100, PRESS)
    assert rig.state == "HOLD"


def test_stop_settle_rests_the_robot_and_takes_the_power(rig):
    rig.engage()
    for step in range(40):
        rig.drive(10, position_rad=rig.moved("left_elbow", -0.02 * step))
    rig.stop("SETTLE")
    rig.pass_ms(500)
    assert rig.state == "SETTLING"
    rig.pass_ms(4600)
    assert rig.state == "STOPPED_LATCHED"
    assert rig.agent.drive_mode is DriveMode.LIMP
    body = ~rig.agent.limits.is_hand
    np.testing.assert_allclose(rig.position_rad[body], rig.spec.home_rad[body], atol=0.04)


def test_after_a_cut_reset_leads_to_standby_and_motion_needs_power_and_a_press(rig):
    rig.engage()
    rig.stop("CUT")
    assert rig.state == "STOPPED_LATCHED"
    rig.drive(200, PRESS)
    assert not rig.ask("power.on").accepted
    assert rig.ask("reset").accepted
    assert rig.state == "STANDBY"
    rig.drive(200, PRESS)
    assert rig.state == "STANDBY"
    assert rig.ask("power.on").accepted
    rig.pass_ms(10)
    rig.drive(100, PRESS)
    assert rig.state == "HOLD", "still the old press"


def test_an_acknowledgement_is_not_a_reset(rig):
    rig.engage()
    rig.stop("CUT")
    refused = rig.ask("acknowledge")
    assert not refused.accepted
    assert "reset" in refused.reason


def test_stop_wins_against_an_enable_of_the_same_instant():
    for first_stop in (True, False):
        rig = Rig()
        rig.power_on()
        if first_stop:
            rig.stop()
        rig.send(hold_to_run_bits=PRESS)
        if not first_stop:
            rig.stop()
        moved = len(rig.history)
        rig.drive(300, PRESS, position_rad=rig.moved("left_elbow", -0.1))
        assert rig.state == "HOLD"
        np.testing.assert_allclose(rig.history[-1], rig.history[moved], atol=1e-6)


def test_returning_the_lease_while_moving_stops_the_robot(rig):
    rig.engage()
    rig.ask("lease.return")
    assert rig.state == "STOPPING"
    assert rig.send() == "NO_LEASE"


def test_a_take_goes_through_hold_and_the_old_owner_is_refused(rig):
    rig.engage()
    taken = rig.ask("lease.take", STRANGER, "second", reason="shift change")
    assert taken.accepted
    assert rig.state == "STOPPING"
    old_lease = rig.agent.lease.lease_seq
    for _ in range(7):
        rig.ask("lease.retain")
        rig.drive(500, PRESS)
        assert rig.state == "HOLD"
    assert rig.agent.lease.is_owner(STRANGER)
    assert rig.send(lease_seq=old_lease) == "OLDER_LEASE"
    assert "second" in rig.agent.gate.last_rejection.text
    assert rig.send(DRIVER) == "NOT_OWNER"
    assert rig.ask("lease.acquire", STRANGER, "second").accepted


def test_an_owner_that_only_sends_commands_loses_the_lease(rig):
    rig.engage()
    rig.drive(9300)
    assert rig.state == "TELEOP"
    rig.drive(1000)
    assert rig.state == "HOLD"
    assert not rig.agent.lease.owner


def test_a_fault_of_the_drives_takes_the_power_for_good(rig):
    rig.engage()
    rig.fault = "encoder of left_elbow is silent"
    rig.pass_ms(2)
    assert rig.state == "FAULT"
    assert rig.agent.reason == rig.fault
    for action in ("reset", "acknowledge", "power.on"):
        refused = rig.ask(action)
        assert not refused.accepted
        assert "restart" in refused.reason


def test_without_measurements_the_robot_stops(rig):
    rig.engage()
    for _ in range(40):
        rig.now_ns += 2 * MS
        if rig.now_ns % (10 * MS) == 0:
            rig.send(hold_to_run_bits=HOLD_TO_RUN)
        rig.agent.tick(rig.now_ns)
    assert rig.state in ("STOPPING", "HOLD")
    assert "no measurement" in rig.agent.reason


def test_an_unknown_request_is_refused_with_what_there_is(rig):
    assert "power.on" in rig.ask("make.coffee").reason


def test_the_state_message_carries_the_newest_command(rig):
    rig.power_on()
    rig.send(cmd_seq=77, input_seq=9, hold_to_run_bits=0)
    applied = rig.agent.applied(rig.now_ns)
    assert (applied.command_seq, applied.input_seq) == (77, 9)
    assert applied.source == "hold"
