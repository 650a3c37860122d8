"""What sticks, blends and limited steps promise."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.shaping import approach, limit_length, limit_step, quintic, shape_stick, shape_trigger

DEFLECTION = st.floats(-1.0, 1.0)


@given(DEFLECTION, DEFLECTION)
def test_a_stick_keeps_its_direction_and_never_exceeds_one(x, y):
    shaped_x, shaped_y = shape_stick(x, y, 0.1, 1.6)
    assert math.hypot(shaped_x, shaped_y) <= 1.0 + 1e-12
    assert shaped_x * y == pytest.approx(shaped_y * x, abs=1e-12)
    assert shaped_x * x >= 0
    assert shaped_y * y >= 0


def test_a_stick_that_rests_slightly_off_centre_says_nothing():
    assert shape_stick(0.07, -0.07, 0.1, 1.6) == (0.0, 0.0)


def test_just_beyond_the_dead_zone_a_stick_begins_at_zero_not_with_a_leap():
    assert shape_stick(0.101, 0.0, 0.1, 1.6)[0] < 1e-3


def test_a_stick_fully_pushed_says_one_in_every_direction():
    for angle in np.linspace(0, 2 * np.pi, 17):
        assert math.hypot(*shape_stick(math.cos(angle), math.sin(angle), 0.1, 1.6)) == pytest.approx(1.0)


def test_half_a_stick_is_finer_than_half_the_speed():
    assert shape_stick(0.55, 0.0, 0.1, 1.6)[0] == pytest.approx(0.5**1.6)


def test_a_trigger_reaches_both_its_ends():
    assert shape_trigger(0.03, 0.04) == 0.0
    assert shape_trigger(0.97, 0.04) == 1.0
    assert shape_trigger(0.5, 0.04) == pytest.approx(0.5)


def test_a_quintic_starts_and_ends_without_speed():
    assert quintic(0.0) == 0.0
    assert quintic(1.0) == 1.0
    assert quintic(0.5) == pytest.approx(0.5)
    assert quintic(0.02) < 1e-4
    assert 1 - quintic(0.98) < 1e-4
    assert quintic(-1.0) == 0.0
    assert quintic(2.0) == 1.0


def test_one_fast_joint_slows_the_others_so_that_the_path_stays_straight():
    target = np.array([1.0, 0.5, 0, 0, 0, 0, 0])
    step = limit_step(target, np.zeros(7), np.full(7, 2.0), dt_s=0.01)
    assert step[0] == pytest.approx(0.02)
    assert step[1] == pytest.approx(0.01)


def test_a_long_vector_is_shortened_in_its_direction():
    np.testing.assert_allclose(limit_length(np.array([3.0, 4.0, 0.0]), 1.0), [0.6, 0.8, 0.0])
    np.testing.assert_allclose(limit_length(np.array([0.3, 0.0, 0.0]), 1.0), [0.3, 0.0, 0.0])


@given(st.floats(-3, 3), st.floats(0.2, 5), st.floats(1, 60), st.sampled_from([0.004, 0.01, 0.02]))
def test_an_approach_arrives_without_overshoot_in_speed_and_acceleration(target, speed, acceleration, dt_s):
    position, velocity = np.zeros(1), np.zeros(1)
    travelled = []
    for _ in range(int(8 / dt_s)):
        before = velocity
        position, velocity = approach(
            position, velocity, np.array([target]), np.array([speed]), np.array([acceleration]), dt_s
        )
        assert abs(velocity[0]) <= speed + 1e-9
        assert abs(velocity[0] - before[0]) <= acceleration * dt_s + 1e-9
        travelled.append(position[0])
    reach = abs(target) / speed + speed / acceleration
    if reach < 7:
        assert travelled[-1] == pytest.approx(target, abs=1e-6)
    slack = acceleration * dt_s * dt_s
    assert max(travelled) <= max(target, 0) + slack
    assert min(travelled) >= min(target, 0) - slack


def test_an_approach_turns_round_when_the_target_jumps_behind():
    position, velocity = np.zeros(1), np.zeros(1)
    limits = np.array([2.0]), np.array([20.0])
    for _ in range(20):
        position, velocity = approach(position, velocity, np.array([1.0]), *limits, 0.01)
    turned_at = position.copy()
    for _ in range(300):
        position, velocity = approach(position, velocity, np.array([-1.0]), *limits, 0.01)
    assert position[0] == pytest.approx(-1.0, abs=1e-9)
    assert turned_at[0] > 0
