"""Which steps the scripted operator takes to do a scene's task, and with which hand."""

from collections.abc import Callable

from app.demo.script import (
    HOLD,
    SIDES,
    DemoError,
    Grasp,
    Script,
    choose_hand,
    engage,
    move,
    pick_and_place,
    rest,
    until,
)
from app.demo.two_hands import carry_with_both
from app.demo.view import View
from twin.scenery.judge import is_inside
from twin.scenery.layout import PUT, Goal, Layout

_NEAR_READY_M = 0.05


def can_play(layout: Layout) -> bool:
    """Whether all of the task is putting things somewhere."""
    return all(goal.kind == PUT for goal in layout.task.goals)


def do_task(view: View, grasp: Grasp, on_lifted: Callable[[], None]) -> Script:
    """Do all that the task asks for; ``on_lifted`` is called once, when the first thing is in the air.

    What both hands carry goes first, and what lies in it is left there.

    Raises:
        DemoError: a step was not got through, or the task asks for more than this.
    """
    layout = view.scene.layout
    if not can_play(layout):
        raise DemoError(
            f"the scripted operator cannot play the scene {view.scene.name!r}: it puts things somewhere, no more"
        )
    yield from engage(view, HOLD)
    ready = {side: view.hand(side) for side in SIDES}
    goals = sorted(layout.task.goals, key=lambda goal: not _is_tote(layout, goal))
    for number, goal in enumerate(goals):
        told = _nothing if number else on_lifted
        if _is_there(view, goal):
            continue
        if _is_tote(layout, goal):
            yield from carry_with_both(view, goal, told)
            continue
        side = "left" if view.thing(goal.into)[1] > 0.0 else "right"
        held = yield from choose_hand(view, side)
        yield from pick_and_place(view, side, goal, grasp, held, told)
        if goal is not goals[-1]:
            yield from move(view, side, lambda side=side: ready[side], held, _NEAR_READY_M, 10)  # type: ignore[misc]
    yield from rest(0.5, {})
    yield from until(lambda: view.world.task_succeeded, f"success ({view.world.task_note})", {}, 3)


def _is_tote(layout: Layout, goal: Goal) -> bool:
    return any(free.name == goal.object and free.shape == "tote" for free in layout.objects)


def _is_there(view: View, goal: Goal) -> bool:
    """Whether the thing of ``goal`` is in its place already."""
    place = next(place for place in view.scene.layout.places if place.name == goal.into)
    return is_inside(place, view.thing(goal.object))


def _nothing() -> None:
    """Not the first thing: nothing to be done about it."""
