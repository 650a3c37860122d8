"""Which steps the scripted operator takes to do a scene's task, and with which hand."""

from collections.abc import Callable

import numpy as np

from app.demo.floor_script import fetch, lifts
from app.demo.machine import can_work, work
from app.demo.pad import Positions
from app.demo.picking import Grasp, is_there, pick_and_place, prepare_hand
from app.demo.relay import TOO_FAR_M, lay_in_the_middle, nearest_hand, side_of, stand_aside
from app.demo.script import (
    HOLD,
    SIDES,
    DemoError,
    Script,
    engage,
    move,
    rest,
    until,
)
from app.demo.two_hands import carry_with_both
from app.demo.view import Vector3, View
from app.demo.walk_script import Asked
from twin.scenery.layout import ABOUT_OBJECTS, GIVEN_ORDER, PUT, Goal, Layout

_NEAR_READY_M = 0.05


def can_play(layout: Layout) -> bool:
    """Whether all of the task is putting things somewhere, lifting them, doors with handles, and buttons."""
    return all(goal.kind in ABOUT_OBJECTS or can_work(layout, goal) for goal in layout.task.goals)


def do_task(view: View, asked: Asked, grasp: Grasp, on_lifted: Callable[[], None]) -> Script:
    """Do all that the task asks for; ``on_lifted`` is called once, when the first thing is in the air.

    A thing that is to be lifted is fetched from the floor, and nothing else is done. What both hands carry goes first,
    and what lies in it is left there; else everything in the task's order, or, where that is any, the nearest first.

    Raises:
        DemoError: a step was not got through, or the task asks for more than this.
    """
    layout = view.scene.layout
    if not can_play(layout):
        raise DemoError(
            f"the scripted operator cannot play the scene {view.scene.name!r}: it puts things somewhere, opens and "
            "closes doors by their handles, presses buttons, and fetches a thing from the floor, no more"
        )
    if up := lifts(layout.task.goals):
        yield from fetch(view, asked, up, on_lifted)
        return
    yield from engage(view, HOLD)
    ready = {side: view.hand(side) for side in SIDES}
    goals = _in_turn(view, layout)
    first = next((goal for goal in goals if goal.kind == PUT), None)
    for goal in goals:
        told = on_lifted if goal is first else _nothing
        if goal.kind != PUT:
            yield from work(view, goal)
            continue
        if is_there(view, goal):
            continue
        if _is_tote(layout, goal):
            yield from carry_with_both(view, goal, told)
            continue
        thing_m, place_m = view.thing(goal.object), view.thing(goal.into)
        side, across_m = nearest_hand(thing_m, place_m)
        if across_m > TOO_FAR_M:
            side, laying = side_of(place_m), side_of(thing_m)
            yield from stand_aside(view, side, ready[side])
            held = yield from prepare_hand(view, laying, grasp)
            yield from lay_in_the_middle(view, laying, goal, grasp, held)
        if across_m > 0.0:
            other = SIDES[1 - SIDES.index(side)]
            yield from stand_aside(view, other, ready[other])
        held = yield from prepare_hand(view, side, grasp)
        yield from pick_and_place(view, side, goal, grasp, held, told)
        if goal is not goals[-1]:
            yield from _come_back(view, side, ready[side], held)
    yield from rest(0.5, {})
    yield from until(lambda: view.world.task_succeeded, f"success ({view.world.task_note})", {}, 3)


def _come_back(view: View, side: str, ready: Vector3, held: Positions) -> Script:
    """Straight back to before the robot, out of whatever the hand reached into, and from there to where it began."""
    here = view.hand(side)
    straight = np.array([min(here[0], ready[0]), here[1], here[2]])
    yield from move(view, side, lambda: straight, held, _NEAR_READY_M, 10)
    yield from move(view, side, lambda: ready, held, _NEAR_READY_M, 10)


def _in_turn(view: View, layout: Layout) -> list[Goal]:
    """The task's goals one after the other: an arm that reaches far would be in the way of what lies nearer."""

    def turn(goal: Goal) -> tuple[bool, float]:
        matters = layout.task.order == GIVEN_ORDER or goal.kind != PUT
        return not _is_tote(layout, goal), 0.0 if matters else _ahead_m(view, goal)

    return sorted(layout.task.goals, key=turn)


def _ahead_m(view: View, goal: Goal) -> float:
    """How far before the robot the thing of ``goal`` lies."""
    return float(view.in_heading(view.thing(goal.object) - view.base[0])[0])


def _is_tote(layout: Layout, goal: Goal) -> bool:
    return any(free.name == goal.object and free.shape == "tote" for free in layout.objects)


def _nothing() -> None:
    """Not the first thing: nothing to be done about it."""
