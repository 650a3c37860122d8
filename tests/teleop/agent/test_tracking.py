"""A setpoint follows its targets and never overruns them, however they move."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from robot_side import MS, command_for, optimus

from teleop.agent.limiter import Limiter, Target
from teleop.agent.limits import JointLimits
from teleop.agent.target_track import TargetTrack
from twin.wire.messages import vector

SPEC = optimus()
LIMITS = JointLimits.of(SPEC)
N = len(SPEC.joints)
MIDDLE = (LIMITS.soft_lower_rad + LIMITS.soft_upper_rad) / 2
ROOM = (LIMITS.soft_upper_rad - LIMITS.soft_lower_rad) / 2
TICK_S, COMMAND_S = 0.002, 0.01
A = LIMITS.acceleration_rad_s2
# What a commander may use of the acceleration, so that the robot can follow it.
SHARE = 0.9


def stands_at(position: np.ndarray, velocity: np.ndarray) -> np.ndarray:
    """Where a joint comes to rest that brakes from now on as hard as it can."""
    return position + velocity * np.abs(velocity) / (2 * A)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(-0.9, 0.9), st.floats(-1.5, 1.5), st.integers(1, 60), st.booleans()), max_size=14
    ),
    st.integers(0, 2**31),
)
def test_where_a_setpoint_would_stop_is_never_beyond_where_any_of_its_targets_would_have(legs, seed):
    """Targets that jump, run, turn round and stand, each joint by itself: an invariant, not a matter of tuning."""
    random = np.random.default_rng(seed)
    limiter = Limiter(LIMITS, MIDDLE)
    low = high = MIDDLE
    for share, speed, ticks, runs in legs:
        position = MIDDLE + share * random.uniform(-1, 1, N) * ROOM
        velocity = speed * random.uniform(-1, 1, N) * LIMITS.speed_rad_s * runs
        for _ in range(ticks):
            position = position + velocity * TICK_S
            limiter.follow(Target(position, velocity, np.zeros(N)), TICK_S)
            inside = (position >= LIMITS.soft_lower_rad) & (position <= LIMITS.soft_upper_rad)
            # The limiter lets a target beyond the ends count as one that stands there.
            shown = np.clip(position, LIMITS.soft_lower_rad, LIMITS.soft_upper_rad)
            ends = stands_at(shown, np.where(inside, velocity, 0.0))
            low, high = np.minimum(low, ends), np.maximum(high, ends)
            stops = stands_at(limiter.position_rad, limiter.velocity_rad_s)
            assert (stops >= low - 1e-9).all()
            assert (stops <= high + 1e-9).all()


def drive(speeds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Commands and setpoints of a commander at 100 Hz whose joints have ``speeds``, shape (k, n)."""
    track, limiter = TargetTrack(LIMITS, MIDDLE, 0), Limiter(LIMITS, MIDDLE)
    commands, setpoints, wanted = [], [], MIDDLE
    for number, speed in enumerate(speeds):
        wanted = wanted + speed * COMMAND_S
        at_ns = number * 10 * MS
        track.take(
            command_for(SPEC, at_ns, number + 1, position_rad=vector(wanted), velocity_rad_s=vector(speed)),
            at_ns,
        )
        for tick in range(1, 6):
            limiter.follow(track.at(at_ns + 2 * tick * MS), TICK_S)
            setpoints.append(limiter.position_rad)
        commands.append(wanted)
    return np.array(commands), np.array(setpoints)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(-1, 1), st.integers(3, 25)), min_size=1, max_size=6))
def test_setpoints_stay_on_the_way_of_a_commander_that_keeps_to_the_acceleration(legs):
    """They leave what was commanded by no more than a T^2, what a change of speed within one command is worth."""
    reach = 0.4 * ROOM
    speeds, speed, place = [], np.zeros(N), np.zeros(N)
    fastest = np.minimum(0.9 * SPEC.max_speed_rad_s, LIMITS.speed_rad_s)
    for share, count in legs:
        for _ in range(count):
            # Towards a place, with braking in time.
            ahead = share * reach - place
            wanted = np.copysign(np.sqrt(2 * 0.8 * SHARE * A * np.abs(ahead)), ahead)
            wanted = np.clip(
                np.clip(wanted, -fastest, fastest), -np.abs(ahead) / COMMAND_S, np.abs(ahead) / COMMAND_S
            )
            speed = np.clip(wanted, speed - SHARE * A * COMMAND_S, speed + SHARE * A * COMMAND_S)
            place = place + speed * COMMAND_S
            speeds.append(speed)
    while np.abs(speed).max() > 0:
        speed = speed - np.clip(speed, -SHARE * A * COMMAND_S, SHARE * A * COMMAND_S)
        speeds.append(speed)
    speeds += [np.zeros(N)] * 20
    commands, setpoints = drive(np.array(speeds))
    commands = np.vstack((MIDDLE, commands))
    slack = A * COMMAND_S**2
    assert (setpoints <= commands.max(axis=0) + slack).all()
    assert (setpoints >= commands.min(axis=0) - slack).all()
    np.testing.assert_allclose(setpoints[-1], commands[-1], atol=1e-5)


def test_a_target_that_brakes_while_it_is_caught_up_is_not_overrun():
    """What went wrong before: catching up counted on all of the acceleration, and the target braked with most of it."""
    up = np.arange(1, 12)[:, None] * SHARE * A * COMMAND_S
    fastest = np.minimum(0.9 * SPEC.max_speed_rad_s, LIMITS.speed_rad_s)
    up = np.minimum(up, 0.6 * fastest)
    down = up[::-1]
    commands, setpoints = drive(np.concatenate((up, down, np.zeros((20, N)))))
    beyond = (setpoints - commands[-1]).max(axis=0)
    assert (beyond <= A * COMMAND_S**2).all()


def test_a_steady_target_is_caught_up_with_soon():
    limiter = Limiter(LIMITS, MIDDLE)
    elbow = SPEC.joint_names.index("left_elbow")
    velocity = np.zeros(N)
    velocity[elbow] = 1.0
    wanted, late = MIDDLE.copy(), []
    wanted[elbow] += 0.01
    for _ in range(100):
        wanted = wanted + velocity * TICK_S
        limiter.follow(Target(wanted, velocity, np.zeros(N)), TICK_S)
        late.append(wanted[elbow] - limiter.position_rad[elbow])
    assert late[-1] < 1e-4
    assert min(late) > -1e-9
    assert late[50] == pytest.approx(0.0, abs=2e-3)
