"""What the limits promise holds for the simulated robot's measured motion too, not just for setpoints."""

import mujoco
import numpy as np
import pytest
from robot_side import MS, optimus

from teleop.agent.limiter import Limiter, Target
from teleop.agent.limits import JointLimits
from teleop.agent.links.base import DriveMode, Setpoint
from teleop.agent.links.simulated import SimulatedRobot
from twin.scene import load_scene
from twin.simulation.simulation import Simulation

SPEC = optimus()
LIMITS = JointLimits.of(SPEC)
N = len(SPEC.joints)


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    """Without contacts: what a collision does to a joint is no question of limits."""
    simulation = Simulation(SPEC, load_scene(SPEC, "table", 0))
    simulation.model.opt.disableflags |= int(mujoco.mjtDisableBit.mjDSBL_CONTACT)
    return simulation


@pytest.mark.parametrize("part", ["arm", "hand", "neck", "torso"])
def test_a_hostile_stream_never_moves_a_joint_too_fast_or_too_far(simulation, part):
    simulation.reset()
    robot = SimulatedRobot(simulation)
    robot.connect(0)
    robot.drive(DriveMode.POWERED)
    home = np.clip(SPEC.home_rad, LIMITS.soft_lower_rad, LIMITS.soft_upper_rad)
    limiter = Limiter(LIMITS, home)
    random = np.random.default_rng(1)
    moves = np.array([part in joint.group for joint in SPEC.joints])
    fastest, farthest = np.zeros(N), np.full(N, -np.inf)
    wanted = home
    for tick in range(1, 1300):
        if tick % 250 == 0:
            wanted = np.where(moves, random.uniform(-4, 4, N), home)
        limiter.follow(Target(wanted, np.zeros(N), np.zeros(N)), 0.002)
        setpoint = Setpoint(
            limiter.position_rad, limiter.velocity_rad_s, limiter.acceleration_rad_s2, limiter.torque_ff_nm
        )
        robot.write(setpoint, tick * 2 * MS)
        reading = robot.read(tick * 2 * MS)
        assert reading is not None
        position, velocity = reading.state.position_rad, reading.state.velocity_rad_s
        fastest = np.maximum(fastest, np.abs(velocity) / SPEC.max_speed_rad_s)
        beyond = np.maximum(position - LIMITS.soft_upper_rad, LIMITS.soft_lower_rad - position)
        if tick > 100:  # from where home lies beyond a soft end, it has come back
            farthest = np.maximum(farthest, beyond)
    assert fastest[moves].max() <= 1.05
    assert np.rad2deg(farthest[moves].max()) <= 0.5


def test_drives_that_get_no_setpoints_hold_by_themselves(simulation):
    simulation.reset()
    robot = SimulatedRobot(simulation)
    robot.connect(0)
    robot.drive(DriveMode.POWERED)
    elbow = SPEC.joint_names.index("left_elbow")
    limiter = Limiter(LIMITS, SPEC.home_rad)
    wanted = SPEC.home_rad.copy()
    wanted[elbow] += 1.0
    for tick in range(1, 150):
        limiter.follow(Target(wanted, np.zeros(N), np.zeros(N)), 0.002)
        setpoint = Setpoint(
            limiter.position_rad, limiter.velocity_rad_s, limiter.acceleration_rad_s2, limiter.torque_ff_nm
        )
        robot.write(setpoint, tick * 2 * MS)
        robot.read(tick * 2 * MS)
    after_50_ms = robot.read(150 * 2 * MS)
    for tick in range(151, 400):
        reading = robot.read(tick * 2 * MS)
        if tick == 175:
            after_50_ms = reading
    assert after_50_ms is not None
    assert reading is not None
    moved = np.abs(reading.state.position_rad - after_50_ms.state.position_rad)
    assert np.rad2deg(moved[elbow]) < 1.0
    assert np.abs(reading.state.velocity_rad_s).max() < 0.05


def test_limp_drives_sink_and_parked_drives_hold(simulation):
    simulation.reset()
    robot = SimulatedRobot(simulation)
    first = robot.connect(0)
    for tick in range(1, 250):
        held = robot.read(tick * 2 * MS)
    assert held is not None
    assert np.abs(held.state.position_rad - first.state.position_rad).max() < 0.02
    robot.drive(DriveMode.LIMP)
    for tick in range(250, 750):
        sunk = robot.read(tick * 2 * MS)
    assert sunk is not None
    assert not sunk.powered
    assert np.abs(sunk.state.position_rad - held.state.position_rad).max() > 0.1
