"""Hands in pictures: rendered ones, whose joints are known, through the real networks."""

import numpy as np
import pytest
from rendered_hand import FOCAL_PX, HEIGHT_PX, WIDTH_PX, RenderedHand, missing, picture

from teleop.inputs.webcam.joints import CAMERA_M, Camera, PlacedHand
from teleop.inputs.webcam.networks import (
    Network,
    NoHandTracker,
    load_library,
)
from teleop.inputs.xr.frames import orientations_from_xr, positions_from_xr
from twin.retarget.keypoints import fault_of, straightness
from twin.retarget.size import hand_length_m
from twin.spatial import rotation_from_quaternion

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

CAMERA = Camera(WIDTH_PX, HEIGHT_PX, 2 * np.arctan(WIDTH_PX / 2 / FOCAL_PX))
NEAR = np.array([0.05, 0.0, 0.45])
SIDES = ("left", "right")


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
    with pytest.raises(NoHandTracker, match="understudy headset webcam fetch"):
        Network(load_library(), tmp_path / "no.tflite")
