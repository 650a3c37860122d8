# ruff: noqa: E501 - one planted fault a line
"""Hardware revisions: overlays that say only what differs, and a robot that follows them in every part."""

import shutil
from pathlib import Path

import mujoco
import numpy as np
import pytest

from twin.errors import RobotSpecError
from twin.hands import load_hands
from twin.ik.model import load_kinematics
from twin.robot import RobotSpec, find_robot, list_revisions, load_robot
from twin.robot_model import compile_model, joint_addresses, open_model
from twin.scene import load_scene

REVISIONS = ("gen2", "gen3-a", "gen3-b")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(find_robot("optimus"), tmp_path / "optimus"))


def revision(name: str) -> RobotSpec:
    return load_robot(find_robot("optimus"), name)


def write(folder: Path, name: str, text: str) -> None:
    (folder / "revisions" / f"{name}.toml").write_text(text)


def fault_of(folder: Path, name: str) -> str:
    with pytest.raises(RobotSpecError) as caught:
        load_robot(folder, name)
    return str(caught.value)


def posed(spec: RobotSpec, angles: dict[str, float]) -> tuple[mujoco.MjModel, mujoco.MjData]:
    model = compile_model(spec, open_model(spec))
    data = mujoco.MjData(model)
    address, _ = joint_addresses(spec, model)
    for name, angle in angles.items():
        if name in spec.joint_names:
            data.qpos[address[spec.joint_names.index(name)]] = angle
    mujoco.mj_forward(model, data)
    return model, data


def test_the_robot_in_the_box_has_three_revisions_each_with_its_own_hash():
    specs = [revision(name) for name in REVISIONS]
    assert set(list_revisions(specs[0])) == set(REVISIONS)
    assert [spec.revision for spec in specs] == list(REVISIONS)
    assert len({spec.model_hash for spec in specs}) == 3
    assert revision("").revision == "gen3-a"


def test_the_generation_before_has_hands_of_eleven_joints_and_grasps_for_them():
    spec = revision("gen2")
    assert len(spec.joints) == 52
    hands = load_hands(spec)
    assert [len(hand.joints) for hand in hands.values()] == [11, 11]
    closed = hands["right"].angles("power", 1.0)
    assert np.all(closed > hands["right"].angles("open", 0.0))


@pytest.mark.parametrize("name", REVISIONS)
def test_scene_and_inverse_kinematics_are_made_of_the_same_revision(name: str):
    spec = revision(name)
    scene, kinematics = load_scene(spec, "table"), load_kinematics(spec)
    assert len(scene.joint_qpos_address) == len(kinematics.qpos_address) == len(spec.joints)
    data, thought = mujoco.MjData(scene.model), mujoco.MjData(kinematics.model)
    data.qpos[:] = scene.initial_qpos
    thought.qpos[kinematics.qpos_address] = spec.home_rad
    mujoco.mj_kinematics(scene.model, data)
    mujoco.mj_kinematics(kinematics.model, thought)
    for frame in ("left_hand", "right_hand", "right_index_tip"):
        in_scene = data.site(spec.frames[frame]).xpos
        in_thought = thought.site(spec.frames[frame]).xpos
        assert in_scene == pytest.approx(in_thought, abs=1e-9)


def test_a_locked_joint_leaves_its_finger_where_the_joint_would_have_held_it():
    newer, older = revision("gen3-a"), revision("gen2")
    bent = {"left_index_mcp": 0.7, "left_index_pip": 0.5, "left_thumb_cmc_roll": 1.1, "left_thumb_mcp": 0.4}
    locked = dict(older.changes.locked_rad)
    home = dict(zip(older.joint_names, older.home_rad, strict=True))
    # Who plans for the driven joints alone finds the coupled ones cast as in the home pose.
    locked |= {name: tied.ratio * float(home[tied.to]) for name, tied in older.changes.coupled.items()}
    _, with_joints = posed(newer, bent | locked)
    _, cast = posed(older, bent)
    for tip in ("left_index_tip", "left_thumb_tip", "right_little_tip"):
        assert cast.site(tip).xpos == pytest.approx(with_joints.site(tip).xpos, abs=1e-9)
        assert cast.site(tip).xmat == pytest.approx(with_joints.site(tip).xmat, abs=1e-9)


def test_a_longer_forearm_carries_the_hand_and_its_camera_further():
    _, shorter = posed(revision("gen3-a"), {})
    _, longer = posed(revision("gen3-b"), {})
    for side in ("left", "right"):
        moved = longer.site(f"{side}_palm").xpos - shorter.site(f"{side}_palm").xpos
        assert moved == pytest.approx([0, 0, -0.03], abs=1e-9)
        moved = longer.camera(f"{side}_wrist").xpos - shorter.camera(f"{side}_wrist").xpos
        assert moved == pytest.approx([0, 0, -0.03], abs=1e-9)


def test_another_range_of_a_joint_is_the_models_range_too():
    spec = revision("gen3-b")
    model = compile_model(spec, open_model(spec))
    assert model.joint("left_wrist_pitch").range == pytest.approx([-1.2, 1.2])
    assert spec.upper_rad[spec.joint_names.index("left_wrist_pitch")] == 1.2


def test_another_motor_brings_its_torque_and_its_rotor():
    spec = revision("gen3-b")
    knee = spec.joints[spec.joint_names.index("right_knee")]
    assert (knee.motor, knee.max_effort_nm) == ("knee_rotary", 216.0)
    model = compile_model(spec, open_model(spec))
    assert model.dof_armature[model.joint("right_knee").dofadr[0]] == pytest.approx(0.11)


def test_a_revision_may_be_based_on_another_overlay(folder: Path):
    write(folder, "gen3-c", 'based_on = "gen3-b"\n[joints.left_elbow]\nhome_rad = -1.5\n')
    spec = load_robot(folder, "gen3-c")
    assert spec.home_rad[spec.joint_names.index("left_elbow")] == -1.5
    assert "left_palm_touch" in spec.touch_sensors
    assert spec.model_hash != load_robot(folder, "gen3-b").model_hash


def test_revisions_in_a_circle_are_refused(folder: Path):
    write(folder, "x", 'based_on = "y"\n')
    write(folder, "y", 'based_on = "x"\n')
    assert "based on each other in a circle: x -> y -> x" in fault_of(folder, "x")


def test_a_revision_based_on_nothing_known_is_refused(folder: Path):
    write(folder, "x", 'based_on = "gen3-q"\n')
    assert "based_on names 'gen3-q', which is no revision of this robot (did you mean 'gen3-" in fault_of(
        folder, "x"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[joint.left_knee]\n", "unknown key 'joint' (did you mean 'joints'?)"),
        ("[joints.left_kne]\nhome_rad = 0.1\n", "joint 'left_kne': is no joint of the revision"),
        ("[joints.left_knee]\nhome = 0.1\n", "joint 'left_knee': unknown key 'home'"),
        ("[joints.left_knee]\nhome_rad = 9.0\n", "joint 'left_knee': rests at home_rad 9"),
        ("[locked_joints]\nleft_kne = 0.1\n", "joint 'left_kne' is not in the model"),
        ("[change.bodies.left_wrst]\nmass_kg = 1.0\n", "body 'left_wrst' is not in the model (did you mean 'left_wrist'"),
        ("[change.bodies.left_wrist]\nmass_kg = -1.0\n", "mass_kg must be greater than 0"),
        ("[change.bodies.left_wrist]\nmass = 1.0\n", "unknown key 'mass'"),
        ("[change.bodies.left_wrist]\nmass_kg = nan\n", "mass_kg must be a finite number"),
        ("[add.sensors.left_palm]\nkind = 'tuch'\nsite = 'left_palm'\n", "kind 'tuch' is unknown (did you mean 'touch'?)"),
        ("[add.sites.left_palm]\nbody = 'left_palm'\nposition_m = [0,0,0]\n", "site 'left_palm' is in the model already"),
        ("[sensors]\ntouch = ['no']\n", "touch names 'no', which is no touch sensor"),
    ],
)  # fmt: skip
def test_an_overlay_is_read_strictly(folder: Path, text: str, said: str):
    write(folder, "x", 'based_on = "gen3-a"\n' + text)
    fault = fault_of(folder, "x")
    assert said in fault
    assert "revisions/x.toml" in fault


def test_an_unknown_revision_is_told_which_there_are():
    with pytest.raises(RobotSpecError, match=r"revision 'gen4' is not here.*there are gen3-a, gen2, gen3-b"):
        revision("gen4")


def test_a_revision_is_never_looked_for_outside_its_folder(folder: Path):
    (folder / "elsewhere.toml").write_text('based_on = "gen3-a"\n')
    assert "is not here" in fault_of(folder, "../elsewhere")
