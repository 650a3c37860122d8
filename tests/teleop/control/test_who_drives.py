"""Who drives: what is lost lets go in the same tick, nothing resumes by itself, and devices hand over to each other."""

import pytest
from driving_bench import BINDINGS, Bench

from teleop.control.clutch import Phase
from teleop.control.robot_view import Session
from twin.wire.command_frame import HOLD_TO_RUN
from twin.wire.messages import InputSample


@pytest.fixture
def bench():
    return Bench()


def test_a_silent_device_lets_go_within_a_tick_of_its_eighty_milliseconds(bench):
    bench.engage()
    bench.axes = {"left_y": 0.5}
    bench.go_on(0.2)
    bench.speaks = False
    bench.go_on(0.08)
    assert bench.commands[-1].hold_to_run_bits & HOLD_TO_RUN
    bench.tick()
    assert bench.commands[-1].hold_to_run_bits == 0
    count = len(bench.commands)
    bench.go_on(0.2)
    assert len(bench.commands) == count, "after the release there is silence"


def test_an_unplugged_pad_lets_go_at_once_and_plugging_in_does_not_resume(bench):
    bench.engage()
    gone = InputSample(device="gamepad:1", kind="gamepad", connected=False)
    bench.controller.hear_input(gone, bench.seq + 1, bench.now_ns)
    bench.speaks = False
    command = bench.tick(1)
    assert command is not None
    assert command.hold_to_run_bits == 0
    assert bench.controller.reason == "gamepad unplugged: plug it in and press the left bumper again"
    bench.go_on(0.3)
    assert bench.controller.reason.startswith("gamepad unplugged")
    bench.speaks, bench.device = True, "gamepad:2"
    bench.go_on(0.3)
    assert bench.controller.phase is Phase.INHIBITED
    bench.buttons = ()
    bench.go_on(0.1)
    bench.engage()


def test_a_robot_that_leaves_teleop_is_not_driven_on(bench):
    bench.engage()
    bench.state = "STOPPING"
    command = bench.tick()
    assert command.hold_to_run_bits == 0
    bench.state = "HOLD"
    bench.go_on(0.5)
    assert bench.controller.phase is Phase.INHIBITED


def test_a_lost_lease_lets_go(bench):
    bench.engage()
    bench.controller.session = Session()
    assert bench.tick().hold_to_run_bits == 0
    assert "does not drive" in bench.controller.reason


def test_the_keyboard_takes_over_only_while_nobody_holds_the_pad(bench):
    key = InputSample(device="keyboard", kind="keyboard", connected=True, buttons=("shift",))
    bench.controller.hear_input(key, 1, bench.now_ns)
    assert bench.controller.devices.driver.sample.kind == "keyboard"
    idle = InputSample(device="keyboard", kind="keyboard", connected=True)
    bench.controller.hear_input(idle, 2, bench.now_ns)
    bench.tick()
    assert bench.controller.devices.driver.sample.kind == "gamepad"
    bench.engage()
    bench.controller.hear_input(key, 3, bench.now_ns)
    bench.tick()
    assert bench.controller.devices.driver.sample.kind == "gamepad"
    assert bench.controller.phase is Phase.ENGAGED


def test_a_pad_that_appears_with_hold_to_run_held_does_not_engage_although_the_keyboard_was_idle():
    bench = Bench()
    bench.kind, bench.device = "keyboard", "keyboard"
    bench.controller.devices = type(bench.controller.devices)(BINDINGS)
    bench.go_on(0.1)
    assert bench.controller.phase is Phase.READY
    bench.kind, bench.device, bench.buttons = "gamepad", "gamepad:7", ("left_shoulder",)
    bench.go_on(0.3)
    assert bench.controller.phase is Phase.INHIBITED
    assert bench.commands == []


def test_letting_go_of_the_pad_does_not_hand_the_robot_to_a_held_keyboard(bench):
    bench.engage()
    key = InputSample(device="keyboard", kind="keyboard", connected=True, buttons=("shift",))
    free = InputSample(device="keyboard", kind="keyboard", connected=True)
    bench.controller.hear_input(free, 1, bench.now_ns)
    bench.controller.hear_input(key, 2, bench.now_ns)
    bench.tick()
    assert bench.controller.phase is Phase.ENGAGED
    bench.buttons = ()
    assert bench.tick().hold_to_run_bits == 0
    bench.controller.hear_input(key, 3, bench.now_ns)
    bench.go_on(0.1)
    assert bench.controller.phase not in (Phase.ENGAGING, Phase.ENGAGED)
