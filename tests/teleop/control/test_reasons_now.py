"""Reasons as control publishes them, and how the pad tells of them."""

import numpy as np
import pytest
from driving_bench import SPEC, Bench

from teleop.control.clutch import Phase
from teleop.control.reasons_now import reasons_now
from teleop.control.rumble import AGAIN_NS, COUPLES, LETS_GO, RECORDS, SAVED, STOPPED, Rumble
from teleop.control.status import status_of
from twin.reasons import parse
from twin.wire.clock import NS_PER_MS
from twin.wire.messages import AppliedCommand, JointLimited, vector

LIMIT = parse("limit:left_elbow")


def told(bench):
    return [str(reason) for reason in reasons_now(bench.controller, bench.now_ns)]


@pytest.fixture
def bench():
    return Bench()


def test_while_nobody_asks_for_anything_there_is_no_reason(bench):
    bench.go_on(0.3)
    assert told(bench) == []


def test_an_arm_at_its_end_and_a_joint_that_the_gate_slowed_are_both_told(bench):
    bench.engage()
    bench.axes = {"left_y": 1.0}
    bench.go_on(4.0)
    assert told(bench)[0].startswith(("limit:right_", "reach:right_", "singularity:right_"))
    elbow = SPEC.joint_names.index("left_elbow")
    limited = (JointLimited(joint=elbow, reason="position"),)
    applied = AppliedCommand(position_rad=vector(bench.held_rad), limited=limited)
    bench.controller.robot.hear_applied(applied, bench.now_ns)
    assert "limit:left_elbow" in told(bench)
    reasons = reasons_now(bench.controller, bench.now_ns)
    assert status_of(bench.controller, bench.now_ns, reasons).reasons == tuple(map(str, reasons))


def test_a_finger_at_its_end_is_at_work(bench):
    bench.engage()
    finger = SPEC.joint_names.index("left_index_mcp")
    limited = (JointLimited(joint=finger, reason="position"),)
    bench.controller.robot.hear_applied(
        AppliedCommand(position_rad=vector(bench.held_rad), limited=limited), bench.now_ns
    )
    assert told(bench) == []


def test_holding_without_the_lease_tells_lease_and_not_engaged(bench):
    bench.controller.session = type(bench.controller.session)()
    bench.buttons = ("left_shoulder",)
    bench.go_on(0.1)
    assert told(bench) == ["lease", "not_engaged"]


def test_a_jump_that_the_robot_refused_and_a_device_that_fell_silent_are_told(bench):
    bench.engage()
    bench.obey = bool
    bench.rejected, bench.rejection, bench.state = 1, "the command jumps", "HOLD"
    bench.go_on(0.05)
    status = bench.controller.robot.status
    bench.controller.robot.status = type(status)(
        **{name: getattr(status, name) for name in status.__struct_fields__} | {"last_rejection": "JUMP"}
    )
    assert "jump:robot" in told(bench)
    bench.speaks = False
    bench.go_on(0.2)
    assert "stale:gamepad" in told(bench)


def test_reasons_never_fail_over_one_that_a_newer_part_invented(bench):
    bench.engage()
    bench.controller.driver.limited_by = ("gravity:moon", "reach:left_hand")
    assert told(bench) == ["reach:left_hand"]
    assert np.isfinite(bench.held_rad).all()


# --- the pad --------------------------------------------------------------------------------------------


def pulses(rumble, seconds, phase=Phase.ENGAGED, stopped=False, recording=False, reasons=(), start_ms=0):
    found = []
    for ms in range(start_ms, start_ms + round(seconds * 1000), 20):
        pulse = rumble.pulse(phase, stopped, recording, reasons, ms * NS_PER_MS)
        if pulse is not None:
            found.append(pulse)
    return tuple(found)


def test_the_pad_has_a_word_for_coupling_letting_go_stop_and_takes():
    rumble = Rumble()
    assert pulses(rumble, 0.5) == COUPLES
    assert pulses(rumble, 0.5, recording=True, start_ms=500) == RECORDS
    assert pulses(rumble, 0.5, start_ms=1000) == SAVED
    assert pulses(rumble, 0.5, Phase.READY, start_ms=1500) == LETS_GO
    assert pulses(rumble, 1.0, Phase.READY, stopped=True, start_ms=2000) == STOPPED


def test_a_reason_is_told_once_it_stands_and_then_rarely():
    rumble = Rumble()
    pulses(rumble, 1.0)
    assert pulses(rumble, 0.1, reasons=(LIMIT,), start_ms=1000) == ()
    assert len(pulses(rumble, 0.4, reasons=(LIMIT,), start_ms=1100)) == 1
    assert len(pulses(rumble, 20.0, reasons=(LIMIT,), start_ms=1500)) == 20 * 10**9 // AGAIN_NS


def test_different_reasons_keep_a_second_between_them():
    rumble = Rumble()
    pulses(rumble, 1.0)
    many = tuple(parse(f"limit:joint_{number}") for number in range(30))
    assert 8 <= len(pulses(rumble, 10.0, reasons=many, start_ms=1000)) <= 10


def test_a_hand_that_is_merely_slower_is_no_news():
    rumble = Rumble()
    pulses(rumble, 1.0)
    assert pulses(rumble, 5.0, reasons=(parse("speed:left_elbow"),), start_ms=1000) == ()
