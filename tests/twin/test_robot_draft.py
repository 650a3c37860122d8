"""A robot's folder can be drafted from its model; whatever is a guess says so until a person has looked at it."""

from pathlib import Path

import pytest

from app.main import main
from twin.drafting.guess import group_of, side_of, site_for
from twin.drafting.write import write_draft
from twin.errors import RobotSpecError
from twin.gains import NATURAL_RAD_S, servo_gains
from twin.robot import load_robot
from twin.robot_apart import check_apart, vouch_for
from twin.scene import load_scene
from twin.simulation.simulation import Simulation

H1 = Path(__file__).resolve().parents[3] / "shared" / "robots" / "unitree_h1" / "h1.xml"

MJCF = """<mujoco model="Two Arms"><compiler angle="radian"/><worldbody>
<body name="trunk" pos="0 0 1"><freejoint/><geom size="0.1" mass="5"/>
{arms}
</body>
<body name="spare" pos="0 0 9"><joint name="spare_joint"/><geom size="0.1" mass="1"/></body>
</worldbody><actuator>{drives}</actuator></mujoco>"""
ARM = """<body name="{side}_upper" pos="0 {y} 0"><joint name="{side}_shoulder" axis="0 1 0" range="-1 1"/>
<geom type="capsule" fromto="0 0 0 0.2 0 0" size="0.03" mass="1"/>
<body name="{side}_lower" pos="0.2 0 0"><joint name="{side}_j2" axis="0 1 0"/>
<geom type="capsule" fromto="0 0 0 0.2 0 0" size="0.03" mass="0.5"/></body></body>"""

URDF = """<robot name="arms"><link name="trunk"><inertial><mass value="5"/>
<inertia ixx="0.1" iyy="0.1" izz="0.1" ixy="0" ixz="0" iyz="0"/></inertial></link>{arms}</robot>"""
URDF_ARM = """<joint name="{side}_elbow" type="revolute"><parent link="trunk"/><child link="{side}_arm"/>
<origin xyz="0 {y} 0"/><axis xyz="0 1 0"/><limit lower="-1" upper="1.5" effort="12" velocity="3"/></joint>
<link name="{side}_arm"><inertial><mass value="1"/><inertia ixx="0.01" iyy="0.01" izz="0.01" ixy="0" ixz="0" iyz="0"/>
</inertial><collision><geometry><box size="0.1 0.05 0.05"/></geometry></collision></link>"""


def sided(text: str) -> str:
    return text.format(side="left", y=0.3) + text.format(side="right", y=-0.3)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    drives = '<motor name="m" joint="left_shoulder" gear="10" ctrlrange="-2 2" ctrllimited="true"/>'
    path = tmp_path / "arms.xml"
    path.write_text(MJCF.format(arms=sided(ARM), drives=drives))
    return path


def guesses(folder: Path) -> str:
    return "\n".join(str(guess) for guess in check_apart(folder).guesses)


def test_a_draft_can_be_loaded_at_once_and_knows_limits_torques_and_spare_parts(model: Path, tmp_path: Path):
    draft = write_draft(model, tmp_path / "out")
    spec = load_robot(tmp_path / "out")
    assert draft.joints == len(spec.joints) == 4
    assert spec.groups == {"left_arm": (0, 1), "right_arm": (2, 3)}
    assert (spec.lower_rad[0], spec.upper_rad[0], spec.max_effort_nm[0]) == (-1.0, 1.0, 20.0)
    assert spec.rigid_joints == ("spare_joint",)
    assert spec.base.body == "trunk"
    assert set(spec.frames) == {"left_hand", "right_hand"}
    assert spec.changes.added_sites["left_hand_end"].position_m[0] == pytest.approx(0.23, abs=0.01)
    assert check_apart(tmp_path / "out").faults == ()


def test_every_guess_is_named_until_its_remark_is_gone(model: Path, tmp_path: Path):
    write_draft(model, tmp_path / "out")
    said = guesses(tmp_path / "out")
    for what in (
        "its name does not say which group it belongs to; the model gives no range",
        "it is not on the robot",
        "the far end of the last link",
        "the model does not say",
    ):
        assert what in said
    assert main(["robots", "check", str(tmp_path / "out")]) == 1
    vouch_for(tmp_path / "out")  # it may be driven to find out
    file = tmp_path / "out" / "robot.toml"
    file.write_text("\n".join(line.partition("  # unsure:")[0] for line in file.read_text().splitlines()))
    assert guesses(tmp_path / "out") == ""
    assert main(["robots", "check", str(tmp_path / "out")]) == 0


def test_a_urdf_becomes_a_model_in_the_folder(tmp_path: Path):
    (tmp_path / "arms.urdf").write_text(URDF.format(arms=sided(URDF_ARM)))
    write_draft(tmp_path / "arms.urdf", tmp_path / "out")
    spec = load_robot(tmp_path / "out")
    assert spec.joint_names == ("left_elbow", "right_elbow")
    assert (spec.lower_rad[0], spec.upper_rad[0], spec.max_effort_nm[0]) == (-1.0, 1.5, 12.0)
    assert spec.base.body == "trunk"
    assert spec.model_path.parent == tmp_path / "out"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("none.xml", None, "there is no such file"),
        ("robot.stl", "solid", "a model is an MJCF"),
        ("empty.xml", "<mujoco/>", "there is no body in this model"),
        ("still.xml", "<mujoco><worldbody><body><geom size='1'/></body></worldbody></mujoco>", "nothing can"),
        ("broken.xml", "<mujoco><worldbody>", "the model cannot be used"),
    ],
)  # fmt: skip
def test_a_model_that_is_none_is_refused_in_one_sentence(
    tmp_path: Path, name: str, text: str | None, said: str
):
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(RobotSpecError, match=said) as caught:
        write_draft(tmp_path / name, tmp_path / "out")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_a_robot_already_is_not_overwritten(model: Path, tmp_path: Path):
    write_draft(model, tmp_path / "out")
    with pytest.raises(RobotSpecError, match="exists already"):
        write_draft(model, tmp_path / "out")


def test_names_are_read_as_people_write_them():
    assert group_of("left_hip_yaw_joint") == "left_leg"
    assert group_of("R_ElbowPitch") == "right_arm"
    assert group_of("l_index_mcp") == "left_hand"
    assert group_of("waist_yaw") == "torso"
    assert group_of("joint_7") == ""
    assert side_of("arm_left_1") == "left"
    assert side_of("collar") == ""
    assert site_for("right_hand", ["left_palm", "right_index_tip", "right_palm"]) == "right_palm"


@pytest.mark.skipif(not H1.is_file(), reason=f"the foreign model is not beside this checkout ({H1})")
def test_a_foreign_robot_without_gains_hands_cameras_or_touch_holds_itself(tmp_path: Path):
    write_draft(H1, tmp_path / "h1")
    assert check_apart(tmp_path / "h1").faults == ()
    spec = load_robot(tmp_path / "h1")
    assert len(spec.joints) == 19
    assert spec.rigid_joints == ("not_use_joint",)
    assert (spec.cameras, spec.touch_sensors) == ((), ())
    stiffness_nm_rad, damping_nms_rad = servo_gains(spec)
    assert (stiffness_nm_rad > 0.05 * NATURAL_RAD_S**2).all()
    assert damping_nms_rad == pytest.approx(2.0 * stiffness_nm_rad / NATURAL_RAD_S)
    simulation = Simulation(spec, load_scene(spec, "table"))
    simulation.command(spec.home_rad)
    simulation.advance(1.0)
    assert simulation.measure().position_rad == pytest.approx(spec.home_rad, abs=0.02)


@pytest.mark.skipif(not H1.is_file(), reason=f"the foreign model is not beside this checkout ({H1})")
def test_ten_faults_in_the_folder_of_a_foreign_robot_are_all_named_at_once(tmp_path: Path):
    write_draft(H1, tmp_path / "h1")
    file = tmp_path / "h1" / "robot.toml"
    text = file.read_text()
    planted = {
        'name = "left_knee_joint"': ('name = "left_kneee_joint"', "did you mean 'left_knee_joint'?"),
        'name = "right_knee_joint"': ('name = "right_ankle_joint"', "'right_ankle_joint': is listed twice"),
        'name = "torso_joint", group = "torso", motor = "nm_200"': (
            'name = "torso_joint", group = "torso", motor = "nm_20"',
            "'torso_joint': unknown motor 'nm_20'",
        ),
        "lower_rad = -1.25, upper_rad = 2.61": ("lower_rad = 2.61, upper_rad = -1.25", "are they reversed?"),
        "lower_rad = -3.11, upper_rad = 0.34": ("lower_rad = -178, upper_rad = 19", "look like degrees"),
        "home_rad = -0.4": ("home_rad = -3.4", "'left_hip_pitch_joint': rests at home_rad -3.4"),
        'body = "pelvis"': ('body = "plevis"', "body 'plevis' is not in the model"),
        'right_hand = "right_hand_end"': ('right_hand = "right_hand_tip"', "names the site 'right_hand_tip'"),
        "max_effort_nm = 18": ("max_effort_nm = -18", "max_effort_nm must be greater than 0"),
        'imu_gyro = "imu_gyro"': ('imu_gyro = "imu"', "imu_gyro names 'imu', which is no gyro"),
    }
    for old, (new, _) in planted.items():
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text)
    said = "\n".join(str(fault) for fault in check_apart(tmp_path / "h1").faults)
    assert [hint for _, hint in planted.values() if hint not in said] == []
