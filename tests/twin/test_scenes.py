# ruff: noqa: E501 - one planted fault a line
"""Every scene that is found: it loads, lies still, is the same for the same seed; and its judge is not easily fooled."""

from dataclasses import replace
from pathlib import Path

import mujoco
import numpy as np
import pytest

from twin import places
from twin.bases import GANTRY, LEGS
from twin.errors import SceneError
from twin.robot import RobotSpec, find_robot, load_robot
from twin.scene import load_scene
from twin.scenery.judge import Progress, make_judge
from twin.scenery.reading import list_scenes, read_layout, read_layout_file
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


class Attempt:
    """A scene whose things are put where a test wants them."""

    def __init__(self, spec: RobotSpec, name: str, base: str = GANTRY) -> None:
        self.scene = load_scene(spec, name, seed=1, base=base)
        self.data = mujoco.MjData(self.scene.model)
        self.data.qpos[:] = self.scene.initial_qpos
        self.progress = Progress()

    def put(
        self,
        thing: str,
        position_m: tuple[float, ...],
        speed_m_s: float = 0.0,
        wxyz: tuple[float, ...] | None = None,
    ) -> None:
        joint = self.scene.model.joint(thing)
        self.data.qpos[joint.qposadr[0] : joint.qposadr[0] + 3] = position_m
        if wxyz is not None:
            self.data.qpos[joint.qposadr[0] + 3 : joint.qposadr[0] + 7] = wxyz
        self.data.qvel[joint.dofadr[0]] = speed_m_s

    def put_into(self, thing: str, place: str, aside_m: float = 0.0) -> None:
        x, y, z = next(p for p in self.scene.layout.places if p.name == place).floor_m
        self.put(thing, (x + aside_m, y, z + 0.036))

    def hold(self, thing: str, wxyz: tuple[float, ...] | None = None) -> None:
        mujoco.mj_kinematics(self.scene.model, self.data)
        self.put(thing, tuple(self.data.site("right_palm").xpos), wxyz=wxyz)

    def stand(self, position_m: np.ndarray, lower_m: float = 0.0) -> None:
        """The base of a robot on its feet, (2,), and how much lower than it begins."""
        self.data.qpos[:2] = position_m
        self.data.qpos[2] = self.scene.initial_qpos[2] - lower_m

    def judged(self) -> tuple[int, bool, bool, str]:
        mujoco.mj_forward(self.scene.model, self.data)
        judgement = self.scene.judge.look(self.data, self.progress)
        self.progress = judgement.progress
        return judgement.done, judgement.succeeded, judgement.failed, judgement.note


# --- every scene ------------------------------------------------------------------------------------------


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


# --- judges -----------------------------------------------------------------------------------------------


def test_each_part_in_its_pocket_is_one_step_and_all_of_them_success(spec: RobotSpec):
    attempt = Attempt(spec, "kitting")
    for count, colour in enumerate(("red", "blue", "yellow", "green"), start=1):
        attempt.put_into(f"{colour}_part", f"{colour}_pocket")
        assert attempt.judged()[:3] == (count, count == 4, False)


def test_a_part_let_go_in_the_wrong_pocket_loses_the_attempt_for_good(spec: RobotSpec):
    attempt = Attempt(spec, "kitting")
    attempt.put_into("red_part", "blue_pocket")
    lost = (0, False, True, "the red part lies in the blue pocket, where it does not belong")
    assert attempt.judged() == lost
    for colour in ("red", "blue", "yellow", "green"):
        attempt.put_into(f"{colour}_part", f"{colour}_pocket")
    assert attempt.judged() == (4, False, True, lost[3])


def test_a_thing_that_is_only_passing_over_the_wrong_bin_loses_nothing(spec: RobotSpec):
    attempt = Attempt(spec, "bin_sorting")
    attempt.put_into("orange_cube", "teal_bin")
    attempt.data.qvel[attempt.scene.model.joint("orange_cube").dofadr[0]] = 0.3
    assert attempt.judged()[2] is False
    attempt.data.qvel[:] = 0.0
    assert attempt.judged()[2:] == (True, "the orange cube lies in the teal bin, where it does not belong")


def test_two_things_of_one_colour_share_a_bin(spec: RobotSpec):
    attempt = Attempt(spec, "bin_sorting")
    for colour in ("orange", "teal"):
        attempt.put_into(f"{colour}_block", f"{colour}_bin", -0.05)
        attempt.put_into(f"{colour}_cube", f"{colour}_bin", 0.05)
    assert attempt.judged() == (4, True, False, "the teal cube lies in the teal bin")


def test_what_falls_off_the_table_loses_the_attempt(spec: RobotSpec):
    attempt = Attempt(spec, "bin_sorting")
    attempt.put("teal_cube", (0.1, 0.6, 0.5))
    assert attempt.judged()[1:] == (False, True, "the teal cube fell off the table")


def test_a_distractor_on_the_floor_loses_nothing(spec: RobotSpec):
    attempt = Attempt(spec, "table")
    attempt.put("green_can", (0.1, 0.6, 0.2))
    assert attempt.judged()[2] is False


def test_a_thing_in_its_place_but_in_the_hand_is_not_put_down(spec: RobotSpec):
    attempt = Attempt(spec, "table")
    attempt.judged()
    palm_m = attempt.data.site("right_palm").xpos
    attempt.put("red_box", tuple(palm_m))
    place = attempt.scene.layout.totes[0]
    moved = replace(place, position_m=(*palm_m[:2], palm_m[2] - 0.05))
    attempt.scene = replace(
        attempt.scene, judge=make_judge(replace(attempt.scene.layout, totes=(moved,)), attempt.scene.model)
    )
    assert attempt.judged() == (0, False, False, "the red box is in the tote but still held")


def test_a_machine_is_served_in_order_and_the_button_counts_last(spec: RobotSpec):
    attempt = Attempt(spec, "machine_tending")
    door, button = (attempt.scene.model.joint(name).qposadr[0] for name in ("door", "button"))
    attempt.data.qpos[button] = 0.009  # too early: the door was never opened
    assert attempt.judged() == (0, False, False, "not yet: the door has been opened")
    attempt.data.qpos[button], attempt.data.qpos[door] = 0.0, -1.5
    assert attempt.judged()[0] == 1
    attempt.put_into("part", "nest")
    assert attempt.judged() == (2, False, False, "not so: the door is closed")
    attempt.data.qpos[door] = 0.0
    assert attempt.judged() == (3, False, False, "not yet: the button has been pressed")
    attempt.data.qpos[button] = 0.009
    assert attempt.judged()[:2] == (4, True)
    attempt.data.qpos[button] = 0.0  # released again
    assert attempt.judged()[:2] == (4, True)


def test_the_tote_counts_on_its_place_only_with_what_lay_in_it(spec: RobotSpec):
    attempt = Attempt(spec, "tote_carry")
    attempt.put("tote", (0.38, -0.20, 0.93))
    assert attempt.judged()[:2] == (1, False)
    attempt.put("red_part", (0.36, -0.25, 0.962))
    attempt.put("blue_part", (0.40, -0.15, 0.962))
    assert attempt.judged()[:2] == (3, True)


def test_a_bottle_counts_as_lifted_only_in_the_hand_and_clear_of_the_ground(spec: RobotSpec):
    attempt = Attempt(spec, "floor_pick", LEGS)
    attempt.stand(np.array([0.6, 0.0]))
    assert attempt.judged() == (0, False, False, "the bottle is not held")
    attempt.put("bottle", (1.2, -0.2, 0.6))
    assert attempt.judged() == (0, False, False, "the bottle is not held"), (
        "it is in the air, but nobody holds it"
    )
    attempt.hold("bottle")
    assert attempt.judged() == (1, False, False, "the bottle is held, but not over the marked place")


def test_a_bottle_that_is_held_over_the_marked_place_is_all_of_it(spec: RobotSpec):
    attempt = Attempt(spec, "floor_pick", LEGS)
    attempt.stand(np.array([0.0, 0.15]))
    attempt.hold("bottle")
    assert attempt.judged() == (2, True, False, "the bottle is held over the marked place")


def test_a_bottle_that_is_held_but_low_is_not_lifted_yet(spec: RobotSpec):
    attempt = Attempt(spec, "floor_pick")
    layout = attempt.scene.layout
    goals = tuple(replace(goal, clear_m=1.2) for goal in layout.task.goals)
    higher = replace(layout, task=replace(layout.task, goals=goals))
    attempt.scene = replace(attempt.scene, judge=make_judge(higher, attempt.scene.model))
    attempt.hold("bottle")
    low_m = attempt.data.site("right_palm").xpos[2] - 0.12
    assert attempt.judged()[3] == f"the bottle is held {100 * low_m:.0f} cm over the ground, not yet 120"


def test_a_bottle_that_was_knocked_over_loses_the_attempt_for_good(spec: RobotSpec):
    attempt = Attempt(spec, "floor_pick", LEGS)
    attempt.put("bottle", (1.2, -0.2, 0.03), wxyz=(0.7071, 0.7071, 0.0, 0.0))
    assert attempt.judged() == (0, False, True, "the bottle was knocked over")
    attempt.put("bottle", (1.2, -0.2, 0.12), wxyz=(1.0, 0.0, 0.0, 0.0))
    assert attempt.judged()[2] is True


def test_a_bottle_may_hang_at_any_slant_in_the_hand(spec: RobotSpec):
    attempt = Attempt(spec, "floor_pick", LEGS)
    attempt.stand(np.array([0.6, 0.0]))
    attempt.hold("bottle", wxyz=(0.7071, 0.7071, 0.0, 0.0))
    assert attempt.judged()[:3] == (1, False, False)


@pytest.mark.parametrize("name", ["floor_pick", "table"])
def test_a_robot_that_lies_on_the_ground_has_failed_and_one_that_squats_has_not(spec: RobotSpec, name: str):
    attempt = Attempt(spec, name, LEGS)
    attempt.stand(np.array([-1.0, 0.0]), lower_m=0.25)
    assert attempt.judged()[2] is False
    attempt.stand(np.array([-1.0, 0.0]), lower_m=0.70)
    assert attempt.judged()[2:] == (True, "the robot fell")


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


# --- files with faults --------------------------------------------------------------------------------------

KITTING, MACHINE, FLOOR = "kitting", "machine_tending", "floor_pick"


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (KITTING, 'into = "red_pocket"', 'into = "red_poket"', "the task wants it in 'red_poket', which is no tote and no zone (did you mean 'red_pocket'?)"),
        (KITTING, 'kind = "put"', 'kind = "putt"', "kind 'putt' is unknown (did you mean 'put'?); it can be put, lift, reach, keep"),
        (KITTING, "jitter_scale = 1.6", "jitter_scale = -1", "jitter_scale must not be less than 0"),
        (KITTING, "jitter_scale = 1.6", "jitter = 1.6", "unknown key 'jitter'"),
        (KITTING, 'without = ["grey_mug"]', 'without = ["gray_mug"]', "level 1 names 'gray_mug', which is no object (did you mean 'grey_mug'?)"),
        (KITTING, 'without = ["grey_mug"]', 'without = ["red_part"]', "level 1 leaves out 'red_part', which the task is about"),
        (KITTING, 'name = "blue_part"', 'name = "red_part"', "two things are called 'red_part'"),
        (KITTING, "fallen_below_m = 0.80", "", "fallen_below_m is missing"),
        (KITTING, "fallen_below_m = 0.80", "fallen_below_m = nan", "fallen_below_m must be a finite number"),
        (KITTING, 'order = "any"', 'order = "all"', "order 'all' is unknown"),
        (KITTING, 'texture = "wood"', 'texture = "wool"', "texture 'wool' is unknown (did you mean 'wood'?)"),
        (KITTING, 'floor_material = "red"', 'floor_material = "ret"', "red_pocket: unknown material 'ret' (did you mean 'red'?)"),
        (KITTING, 'name = "kitting"', 'name = "kits"', "the scene is called 'kits' but its file 'kitting.toml'"),
        (MACHINE, 'fixture = "door"', 'fixture = "panel"', "the task is about 'panel', which is no fixture that moves"),
        (MACHINE, "between = [-2.0, -1.2]", "between = [-1.2, -2.0]", "between must be two numbers in rising order"),
        (MACHINE, 'carried_by = "door"', 'carried_by = "dor"', "carried_by 'dor', which no fixture above it is called (did you mean 'door'?)"),
        (MACHINE, "range_rad = [-2.0, 0.0]", "range_rad = [0.5, 1.0]", "range_rad must rise and hold 0"),
        (MACHINE, "axis = [0, 0, 1]", "axis = [0, 0, 0]", "the axis of its hinge must point somewhere"),
        (FLOOR, 'base = "legs"', 'base = "leg"', "base 'leg' is unknown (did you mean 'legs'?); it can be gantry, wheels, legs"),
        (FLOOR, "clear_m = 0.15", "", "clear_m is missing"),
        (FLOOR, "clear_m = 0.15", "clear_m = -0.1", "clear_m must be greater than 0, not -0.1"),
        (FLOOR, 'object = "bottle"', 'object = "botle"', "the task is about 'botle', which is no object (did you mean 'bottle'?)"),
        (FLOOR, 'over = "marked_place"', 'over = "marked"', "the task wants it over 'marked', which is no tote and no zone"),
        (MACHINE, "friction_nm = 0.05", "friction_nm = -1", "friction_nm must not be less than 0"),
    ],
)  # fmt: skip
def test_a_fault_in_a_scene_file_is_named(tmp_path: Path, name: str, old: str, new: str, said: str):
    text = (places.assets_folder() / "scenes" / f"{name}.toml").read_text()
    assert old in text
    path = tmp_path / f"{name}.toml"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(SceneError) as error:
        read_layout_file(path)
    assert said in str(error.value)


def test_a_level_that_leaves_no_room_is_refused_not_searched_for_ever():
    layout = read_layout("kitting")
    piled = tuple(replace(free, position_m=(0.4, 0.0, 0.967)) for free in layout.objects)
    with pytest.raises(SceneError, match="no places were found at which its objects do not touch"):
        start_poses(replace(layout, objects=piled), layout.levels[0], 0)
