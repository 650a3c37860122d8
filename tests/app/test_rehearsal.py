"""The scripted operator's rehearsals: real control, agent and physics on a clock that is turned."""

from collections.abc import Callable

import numpy as np
import pytest

from app.demo import script
from app.demo.picking import TOP_GRASP, prepare_hand
from app.demo.rehearsal import Rehearsal
from app.demo.relay import TOO_FAR_M, lay_in_the_middle, nearest_hand, side_of, stand_aside
from app.demo.script import HOLD, DemoError
from app.demo.task import do_task
from app.demo.two_hands import mirror
from app.demo.view import View
from twin.bases import GANTRY, LEGS
from twin.robot import find_robot
from twin.station import Station


def rehearsal(scene: str = "table", seed: int = 0, base: str = GANTRY, level: int = 1) -> Rehearsal:
    folder = str(find_robot("optimus"))
    return Rehearsal(Station(folder="", robot_folder=folder, scene=scene, seed=seed, base=base, level=level))


@pytest.mark.timeout(300)
def test_a_thing_is_put_into_the_tote_by_the_pad_alone():
    played = rehearsal()
    lifted: list[float] = []
    played.play(script.start(played.view))
    played.play(
        do_task(
            played.view, played, TOP_GRASP, on_lifted=lambda: lifted.append(played.view.thing("red_box")[2])
        )
    )
    assert played.view.world.task_succeeded
    assert len(lifted) == 1
    assert lifted[0] > 1.02  # of a box that stood at 0.965
    assert 5.0 < played.time_s < 40.0


@pytest.mark.timeout(300)
def test_what_slips_out_of_the_hand_is_taken_up_again():
    played = rehearsal()
    view, lifts = played.view, []
    played.play(script.start(view))
    task = do_task(view, played, TOP_GRASP, on_lifted=lambda: lifts.append(view.thing("red_box")[2]))
    played.play(_letting_go_once(task, lambda: bool(lifts)))
    assert view.world.task_succeeded, view.world.task_note
    assert len(lifts) == 1
    assert played.time_s > 22.0  # undisturbed it takes 16


def _letting_go_once(
    task: script.Script, is_lifted: Callable[[], bool], side: str = "right"
) -> script.Script:
    """The finger comes off the trigger of ``side`` for a moment once the thing is in the air."""
    turns_left = round(0.8 / script.TURN_S)
    for positions in task:
        slips = turns_left > 0 and (turns_left < round(0.8 / script.TURN_S) or is_lifted())
        turns_left -= slips
        yield positions | {f"{side}_trigger": 0.0} if slips else positions


@pytest.mark.timeout(400)
def test_both_palms_carry_the_tote_and_what_lies_in_it_stays_there():
    played = rehearsal("tote_carry")
    played.play(script.start(played.view))
    played.play(do_task(played.view, played, TOP_GRASP, on_lifted=lambda: None))
    world = played.view.world
    assert world.task_succeeded, world.task_note
    assert (world.subgoals_done, world.subgoals_total) == (3, 3)
    assert not played.view.control.mirrored


@pytest.fixture
def across():
    """At the moment when a thing that neither hand can bring is to be laid in the middle."""
    return _Across()


class _Across:
    """Bins to be sorted, and a thing whose bin only the other hand reaches."""

    def __init__(self) -> None:
        self.played = rehearsal("bin_sorting", seed=5, level=3)
        self.view = view = self.played.view
        self.played.play(script.start(view))
        self.played.play(script.engage(view, HOLD))
        ready = {side: view.hand(side) for side in script.SIDES}
        self.goal = max(
            view.scene.layout.task.goals,
            key=lambda goal: nearest_hand(view.thing(goal.object), view.thing(goal.into))[1],
        )
        self.lay_m, place_m = view.thing(self.goal.object), view.thing(self.goal.into)
        assert nearest_hand(self.lay_m, place_m)[1] > TOO_FAR_M
        far, self.near = side_of(place_m), side_of(self.lay_m)
        self.played.play(stand_aside(view, far, ready[far]))
        self.played.play(prepare_hand(view, self.near, TOP_GRASP))

    def laying(self) -> script.Script:
        held = HOLD if self.near == "right" else HOLD | script.OTHER_SIDE
        return lay_in_the_middle(self.view, self.near, self.goal, TOP_GRASP, held)

    def lies_in_the_middle(self) -> bool:
        now_m = self.view.thing(self.goal.object)
        return abs(now_m[1]) < 0.05 < abs(self.lay_m[1]) and abs(now_m[2] - self.lay_m[2]) < 0.01

    def is_lifted(self) -> bool:
        return bool(self.view.thing(self.goal.object)[2] > self.lay_m[2] + 0.08)


@pytest.mark.timeout(300)
def test_what_neither_hand_can_bring_is_laid_in_the_middle_by_the_one_that_reaches_it(across):
    across.played.play(across.laying())
    assert across.lies_in_the_middle()
    now_m = across.view.thing(across.goal.object)
    assert across.view.hand(across.near)[2] > now_m[2] + 0.08


@pytest.mark.timeout(300)
def test_what_slips_on_its_way_to_the_middle_is_taken_up_again(across):
    across.played.play(_letting_go_once(across.laying(), across.is_lifted, across.near))
    assert across.lies_in_the_middle()


@pytest.mark.timeout(400)
def test_a_machine_is_served_in_order_with_both_hands_in_turn():
    played = rehearsal("machine_tending")
    played.play(script.start(played.view))
    played.play(do_task(played.view, played, TOP_GRASP, on_lifted=lambda: None))
    world = played.view.world
    assert world.task_succeeded, world.task_note
    assert (world.subgoals_done, world.subgoals_total) == (4, 4)
    assert abs(played.view.joint("door")) < 0.06


@pytest.mark.timeout(900)
def test_a_bottle_is_fetched_from_the_floor_on_its_own_feet_by_the_pad_alone():
    played = rehearsal("floor_pick", base=LEGS)
    view, lifted, lowest_m = played.view, [], [np.inf]
    played.play(script.start(view))
    task = do_task(view, played, TOP_GRASP, on_lifted=lambda: lifted.append(view.thing("bottle")[2]))
    played.play(_noting(task, view, lowest_m))
    world = view.world
    assert world.task_succeeded, world.task_note
    assert (world.subgoals_done, world.subgoals_total) == (2, 2)
    assert lifted[0] > 0.17  # of a bottle that stood at 0.12
    assert lowest_m[0] < 0.24  # of the palm over the floor
    assert not view.balance.fall
    assert view.balance.phase == "stand"
    assert not played.agent.walking


def _noting(played: script.Script, view: View, lowest_m: list[float]) -> script.Script:
    for positions in played:
        lowest_m[0] = min(lowest_m[0], float(view.hand("right")[2]))
        yield positions


def test_walking_is_refused_to_a_robot_that_hangs():
    played = rehearsal()
    played.play(script.start(played.view))
    with pytest.raises(DemoError, match=r"walk\.on: this robot hangs by its base"):
        played.walking("on")


def test_the_same_rehearsal_ends_in_the_same_place_to_the_last_bit():
    ends = []
    for _ in range(2):
        played = rehearsal(seed=3)
        played.play(script.start(played.view))
        played.play(script.engage(played.view, HOLD))
        played.play(script.rest(1.0, HOLD | {"left_y": 0.6, "right_trigger": 0.5}))
        ends.append(np.asarray(played.view.world.qpos))
    np.testing.assert_array_equal(*ends)


def test_nothing_moves_before_hold_to_run():
    played = rehearsal()
    played.play(script.start(played.view))
    before = played.view.hand("right")
    played.play(script.rest(1.0, {"left_y": 1.0}))
    assert played.view.agent.state == "HOLD"
    assert np.linalg.norm(played.view.hand("right") - before) < 0.002


def test_the_mirror_is_switched_on_and_off_by_the_pad():
    played = rehearsal()
    played.play(script.start(played.view))
    played.play(script.engage(played.view, HOLD))
    for on in (True, False):
        played.play(mirror(played.view, on))
        assert played.view.control.mirrored is on


def test_a_step_that_is_not_got_through_says_so():
    played = rehearsal()
    played.play(script.start(played.view))
    with pytest.raises(DemoError, match=r"the right hand is still .* from where it should be"):
        played.play(
            script.move(played.view, "right", lambda: np.array([3.0, 0.0, 1.0]), HOLD, 0.01, at_most_s=1.0)
        )
