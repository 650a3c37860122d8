"""Any moment of a take is shown as it was: state, pictures, plots; standing still, nothing grows old."""

import numpy as np
import pytest
from bending_take import elbow_at
from spoken_station import number_in

from app.cameras.watch import CameraWatch
from app.joints.history import Signal
from app.review.playback import Playback
from app.review.tape import read_tape
from twin.wire.messages import RobotState


@pytest.fixture
def playback(take, optimus):
    made = Playback(read_tape(take))
    made.feed.joint_history(optimus)
    return made


def elbow(playback, optimus):
    state, _age_s = playback.feed.message("robot.state", RobotState)
    index = optimus.joint_names.index("left_elbow")
    return float(state.position_rad[index] - optimus.home_rad[index])


def number_seen(watch, playback):
    picture = watch.look(playback.feed, playback.content_ns)
    if picture is None:
        return None
    rows = np.frombuffer(picture.pixels, np.uint8).reshape(picture.height, -1)[:, : picture.width * 4]
    return number_in(rows.reshape(picture.height, picture.width, 4)[:, :, 2::-1])


@pytest.mark.parametrize("seconds", [3.9, 0.4, 2.0, 1.99, 2.01])
def test_a_moment_shows_its_own_state_and_picture_wherever_one_comes_from(playback, optimus, seconds):
    watch = CameraWatch("head")
    for at_s in (0.0, 2.5, seconds):
        playback.seek(at_s)
        assert playback.advance(0.016)
        shown = number_seen(watch, playback)
    assert elbow(playback, optimus) == pytest.approx(elbow_at(seconds), abs=0.0005)
    assert shown == int((seconds - 0.001) * 30 + 1e-6)


def test_a_camera_is_never_said_to_be_slower_than_it_was_wherever_in_the_take_one_jumps(playback):
    watch = CameraWatch("head")
    playback.play()
    rates = []
    for seconds in (0.0, 2.5, 0.7):
        playback.seek(seconds)
        for _ in range(90):
            playback.advance(0.016)
            watch.look(playback.feed, playback.content_ns)
            rates.append(watch.condition(playback.feed, playback.content_ns).rate_hz)
        assert rates[-1] is not None
    known = [rate for rate in rates if rate is not None]
    assert min(known) > 28.4
    assert max(known) < 31.6


def test_a_take_is_played_at_the_speed_that_is_asked_for_and_stands_at_its_end(playback, optimus):
    watch = CameraWatch("head")
    playback.speed = 2.0
    playback.play()
    seen = []
    for _ in range(50):
        playback.advance(0.016)
        seen.append(number_seen(watch, playback))
    assert playback.position_s == pytest.approx(49 * 0.032, abs=0.001)
    assert elbow(playback, optimus) == pytest.approx(elbow_at(49 * 0.032), abs=0.001)
    told = [number for number in seen if number is not None]
    assert told == sorted(told)
    assert len(told) > 40
    for _ in range(200):
        playback.advance(0.016)
    assert not playback.is_playing
    assert playback.position_s == playback.tape.seconds


def test_while_a_take_stands_nothing_new_is_heard_and_nothing_grows_old(playback):
    playback.seek(2.0)
    playback.advance(0.016)
    age_s = playback.feed.age_s("robot.state")
    before_ns = playback.feed.now_ns
    for _ in range(100):
        assert not playback.advance(0.1)
    assert playback.feed.now_ns - before_ns == pytest.approx(10e9, rel=1e-6)
    assert playback.feed.age_s("robot.state") == age_s < 0.01
    assert not playback.feed.is_stale("robot.state")
    assert playback.feed.all("robot.state") == []
    assert playback.position_s == 2.0


def test_the_plots_show_what_led_to_the_moment_and_nothing_of_what_was_looked_at_before(playback, optimus):
    index = optimus.joint_names.index("left_elbow")
    for seconds in (3.9, 1.0):
        playback.seek(seconds)
        playback.advance(0.016)
    history = playback.feed.joint_history(optimus)
    curve = history.envelope(Signal.POSITION_RAD, index, 10) - optimus.home_rad[index]
    ages_s = history.ages_s(10)
    known = ~np.isnan(curve)
    assert ages_s[known].min() == pytest.approx(-1.0, abs=0.1), "from the beginning of the take on"
    assert np.allclose(curve[known], elbow_at(1.0 + ages_s[known]), atol=0.01)


def test_after_a_stand_the_plots_go_on_without_a_hole(playback, optimus):
    playback.play()
    for _ in range(30):
        playback.advance(0.05)
    playback.pause()
    for _ in range(100):
        playback.advance(0.05)
    playback.play()
    for _ in range(10):
        playback.advance(0.05)
    history = playback.feed.joint_history(optimus)
    known = ~np.isnan(history.envelope(Signal.POSITION_RAD, 0, 10))
    first = int(np.argmax(known))
    assert known[first:].all()
    span_s = history.ages_s(10)[known]
    assert span_s.max() - span_s.min() == pytest.approx(playback.position_s, abs=0.1)


def test_a_place_outside_the_take_is_its_nearest_end(playback):
    for asked, reached in ((-5.0, 0.0), (float("inf"), playback.tape.seconds)):
        playback.seek(asked)
        playback.advance(0.016)
        assert playback.position_s == reached


def test_play_at_the_end_begins_anew(playback):
    playback.seek(99.0)
    playback.advance(0.016)
    playback.play()
    playback.advance(0.016)
    playback.advance(0.016)
    assert playback.position_s < 0.1
