"""Bare hands before a webcam as an input: what may move anything, and the process that watches."""

import os
import signal
import time

import numpy as np
import pytest
from rendered_hand import FOCAL_PX, HEIGHT_PX, WIDTH_PX, RenderedHand, missing, picture, write_film

from teleop.inputs import webcam_hands
from teleop.inputs.webcam.joints import Camera, PlacedHand
from teleop.inputs.webcam.networks import (
    NO_EXTRA,
)
from teleop.inputs.webcam.report import packed, unpacked
from teleop.inputs.webcam_hands import WebcamHands
from teleop.inputs.xr.worn import Worn
from twin.station import Station
from twin.wire.clock import now_ns
from twin.wire.messages import Argument, Request

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

CAMERA = Camera(WIDTH_PX, HEIGHT_PX, 2 * np.arctan(WIDTH_PX / 2 / FOCAL_PX))
NEAR = np.array([0.05, 0.0, 0.45])


# --- what may move anything ---------------------------------------------------------------------------


class Watched:
    """A hand before the camera at 30 pictures a second, as the inputs role judges it."""

    def __init__(self, tracker):
        self.tracker, self.hand = tracker, RenderedHand("right")
        self.placed, self.worn, self.seq = (
            PlacedHand("right", 0.185),
            Worn("headset:webcam.1", "Webcam", []),
            0,
        )

    def see(self, shift_m=0.0, pedal=False, there=True, pictures=1):
        for _ in range(pictures):
            self.seq += 1
            at_ns = 10**12 + self.seq * 33_333_333
            middle = NEAR + np.array([0.01 * np.sin(self.seq / 5) + shift_m, 0.0, 0.0])
            corners, _ = self.hand.placed(middle)
            found = self.tracker.see(picture((self.hand, corners)) if there else picture())
            joints = {side: self.placed.joints(points, CAMERA, at_ns) for side, points in found.items()}
            self.worn.frame(unpacked(packed(self.seq, at_ns, joints)), at_ns + 20_000_000, pedal)
        return self.worn.reading.xr.hands[1]


@pytest.fixture
def watched(tracker):
    made = Watched(tracker)
    assert not made.see(pictures=15).held
    return made


def test_only_a_key_or_pedal_makes_a_hand_drive(watched):
    assert not watched.see(pictures=15).held
    assert watched.see(pedal=True, pictures=2).held
    assert not watched.see(pedal=False).held


def test_a_hand_that_is_lost_lets_go_and_has_to_be_taken_anew(watched):
    assert watched.see(pedal=True, pictures=2).held
    assert not watched.see(pedal=True, there=False).held
    assert not watched.see(pedal=True, pictures=15).held
    assert not watched.see(pedal=False).held
    assert watched.see(pedal=True).held


def test_a_hand_that_jumps_is_not_followed(watched):
    assert watched.see(pedal=True, pictures=2).held
    watched.tracker._followed.clear()
    jumped = watched.see(shift_m=-0.25, pedal=True)
    assert not jumped.held
    assert jumped.jumped
    assert "jumped" in jumped.fault


def test_a_camera_that_shows_the_same_picture_again_and_again_lets_go(watched):
    assert watched.see(pedal=True, pictures=2).held
    still = watched.tracker.see(picture((watched.hand, watched.hand.placed(NEAR)[0])))
    joints = {side: watched.placed.joints(points, CAMERA, 10**12) for side, points in still.items()}
    for _ in range(12):
        watched.seq += 1
        at_ns = 10**12 + watched.seq * 33_333_333
        watched.worn.frame(unpacked(packed(watched.seq, at_ns, joints)), at_ns, True)
    hand = watched.worn.reading.xr.hands[1]
    assert not hand.held
    assert "frozen" in hand.fault


# --- as an input --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def motion():
    """Pictures of four seconds of a right hand that moves and bends, and ends as it began."""
    hand, pictures = RenderedHand("right"), []
    for turn_rad in np.linspace(0.0, 2 * np.pi, 120, endpoint=False):
        middle = np.array([0.04 * np.sin(turn_rad), 0.02 * np.cos(turn_rad), 0.45])
        corners, _ = hand.placed(middle, curl_rad=0.3 + 0.3 * np.sin(2 * turn_rad))
        pictures.append(picture((hand, corners)))
    return pictures


@pytest.fixture(scope="module")
def short_film(motion, tmp_path_factory):
    """The motion once."""
    path = tmp_path_factory.mktemp("film") / "short.mkv"
    write_film(path, motion)
    return path


@pytest.fixture(scope="module")
def film(motion, tmp_path_factory):
    """The motion again and again, for longer than any test waits."""
    path = tmp_path_factory.mktemp("film") / "long.mkv"
    write_film(path, motion * 8)
    return path


@pytest.fixture
def hands(tmp_path):
    made = WebcamHands(Station(folder=str(tmp_path / "s"), robot_folder=""))
    yield made
    made.close()


def ask(hands, **values):
    arguments = tuple(Argument(name=name, value=value) for name, value in values.items())
    return hands.answer(Request(action="headset.webcam", arguments=arguments))


def facts(hands):
    return {pair.name: pair.value for pair in ask(hands).results}


def until(hands, wanted, what, within_s=10.0):
    """Poll as the inputs role does until ``wanted`` of the right hand is true; gives back all readings."""
    readings, until_s = [], time.monotonic() + within_s
    while time.monotonic() < until_s:
        new = [each for each in hands.poll(now_ns()) if not readings or each is not readings[-1]]
        readings += new
        if any(each.xr is not None and wanted(each.xr.hands[1]) for each in new):
            return readings
        time.sleep(0.002)
    raise AssertionError(f"{what}: never; {facts(hands)}")


def seen(hand):
    return hand.source == "hand" and not hand.fault


def test_it_is_off_until_it_is_asked_for(hands):
    assert hands.poll(now_ns()) == []
    assert facts(hands)["state"] == "off"
    assert "off" in hands.lack()


@pytest.mark.serial
def test_a_hand_before_the_camera_is_seen_like_that_of_a_headset(hands, film):
    assert ask(hands, switch="on", camera=str(film)).accepted
    reading = until(hands, seen, "a hand is seen")[-1]
    assert hands.has_bare_hands
    assert reading.device == "headset:webcam.1"
    assert len(reading.xr.hands[1].joints_m) == 75
    assert reading.xr.mode == "window"
    assert not reading.xr.hands[0].source
    assert "grip" not in reading.buttons
    assert facts(hands)["right"] == "seen"


@pytest.mark.serial
def test_a_film_that_is_over_is_gone_and_says_so(hands, short_film):
    ask(hands, switch="on", camera=str(short_film))
    until_s = time.monotonic() + 60
    while facts(hands)["state"] != "failed" and time.monotonic() < until_s:
        last = hands.poll(now_ns())
        time.sleep(0.002)
    last = hands.poll(now_ns()) or last
    assert facts(hands)["reason"] == f"{short_film}: the film is over"
    assert not last[0].connected
    assert hands.poll(now_ns()) == []


@pytest.mark.serial
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_tracker_that_dies_or_hangs_lets_go(hands, film, how):
    ask(hands, switch="on", camera=str(film))
    until(hands, seen, "a hand is seen")
    process = hands._link._process
    os.kill(process.pid, how)
    if how == signal.SIGSTOP:
        until(hands, lambda hand: "sent nothing" in hand.fault and not hand.held, "silence lets go", 2.0)
        process.kill()
    else:
        until_s = time.monotonic() + 5
        while (gone := hands.poll(now_ns())) and time.monotonic() < until_s:
            time.sleep(0.002)
        assert gone == []
        assert facts(hands)["state"] == "failed"


@pytest.mark.serial
def test_switched_off_it_lets_go_of_the_camera_and_can_be_switched_on_again(hands, film):
    ask(hands, switch="on", camera=str(film))
    until(hands, seen, "a hand is seen")
    assert "switch it off first" in ask(hands, switch="on", camera="/dev/video9").reason
    ask(hands, switch="off")
    until_s = time.monotonic() + 5
    while facts(hands)["state"] != "off" and time.monotonic() < until_s:
        time.sleep(0.01)
    assert hands._link._process.poll() is not None
    hands._link._thread.join(3)
    ask(hands, switch="on", camera=str(film))
    assert until(hands, seen, "a hand is seen again")[-1].device == "headset:webcam.2"


@pytest.mark.parametrize(
    ("camera", "words"),
    [
        ("/dev/video77", "there is no such camera or film"),
        ("/nowhere/film.mkv", "there is no such camera or film"),
        (__file__, "Invalid data"),
    ],
)
def test_what_is_no_camera_is_told_in_one_sentence(hands, camera, words):
    ask(hands, switch="on", camera=camera)
    until_s = time.monotonic() + 30
    while facts(hands)["state"] == "opening" and time.monotonic() < until_s:
        time.sleep(0.01)
    reason = facts(hands)["reason"]
    assert reason.startswith(f"{camera}: ")
    assert words in reason
    assert "\n" not in reason


@pytest.mark.parametrize("view", ["wide", "5", "nan", "400"])
def test_a_view_that_no_camera_has_is_refused(hands, view):
    reply = ask(hands, switch="on", view_deg=view)
    assert not reply.accepted
    assert "20 to 130 degrees" in reply.reason


def test_without_the_extra_it_says_what_to_install(hands, monkeypatch):
    monkeypatch.setattr(webcam_hands, "lack", lambda: NO_EXTRA)
    assert ask(hands, switch="on").reason == NO_EXTRA
