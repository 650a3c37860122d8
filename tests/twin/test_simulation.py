"""The simulated robot: holds, follows, feels, warms up, and replays to the last bit."""

from pathlib import Path

import mujoco
import numpy as np
import pytest

from twin.errors import SceneError
from twin.robot import RobotSpec, find_robot, load_robot
from twin.scene import load_scene
from twin.simulation.drives import DRIVE_WATCHDOG_S
from twin.simulation.heat import AIR_C, motor_constants, warm
from twin.simulation.simulation import Simulation


@pytest.fixture(scope="module")
def spec() -> RobotSpec:
    return load_robot(find_robot("optimus"))


@pytest.fixture
def simulation(spec: RobotSpec) -> Simulation:
    return Simulation(spec, load_scene(spec, "table"))


def reach(spec: RobotSpec, time_s: float) -> np.ndarray:
    """Both forearms going up and down from the ready pose, with a turn of the wrists; clear of the table."""
    wanted = spec.home_rad.copy()
    share = 0.5 * (1.0 - np.cos(2 * np.pi * 0.5 * time_s))
    for side in ("left", "right"):
        for joint, swing_rad in (
            ("shoulder_pitch", -0.5),
            ("elbow", -0.5),
            ("wrist_yaw", 0.5),
            ("wrist_roll", 0.4),
        ):
            wanted[spec.joint_names.index(f"{side}_{joint}")] += share * swing_rad
    return wanted


def test_the_robot_holds_its_own_weight_without_sagging(spec: RobotSpec, simulation: Simulation):
    simulation.command(spec.home_rad)
    simulation.advance(2.0)
    assert np.degrees(np.abs(simulation.measure().position_rad - spec.home_rad)).max() < 0.1
    assert np.abs(simulation.measure().effort_nm).max() > 3.0


def test_arms_follow_a_moving_setpoint(spec: RobotSpec, simulation: Simulation):
    worst = 0.0
    for tick in range(200):
        wanted = reach(spec, tick * 0.01)
        simulation.command(wanted, (reach(spec, (tick + 1) * 0.01) - wanted) / 0.01)
        simulation.advance(0.01)
        worst = max(worst, np.abs(simulation.measure().position_rad - reach(spec, (tick + 1) * 0.01)).max())
    assert np.degrees(worst) < 2.0


def test_no_drive_gives_more_torque_than_it_has(spec: RobotSpec, simulation: Simulation):
    simulation.command(spec.upper_rad)
    for _ in range(50):
        simulation.advance(0.002)
        assert np.all(np.abs(simulation.measure().effort_nm) <= spec.max_effort_nm + 1e-9)


def test_drives_that_hear_nothing_hold_the_last_position_at_rest(spec: RobotSpec, simulation: Simulation):
    simulation.command(spec.home_rad, np.full(74, 0.5), now_s=0.0)
    simulation.advance(0.02, now_s=0.9 * DRIVE_WATCHDOG_S)
    moving = np.abs(simulation.measure().velocity_rad_s).max()
    simulation.advance(1.0, now_s=1.1 * DRIVE_WATCHDOG_S)
    assert moving > 0.1
    assert np.abs(simulation.measure().velocity_rad_s).max() < 1e-3
    play_rad = np.array([0.5 * spec.motors[joint.motor].backlash_rad for joint in spec.joints])
    assert np.all(np.abs(simulation.measure().position_rad - spec.home_rad) <= 2e-3 + play_rad)


def test_a_resumed_run_is_the_same_to_the_last_bit(spec: RobotSpec, simulation: Simulation):
    def run(ticks: range) -> None:
        for tick in ticks:
            simulation.command(reach(spec, tick * 0.02))
            simulation.advance(0.02)

    run(range(50))
    moment = simulation.snapshot()
    run(range(50, 100))
    first, warmth = simulation.data.qpos.copy(), simulation.temperature_c.copy()
    simulation.restore(moment)
    run(range(50, 100))
    np.testing.assert_array_equal(simulation.data.qpos, first)
    np.testing.assert_array_equal(simulation.temperature_c, warmth)


def test_two_simulations_of_one_seed_are_the_same_to_the_last_bit(spec: RobotSpec):
    ends = []
    for _ in range(2):
        simulation = Simulation(spec, load_scene(spec, "table", seed=5))
        for tick in range(50):
            simulation.command(reach(spec, tick * 0.02))
            simulation.advance(0.02)
        ends.append(simulation.data.qpos.copy())
    np.testing.assert_array_equal(*ends)


def test_only_whole_steps_are_taken(simulation: Simulation):
    assert simulation.advance(0.0019) == 0
    assert simulation.advance(0.0061) == 3
    assert simulation.time_s == pytest.approx(0.006)


def test_the_imu_feels_gravity_upwards(spec: RobotSpec, simulation: Simulation):
    simulation.command(spec.home_rad)
    simulation.advance(0.5)
    np.testing.assert_allclose(simulation.measure().imu_acceleration_m_s2, [0, 0, 9.81], atol=0.05)
    np.testing.assert_allclose(simulation.measure().imu_angular_velocity_rad_s, 0, atol=1e-3)


def test_a_fingertip_feels_what_it_presses(spec: RobotSpec, simulation: Simulation):
    start = simulation.model.joint("yellow_ball").qposadr[0]
    tip = simulation.data.site("right_index_tip").xpos
    simulation.data.qpos[start : start + 3] = tip + np.array([0.0, 0.0, -0.033])
    mujoco.mj_forward(simulation.model, simulation.data)
    simulation.command(spec.home_rad)
    simulation.advance(0.004)
    touch = dict(zip(spec.touch_sensors, simulation.measure().touch_n, strict=True))
    assert touch["right_index_touch"] > 0.1
    assert touch["left_index_touch"] == 0.0


def test_a_working_motor_warms_and_a_resting_one_cools(spec: RobotSpec, simulation: Simulation):
    motors = motor_constants(spec)
    hot = np.full(74, 60.0)
    assert np.all(warm(hot, np.zeros(74), motors, 10.0) < hot)
    loaded = warm(
        np.full(74, AIR_C), (spec.max_effort_nm / motors.torque_per_current_nm_a) ** 2, motors, 60.0
    )
    assert np.all(loaded > AIR_C + 5)
    simulation.command(spec.home_rad)
    simulation.advance(1.0)
    state = simulation.motor_state()
    shoulder = spec.joint_names.index("right_shoulder_pitch")
    assert state.temperature_c[shoulder] > AIR_C
    assert state.current_a[shoulder] == pytest.approx(
        simulation.measure().effort_nm[shoulder] / motors.torque_per_current_nm_a[shoulder], rel=1e-5
    )


def test_heating_does_not_depend_on_how_time_is_cut(spec: RobotSpec):
    motors = motor_constants(spec)
    current_squared = np.full(74, 4.0)
    in_parts = np.full(74, AIR_C)
    for _ in range(100):
        in_parts = warm(in_parts, current_squared, motors, 0.5)
    np.testing.assert_allclose(in_parts, warm(np.full(74, AIR_C), current_squared, motors, 50.0))


def test_a_reset_goes_back_to_the_start(spec: RobotSpec, simulation: Simulation):
    start = simulation.data.qpos.copy()
    simulation.command(reach(spec, 0.5))
    simulation.advance(0.5)
    simulation.reset()
    np.testing.assert_array_equal(simulation.data.qpos, start)
    assert simulation.time_s == 0.0


def test_physics_that_explodes_says_so_and_leaves_no_file_behind(
    simulation: Simulation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.chdir(tmp_path)
    simulation.data.qvel[:] = 1e12
    with pytest.raises(SceneError, match="scene 'table': the physics became unstable"):
        simulation.advance(0.01)
    assert "unstable" in caplog.text
    assert not list(tmp_path.iterdir())


def test_the_scene_is_told_as_positions_of_the_scenes_own_model(simulation: Simulation):
    said = simulation.scene_state()
    assert said.qpos.shape == (simulation.model.nq,)
    assert said.task == "put the red box into the tote"
    assert not said.task_succeeded
