"""The first motion of a session is counted down: nothing moves before, any loss cancels it, later presses do not."""

import numpy as np
import pytest
from driving_bench import EPOCH, Bench

from teleop.control.clutch import Phase
from teleop.control.engagement import COUNTDOWN_NS
from teleop.control.reasons_now import reasons_now
from teleop.control.requests import Requests
from teleop.control.robot_view import Session
from teleop.control.rumble import Rumble
from teleop.control.status import status_of
from twin.wire.ask import named
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.messages import Request


@pytest.fixture
def bench():
    return Bench(first_in_session=True)


def status(bench):
    return status_of(bench.controller, bench.now_ns, reasons_now(bench.controller, bench.now_ns))


def counts_again(bench):
    bench.let_go()
    bench.go_on(0.1)
    bench.hold()
    bench.tick()
    return bench.controller.phase is Phase.COUNTING


def test_three_seconds_pass_between_the_first_press_and_the_first_command_and_nothing_moves(bench):
    held_rad, began_ns = bench.held_rad.copy(), bench.now_ns
    bench.hold()
    told = []
    while not bench.commands:
        bench.tick()
        told.append((status(bench).reason, *status(bench).reasons))
    assert COUNTDOWN_NS == 3 * NS_PER_S
    assert bench.now_ns - began_ns == pytest.approx(3 * NS_PER_S, abs=20 * NS_PER_MS)
    np.testing.assert_array_equal(bench.held_rad, held_rad)
    assert list(dict.fromkeys(told[:-1])) == [
        (f"counting down: {left}", f"countdown:{left}") for left in (3, 2, 1)
    ]
    bench.go_on(0.6)
    assert bench.controller.phase is Phase.ENGAGED
    assert status(bench).reasons == ()


def test_letting_go_cancels_it_and_the_next_press_counts_from_three(bench):
    bench.hold()
    bench.go_on(2.5)
    assert counts_again(bench)
    assert bench.controller.reason == "counting down: 3"
    assert not bench.commands


def test_a_stick_that_moves_while_it_counts_cancels_it(bench):
    bench.hold()
    bench.go_on(1.0)
    bench.axes = {"left_y": 0.8}
    bench.tick()
    assert bench.controller.phase is Phase.INHIBITED
    assert "not centred" in bench.controller.reason
    bench.axes = {}
    bench.go_on(4.0)
    assert not bench.commands


@pytest.mark.parametrize("what", ["pause", "motors off", "device silent"])
def test_what_ends_a_coupling_cancels_it(bench, what):
    bench.hold()
    bench.go_on(1.0)
    bench.controller.paused = what == "pause"
    bench.state = "STANDBY" if what == "motors off" else bench.state
    bench.speaks = what != "device silent"
    bench.go_on(0.2)
    assert bench.controller.phase is Phase.INHIBITED
    bench.controller.paused, bench.state, bench.speaks = False, "HOLD", True
    bench.go_on(4.0)
    assert not bench.commands
    assert counts_again(bench)


def test_once_the_robot_followed_it_is_never_counted_again_in_that_session(bench):
    bench.engage()
    for _ in range(3):
        assert not counts_again(bench)
        assert bench.controller.is_coupled
    bench.let_go()
    bench.controller.paused = True
    bench.go_on(0.5)
    bench.controller.paused = False
    assert not counts_again(bench)


def test_another_lease_and_a_robot_that_was_started_anew_are_counted_again(bench, monkeypatch):
    bench.engage()
    for session in (Session(2, EPOCH), Session(1, bytes(16))):
        bench.let_go()
        bench.tick()
        bench.controller.session = session
        monkeypatch.setattr(bench.controller.robot, "is_leased_to", lambda _: True)
        assert counts_again(bench)


def test_a_robot_that_refused_to_follow_has_not_moved_and_is_counted_again(bench):
    bench.obey = bool  # it does nothing
    bench.hold()
    bench.count_down()
    bench.go_on(0.6)
    assert bench.controller.phase is Phase.INHIBITED
    assert counts_again(bench)


def test_why_is_it_not_moving_names_the_count(bench):
    requests = Requests(bench.controller, None)

    def why():
        requests.now_ns = bench.now_ns
        return named(requests.answer(Request(action="why", sender="test")).results)

    assert why()["broken"] == "hold-to-run"
    assert "after a count of 3" in why()["engaged"]
    bench.hold()
    bench.go_on(1.5)
    assert why()["broken"] == "engaged"
    assert why()["engaged"] == "broken: counting down: 2"


def test_the_pad_ticks_with_each_number(bench):
    rumble, pulses = Rumble(), []
    bench.hold()
    while bench.controller.phase is not Phase.ENGAGING:
        bench.tick()
        reasons = reasons_now(bench.controller, bench.now_ns)
        pulse = rumble.pulse(bench.controller.phase, False, False, reasons, bench.now_ns)
        pulses += [pulse] if pulse else []
    assert len(pulses) == 3
