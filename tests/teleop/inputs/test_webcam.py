"""Bare hands before a webcam: rendered ones, whose joints are known, through the real networks and the real process."""

import os
import signal
import time

import numpy as np
import pytest
from rendered_hand import FOCAL_PX, HEIGHT_PX, WIDTH_PX, RenderedHand, picture, write_film

from teleop.inputs import webcam_hands
from teleop.inputs.webcam.joints import CAMERA_M, Camera, PlacedHand
from teleop.inputs.webcam.landmarks import Landmarks
from teleop.inputs.webcam.networks import (
    NO_EXTRA,
    Network,
    NoHandTracker,
    is_installed,
    load_library,
    open_networks,
)
from teleop.inputs.webcam.palms import Palms
from teleop.inputs.webcam.tracker import HandTracker
from teleop.inputs.webcam_hands import WebcamHands
from teleop.inputs.xr.frames import orientations_from_xr, positions_from_xr
from twin.retarget.keypoints import fault_of, straightness
from twin.retarget.size import hand_length_m
from twin.spatial import rotation_from_quaternion
from twin.station import Station
from twin.wire.clock import now_ns
from twin.wire.messages import Argument, Request

pytestmark = pytest.mark.skipif(not is_installed(), reason=NO_EXTRA)

CAMERA = Camera(WIDTH_PX, HEIGHT_PX, 2 * np.arctan(WIDTH_PX / 2 / FOCAL_PX))
NEAR = np.array([0.05, 0.0, 0.45])
SIDES = ("left", "right")


@pytest.fixture(scope="module")
def networks():
    return open_networks()


@pytest.fixture
def tracker(networks):
    return HandTracker(Palms(networks[0]), Landmarks(networks[1]))


@pytest.fixture(scope="module", params=SIDES)
def hand(request):
    made = RenderedHand(request.param)
    made.side = request.param
    return made


def placed(hand):
    return PlacedHand(hand.side, hand_length_m(hand.joints))


def in_room(joints):
    """From the axes of the camera to those in which hands are told."""
    return CAMERA_M + np.array([-1.0, -1.0, 1.0]) * joints


def in_wrist(row):
    """Points of a told hand in its wrist's own axes, as the robot's fingers want them."""
    points = positions_from_xr(row[:, :3])
    return (points - points[0]) @ rotation_from_quaternion(orientations_from_xr(row[0, 3:].astype(float)))


def test_each_hand_is_seen_and_called_what_it_is(hand, tracker):
    corners, joints = hand.placed(NEAR)
    seen = tracker.see(picture((hand, corners)))
    assert list(seen) == [hand.side]
    row = placed(hand).joints(seen[hand.side], CAMERA, 1)
    assert fault_of(in_wrist(row), hand.side) is None
    found, truth = row[:, :3], in_room(joints)
    assert np.linalg.norm(found.mean(0) - truth.mean(0)) < 0.06
    assert np.linalg.norm((found - found.mean(0)) - (truth - truth.mean(0)), axis=1).mean() < 0.03


def test_the_back_of_a_hand_is_seen_as_well(hand, tracker):
    corners, _ = hand.placed(NEAR, turn=(0.0, np.pi, 0.0))
    seen = tracker.see(picture((hand, corners)))
    assert list(seen) == [hand.side]
    assert fault_of(in_wrist(placed(hand).joints(seen[hand.side], CAMERA, 1)), hand.side) is None


def test_fingers_that_bend_are_seen_to_bend(hand, tracker):
    follow, found, truth = placed(hand), [], []
    for number, curl_rad in enumerate((0.0, 0.3, 0.6, 0.9, 1.2)):
        corners, joints = hand.placed(NEAR, curl_rad=curl_rad)
        seen = tracker.see(picture((hand, corners)))
        found.append(straightness(in_wrist(follow.joints(seen[hand.side], CAMERA, 1 + number * 10**9)))[1:])
        truth.append(straightness(joints)[1:])
    assert np.abs(np.array(found).mean(1) - np.array(truth).mean(1)).max() < 0.12
    assert np.mean(found[-1]) < np.mean(found[0]) - 0.2


def test_a_hand_that_goes_across_goes_as_far_as_it_went(hand, tracker):
    follow = placed(hand)
    rows = []
    for number, right_m in enumerate(np.linspace(-0.05, 0.10, 16)):
        corners, _ = hand.placed(np.array([right_m, 0.0, 0.45]))
        rows.append(
            follow.joints(tracker.see(picture((hand, corners)))[hand.side], CAMERA, 1 + number * 33_000_000)
        )
    way = rows[-1][:, :3].mean(0) - rows[0][:, :3].mean(0)
    assert way[0] == pytest.approx(-0.15, abs=0.02)  # to the right in the picture is to the person's left
    assert abs(way[1]) < 0.02
    assert abs(way[2]) < 0.05  # one camera: away from it is what it knows least


def test_a_hand_that_comes_nearer_is_seen_to(hand, tracker):
    follow, aways = placed(hand), []
    for number, away_m in enumerate((0.6, 0.5, 0.4)):
        corners, _ = hand.placed(np.array([0.0, 0.0, away_m]))
        seen = tracker.see(picture((hand, corners)))
        aways.append(follow.joints(seen[hand.side], CAMERA, 1 + number * 10**9)[:, 2].mean() - CAMERA_M[2])
    assert aways == pytest.approx([0.6, 0.5, 0.4], rel=0.12)


def test_two_hands_are_told_apart(tracker):
    hands = [
        (made := RenderedHand(side), made.placed(np.array([x, 0.0, 0.5]))[0])
        for side, x in zip(SIDES, (0.14, -0.14), strict=True)
    ]
    for _ in range(3):
        seen = tracker.see(picture(*hands))
    assert sorted(seen) == ["left", "right"]
    assert seen["left"].pixels[:, 0].mean() > WIDTH_PX / 2 > seen["right"].pixels[:, 0].mean()


def test_a_room_without_people_has_no_hands(tracker):
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 255, (HEIGHT_PX, WIDTH_PX, 3), np.uint8)
    assert not tracker.see(picture())
    assert not tracker.see(noise)


def test_a_hand_that_leaves_the_picture_is_gone_at_once(hand, tracker):
    corners, _ = hand.placed(NEAR)
    assert tracker.see(picture((hand, corners)))
    assert not tracker.see(picture())


def test_a_file_that_is_no_network_is_refused(tmp_path):
    (tmp_path / "no.tflite").write_bytes(b"not a network")
    with pytest.raises(NoHandTracker, match="install it again"):
        Network(load_library(), tmp_path / "no.tflite")


# --- as an input --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Seven seconds of a right hand that moves and bends, then an empty room."""
    path, hand = tmp_path_factory.mktemp("film") / "hand.mkv", RenderedHand("right")

    def pictures():
        for number in range(200):
            at_s = number / 30
            middle = (0.05 * np.sin(at_s), 0.02 * np.cos(2 * at_s), 0.45)
            yield picture((hand, hand.placed(np.array(middle), curl_rad=0.3 + 0.3 * np.sin(2 * at_s))[0]))
        for _ in range(20):
            yield picture()

    write_film(path, pictures())
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


def press_pedal(hands):
    """The reading in which a pressed pedal is the hand's grip; pressed anew as a person would after a gap."""
    for _ in range(8):
        hands.pedal_held = False
        until(hands, seen, "a hand is seen")
        time.sleep(0.1)
        hands.pedal_held = True
        try:
            return until(hands, lambda hand: hand.held, "the pedal is its grip", 0.8)[-1]
        except AssertionError:
            continue
    raise AssertionError(f"never held; {facts(hands)}")


def seen(hand):
    return hand.source == "hand" and not hand.fault


def test_it_is_off_until_it_is_asked_for(hands):
    assert hands.poll(now_ns()) == []
    assert facts(hands)["state"] == "off"
    assert "off" in hands.lack()


def test_a_hand_before_the_camera_drives_only_while_key_or_pedal_is_held(hands, film):
    assert ask(hands, switch="on", camera=str(film)).accepted
    readings = until(hands, seen, "a hand is seen")
    assert hands.has_bare_hands
    assert readings[-1].device == "headset:webcam.1"
    time.sleep(0.5)
    assert not any("grip" in reading.buttons for reading in until(hands, seen, "it is still seen"))
    held = press_pedal(hands)
    assert len(held.xr.hands[1].joints_m) == 75
    assert held.xr.mode == "window"
    assert not held.xr.hands[0].source
    # The hand leaves the picture, and lets go although the pedal is held.
    until(hands, lambda hand: not hand.held and not hand.source, "a hand that is lost lets go")


def test_a_film_that_is_over_is_gone_and_says_so(hands, film):
    ask(hands, switch="on", camera=str(film))
    until(hands, seen, "a hand is seen")
    until_s = time.monotonic() + 10
    while facts(hands)["state"] != "failed" and time.monotonic() < until_s:
        last = hands.poll(now_ns())
        time.sleep(0.002)
    last = hands.poll(now_ns()) or last
    assert facts(hands)["reason"] == f"{film}: the film is over"
    assert not last[0].connected
    assert hands.poll(now_ns()) == []


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
    until_s = time.monotonic() + 10
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
    monkeypatch.setattr(webcam_hands, "is_installed", lambda: False)
    assert ask(hands, switch="on").reason == NO_EXTRA
