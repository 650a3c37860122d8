# ruff: noqa: E501 - one fault a line
"""How the fingers move and feel: tendons that couple joints, play in them, and skin that feels things slide."""

import shutil
from pathlib import Path

import mujoco
import numpy as np
import pytest

from twin.errors import RobotSpecError
from twin.mirror import Mirror
from twin.robot import RobotSpec, find_robot, load_robot
from twin.robot_diff import diff_robots
from twin.scene import load_scene
from twin.simulation.simulation import Simulation
from twin.wire.messages import RobotState, vector

PLAY_RAD = 0.004  # half of the play of Optimus' fingers


@pytest.fixture(scope="module")
def spec() -> RobotSpec:
    return load_robot(find_robot("optimus"))


@pytest.fixture(scope="module")
def gen2() -> RobotSpec:
    return load_robot(find_robot("optimus"), "gen2")


def angle_of(simulation: Simulation, joint: str) -> float:
    return float(simulation.data.joint(joint).qpos[0])


def settled(simulation: Simulation, wanted_rad: np.ndarray, seconds: float = 1.0) -> Simulation:
    simulation.command(wanted_rad)
    simulation.advance(seconds)
    return simulation


def test_a_tendon_bends_the_fingertip_with_its_middle_joint(gen2: RobotSpec):
    assert "right_index_dip" not in gen2.joint_names
    simulation = Simulation(gen2, load_scene(gen2, "table"))
    wanted = gen2.home_rad.copy()
    for bent_rad in (0.4, 1.2):
        wanted[gen2.joint_names.index("right_index_pip")] = bent_rad
        settled(simulation, wanted)
        pip, dip = (angle_of(simulation, f"right_index_{joint}") for joint in ("pip", "dip"))
        assert pip == pytest.approx(bent_rad, abs=0.03)
        assert dip == pytest.approx(0.7 * pip, abs=0.03)
    ring = [angle_of(simulation, f"right_ring_{joint}") for joint in ("pip", "dip")]
    assert ring[1] == pytest.approx(0.7 * ring[0], abs=0.03)


def test_the_twin_bends_it_too_although_the_robot_measures_only_the_driven_joint(gen2: RobotSpec):
    mirror = Mirror(gen2, load_scene(gen2, "table"))
    bent = gen2.home_rad.copy()
    bent[gen2.joint_names.index("left_middle_pip")] = 1.0
    mirror.take_state(RobotState(position_rad=vector(bent)), 0)
    mirror.place()
    assert float(mirror.measured.joint("left_middle_dip").qpos[0]) == pytest.approx(0.7)


def test_a_comparison_names_the_coupled_joints(gen2: RobotSpec, spec: RobotSpec):
    coupled = {row.name for row in diff_robots(gen2, spec) if row.part == "coupled joint"}
    assert len(coupled) == 8
    assert "left_index_dip" in coupled


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('left_index_dip = { to = "left_index_pipp", ratio = 0.7 }', "joint 'left_index_pipp' is not in the model (did you mean"),
        ('left_index_dip = { to = "left_middle_dip", ratio = 0.7 }\nleft_middle_dip = { to = "left_middle_pip", ratio = 0.7 }', "'left_middle_dip', which follows another one"),
        ('left_index_dip = { to = "left_index_pip", ratio = nan }', "ratio must be a finite number"),
        ('left_index_dip = { to = "left_index_pip", ratio = 0.7, rate = 1 }', "unknown key 'rate'"),
        ('left_index_dip = { to = "left_index_pip" }', "ratio is missing"),
        ('left_index_dip = { to = "left_index_dip", ratio = 0.7 }', "follows 'left_index_dip', which follows another one"),
    ],
)  # fmt: skip
def test_a_coupling_that_cannot_be_is_refused(tmp_path: Path, line: str, said: str):
    folder = Path(shutil.copytree(find_robot("optimus"), tmp_path / "optimus"))
    (folder / "revisions" / "x.toml").write_text(f'based_on = "gen3-a"\n[coupled_joints]\n{line}\n')
    with pytest.raises(RobotSpecError) as caught:
        load_robot(folder, "x")
    assert said in str(caught.value)


def test_a_finger_moves_only_once_its_drive_has_taken_up_the_play(spec: RobotSpec):
    joint = spec.joint_names.index("right_index_mcp")
    assert spec.motors[spec.joints[joint].motor].backlash_rad == pytest.approx(2 * PLAY_RAD)
    simulation = settled(Simulation(spec, load_scene(spec, "table")), spec.home_rad)
    before = angle_of(simulation, "right_index_mcp")
    wanted = spec.home_rad.copy()
    wanted[joint] = before + 0.75 * PLAY_RAD
    settled(simulation, wanted)
    assert angle_of(simulation, "right_index_mcp") == pytest.approx(before, abs=0.0005)
    wanted[joint] = before + 0.2
    settled(simulation, wanted)
    assert angle_of(simulation, "right_index_mcp") == pytest.approx(before + 0.2 - PLAY_RAD, abs=0.001)
    wanted[joint] = before
    settled(simulation, wanted)
    assert angle_of(simulation, "right_index_mcp") == pytest.approx(before + PLAY_RAD, abs=0.001)


def test_an_arm_has_no_play(spec: RobotSpec):
    simulation = settled(Simulation(spec, load_scene(spec, "table")), spec.home_rad)
    before = angle_of(simulation, "right_elbow")
    wanted = spec.home_rad.copy()
    wanted[spec.joint_names.index("right_elbow")] = before + 0.002
    settled(simulation, wanted)
    assert angle_of(simulation, "right_elbow") == pytest.approx(before + 0.002, abs=0.0003)


@pytest.mark.parametrize("speed_m_s", [0.0, 0.2])
def test_a_fingertip_feels_what_slides_over_it(spec: RobotSpec, speed_m_s: float):
    simulation = Simulation(spec, load_scene(spec, "table"))
    ball = simulation.model.joint("yellow_ball")
    start, dof = int(ball.qposadr[0]), int(ball.dofadr[0])
    tip = simulation.data.site("right_index_tip").xpos
    simulation.data.qpos[start : start + 3] = tip + np.array([0.0, 0.0, -0.033])
    simulation.data.qvel[dof] = speed_m_s
    mujoco.mj_forward(simulation.model, simulation.data)
    simulation.command(spec.home_rad)
    simulation.advance(0.002)
    measured = simulation.measure()
    slip = dict(zip(spec.touch_sensors, measured.touch_slip_m_s, strict=True))
    touch = dict(zip(spec.touch_sensors, measured.touch_n, strict=True))
    assert touch["right_index_touch"] > 0.1
    if speed_m_s:
        assert 0.25 * speed_m_s < slip["right_index_touch"] <= 1.5 * speed_m_s
    else:
        assert slip["right_index_touch"] < 0.05
    assert slip["left_index_touch"] == 0.0
