"""Every scene that is found: it loads, lies still, is the same for the same seed, and is set up anew."""

import mujoco
import numpy as np
import pytest

from twin.errors import SceneError
from twin.robot import RobotSpec, find_robot, load_robot
from twin.scene import load_scene
from twin.scenery.reading import list_scenes, read_layout
from twin.scenery.start import start_poses
from twin.simulation.simulation import Simulation

LEVELS = [
    (name, level)
    for name in list_scenes()
    for level in range(1, len(read_layout(name).levels) + 1)
]  # fmt: skip


@pytest.fixture(scope="module")
def spec() -> RobotSpec:
    return load_robot(find_robot("optimus"))


@pytest.mark.parametrize(("name", "level"), LEVELS)
def test_everything_stays_where_it_was_put_for_two_seconds(spec: RobotSpec, name: str, level: int):
    scene = load_scene(spec, name, seed=5, level=level)
    simulation = Simulation(spec, scene)
    before = {thing: simulation.data.body(thing).xpos.copy() for thing in scene.objects}
    simulation.advance(2.0, now_s=0.0)
    for thing, at_m in before.items():
        np.testing.assert_allclose(simulation.data.body(thing).xpos, at_m, atol=0.004, err_msg=thing)
    for fixture in scene.layout.fixtures:
        if fixture.motion:
            assert abs(simulation.data.joint(fixture.name).qpos[0]) < 0.01, fixture.name
    state = simulation.scene_state()
    assert (state.task_succeeded, state.task_failed, state.subgoals_done) == (False, False, 0)


@pytest.mark.parametrize(("name", "level"), LEVELS)
def test_no_seed_puts_things_into_each_other_or_into_the_robot(spec: RobotSpec, name: str, level: int):
    scene = load_scene(spec, name, level=level)
    data = mujoco.MjData(scene.model)
    for seed in range(30):
        data.qpos[:] = scene.start_qpos(seed)
        mujoco.mj_fwdPosition(scene.model, data)
        assert min((contact.dist for contact in data.contact), default=0.0) > -1e-4, seed
        assert scene.judge.touched_by_robot(data) == "", seed


@pytest.mark.parametrize("name", list_scenes())
def test_a_seed_is_one_start_and_another_seed_another(name: str):
    layout = read_layout(name)
    for level in layout.levels:
        first, again, other = (start_poses(layout, level, seed) for seed in (7, 7, 8))
        assert all(np.array_equal(first[thing], again[thing]) for thing in first)
        assert any(not np.array_equal(first[thing], other[thing]) for thing in first)


def test_the_model_is_the_same_for_all_seeds_so_that_a_running_station_can_change_its_seed(spec: RobotSpec):
    one, other = load_scene(spec, "kitting", seed=1), load_scene(spec, "kitting", seed=2)
    np.testing.assert_array_equal(one.model.body_pos, other.model.body_pos)
    np.testing.assert_array_equal(one.start_qpos(2), other.initial_qpos)


def test_a_level_says_which_things_are_there_and_an_unknown_one_is_refused(spec: RobotSpec):
    assert "grey_mug" not in load_scene(spec, "kitting", level=1).objects
    assert "grey_mug" in load_scene(spec, "kitting", level=2).objects
    with pytest.raises(SceneError, match=r"scene 'kitting' has no level 4; there are 1: .*; 3: "):
        load_scene(spec, "kitting", level=4)


# --- set up anew --------------------------------------------------------------------------------------------


def test_a_scene_is_set_up_anew_while_the_robot_stays_as_it_is(spec: RobotSpec):
    scene = load_scene(spec, "bin_sorting", seed=1)
    simulation = Simulation(spec, scene)
    wanted = spec.home_rad.copy()
    wanted[spec.groups["torso"][0]] += 0.1
    simulation.command(wanted, now_s=0.0)
    simulation.advance(0.5, now_s=0.0)
    start = scene.model.joint("teal_cube").qposadr[0]
    simulation.data.qpos[start + 2] = 0.3
    mujoco.mj_forward(scene.model, simulation.data)
    assert simulation.scene_state().task_failed
    posture = simulation.measure().position_rad.copy()
    assert simulation.rearrange(9) == ""
    np.testing.assert_array_equal(simulation.measure().position_rad, posture)
    state = simulation.scene_state()
    assert (state.seed, state.task_failed, state.time_s) == (9, False, pytest.approx(0.5))
    for thing in scene.objects:
        at = scene.model.joint(thing).qposadr[0]
        np.testing.assert_allclose(state.qpos[at : at + 7], scene.start_qpos(9)[at : at + 7], atol=1e-6)


def test_things_are_not_set_up_where_the_robot_is(spec: RobotSpec):
    scene = load_scene(spec, "bin_sorting", seed=1)
    simulation = Simulation(spec, scene)
    before = simulation.data.qpos.copy()
    elbow = scene.joint_qpos_address[spec.groups["right_arm"][3]]
    for angle_rad in np.linspace(0.0, 1.6, 40):  # bend the forearm down until it is among the things
        simulation.data.qpos[:] = before
        simulation.data.qpos[elbow] -= angle_rad
        mujoco.mj_forward(scene.model, simulation.data)
        if scene.judge.touched_by_robot(simulation.data):
            break
        simulation.data.qpos[:] = before
        simulation.data.qpos[elbow] += angle_rad
        mujoco.mj_forward(scene.model, simulation.data)
        if scene.judge.touched_by_robot(simulation.data):
            break
    else:
        pytest.fail("the forearm met nothing")
    reason = simulation.rearrange(1)
    assert reason.startswith("the robot is where the orange ")
    assert simulation.seed == 1


def test_a_snapshot_remembers_how_far_the_attempt_was(spec: RobotSpec):
    scene = load_scene(spec, "machine_tending", seed=1)
    simulation = Simulation(spec, scene)
    simulation.data.joint("door").qpos[0] = -1.5
    mujoco.mj_forward(scene.model, simulation.data)
    assert simulation.scene_state().subgoals_done == 1
    simulation.data.joint("door").qpos[0] = -0.5
    opened = simulation.snapshot()
    simulation.reset()
    assert simulation.scene_state().subgoals_done == 0
    simulation.restore(opened)
    assert simulation.scene_state().subgoals_done == 1
