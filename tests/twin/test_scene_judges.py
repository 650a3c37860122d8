"""What a scene's judge counts as done, as lost, and as not so yet: it is not easily fooled."""

from dataclasses import replace

import mujoco
import numpy as np
import pytest

from twin.bases import GANTRY, LEGS
from twin.robot import RobotSpec, find_robot, load_robot
from twin.scene import load_scene
from twin.scenery.judge import Progress, make_judge


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
