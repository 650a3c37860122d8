"""What the plots draw is what the robot did: nothing between two pixels is lost, and silence is not a line."""

import numpy as np
import pytest

from app.joints.history import JointHistory, Signal
from app.plots.envelope_ring import EnvelopeRing
from twin.wire import codec
from twin.wire.bus import Heard
from twin.wire.messages import AppliedCommand, BalanceState, RobotState, vector

MS = 1_000_000
IS_LEG = np.array([False, False, True])


def ring(steps: int = 10, bridge_ms: int = 0) -> EnvelopeRing:
    return EnvelopeRing(2, steps, 10 * MS, bridge_ns=bridge_ms * MS)


def feed(ring: EnvelopeRing, at_ms: list[int], values: list[float]) -> None:
    ring.extend(np.array(at_ms) * MS, np.array([[v, -v] for v in values], np.float32))


def state(at_ms: int, position: float, joints: int = 3) -> Heard:
    values = vector(np.full(joints, position))
    message = RobotState(position_rad=values, velocity_rad_s=values * 2, effort_nm=values * 3)
    return Heard("robot.state", at_ms, at_ms * MS, at_ms * MS, codec.encode(message))


def applied(at_ms: int, position: float, joints: int = 3) -> Heard:
    message = AppliedCommand(position_rad=vector(np.full(joints, position)))
    return Heard("robot.applied", at_ms, at_ms * MS, at_ms * MS, codec.encode(message))


def balance(at_ms: int) -> Heard:
    return Heard("robot.balance", at_ms, at_ms * MS, at_ms * MS, codec.encode(BalanceState()))


def test_a_spike_of_one_sample_is_still_there_after_the_envelope():
    made = ring()
    feed(made, list(range(0, 100, 2)), [100.0 if at == 42 else 1.0 for at in range(0, 100, 2)])
    assert made.view(0).max() == 100.0
    assert made.view(1).min() == -100.0


def test_each_step_holds_its_smallest_and_its_largest_sample():
    made = ring()
    feed(made, [0, 3, 9, 10], [2.0, 1.0, 5.0, 7.0])
    np.testing.assert_array_equal(made.view(0)[-4:], [1, 5, 7, 7])


def test_a_step_that_arrives_in_two_pieces_is_one_step():
    made = ring()
    feed(made, [0, 2], [4.0, 3.0])
    feed(made, [5, 8], [9.0, 6.0])
    np.testing.assert_array_equal(made.view(0)[-2:], [3, 9])


def test_the_view_is_contiguous_and_in_order_however_often_the_ring_went_round():
    made = ring(steps=8)
    for at in range(0, 5000, 5):
        feed(made, [at], [float(at // 10)])
        shown = made.view(0)
        assert shown.flags.c_contiguous
        seen = shown[np.isfinite(shown)]
        assert np.all(np.diff(seen) >= 0)
        assert seen[-1] == at // 10


def test_a_long_silence_is_a_gap_and_a_short_one_is_the_last_value_held():
    made = ring(bridge_ms=30)
    feed(made, [0, 30], [1.0, 2.0])
    np.testing.assert_array_equal(made.view(0)[-8:], [1, 1, 1, 1, 1, 1, 2, 2])
    feed(made, [90], [3.0])
    np.testing.assert_array_equal(np.isnan(made.view(0)[-14:]), [False] * 2 + [True] * 10 + [False] * 2)


def test_after_a_silence_longer_than_the_ring_nothing_old_is_left():
    made = ring(steps=4)
    feed(made, [0, 10, 20, 30], [1.0, 2.0, 3.0, 4.0])
    feed(made, [1000], [9.0])
    shown = made.view(0)
    assert np.isnan(shown[:-2]).all()
    assert shown[-1] == 9.0


def test_a_sample_from_before_the_ring_is_left_out():
    made = ring(steps=4)
    feed(made, [1000], [9.0])
    before = made.view(0).copy()
    feed(made, [10], [1.0])
    np.testing.assert_array_equal(made.view(0), before)


def test_ages_end_just_before_the_end_of_the_view_and_begin_a_window_earlier():
    ages = ring().ages_s()
    assert len(ages) == 20
    assert ages[0] == pytest.approx(-0.1, abs=0.006)
    assert -0.006 < ages[-1] <= 0


def test_the_commanded_line_stands_at_the_instant_of_the_state_it_belongs_to():
    history = JointHistory(IS_LEG)
    history.hear([state(1000, 0.0), state(1020, 0.1)], [applied(1010, 0.5)])
    shown = history.envelope(Signal.COMMANDED_RAD, 0, 10)
    assert np.isnan(shown[-4:-2]).all()
    assert shown[-1] == pytest.approx(0.5)


def test_a_command_that_is_no_longer_given_is_a_gap():
    history = JointHistory(IS_LEG)
    history.hear([state(1000, 0.0), state(1050, 0.0), state(1400, 0.0)], [applied(1000, 0.5)])
    shown = history.envelope(Signal.COMMANDED_RAD, 2, 10)
    assert np.isnan(shown[-2:]).all()
    assert np.nanmax(shown) == pytest.approx(0.5)


def test_a_leg_is_commanded_no_angle_while_the_balance_moves_it():
    history = JointHistory(IS_LEG)
    states = [state(at_ms, 0.0) for at_ms in range(1000, 2000, 20)]
    history.hear(states, [applied(at_ms, 0.5) for at_ms in range(1000, 2000, 10)], [balance(1500)])
    arm, leg = (history.envelope(Signal.COMMANDED_RAD, joint, 10)[-100:] for joint in (0, 2))
    np.testing.assert_array_equal(arm, 0.5)
    np.testing.assert_array_equal(leg[:50], 0.5)
    assert np.isnan(leg[50:62]).all()
    np.testing.assert_array_equal(leg[62:], 0.5)


def test_each_signal_of_each_joint_is_its_own():
    history = JointHistory(IS_LEG)
    history.hear([state(1000, 0.25)], [])
    assert history.envelope(Signal.POSITION_RAD, 1, 30)[-1] == pytest.approx(0.25)
    assert history.envelope(Signal.VELOCITY_RAD_S, 1, 30)[-1] == pytest.approx(0.5)
    assert history.envelope(Signal.EFFORT_NM, 1, 60)[-1] == pytest.approx(0.75)
    assert history.sparks_rad()[2, -1] == pytest.approx(0.25)


def test_a_state_of_another_robot_is_left_out():
    history = JointHistory(IS_LEG)
    history.hear([state(1000, 0.25, joints=4)], [applied(1000, 0.1, joints=4)])
    assert history.newest_ns is None
    assert np.isnan(history.envelope(Signal.POSITION_RAD, 0, 10)).all()
