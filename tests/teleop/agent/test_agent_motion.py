"""Between two commands, into motion and out of it: smooth, in time, and never a step."""

import numpy as np
import pytest
from robot_side import MS, command_for, optimus

from teleop.agent.blend import BLEND_NS, Blend, quintic_slope
from teleop.agent.limiter import Target
from teleop.agent.limits import JointLimits
from teleop.agent.press import Press
from teleop.agent.settle import Settle
from teleop.agent.stop import StopLatch, StopLevel
from teleop.agent.target_track import TargetTrack
from twin.shaping import quintic
from twin.wire.messages import StopRequest, vector

SPEC = optimus()
LIMITS = JointLimits.of(SPEC)
ELBOW = SPEC.joint_names.index("left_elbow")


def track_with(commands: list[tuple[int, float, float]]) -> TargetTrack:
    """A track that took commands for the elbow: (at ms, position, velocity)."""
    track = TargetTrack(LIMITS, SPEC.home_rad, 0)
    for seq, (at_ms, position, speed) in enumerate(commands, start=1):
        wanted, velocity = vector(SPEC.home_rad).copy(), np.zeros(len(SPEC.joints), np.float32)
        wanted[ELBOW], velocity[ELBOW] = position, speed
        command = command_for(SPEC, at_ms * MS, seq, position_rad=wanted, velocity_rad_s=velocity)
        track.take(command, at_ms * MS)
    return track


def elbow_at(track: TargetTrack, at_ms: float) -> float:
    return float(track.at(int(at_ms * MS)).position_rad[ELBOW])


def test_a_command_is_spread_over_its_period():
    home = SPEC.home_rad[ELBOW]
    track = track_with([(100, home - 0.02, 0.0)])
    assert elbow_at(track, 105) == pytest.approx(home - 0.01)
    assert elbow_at(track, 110) == pytest.approx(home - 0.02)
    assert elbow_at(track, 150) == pytest.approx(home - 0.02)


def test_a_steady_hundred_hertz_motion_has_no_steps_in_speed_at_five_hundred():
    home = SPEC.home_rad[ELBOW]
    track, seen = TargetTrack(LIMITS, SPEC.home_rad, 0), []
    for tick in range(200):
        at_ms = tick * 2
        if at_ms % 10 == 0:
            wanted, velocity = vector(SPEC.home_rad).copy(), np.zeros(len(SPEC.joints), np.float32)
            wanted[ELBOW], velocity[ELBOW] = home - 0.5 * at_ms / 1000, -0.5
            command = command_for(SPEC, at_ms * MS, tick + 1, position_rad=wanted, velocity_rad_s=velocity)
            track.take(command, at_ms * MS)
        seen.append(elbow_at(track, at_ms))
    speeds = np.diff(seen[50:]) / 0.002
    np.testing.assert_allclose(speeds, -0.5, atol=1e-3)


def test_after_the_last_command_motion_goes_on_for_twenty_milliseconds_and_then_stands():
    home = SPEC.home_rad[ELBOW]
    track = track_with([(100, home, -1.0)])
    arrived = 110
    assert elbow_at(track, arrived + 10) == pytest.approx(home - 0.010, abs=1e-6)
    assert elbow_at(track, arrived + 20) == pytest.approx(home - 0.020, abs=1e-6)
    assert elbow_at(track, arrived + 70) == pytest.approx(home - 0.020, abs=1e-6)
    assert not track.at((arrived + 21) * MS).velocity_rad_s.any()


def test_joints_outside_the_mask_stay_where_they_are():
    mask = np.zeros(len(SPEC.joints), np.bool_)
    track = TargetTrack(LIMITS, SPEC.home_rad, 0)
    everywhere = np.full(len(SPEC.joints), 0.5, np.float32)
    track.take(command_for(SPEC, 0, 1, position_rad=everywhere, joint_mask=mask), 0)
    np.testing.assert_array_equal(track.at(50 * MS).position_rad, SPEC.home_rad)


def test_the_blend_begins_without_a_step_and_ends_at_the_target():
    far = Target(SPEC.home_rad + 0.3, np.zeros_like(SPEC.home_rad), np.zeros_like(SPEC.home_rad))
    blend = Blend(SPEC.home_rad, 0)
    first = blend.towards(far, 2 * MS).position_rad - SPEC.home_rad
    assert np.abs(first).max() < 0.2e-3
    assert not blend.is_done(BLEND_NS - 1)
    assert blend.is_done(BLEND_NS)
    np.testing.assert_allclose(blend.towards(far, BLEND_NS).position_rad, far.position_rad)


def test_the_slope_is_the_derivative_of_the_curve():
    for share in np.linspace(0.01, 0.99, 20):
        between = (quintic(share + 1e-6) - quintic(share - 1e-6)) / 2e-6
        assert quintic_slope(share) == pytest.approx(between, rel=1e-4)


def test_settling_goes_to_the_rest_pose_slowly_and_leaves_the_hands_closed():
    raised = SPEC.home_rad.copy()
    raised[ELBOW] -= 1.0
    raised[LIMITS.is_hand] = 0.6 * LIMITS.upper_rad[LIMITS.is_hand]
    settle = Settle(LIMITS, SPEC.home_rad, raised, 0)
    seen = np.array([settle.at(at_ms * MS).position_rad for at_ms in range(0, 4500, 2)])
    speeds = np.abs(np.diff(seen, axis=0)).max(axis=0) / 0.002
    assert (speeds <= 0.25 * LIMITS.speed_rad_s * 1.01).all()
    body = ~LIMITS.is_hand
    np.testing.assert_allclose(seen[-1][body], SPEC.home_rad[body], atol=0.02)
    np.testing.assert_array_equal(seen[-1][LIMITS.is_hand], raised[LIMITS.is_hand])
    assert settle.is_done(seen[-1], 4500 * MS)


def test_the_most_restrictive_stop_stays_latched():
    latch = StopLatch()
    for level in ("SETTLE", "HOLD", "HOLD", "SETTLE"):
        latch.latch(StopRequest(level=level, source="pad"), 5)
    assert latch.level is StopLevel.SETTLE
    assert latch.latch(StopRequest(level="CUT", source="window"), 6)
    assert (latch.level, latch.source) == (StopLevel.CUT, "window")


@pytest.mark.parametrize("word", ["", "NONE", "Stop please", "hold"])
def test_an_unknown_word_on_the_stop_channel_still_stops(word):
    assert StopLevel.of(word) is StopLevel.HOLD


def test_a_held_input_counts_once_and_again_only_after_its_release():
    press = Press()
    assert press.counts(held=True, fresh=True, now_ns=0)
    press.spend(0)
    assert not press.counts(held=True, fresh=True, now_ns=10 * MS)
    assert not press.counts(held=True, fresh=False, now_ns=20 * MS)
    assert press.counts(held=True, fresh=True, now_ns=30 * MS)


def test_silence_counts_as_a_release():
    press = Press()
    press.spend(0)
    assert not press.counts(held=True, fresh=True, now_ns=79 * MS)
    assert press.counts(held=True, fresh=True, now_ns=79 * MS + 81 * MS)


def test_an_input_that_is_held_but_not_fresh_never_counts():
    press = Press()
    assert not any(press.counts(held=True, fresh=False, now_ns=at * 200 * MS) for at in range(50))
