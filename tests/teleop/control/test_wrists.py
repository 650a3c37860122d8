"""Wrists are taken as they are turned: nothing moves by it, and then the robot's hand turns as the operator's."""

import numpy as np
import pytest
from driving_bench import ARMS, Bench
from test_mirror_me import Mirrored
from worn_bench import Worn

from teleop.control.status import status_of
from teleop.following.mirror_me import FARTHEST_RAD
from twin.spatial import rotation_from_vector, vector_from_rotation

LEFT_STICK = 3  # number of the button


def turn_of(worn, side="right"):
    return worn.controller.driver.arms.solver.hand(side).rotation.copy()


def turned_rad(before, after):
    return vector_from_rotation(after @ before.T)


def turn_wrist(worn, turn_rad, seconds=1.0, side="right"):
    """The operator's hand turns further by ``turn_rad``, about the room's axes."""
    start = rotation_from_vector(np.asarray(worn.hands[side]["turn"], float))
    for share in np.linspace(0, 1, round(seconds * 100)):
        turned = rotation_from_vector(share * np.asarray(turn_rad)) @ start
        worn.hands[side]["turn"] = vector_from_rotation(turned)
        worn.tick()
    worn.go_on(0.5)


@pytest.fixture
def worn():
    return Worn()


def test_a_wrist_turned_further_than_the_robots_can_be_answers_at_once_when_it_is_turned_back(worn):
    worn.engage()
    turn_wrist(worn, [2.6, 0, 0], 3.0)
    held = worn.held_rad.copy()
    worn.press("left", LEFT_STICK)
    worn.go_on(1.0)
    np.testing.assert_allclose(worn.held_rad[ARMS], held[ARMS], atol=2e-3)
    before, at_m = turn_of(worn), worn.hand().copy()
    turn_wrist(worn, [-0.3, 0, 0])
    np.testing.assert_allclose(turned_rad(before, turn_of(worn)), [-0.3, 0, 0], atol=0.03)
    np.testing.assert_allclose(worn.hand(), at_m, atol=0.01)


def test_in_the_middle_of_a_motion_the_way_goes_on_and_only_the_turn_is_taken_anew(worn):
    worn.engage()
    turn_wrist(worn, [0.3, 0, 0])
    before, start_m, began = turn_of(worn), worn.hand().copy(), len(worn.commands)
    place_m = worn.hands["right"]["position_m"].copy()
    for tick in range(100):
        worn.hands["right"]["position_m"] = place_m + np.array([0.0008 * tick, 0, 0])
        worn.pressed["left"] = {LEFT_STICK} if 40 <= tick < 50 else set()
        worn.tick()
    worn.go_on(0.5)
    np.testing.assert_allclose(worn.hand() - start_m, [0.0792, 0, 0], atol=4e-3)
    assert np.abs(turned_rad(before, turn_of(worn))).max() < 0.02
    x_m = [command.position_rad for command in worn.commands[began:]]
    assert np.abs(np.diff(x_m, n=2, axis=0)[:, ARMS]).max() < 0.012, "no joint jerks in the tick of the press"


def test_it_is_told_and_counted(worn):
    worn.engage("left", "right")
    worn.press("left", LEFT_STICK)
    status = status_of(worn.controller, worn.now_ns)
    assert status.note == "both wrists as turned now"
    assert status.wrists_taken == 1
    worn.grip()
    worn.go_on(0.2)
    worn.press("left", LEFT_STICK)
    status = status_of(worn.controller, worn.now_ns)
    assert status.note == "each press of a grip takes its wrist as it is turned"
    assert status.wrists_taken == 1


def test_the_pressed_in_left_stick_chooses_the_speed_and_takes_no_wrist_and_walks_nowhere():
    worn = Worn(can_walk=True)
    worn.engage()
    worn.press("left", 5)  # arms and walk
    for down, scale in ((-1.0, "fast"), (1.0, "normal"), (1.0, "slow"), (1.0, "slow")):
        worn.pressed["left"] = {LEFT_STICK}
        worn.go_on(0.05)
        worn.sticks["left"] = (0.0, down)
        worn.go_on(0.1)
        assert worn.commands[-1].base_velocity == (0.0, 0.0, 0.0)
        worn.sticks["left"] = (0.0, 0.0)
        worn.pressed["left"] = set()
        worn.go_on(0.1)
        assert worn.controller.selection.scale == scale
    assert worn.controller.headset.wrists_taken == 0


def test_without_a_headset_it_says_so_and_does_nothing():
    bench = Bench()
    bench.engage()
    before = bench.held_rad.copy()
    bench.controller.do("wrists")
    bench.go_on(0.1)
    assert bench.controller.headset.wrists_taken == 0
    np.testing.assert_array_equal(bench.held_rad, before)


# --- mirror me --------------------------------------------------------------------------------------------


@pytest.fixture
def mirrored():
    worn = Mirrored()
    worn.calibrate()
    worn.put_near("right")
    return worn


def twist(worn, angle_rad):
    turned = rotation_from_vector(worn.hands["right"]["turn"]) @ rotation_from_vector(
        np.array([angle_rad, 0, 0])
    )
    worn.hands["right"]["turn"] = vector_from_rotation(turned)
    worn.go_on(0.1)


def ghost_of(worn):
    return next(each for each in status_of(worn.controller, worn.now_ns).ghosts if each.side == "right")


def test_a_hand_turned_too_far_to_be_followed_is_followed_as_it_is_turned(mirrored):
    twist(mirrored, FARTHEST_RAD + 0.2)
    assert "turned" in ghost_of(mirrored).fault
    held = mirrored.held_rad.copy()
    mirrored.press("left", LEFT_STICK)
    assert ghost_of(mirrored).fault == ""
    assert status_of(mirrored.controller, mirrored.now_ns).note == "both wrists as turned now"
    mirrored.engage()
    mirrored.go_on(0.5)
    np.testing.assert_allclose(mirrored.held_rad[ARMS], held[ARMS], atol=2e-3)
    before = turn_of(mirrored)
    turn_wrist(mirrored, [0, 0.2, 0])
    assert np.linalg.norm(turned_rad(before, turn_of(mirrored))) == pytest.approx(0.2, abs=0.03)


def test_the_twist_that_was_chosen_stays_over_presses_and_ends_with_the_mode(mirrored):
    twist(mirrored, 0.6)
    mirrored.engage()
    mirrored.press("left", LEFT_STICK)
    before = turn_of(mirrored)
    mirrored.reach("right", [0.05, 0, 0])  # what lay between would be made up for by now
    assert np.linalg.norm(turned_rad(before, turn_of(mirrored))) < 0.03
    mirrored.grip()
    mirrored.go_on(0.2)
    mirrored.engage()
    mirrored.reach("right", [-0.05, 0, 0])
    assert np.linalg.norm(turned_rad(before, turn_of(mirrored))) < 0.03
    mirrored.grip()
    mirrored.go_on(0.1)
    mirrored.choose()
    mirrored.choose()
    assert all(np.array_equal(turn, np.eye(3)) for turn in mirrored.headset.mirroring._turned.values())
