# ruff: noqa: E501 - one planted fault a line
"""The table scene: the same seed gives the same world, and its judge is not easily fooled."""

from dataclasses import replace
from pathlib import Path

import mujoco
import numpy as np
import pytest

from twin import places
from twin.errors import RobotSpecError, SceneError
from twin.robot import RobotSpec, find_robot, load_robot
from twin.scene import Scene, load_scene


@pytest.fixture(scope="module")
def spec() -> RobotSpec:
    return load_robot(find_robot("optimus"))


@pytest.fixture
def scene(spec: RobotSpec) -> Scene:
    return load_scene(spec, "table", seed=3)


def put(scene: Scene, name: str, position_m: list[float]) -> mujoco.MjData:
    data = mujoco.MjData(scene.model)
    data.qpos[:] = scene.initial_qpos
    start = scene.model.joint(name).qposadr[0]
    data.qpos[start : start + 3] = position_m
    mujoco.mj_forward(scene.model, data)
    return data


def test_the_same_seed_is_the_same_world_and_another_seed_another(spec: RobotSpec, scene: Scene):
    again = load_scene(spec, "table", seed=3)
    np.testing.assert_array_equal(again.initial_qpos, scene.initial_qpos)
    np.testing.assert_array_equal(again.model.geom_pos, scene.model.geom_pos)
    other = load_scene(spec, "table", seed=4)
    assert np.abs(other.initial_qpos - scene.initial_qpos).max() > 1e-3


def test_the_robot_starts_in_its_home_pose_and_its_joints_are_found(spec: RobotSpec, scene: Scene):
    np.testing.assert_array_equal(scene.initial_qpos[scene.joint_qpos_address], spec.home_rad)
    names = [
        mujoco.mj_id2name(scene.model, mujoco.mjtObj.mjOBJ_JOINT, scene.model.dof_jntid[dof])
        for dof in scene.joint_dof_address
    ]
    assert tuple(names) == spec.joint_names


def test_there_are_at_least_three_things_to_grasp_and_they_lie_still(scene: Scene):
    assert len(scene.objects) >= 3
    data = mujoco.MjData(scene.model)
    data.qpos[:] = scene.initial_qpos
    data.ctrl.reshape(-1, 3)[:, 0] = scene.initial_qpos[scene.joint_qpos_address]
    for _ in range(500):
        mujoco.mj_step(scene.model, data)
    for name in scene.objects:
        start = scene.model.joint(name).qposadr[0]
        moved = data.qpos[start : start + 3] - scene.initial_qpos[start : start + 3]
        assert np.linalg.norm(moved) < 0.003, name


@pytest.mark.parametrize("seed", range(20))
def test_no_seed_starts_with_things_inside_each_other(spec: RobotSpec, seed: int):
    scene = load_scene(spec, "table", seed)
    data = mujoco.MjData(scene.model)
    data.qpos[:] = scene.initial_qpos
    mujoco.mj_forward(scene.model, data)
    assert min((contact.dist for contact in data.contact), default=0.0) > -1e-4


def test_the_judge_wants_the_object_in_the_tote_at_rest_and_let_go(scene: Scene):
    tote = scene.layout.totes[0]
    inside = [*tote.position_m[:2], tote.position_m[2] + tote.wall_m + 0.0351]
    beside = [tote.position_m[0], tote.position_m[1] + 0.3, inside[2]]
    assert scene.judge(scene.model, put(scene, "red_box", inside)) == (True, "the red box lies in the tote")
    assert scene.judge(scene.model, put(scene, "red_box", beside))[0] is False
    assert scene.judge(scene.model, put(scene, "green_can", inside))[0] is False
    above = [*inside[:2], inside[2] + 0.12]
    assert scene.judge(scene.model, put(scene, "red_box", above))[0] is False
    falling = put(scene, "red_box", inside)
    falling.qvel[scene.model.joint("red_box").dofadr[0] + 2] = -0.3
    assert scene.judge(scene.model, falling) == (False, "the red box is in the tote but still moving")


def test_a_hand_that_still_holds_the_object_has_not_put_it_down(scene: Scene):
    data = mujoco.MjData(scene.model)
    data.qpos[:] = scene.initial_qpos
    mujoco.mj_forward(scene.model, data)
    tote = scene.layout.totes[0]
    palm = data.site("right_palm").xpos.copy()
    held = put(scene, "red_box", palm.tolist())
    assert held.ncon
    moved = replace(tote, position_m=(*palm[:2], palm[2] - 0.05))
    judge = load_moved_judge(scene, moved)
    assert judge(scene.model, held) == (False, "the red box is in the tote but still held")


def load_moved_judge(scene: Scene, tote: object):
    from twin.scenery.judge import make_judge

    return make_judge(replace(scene.layout, totes=(tote,)), scene.model)


def test_an_unknown_scene_is_told_which_there_are(spec: RobotSpec):
    with pytest.raises(SceneError, match=r"no scene is called 'tabel' \(did you mean 'table'\?\)"):
        load_scene(spec, "tabel")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('shape = "sphere"', 'shape = "spere"', "object 'yellow_ball': shape 'spere' is unknown (did you mean 'sphere'?)"),
        ("mass_kg = 0.15", "mass_kg = -1", "object 'red_box': mass_kg must be greater than 0"),
        ("mass_kg = 0.15", "mass_g = 150", "object 'red_box': "),
        ('object = "red_box"', 'object = "red_bx"', "the task is about 'red_bx', which is no object (did you mean 'red_box'?)"),
        ('material = "red"', 'material = "rot"', "red_box: unknown material 'rot'"),
        ("[task]", "[task", "cannot be read as TOML"),
    ],
)  # fmt: skip
def test_a_fault_in_a_scene_is_named(
    spec: RobotSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, said: str
):
    text = (places.assets_folder() / "scenes" / "table.toml").read_text()
    assert old in text
    (tmp_path / "scenes").mkdir()
    (tmp_path / "scenes" / "table.toml").write_text(text.replace(old, new, 1))
    monkeypatch.setattr(places, "assets_folder", lambda: tmp_path)
    with pytest.raises(SceneError) as error:
        load_scene(spec, "table")
    assert said in str(error.value)


def test_a_robot_whose_model_is_broken_is_named_not_traced(spec: RobotSpec, tmp_path: Path):
    broken = tmp_path / "broken.xml"
    broken.write_text(spec.model_path.read_text().replace('type="capsule"', 'type="capsul"', 1))
    with pytest.raises(RobotSpecError, match=r"broken.xml: the model cannot be used: .*capsul"):
        load_scene(replace(spec, model_path=broken), "table")


def test_what_is_seen_and_what_collides_are_apart(spec: RobotSpec, scene: Scene):
    model = scene.model
    shells, solids = model.geom_group == 2, model.geom_group == 3
    assert shells.sum() > 100
    assert not model.geom_contype[shells].any()
    assert model.geom_contype[solids].all()
    assert model.body_mass.sum() == pytest.approx(57.0 + 0.45, abs=0.1)
