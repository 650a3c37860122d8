"""Whatever is asked for, what is sent stays within position, speed and acceleration."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from robot_side import optimus

from teleop.agent import filters
from teleop.agent.limiter import LONGEST_TICK_S, Limiter, Target
from teleop.agent.limits import JointLimits

SPEC = optimus()
LIMITS = JointLimits.of(SPEC)
N = len(SPEC.joints)
HOME = np.clip(SPEC.home_rad, LIMITS.soft_lower_rad, LIMITS.soft_upper_rad)
HALF_A_DEGREE = np.deg2rad(0.5)


def still(position: np.ndarray) -> Target:
    return Target(position, np.zeros(N), np.zeros(N))


def follow(limiter: Limiter, target: Target, dt_s: float = 0.002, scale: float = 1.0) -> np.ndarray:
    """One tick, checked: returns the setpoint."""
    position, velocity = limiter.position_rad, limiter.velocity_rad_s
    limiter.follow(target, dt_s, scale)
    dt_s = min(dt_s, LONGEST_TICK_S)
    assert np.isfinite(limiter.position_rad).all()
    moved = (limiter.position_rad - position) / dt_s
    assert (np.abs(moved) <= LIMITS.speed_rad_s + 1e-9).all()
    gained = np.abs(limiter.velocity_rad_s - velocity) / dt_s
    assert (gained <= LIMITS.acceleration_rad_s2 * (1 + 1e-9)).all()
    return limiter.position_rad


def assert_inside(position: np.ndarray) -> None:
    assert (position <= LIMITS.soft_upper_rad + HALF_A_DEGREE).all()
    assert (position >= LIMITS.soft_lower_rad - HALF_A_DEGREE).all()


WILD = hnp.arrays(
    np.float64, N, elements=st.one_of(st.floats(-4, 4), st.sampled_from([np.nan, np.inf, -np.inf, 1e30]))
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(WILD, WILD, st.integers(1, 40), st.sampled_from([0.0004, 0.002, 0.5])), max_size=12)
)
def test_no_stream_of_targets_leads_beyond_the_soft_limits_or_above_the_speed(stream):
    middle = (LIMITS.soft_lower_rad + LIMITS.soft_upper_rad) / 2
    limiter = Limiter(LIMITS, middle)
    for position, velocity, ticks, dt_s in stream:
        for _ in range(ticks):
            assert_inside(follow(limiter, Target(position, velocity, position), dt_s))
    assert (np.abs(limiter.torque_ff_nm) <= LIMITS.effort_nm).all()


def test_a_hundred_thousand_random_joint_commands_stay_inside():
    random = np.random.default_rng(3)
    limiter = Limiter(LIMITS, HOME)
    for _ in range(1500):
        target = Target(random.uniform(-4, 4, N), random.uniform(-30, 30, N), np.zeros(N))
        for _ in range(int(random.integers(1, 30))):
            assert_inside(follow(limiter, target, float(random.uniform(0.0003, 0.004))))


def test_swinging_between_both_ends_at_full_speed_stays_inside():
    limiter = Limiter(LIMITS, HOME)
    for tick in range(4000):
        far = LIMITS.upper_rad if (tick // 250) % 2 else LIMITS.lower_rad
        assert_inside(follow(limiter, still(far * 2)))


def test_a_target_within_reach_is_reached_exactly_and_kept():
    limiter = Limiter(LIMITS, HOME)
    wanted = np.clip(SPEC.home_rad + 0.1, LIMITS.soft_lower_rad, LIMITS.soft_upper_rad)
    for _ in range(400):
        limiter.follow(still(wanted), 0.002)
    np.testing.assert_allclose(limiter.position_rad, wanted, atol=1e-6)
    assert limiter.limited() == ()


def test_a_resting_target_is_approached_without_overshoot():
    limiter = Limiter(LIMITS, HOME)
    wanted = (LIMITS.soft_lower_rad + LIMITS.soft_upper_rad) / 2
    side = np.sign(wanted - limiter.position_rad)
    for _ in range(1000):
        limiter.follow(still(wanted), 0.002)
        assert ((wanted - limiter.position_rad) * side >= -1e-6).all()


def test_a_target_in_steady_motion_is_followed_without_lag():
    limiter = Limiter(LIMITS, HOME)
    elbow = SPEC.joint_names.index("left_elbow")
    velocity = np.zeros(N)
    velocity[elbow] = -0.8
    wanted = HOME.copy()
    for _ in range(300):
        wanted = wanted + velocity * 0.002
        limiter.follow(Target(wanted, velocity, np.zeros(N)), 0.002)
    assert limiter.position_rad[elbow] == pytest.approx(wanted[elbow], abs=1e-4)


def test_braking_ends_within_the_time_the_specification_gives():
    limiter = Limiter(LIMITS, HOME)
    limiter.velocity_rad_s = LIMITS.speed_rad_s.copy()
    ticks = 0
    while not limiter.is_at_rest:
        limiter.brake(0.002)
        ticks += 1
    assert ticks * 0.002 <= 0.4


def test_a_limited_joint_is_named_with_its_reason():
    limiter = Limiter(LIMITS, HOME)
    elbow = SPEC.joint_names.index("left_elbow")
    beyond = HOME.copy()
    beyond[elbow] = LIMITS.upper_rad[elbow] + 0.3
    for _ in range(3):
        limiter.follow(still(beyond), 0.002)
    assert [(row.joint, row.reason) for row in limiter.limited()] == [(elbow, "position")]
    fast = HOME.copy()
    fast[elbow] = LIMITS.soft_lower_rad[elbow]
    limiter = Limiter(LIMITS, HOME)
    for _ in range(80):
        limiter.follow(still(fast), 0.002, 0.25)
    assert [(row.joint, row.reason) for row in limiter.limited()] == [(elbow, "speed")]


def test_a_joint_found_beyond_its_soft_limit_is_only_ever_led_back():
    start = np.where(LIMITS.is_hand, LIMITS.lower_rad, SPEC.home_rad)
    limiter = Limiter(LIMITS, start)
    before = start
    for _ in range(300):
        limiter.follow(still(LIMITS.lower_rad - 1), 0.002)
        assert (limiter.position_rad >= np.minimum(before, LIMITS.soft_lower_rad) - 1e-12).all()
        before = limiter.position_rad


def test_a_long_stall_does_not_make_the_robot_catch_up():
    limiter = Limiter(LIMITS, HOME)
    wanted = np.clip(SPEC.home_rad + 1.0, LIMITS.soft_lower_rad, LIMITS.soft_upper_rad)
    limiter.follow(still(wanted), 3.0)
    step = np.abs(limiter.position_rad - HOME)
    assert (step <= LIMITS.speed_rad_s * LONGEST_TICK_S).all()


def test_torque_rises_to_full_in_no_less_than_a_tenth_of_a_second():
    torque, rises = np.zeros(N), 0
    while not np.allclose(torque, LIMITS.effort_nm):
        torque = filters.limit_torque(np.full(N, 1e6), torque, LIMITS.effort_nm, 0.002)
        rises += 1
    assert rises == pytest.approx(50, abs=1)


@given(st.floats(0, 3), st.floats(1, 200), st.floats(0.0005, 0.004))
def test_the_braking_speed_uses_up_its_distance_and_no_more(distance, acceleration, dt_s):
    speed = float(filters.braking_speed_rad_s(np.array([distance]), np.array([acceleration]), dt_s)[0])
    assert speed * dt_s + speed**2 / (2 * acceleration) == pytest.approx(distance, abs=1e-9)


def test_one_not_finite_value_does_not_spread():
    wanted = np.array([1.0, np.nan, np.inf])
    np.testing.assert_array_equal(filters.finite_or(wanted, np.array([7.0, 8.0, 9.0])), [1.0, 8.0, 9.0])


def test_speeds_are_capped_by_what_braking_can_stop_in_time():
    assert (LIMITS.speed_rad_s <= LIMITS.acceleration_rad_s2 * 0.4).all()
    assert (LIMITS.speed_rad_s <= SPEC.max_speed_rad_s).all()
