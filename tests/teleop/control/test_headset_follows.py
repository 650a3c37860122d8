"""Hands follow hands: the whole controller with samples of a headset, against a robot that obeys."""

import numpy as np
import pytest
from driving_bench import ARMS, LEFT_ARM, RIGHT_HAND, SPEC, joint_speeds
from hypothesis import given, settings
from hypothesis import strategies as st
from worn_bench import UPRIGHT, Worn, turned

from teleop.control.clutch import Phase
from teleop.control.reasons_now import reasons_now
from teleop.control.status import status_of
from teleop.following.hands import Followers
from twin.spatial import Pose, rotation_from_vector
from twin.wire.messages import XrHand, XrSample, vector


@pytest.fixture
def worn():
    return Worn()


def test_taking_hold_moves_nothing(worn):
    before = worn.held_rad[ARMS].copy()
    worn.engage("left", "right")
    assert np.abs(worn.held_rad[ARMS] - before).max() < 1e-3


def test_the_hand_goes_as_far_as_the_operators(worn):
    worn.engage()
    before, left = worn.hand().copy(), worn.held_rad[LEFT_ARM].copy()
    worn.reach("right", [0.05, 0.03, 0.08])
    np.testing.assert_allclose(worn.hand() - before, [0.05, 0.03, 0.08], atol=3e-3)
    assert np.abs(worn.held_rad[LEFT_ARM] - left).max() < 1e-6


def test_slow_goes_half_as_far_and_choosing_it_moves_nothing(worn):
    worn.engage()
    worn.controller.selection.scale = "slow"
    before = worn.hand().copy()
    worn.go_on(0.2)
    np.testing.assert_allclose(worn.hand(), before, atol=1e-4)
    worn.reach("right", [0.1, 0, 0])
    np.testing.assert_allclose(worn.hand() - before, [0.05, 0, 0], atol=3e-3)


def test_an_operator_who_faces_left_pushes_away_from_himself_and_the_robot_does_too(worn):
    worn.facing_rad = np.pi / 2
    worn.engage()
    before = worn.hand().copy()
    worn.reach("right", [0, 0.08, 0])
    np.testing.assert_allclose(worn.hand() - before, [0.08, 0, 0], atol=3e-3)


NECK = [at for at, name in enumerate(SPEC.joint_names) if name.startswith("neck")]


def test_looking_round_moves_the_neck_alone(worn):
    worn.engage()
    before = worn.held_rad.copy()
    for yaw_rad in np.linspace(0, 0.6, 60):
        worn.facing_rad = yaw_rad
        worn.tick()
    worn.go_on(0.5)
    assert worn.angle("neck_yaw") == pytest.approx(0.6, abs=0.02)
    rest = np.delete(np.arange(len(before)), NECK)
    np.testing.assert_allclose(worn.held_rad[rest], before[rest], atol=1e-4)


def test_the_neck_does_not_move_by_taking_hold_however_the_head_is_held(worn):
    worn.facing_rad, worn.looks_down_rad = -0.9, 0.3
    before = worn.held_rad[NECK].copy()
    worn.engage()
    worn.go_on(1.0)
    np.testing.assert_allclose(worn.held_rad[NECK], before, atol=1e-3)


def test_the_neck_goes_no_faster_than_it_may_and_stays_in_its_range(worn):
    worn.engage()
    worn.facing_rad = 3.0
    yaws = []
    for _ in range(200):
        worn.tick()
        yaws.append(worn.angle("neck_yaw"))
    assert np.diff(yaws).max() <= 1.5 * 0.01 + 1e-4
    assert yaws[-1] == pytest.approx(1.3 - np.radians(2.1), abs=0.01)


def test_between_two_holds_the_neck_keeps_to_the_head_and_after_a_recentring_it_stays_where_it_is(worn):
    worn.engage()
    worn.facing_rad = 0.5
    worn.go_on(1.0)
    worn.grip()
    worn.go_on(0.3)
    worn.engage()
    assert worn.angle("neck_yaw") == pytest.approx(0.5, abs=0.02)
    worn.grip()
    worn.go_on(0.1)
    worn.anchor, worn.facing_rad = 2, -1.0  # everything is somewhere else now
    worn.engage()
    worn.go_on(0.5)
    assert worn.angle("neck_yaw") == pytest.approx(0.5, abs=0.02)


def test_a_click_of_the_right_stick_lets_the_robot_look_where_the_operator_looks(worn):
    worn.engage()
    worn.facing_rad, worn.looks_down_rad = 1.0, 0.2
    worn.press("right", 3)
    worn.go_on(1.5)
    assert worn.angle("neck_yaw") == pytest.approx(0.0, abs=0.02)
    assert worn.angle("neck_pitch") == pytest.approx(0.2, abs=0.02)


def test_a_frozen_neck_does_not_follow(worn):
    worn.controller.selection.freeze("neck", on=True)
    worn.engage()
    before = worn.held_rad[NECK].copy()
    worn.facing_rad = 0.5
    worn.go_on(0.5)
    np.testing.assert_allclose(worn.held_rad[NECK], before, atol=1e-6)


def test_y_goes_from_arms_to_arms_and_walk_to_the_whole_body_and_back(worn):
    worn.engage()
    layers = [worn.controller.selection.layer]
    for _ in range(3):
        worn.press("left", 5)
        layers.append(worn.controller.selection.layer)
    assert layers == ["arms", "walk", "body", "arms"]
    assert worn.controller.phase is Phase.ENGAGED


def test_the_sticks_walk_while_the_hands_follow_and_only_in_their_layer():
    worn = Worn(can_walk=True)
    worn.engage()
    worn.sticks["left"] = (0.0, -1.0)
    worn.go_on(0.2)
    assert worn.commands[-1].base_velocity == (0.0, 0.0, 0.0)
    worn.sticks["left"] = (0.0, 0.0)
    worn.press("left", 5)
    worn.sticks["left"], worn.sticks["right"] = (-1.0, -1.0), (-1.0, 0.0)
    before = worn.hand().copy()
    worn.reach("right", [0.05, 0, 0], 0.5)
    forward, left, turn = worn.commands[-1].base_velocity
    assert min(forward, left, turn) > 0.05
    assert worn.hand()[0] - before[0] == pytest.approx(0.05, abs=3e-3)
    worn.sticks["right"] = (0.0, 1.0)
    worn.go_on(0.5)
    assert worn.commands[-1].body_height_m < -0.02
    worn.grip()
    worn.tick()
    assert worn.commands[-1].base_velocity == (0.0, 0.0, 0.0)


def test_in_the_layer_of_the_whole_body_the_left_stick_turns_and_bends_the_waist(worn):
    worn.engage()
    worn.press("left", 5)
    worn.press("left", 5)
    worn.sticks["left"] = (-0.6, -0.6)
    worn.go_on(0.4)
    assert worn.angle("torso_yaw") > 0.02
    assert worn.angle("torso_pitch") > 0.02


def test_the_right_stick_pressed_in_and_pushed_chooses_a_grasp_for_the_hand_that_is_held(worn):
    worn.engage()
    before = worn.controller.driver.fingers["right"].preset
    worn.pressed["right"] = {3}
    worn.go_on(0.05)
    worn.sticks["right"] = (0.0, -1.0)
    worn.go_on(0.05)
    worn.sticks["right"] = (0.0, 0.0)
    worn.pressed["right"] = set()
    worn.go_on(0.1)
    assert worn.controller.driver.fingers["right"].preset != before
    assert worn.controller.phase is Phase.ENGAGED


def test_a_turned_wrist_turns_the_hand_one_to_one(worn):
    worn.engage()
    before = worn.controller.driver.arms.solver.hand("right").rotation.copy()
    for share in np.linspace(0, 1, 100):
        worn.hands["right"]["turn"] = share * np.array([0.4, 0, 0])
        worn.tick()
    worn.go_on(0.4)
    after = worn.controller.driver.arms.solver.hand("right").rotation
    np.testing.assert_allclose(after @ before.T, rotation_from_vector(np.array([0.4, 0, 0])), atol=0.02)


def test_letting_go_and_pressing_elsewhere_is_how_one_moves_on(worn):
    worn.engage()
    worn.reach("right", [0.05, 0, 0])
    worn.grip()
    worn.go_on(0.1)
    before = worn.held_rad.copy()
    worn.hands["right"]["position_m"] = np.array([0.1, -0.4, 0.8])
    worn.go_on(0.1)
    worn.engage()
    np.testing.assert_allclose(worn.held_rad[ARMS], before[ARMS], atol=2e-3)


def test_a_lost_frame_lets_go_in_the_tick_that_hears_of_it_and_says_why(worn):
    worn.engage()
    worn.fault = "the headset was recentred"
    command = worn.tick()
    assert command.hold_to_run_bits == 0
    worn.tick()
    assert worn.controller.phase is not Phase.ENGAGED
    assert "the headset was recentred" in worn.controller.reason


def test_one_lost_hand_does_not_stop_the_other(worn):
    worn.engage("left", "right")
    worn.hands["left"]["fault"] = "the left controller is not tracked"
    worn.hands["left"]["position_m"] = np.array([0.0, 0.0, 0.0])
    left, right = worn.hand("left").copy(), worn.hand("right").copy()
    worn.reach("right", [0.05, 0, 0])
    assert worn.controller.phase is Phase.ENGAGED
    np.testing.assert_allclose(worn.hand("left"), left, atol=1e-3)
    np.testing.assert_allclose(worn.hand("right") - right, [0.05, 0, 0], atol=3e-3)


def test_a_gesture_faster_than_the_scale_is_followed_within_its_speed(worn):
    worn.engage()
    before, began = worn.hand().copy(), len(worn.commands)
    worn.hands["right"]["position_m"] = worn.hands["right"]["position_m"] + np.array([0.09, 0, 0])
    worn.go_on(0.1)
    assert np.linalg.norm(worn.hand() - before) < 0.6 * 0.1 + 1e-3
    worn.go_on(0.5)
    np.testing.assert_allclose(worn.hand() - before, [0.09, 0, 0], atol=4e-3)
    assert np.abs(joint_speeds(worn.commands[began:])).max() < 8.0


def test_the_trigger_closes_the_hand_only_while_it_follows(worn):
    worn.engage()
    for share in np.linspace(0, 1, 50):
        worn.trigger = share
        worn.tick()
    worn.go_on(0.8)
    closed = worn.controller.driver.fingers["right"].closure
    assert closed > 0.9
    worn.engage("left")
    worn.trigger = 0.0
    grasp = worn.held_rad[RIGHT_HAND].copy()
    worn.go_on(0.5)
    np.testing.assert_allclose(worn.held_rad[RIGHT_HAND], grasp, atol=1e-3)


def test_the_ready_pose_is_gone_to_while_the_grip_is_held_and_the_hand_follows_after_a_new_press(worn):
    worn.engage()
    worn.reach("right", [0.08, 0, 0.05])
    away = np.abs(
        worn.held_rad[ARMS] - np.asarray(worn.controller.driver.arms.kinematics.spec.home_rad)[ARMS]
    )
    worn.controller.do("ready_pose")
    worn.go_on(4.0)
    home = np.abs(
        worn.held_rad[ARMS] - np.asarray(worn.controller.driver.arms.kinematics.spec.home_rad)[ARMS]
    )
    assert home.max() < 0.02 < away.max()
    before = worn.hand().copy()
    worn.reach("right", [0.05, 0, 0], 0.3)
    np.testing.assert_allclose(worn.hand(), before, atol=1e-4)


finite = st.floats(-2, 2)


@settings(max_examples=60, deadline=None)
@given(st.tuples(*[finite] * 3), st.tuples(*[finite] * 3), st.floats(-3, 3), st.floats(0.3, 2))
def test_whatever_the_poses_the_first_goal_is_where_the_hand_is(place, axis, yaw_rad, reach):
    hand = Pose(np.array([0.3, -0.2, 0.2]), rotation_from_vector(np.array(axis)))
    sample = XrSample(
        device="headset:1",
        anchor=1,
        frame_seq=1,
        frame_ns=10**9,
        head_orientation_wxyz=turned(yaw_rad),
        hands=(XrHand(side="right", held=True, position_m=vector(place), orientation_wxyz=UPRIGHT),),
    )
    followers = Followers()
    followers.hear(sample, lambda _: hand, np.eye(3), reach)
    np.testing.assert_allclose(followers.goals["right"].position_m, hand.position_m, atol=1e-9)
    np.testing.assert_allclose(followers.goals["right"].rotation, hand.rotation, atol=1e-9)


def told_of(worn, side="right"):
    """The band of a hand as control publishes it, and the reasons."""
    reasons = reasons_now(worn.controller, worn.now_ns)
    status = status_of(worn.controller, worn.now_ns, reasons)
    return next(hand for hand in status.hands if hand.side == side), status.reasons


def test_a_hand_that_follows_is_said_to_be_followed_and_one_that_is_too_fast_to_be_slowed(worn):
    assert told_of(worn)[0].band == ""
    worn.engage()
    assert told_of(worn)[0].band == "followed"
    assert told_of(worn, "left")[0].band == ""
    worn.hands["right"]["position_m"] = worn.hands["right"]["position_m"] + [0.0, 0.0, 0.15]
    worn.go_on(0.05)
    hand, reasons = told_of(worn)
    assert hand.band == "slowed"
    assert 0.06 < hand.behind_m < 0.15
    assert "speed:right_hand" in reasons
    worn.go_on(0.6)
    assert told_of(worn)[0].band == "followed"
    assert told_of(worn)[1] == ()


def test_a_jump_is_refused_told_after_the_hand_was_let_go_and_forgotten_once_it_follows_again(worn):
    worn.engage()
    worn.hands["right"].update(held=False, fault="the right controller jumped by 0.40 m", jumped=True)
    worn.tick()
    worn.hands["right"].update(fault="", jumped=False)
    worn.go_on(0.5)
    hand, reasons = told_of(worn)
    assert hand.band == "refused"
    assert "jump:right_hand" in reasons
    worn.engage()
    assert told_of(worn)[0].band == "followed"
    assert told_of(worn)[1] == ()


def test_a_jump_of_a_hand_that_drives_nothing_is_no_news_and_a_refusal_is_forgotten_in_time(worn):
    worn.hands["right"]["jumped"] = True
    worn.tick()
    assert told_of(worn)[0].band == ""
    worn.hands["right"]["jumped"] = False
    worn.engage()
    worn.hands["right"].update(held=False, jumped=True)
    worn.tick()
    worn.hands["right"]["jumped"] = False
    worn.go_on(1.0)
    assert told_of(worn)[0].band == "refused"
    worn.go_on(3.5)
    assert told_of(worn)[0].band == ""
