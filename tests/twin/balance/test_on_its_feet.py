"""The humanoid on its own feet in simulation, on the estimated state with noisy sensors: it stands, steps and walks."""

import numpy as np
import pytest

from twin.balance.stride import STANDING, Stride
from twin.robot import find_robot, load_robot
from twin.scene import LEGS, load_scene
from twin.simulation.legs import StandingRobot
from twin.simulation.sensors import SensorErrors
from twin.simulation.simulation import Simulation


@pytest.fixture
def robot() -> StandingRobot:
    spec = load_robot(find_robot("optimus"))
    return StandingRobot(Simulation(spec, load_scene(spec, "table", 1, LEGS), SensorErrors()))


def run(
    robot: StandingRobot, seconds: float, stride: Stride = STANDING, push_n: tuple[float, float] = (0.0, 0.0)
):
    torso = robot.simulation.model.body("torso").id
    robot.stride = stride
    for step in range(round(seconds / 0.002)):
        robot.simulation.data.xfrc_applied[torso, :2] = push_n if step < 50 else 0.0
        robot.step(0.0)


def test_it_stands_still_and_knows_where_it_is(robot):
    run(robot, 2.0)
    base = robot.true_base()
    assert not robot.fall
    assert np.abs(base.position_m[:2]).max() < 0.03
    assert np.abs(robot.estimator.joints.velocity_rad_s).max() < 1.0


def test_a_push_that_the_soles_cannot_hold_is_answered_by_steps(robot):
    run(robot, 1.0)
    run(robot, 4.0, push_n=(-220.0, 0.0))
    assert not robot.fall
    assert robot.effort.report.steps > 0
    assert robot.effort.report.phase == "stand"


def test_it_walks_backwards_turning_and_stands_again_when_commands_end(robot):
    run(robot, 1.0)
    run(robot, 4.0, Stride(-0.3, 0.0, 0.3))
    gone = robot.true_base().position_m[0]
    run(robot, 3.0)
    assert not robot.fall
    assert gone < -0.4
    assert robot.effort.report.phase == "stand"


def test_a_command_that_jumps_makes_no_leap(robot):
    run(robot, 1.0)
    run(robot, 3.0, Stride(-5.0, 5.0, 9.0))
    assert not robot.fall
    assert "walk slowed: 0.40 m/s is its most along" in robot.effort.report.reasons
    speed = np.linalg.norm(robot.true_base().velocity_m_s)
    assert speed < 0.8


def test_it_squats_and_rises(robot):
    run(robot, 2.0, Stride(height_m=-0.2))
    low = robot.true_base().position_m[2]
    run(robot, 2.0)
    assert low < robot.body.home_height_m - 0.18
    assert robot.true_base().position_m[2] > robot.body.home_height_m - 0.03


def test_it_bends_forwards_and_says_where_that_ends(robot):
    run(robot, 4.0, Stride(lean_rad=1.1))
    pelvis = robot.simulation.data.body("pelvis").xmat.reshape(3, 3)
    assert np.degrees(np.arccos(pelvis[2, 2])) == pytest.approx(48.7, abs=5.0)
    assert robot.effort.report.phase == "stand"
    assert "body not bent further: 49 degrees is its most" in robot.effort.report.reasons


def test_it_takes_pushes_at_the_chest_from_all_sides(robot):
    run(robot, 1.0)
    for push_n in ((-250.0, 0.0), (250.0, 0.0), (0.0, 200.0)):
        run(robot, 4.0, push_n=push_n)
        assert not robot.fall


def test_it_says_why_it_does_not_go_lower_while_it_walks(robot):
    run(robot, 2.0, Stride(-0.2, height_m=-0.25))
    assert "body not lower: 12.5 cm is its lowest while it walks" in robot.effort.report.reasons


def test_what_it_cannot_take_makes_it_fall_limp_and_stay_fallen_until_it_is_reset(robot):
    run(robot, 1.0)
    run(robot, 2.5, push_n=(-900.0, 0.0))
    assert robot.fall
    legs = [j.index for j in robot.simulation.spec.joints if j.group.endswith("_leg")]
    assert np.abs(robot.simulation.measure().effort_nm[legs]).max() < 60.0
    run(robot, 0.5, Stride(0.3))
    assert robot.fall
    robot.reset()
    run(robot, 1.0)
    assert not robot.fall


def test_a_run_from_a_snapshot_within_a_step_is_the_same_to_the_last_bit(robot):
    run(robot, 2.6, Stride(-0.3))
    moment = robot.snapshot()
    run(robot, 0.6, Stride(-0.3))
    first = robot.simulation.data.qpos.tobytes()
    robot.restore(moment)
    run(robot, 0.6, Stride(-0.3))
    assert robot.simulation.data.qpos.tobytes() == first


def test_it_does_not_turn_while_it_stands_though_its_gyroscope_does():
    spec = load_robot(find_robot("optimus"))
    errors = SensorErrors(
        gyro_bias_rad_s=0.05
    )  # with this seed 0.058 rad/s about the vertical, 0.23 rad in 4 s
    robot = StandingRobot(Simulation(spec, load_scene(spec, "table", 3, LEGS), errors))
    run(robot, 4.0)
    forward = robot.simulation.data.body("pelvis").xmat.reshape(3, 3)[:, 0]
    assert abs(np.arctan2(forward[1], forward[0])) < 0.03
    assert not robot.fall
