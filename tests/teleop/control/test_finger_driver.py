"""Fingers follow the trigger without letting go of anything by accident."""

import numpy as np
import pytest

from teleop.driving.fingers import FingerDriver
from twin.hands import load_hands
from twin.robot import find_robot, load_robot

SPEC = load_robot(find_robot("optimus"))
HAND = load_hands(SPEC)["right"]
DT = 0.01


@pytest.fixture
def fingers():
    driver = FingerDriver(SPEC, HAND)
    driver.latch(HAND.angles("power", 0.0), 0.0)
    return driver


def drive(fingers, trigger=None, seconds=1.0, closing=0.0, spread=0.0, opposition=0.0, speed=1.0):
    for _ in range(round(seconds / DT)):
        angles = fingers.drive(trigger, closing, spread, opposition, DT, speed)
    return angles


def test_pulling_the_trigger_closes_the_whole_way_and_releasing_opens(fingers):
    np.testing.assert_allclose(drive(fingers, 1.0), HAND.angles("power", 1.0), atol=1e-3)
    np.testing.assert_allclose(drive(fingers, 0.0), HAND.angles("power", 0.0), atol=1e-3)


def test_half_a_trigger_is_half_a_grasp(fingers):
    np.testing.assert_allclose(drive(fingers, 0.5), HAND.angles("power", 0.5), atol=1e-3)


def test_fingers_keep_to_their_speed_and_acceleration(fingers):
    path = [fingers.drive(float(tick % 40 < 20), 0.0, 0.0, 0.0, DT, 1.0).copy() for tick in range(200)]
    speed = np.diff(path, axis=0) / DT
    assert np.abs(speed).max() <= SPEC.max_speed_rad_s[HAND.joints].max()
    assert np.abs(np.diff(speed, axis=0) / DT).max() <= 0.25 * SPEC.max_acceleration_rad_s2[HAND.joints].max()


def test_an_idle_trigger_moves_nothing_whatever_pose_the_fingers_were_found_in():
    driver = FingerDriver(SPEC, HAND)
    found = SPEC.home_rad[HAND.joints] + 0.05
    driver.latch(found, 0.0)
    np.testing.assert_array_equal(drive(driver, 0.0), found)


def test_a_hand_found_closed_opens_only_after_the_trigger_has_been_where_it_is():
    driver = FingerDriver(SPEC, HAND)
    closed = HAND.angles("power", 0.8)
    driver.latch(closed, 0.0)
    np.testing.assert_array_equal(drive(driver, 0.4), closed)
    drive(driver, 0.85, 0.1)
    np.testing.assert_allclose(drive(driver, 0.0), HAND.angles("power", 0.0), atol=1e-3)


def test_opening_by_button_is_not_undone_by_a_trigger_that_is_still_pulled(fingers):
    drive(fingers, 1.0)
    fingers.open()
    np.testing.assert_allclose(drive(fingers, 1.0), HAND.angles("power", 0.0), atol=1e-3)


def test_a_key_closes_at_a_rate_and_stays(fingers):
    drive(fingers, None, 0.4, closing=1.0)
    halfway = fingers.closure
    assert 0.3 < halfway < 0.7
    np.testing.assert_allclose(drive(fingers, None), HAND.angles("power", halfway), atol=1e-3)


def test_spread_and_opposition_stay_where_the_stick_left_them(fingers):
    drive(fingers, 0.0, 0.5, spread=1.0, opposition=1.0)
    resting = drive(fingers, 0.0)
    np.testing.assert_allclose(resting, HAND.angles("power", fingers.closure, 0.5, 0.5), atol=0.02)


def test_another_preset_is_approached_from_where_the_fingers_are(fingers):
    drive(fingers, 1.0)
    before = fingers.position_rad.copy()
    fingers.choose("point")
    first = fingers.drive(1.0, 0.0, 0.0, 0.0, DT, 1.0)
    assert np.abs(first - before).max() < 0.02
    np.testing.assert_allclose(drive(fingers, 1.0), HAND.angles("point", 1.0), atol=1e-3)


def test_presets_go_round(fingers):
    start = fingers.preset
    for _ in range(6):
        fingers.choose_next(1)
    assert fingers.preset == start
    fingers.choose_next(-1)
    fingers.choose_next(1)
    assert fingers.preset == start


def test_during_gentle_engagement_fingers_hardly_move(fingers):
    before = fingers.position_rad.copy()
    moved = np.abs(drive(fingers, 1.0, 0.05, speed=0.02) - before).max()
    assert moved < 0.02
