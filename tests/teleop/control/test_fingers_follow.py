"""Bare fingers are followed while the other hand holds the grip: the whole controller, with samples of a headset."""

import numpy as np
import pytest
from driving_bench import SPEC
from worn_bench import Worn

from benchmarks.hand_motion import as_person
from teleop.control.clutch import Phase
from teleop.following.hand_size import HandSizeRequest
from teleop.operators import load_operator
from twin.hands import load_hands
from twin.retarget.model import load_hand_model
from twin.retarget.size import hand_length_m
from twin.spatial import quaternion_from_rotation, rotation_from_vector
from twin.wire.ask import named
from twin.wire.messages import XrHand, vector

HAND = load_hand_model(SPEC, "left")
LEFT_FINGERS = np.array(SPEC.groups["left_hand"])
GRASPS = load_hands(SPEC)["left"]
WRIST = rotation_from_vector(np.array([0.3, -0.2, 0.5]))


class HalfBare(Worn):
    """The left hand is bare, the right one holds its controller."""

    def __init__(self):
        self.noise = np.random.default_rng(0)
        self.mirrored = False
        self.show(GRASPS.angles("open", 0.0))
        super().__init__()

    def show(self, angles):
        self.points = as_person(HAND, angles[None], noise_m=0.0, mismatch=False)[0]

    def xr_hand(self, side, position_m, turn, held, fault):
        if side == "right":
            return super().xr_hand(side, position_m, turn, held, fault)
        points = self.points * (np.array([1.0, -1.0, 1.0]) if self.mirrored else 1.0)
        points = points + self.noise.normal(0.0, 0.0003, points.shape)
        return XrHand(
            side=side,
            source="hand",
            position_m=vector(position_m),
            orientation_wxyz=vector(quaternion_from_rotation(WRIST)),
            joints_m=vector((points @ WRIST.T + position_m).ravel()),
            joints_wxyz=vector(np.tile(quaternion_from_rotation(WRIST), 25)),
        )

    def fingers(self):
        return self.held_rad[LEFT_FINGERS].copy()


@pytest.fixture
def worn():
    return HalfBare()


def test_a_fist_of_the_bare_hand_closes_the_robots_and_no_tick_is_a_jump(worn):
    worn.engage("right")
    fist = GRASPS.angles("power", 0.9)
    worn.show(fist)
    before = worn.fingers()
    largest = 0.0
    for _ in range(150):
        worn.tick()
        largest = max(largest, float(np.abs(worn.fingers() - before).max()))
        before = worn.fingers()
    assert np.abs(worn.fingers() - fist).mean() < 0.08
    assert largest < SPEC.max_speed_rad_s[LEFT_FINGERS].max() * 0.0105


def test_without_hold_to_run_the_fingers_stay(worn):
    before = worn.fingers()
    worn.show(GRASPS.angles("power", 0.9))
    worn.go_on(0.5)
    np.testing.assert_array_equal(worn.fingers(), before)
    worn.engage("right")
    worn.go_on(0.3)
    worn.grip()
    worn.go_on(0.1)
    held = worn.fingers()
    worn.show(GRASPS.angles("open", 0.0))
    worn.go_on(0.5)
    assert worn.controller.phase is not Phase.ENGAGED
    np.testing.assert_allclose(worn.fingers(), held, atol=1e-9)


def test_the_operators_hand_is_measured_open_before_driving_and_not_while(worn):
    worn.go_on(0.1)
    assert worn.controller.headset.finger_followers.measured["left"] == pytest.approx(1.0, abs=0.05)
    worn.engage("right")
    scale = worn.controller.headset.finger_followers.measured["left"]
    worn.points = worn.points * 1.2
    worn.go_on(0.2)
    assert worn.controller.headset.finger_followers.measured["left"] == scale


def test_a_length_in_the_profile_counts_for_a_hand_that_was_never_seen_open(worn):
    followers = worn.controller.headset.finger_followers
    length_m = hand_length_m(worn.points)
    followers.fit(1.1 * length_m)
    worn.show(GRASPS.angles("power", 0.9))
    worn.go_on(0.1)
    assert followers.measured["left"] == pytest.approx(1 / 1.1, abs=0.03)
    assert followers.measured_m is None
    followers.fit(None)
    worn.show(GRASPS.angles("open", 0.0))
    worn.go_on(0.1)
    assert followers.measured["left"] == pytest.approx(1.0, abs=0.05)


def test_the_length_that_was_measured_enters_the_profile_and_counts_at_once(worn, monkeypatch, tmp_path):
    monkeypatch.setattr("twin.places.config_folder", lambda: tmp_path)
    followers = worn.controller.headset.finger_followers
    request = HandSizeRequest("Ada", followers)
    assert "flat hand" in request.answer({"keep": "true"}, False).reason
    worn.go_on(0.5)
    length_m = hand_length_m(worn.points)
    told = named(request.answer({}, False).results)
    assert float(told["measured_m"]) == pytest.approx(length_m, rel=0.02)
    assert told["profile_m"] == ""
    assert "let go" in request.answer({"keep": "true"}, True).reason
    assert "--operator" in HandSizeRequest("", followers).answer({"keep": "true"}, False).reason
    assert not (tmp_path / "operators").exists()
    assert request.answer({"keep": "true"}, False).accepted
    assert load_operator("Ada").hand_length_m == pytest.approx(length_m, rel=0.02)
    assert followers.known_m == load_operator("Ada").hand_length_m
    assert "profile says" in request.answer({}, False).reason


def test_a_hand_seen_in_a_mirror_moves_nothing_and_is_named(worn):
    worn.engage("right")
    worn.go_on(0.3)
    before = worn.fingers()
    worn.mirrored = True
    worn.show(GRASPS.angles("power", 0.9))
    worn.go_on(0.3)
    assert np.abs(worn.fingers() - before).max() < 0.02
    assert "mirror" in worn.controller.headset.finger_followers.faults["left"]
