"""A robot is one folder: read strictly, named by a hash that only meaning can change."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from twin.errors import RobotSpecError
from twin.robot import find_robot, list_robots, load_robot

GROUPS = {
    "left_leg": 6,
    "right_leg": 6,
    "torso": 2,
    "neck": 2,
    "left_arm": 7,
    "right_arm": 7,
    "left_hand": 22,
    "right_hand": 22,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(find_robot("optimus"), tmp_path / "optimus"))


def edit(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))


def test_the_robot_in_the_box_has_74_joints_in_their_groups():
    spec = load_robot(find_robot("optimus"))
    assert {name: len(joints) for name, joints in spec.groups.items()} == GROUPS
    assert [i for joints in spec.groups.values() for i in joints] == list(range(74))
    assert spec.joint_names[:6] == (
        "left_hip_yaw",
        "left_hip_roll",
        "left_hip_pitch",
        "left_knee",
        "left_ankle_pitch",
        "left_ankle_roll",
    )
    assert spec.joint_names[-5:] == (
        "right_little_cmc",
        "right_little_abd",
        "right_little_mcp",
        "right_little_pip",
        "right_little_dip",
    )
    assert [camera.name for camera in spec.cameras] == ["head", "left_wrist", "right_wrist"]
    assert len(spec.touch_sensors) == 10


def test_home_is_within_limits_and_mirrored():
    spec = load_robot(find_robot("optimus"))
    assert np.all(spec.home_rad >= spec.lower_rad)
    assert np.all(spec.home_rad <= spec.upper_rad)
    home = dict(zip(spec.joint_names, spec.home_rad, strict=True))
    for name, angle in home.items():
        if name.startswith("left_"):
            flips = bool(re.search(r"(roll|yaw)$", name)) and "thumb" not in name
            assert home["right_" + name.removeprefix("left_")] == pytest.approx(-angle if flips else angle)


def test_reading_a_robot_needs_no_physics_library():
    code = "import sys; from twin.robot import *; load_robot(find_robot('optimus')); assert 'mujoco' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_hash_is_the_same_in_another_process_with_another_hash_seed(folder: Path):
    code = f"from pathlib import Path; from twin.robot import *; print(load_robot(Path({str(folder)!r})).model_hash)"
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert seen == {load_robot(folder).model_hash}


def test_comments_do_not_change_the_hash(folder: Path):
    before = load_robot(folder).model_hash
    edit(folder, "optimus.xml", "<worldbody>", "<!-- a remark --><worldbody>")
    edit(folder, "robot.toml", "[base]", "# a remark\n[base]")
    assert load_robot(folder).model_hash == before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("robot.toml", "home_rad =  0.400", "home_rad =  0.401"),
        ("robot.toml", "max_effort_nm = 250.0", "max_effort_nm = 251.0"),
        ("robot.toml", 'left_hand = "left_palm"', 'left_hand = "right_palm"'),
        ("optimus.xml", 'mass="6.5"', 'mass="6.6"'),
    ],
)
def test_whatever_changes_the_meaning_of_a_command_changes_the_hash(
    folder: Path, file: str, old: str, new: str
):
    before = load_robot(folder).model_hash
    edit(folder, file, old, new)
    assert load_robot(folder).model_hash != before


def test_a_joint_may_differ_from_its_motor(folder: Path):
    edit(folder, "robot.toml", 'name = "left_knee",', 'name = "left_knee", max_effort_nm = 99.0,')
    spec = load_robot(folder)
    efforts = dict(zip(spec.joint_names, spec.max_effort_nm, strict=True))
    assert (efforts["left_knee"], efforts["right_knee"]) == (99.0, 250.0)


def test_an_unknown_robot_is_told_which_there_are():
    with pytest.raises(RobotSpecError, match=r"'optimis' \(did you mean 'optimus'\?\); there are .*optimus"):
        find_robot("optimis")
    assert "optimus" in list_robots()


def test_a_revision_that_is_not_here_is_refused(folder: Path):
    with pytest.raises(RobotSpecError, match="revision 'gen9' is not here"):
        load_robot(folder, "gen9")
    assert load_robot(folder, "gen3-a").revision == "gen3-a"


def test_loading_tells_the_first_fault_and_how_many_more_there_are(folder: Path):
    edit(folder, "robot.toml", 'name = "left_knee"', 'name = "left_kne"')
    with pytest.raises(
        RobotSpecError, match=r"robot.toml: joint 'left_kne': .*did you mean 'left_knee'.*1 more"
    ):
        load_robot(folder)
