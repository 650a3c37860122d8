"""Arms do what they are asked while the balance is at ease, and less of it near the edge of the support."""

import numpy as np
import pytest

from twin.balance.posture import Posture

AT_EASE_M, DT_S = 0.10, 0.004


@pytest.fixture
def posture() -> Posture:
    return Posture(np.zeros(2), np.array([4.0, 2.0]))


def test_at_ease_all_of_it_is_done_at_once(posture):
    asked, speed = np.array([0.015, -0.007]), np.array([3.0, -1.0])
    posture.follow(asked, speed, AT_EASE_M, True, DT_S)
    np.testing.assert_array_equal(posture.position_rad, asked)
    np.testing.assert_array_equal(posture.velocity_rad_s, speed)
    assert posture.reasons == ()


def test_a_jump_becomes_a_straight_way_at_the_speed_of_the_joints(posture):
    posture.follow(np.array([1.0, 1.0]), np.zeros(2), AT_EASE_M, True, DT_S)
    np.testing.assert_allclose(posture.position_rad, [0.008, 0.008])
    np.testing.assert_allclose(posture.velocity_rad_s, [2.0, 2.0])


def test_near_the_edge_the_arms_are_slowed_and_the_figure_is_told(posture):
    posture.follow(np.array([0.016, 0.0]), np.array([4.0, 0.0]), 0.012, True, DT_S)
    np.testing.assert_allclose(posture.position_rad, [0.6 * 0.016, 0.0])
    assert posture.reasons == ("arms slowed: CoM margin 1.2 cm",)


def test_outside_the_support_the_arms_wait_while_it_stands_but_not_in_a_step(posture):
    asked = np.array([0.016, 0.0])
    posture.follow(asked, np.zeros(2), -0.05, True, DT_S)
    np.testing.assert_array_equal(posture.position_rad, [0.0, 0.0])
    posture.follow(asked, np.zeros(2), -0.05, False, DT_S)
    np.testing.assert_array_equal(posture.position_rad, asked)
