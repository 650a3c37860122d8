# ruff: noqa: E501 - one planted fault a line
"""Every fault that is planted into a robot's folder is named, with file and joint."""

import json
import shutil
from pathlib import Path

import pytest

from app.main import main
from twin.errors import RobotSpecError
from twin.robot import find_robot, load_robot, require_base
from twin.robot_check import check_robot
from twin.scene import load_scene
from twin.simulation.simulation import Simulation

H1 = Path(__file__).resolve().parents[3] / "shared" / "robots" / "unitree_h1"

PLANTED = [
    ("robot.toml", 'name = "left_knee"', 'name = "left_kneee"', "joint 'left_kneee': is not in the model (did you mean 'left_knee'?)"),
    ("robot.toml", 'name = "left_knee"', 'name = "right_knee"', "joint 'right_knee': is listed twice"),
    ("robot.toml", "lower_rad = -2.10, upper_rad =  0.90", "lower_rad = -120.0, upper_rad = 51.0", "joint 'left_hip_pitch': its range [-120, 51] and home -0.2 look like degrees"),
    ("robot.toml", "lower_rad = -2.10, upper_rad =  0.90", "lower_rad = 0.90, upper_rad = -2.10", "joint 'left_hip_pitch': lower_rad 0.9 is not below upper_rad -2.1"),
    ("robot.toml", "home_rad =  0.400", "home_rad =  2.900", "joint 'left_knee': rests at home_rad 2.9, outside its range [0, 2.4] rad"),
    ("robot.toml", "home_rad =  0.400", "home_rad =  nan", "joint 'left_knee': home_rad must be a finite number"),
    ("robot.toml", "lower_rad =  0.00, upper_rad =  2.40", "lower_rad =  0.00, upper_rad =  2.90", "joint 'left_knee': its range [0, 2.9] rad goes beyond the model's [0, 2.4] rad"),
    ("robot.toml", 'motor = "knee"', 'motor = "kne"', "joint 'left_knee': unknown motor 'kne' (did you mean 'knee'?)"),
    ("robot.toml", "max_speed_rad_s = 8.0", "max_speed_rad_s = -8.0", "motor 'hip_pitch': max_speed_rad_s must be greater than 0"),
    ("robot.toml", "max_speed_rad_s = 8.0", "max_speed_deg_s = 458.0", "motor 'hip_pitch': unknown key 'max_speed_deg_s' (did you mean 'max_speed_rad_s'?)"),
    ("robot.toml", "max_speed_rad_s = 8.0", 'max_speed_rad_s = "fast"', "motor 'hip_pitch': max_speed_rad_s must be a finite number, not 'fast'"),
    ("robot.toml", 'left_hand = "left_palm"', 'left_hand = "left_plam"', "[frames]: left_hand names the site 'left_plam', which is not in the model (did you mean 'left_palm'?)"),
    ("robot.toml", 'mjcf_camera = "left_wrist"', 'mjcf_camera = "left_wrst"', "camera 'left_wrist': names 'left_wrst', which is no camera of the model"),
    ("robot.toml", 'imu_gyro = "imu_gyro"', 'imu_gyro = "imu_accelerometer"', "[sensors]: imu_gyro names 'imu_accelerometer', which is no gyro sensor"),
    ("robot.toml", '"left_thumb_touch"', '"left_thum_touch"', "[sensors]: touch names 'left_thum_touch'"),
    ("robot.toml", 'body = "pelvis"', 'body = "plevis"', "[base]: body 'plevis' is not in the model"),
    ("robot.toml", "stop_at_condition = 30.0", "stop_at_condition = 15.0", "[ik]: slow_at_condition 17 must be more than 1 and less than stop_at_condition 15"),
    ("robot.toml", "weight = 5.0, priority = 2", "weight = 5.0, priority = 3", "[ik] balance: priority 3 is unknown; it can be 1, or 2"),
    ("robot.toml", "weight = 5.0, priority = 2", "weight = 5000.0, priority = 2", "[ik] balance: weight 5000 is more than 100"),
    ("robot.toml", "scene_margin_m = 0.010", "scene_margin_m = 10", "[ik]: scene_margin_m 10 is more than 0.03"),
    ("robot.toml", "radian_m = 0.2", "radian = 0.2", "[ik]: unknown key 'radian' (did you mean 'radian_m'?)"),
    ("robot.toml", 'mount = "fixed"', 'mount = "bolted"', "[base]: mount 'bolted' is unknown"),
    ("robot.toml", '"wheels", "legs"]', '"wheel", "legs"]', "[base] modes: 'wheel' is unknown (did you mean 'wheels'?)"),
    ("robot.toml", '"wheels", "legs"]', '"legs", "legs"]', "[base] modes: one of them is listed twice"),
    ("robot.toml", 'left_foot = "left_foot"', "", "[base] modes: legs needs the groups left_leg and right_leg"),
    ("robot.toml", 'model = "optimus.xml"', 'model = "optimum.xml"', "optimum.xml: the model file does not exist"),
    ("robot.toml", 'model = "optimus.xml"', 'modle = "optimus.xml"', "unknown key 'modle' (did you mean 'model'?)"),
    ("robot.toml", "revision =", "revision", "cannot be read as TOML"),
    ("optimus.xml", 'joint name="left_knee"', 'joint name="left_patella"', "joint 'left_patella': the model has it but the list does not"),
    ("optimus.xml", 'mass="6.5" diaginertia="', 'mass="6.5" diaginertia="nan ', "inertial '': diaginertia must be finite numbers"),
    ("optimus.xml", 'timestep="0.002"', 'timestep="inf"', "option '': timestep must be finite numbers, not 'inf'"),
    ("optimus.xml", "<asset>", '<asset><mesh name="shell" file="shell.stl"/>', "mesh 'shell': its file"),
    ("optimus.xml", "</worldbody>", "", "the model cannot be read as XML: mismatched tag"),
    ("optimus.xml", 'mass="6.5"', 'mass="-6.5"', "optimus.xml: body 'pelvis': its mass must be a number greater than 0, not '-6.5'"),
    ("optimus.xml", 'type="capsule" name="left_thigh"', 'type="capsul" name="left_thigh"', "optimus.xml: the model cannot be used: "),
    ("optimus.xml", 'angle="radian"', 'angle="degree"', 'does the model mean degrees? say <compiler angle="radian"/>'),
    ("optimus.xml", "<worldbody>", '<include file="../../elsewhere.xml"/><worldbody>', "include '../../elsewhere.xml' lies outside"),
    ("optimus.xml", "<worldbody>", '<include file="optimus.xml"/><worldbody>', "is it including itself?"),
    ("grasps.toml", "[pinch]", "[pinsh]", "grasps.toml: unknown table [pinsh]"),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(find_robot("optimus"), tmp_path / "optimus"))


def test_the_robot_in_the_box_has_no_faults_and_weighs_what_it_should():
    report = check_robot(find_robot("optimus"))
    assert report.faults == ()
    assert report.mass_kg == pytest.approx(57.0, abs=0.1)
    assert len(report.model_hash) == 64


@pytest.mark.parametrize(("file", "old", "new", "said"), PLANTED, ids=[said[:50] for *_, said in PLANTED])
def test_a_planted_fault_is_named(folder: Path, file: str, old: str, new: str, said: str):
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))
    faults = [str(fault) for fault in check_robot(folder).faults]
    assert any(said in fault for fault in faults), faults
    assert all(fault.startswith(str(folder)) and "\n" not in fault for fault in faults)


def test_all_faults_are_named_at_once(folder: Path):
    text = (folder / "robot.toml").read_text()
    for old, new in (
        ('name = "left_knee"', 'name = "left_kneee"'),
        ('mjcf_camera = "left_wrist"', 'mjcf_camera = "left_wrst"'),
        ('left_hand = "left_palm"', 'left_hand = "left_plam"'),
        ('motor = "ankle_roll"', 'motor = "ankel_roll"'),
    ):
        text = text.replace(old, new, 1)
    (folder / "robot.toml").write_text(text)
    said = "\n".join(str(fault) for fault in check_robot(folder).faults)
    assert all(name in said for name in ("left_kneee", "'left_knee'", "left_wrst", "left_plam", "ankel_roll"))


def test_a_home_pose_that_pushes_a_hand_into_the_chest_is_a_fault(folder: Path):
    text = (folder / "robot.toml").read_text()
    line = next(line for line in text.splitlines() if '"left_shoulder_yaw"' in line)
    bent = line[: line.index("home_rad")] + "home_rad = -1.6 },"
    (folder / "robot.toml").write_text(text.replace(line, bent))
    faults = [str(fault) for fault in check_robot(folder).faults]
    assert faults
    assert all("home pose" in fault and "inside each other" in fault for fault in faults)


def test_the_command_prints_one_object_and_fails_on_faults(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["robots", "check", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["joints"] == 74
    (folder / "optimus.xml").unlink()
    assert main(["robots", "check", str(folder), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert not report["ok"]
    assert "the model file does not exist" in report["faults"][0]["text"]


def test_the_command_knows_robots_by_name_and_links_by_file(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["robots", "list"]) == 0
    assert "74 joints" in capsys.readouterr().out
    assert main(["robots", "check", "optimus"]) == 0
    assert main(["robots", "check", "optimis"]) != 0
    assert "no robot is called 'optimis' (did you mean 'optimus'?)" in capsys.readouterr().err
    text = (folder / "robot.toml").read_text().replace('link = "simulated"', 'link = "simulate"')
    (folder / "robot.toml").write_text(text)
    capsys.readouterr()
    assert main(["robots", "check", str(folder)]) == 1
    assert "link 'simulate' is unknown (did you mean 'simulated'?)" in capsys.readouterr().out


def foreign_folder(tmp_path: Path) -> Path:
    """A folder of ours that points at a model that was not made for us: no hands, cameras, sensors or gains."""
    names = [
        f"{side}_{joint}_joint"
        for side in ("left", "right")
        for joint in ("hip_yaw", "hip_roll", "hip_pitch", "knee", "ankle")
    ]
    names += ["torso_joint"]
    names += [
        f"{side}_{joint}_joint"
        for side in ("left", "right")
        for joint in ("shoulder_pitch", "shoulder_roll", "shoulder_yaw", "elbow")
    ]
    rows = "".join(
        f'  {{ name = "{name}", group = "{name.split("_")[0]}", motor = "m", lower_rad = -0.2, upper_rad = 0.2, home_rad = 0.0 }},\n'
        for name in names
    )
    (tmp_path / "robot.toml").write_text(
        f'name = "h1"\ntitle = "Unitree H1"\nrevision = "1"\nmodel = "{H1 / "h1.xml"}"\nlink = "simulated"\n'
        f'joints = [\n{rows}]\n[base]\nbody = "pelvis"\nmount = "fixed"\nposition_m = [0, 0, 1.1]\n'
        "[motors.m]\nmax_speed_rad_s = 5\nmax_acceleration_rad_s2 = 30\nmax_effort_nm = 100\nstiffness_nm_rad = 300\n"
        "damping_nms_rad = 10\ntorque_per_current_nm_a = 3\nwinding_ohm = 0.3\nthermal_resistance_k_w = 1\nthermal_capacity_j_k = 400\n"
    )
    return tmp_path


@pytest.mark.skipif(not H1.is_dir(), reason="the foreign model is not beside this checkout")
def test_a_foreign_model_is_driven_through_a_folder_that_points_at_it(tmp_path: Path):
    folder = foreign_folder(tmp_path)
    (fault,) = check_robot(folder).faults
    assert "joint 'not_use_joint': the model has it but the list does not" in str(fault)
    text = (folder / "robot.toml").read_text()
    (folder / "robot.toml").write_text('rigid_joints = ["not_use_joint"]\n' + text)
    assert check_robot(folder).faults == ()
    spec = load_robot(folder)
    simulation = Simulation(spec, load_scene(spec, "table"))
    simulation.command(spec.home_rad)
    simulation.advance(0.5)
    measured = simulation.measure()
    assert measured.position_rad == pytest.approx(spec.home_rad, abs=0.02)
    assert measured.touch_n.size == 0


TEN_IN_THE_FOREIGN_FOLDER = [
    ('name = "left_knee_joint"', 'name = "left_kne_joint"', "joint 'left_kne_joint': is not in the model (did you mean 'left_knee_joint'?)"),
    ('name = "right_knee_joint"', 'name = "right_ankle_joint"', "joint 'right_ankle_joint': is listed twice"),
    ('"left_hip_yaw_joint", group = "left", motor = "m", lower_rad = -0.2', '"left_hip_yaw_joint", group = "left", motor = "m", lower_rad = 0.3', "joint 'left_hip_yaw_joint': lower_rad 0.3 is not below upper_rad 0.2"),
    ('"left_elbow_joint", group = "left", motor = "m", lower_rad = -0.2, upper_rad = 0.2', '"left_elbow_joint", group = "left", motor = "m", lower_rad = -70.0, upper_rad = 150.0', "joint 'left_elbow_joint': its range [-70, 150] and home 0 look like degrees"),
    ('"left_hip_roll_joint", group = "left", motor = "m", lower_rad = -0.2, upper_rad = 0.2', '"left_hip_roll_joint", group = "left", motor = "m", lower_rad = -0.2, upper_rad = 0.9', "joint 'left_hip_roll_joint': its range [-0.2, 0.9] rad goes beyond the model's"),
    ('"right_hip_roll_joint", group = "right", motor = "m", lower_rad = -0.2, upper_rad = 0.2, home_rad = 0.0', '"right_hip_roll_joint", group = "right", motor = "m", lower_rad = -0.2, upper_rad = 0.2, home_rad = 0.4', "joint 'right_hip_roll_joint': rests at home_rad 0.4, outside its range"),
    ('"torso_joint", group = "torso", motor = "m"', '"torso_joint", group = "torso", motor = "n"', "joint 'torso_joint': unknown motor 'n'"),
    ("max_effort_nm = 100", "max_effort_nm = -100", "motor 'm': max_effort_nm must be greater than 0"),
    ('body = "pelvis"', 'body = "plevis"', "[base]: body 'plevis' is not in the model (did you mean 'pelvis'?)"),
    ("[base]", '[frames]\nleft_hand = "left_hand_site"\n[base]', "[frames]: left_hand names the site 'left_hand_site', which is not in the model"),
]  # fmt: skip


@pytest.mark.skipif(not H1.is_dir(), reason="the foreign model is not beside this checkout")
def test_ten_faults_planted_together_into_a_foreign_robot_s_folder_are_all_named(tmp_path: Path):
    folder = foreign_folder(tmp_path)
    text = 'rigid_joints = ["not_use_joint"]\n' + (folder / "robot.toml").read_text()
    for old, new, _ in TEN_IN_THE_FOREIGN_FOLDER:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / "robot.toml").write_text(text)
    faults = [str(fault) for fault in check_robot(folder).faults]
    for *_, said in TEN_IN_THE_FOREIGN_FOLDER:
        assert any(said in fault for fault in faults), (said, faults)
    assert all("\n" not in fault for fault in faults)
    assert (
        sum("max_effort_nm" in fault for fault in faults) == 1
    )  # of the motor, not of each joint that has it


def test_a_robot_is_asked_only_for_the_base_it_offers(folder: Path):
    text = (folder / "robot.toml").read_text()
    (folder / "robot.toml").write_text(
        text.replace('modes = ["gantry", "wheels", "legs"]', 'modes = ["gantry"]')
    )
    spec = load_robot(folder)
    assert spec.bases == ("gantry",)
    with pytest.raises(RobotSpecError, match="does not offer the base 'legs'; it offers gantry: choose"):
        require_base(spec, "legs")
    assert spec.model_hash == load_robot(find_robot("optimus")).model_hash


def test_a_folder_that_lists_no_modes_offers_what_its_body_allows(folder: Path):
    text = (folder / "robot.toml").read_text()
    (folder / "robot.toml").write_text(text.replace('modes = ["gantry", "wheels", "legs"]', ""))
    assert load_robot(folder).bases == ("gantry", "wheels", "legs")
