"""The scripted operator carries what is too wide for one hand: pressed between both palms, and sets it down elsewhere.

The pad drives one hand, or both as in a mirror. So palms close, rise and sink together, and go aside in turns, a few
millimetres each.
"""

from collections.abc import Callable

import numpy as np

from app.demo.pad import sticks
from app.demo.script import (
    FOLLOWING,
    HOLD,
    OTHER_SIDE,
    SIDES,
    TURN_S,
    DemoError,
    Script,
    choose_hand,
    engage,
    move,
    rest,
    until,
)
from app.demo.turning import PALMS_INWARD, turn_to
from app.demo.view import Vector3, View
from twin.scenery.layout import FreeObject, Goal
from twin.scenery.reading import spoken

_INWARD = {"left": np.array([0.0, -1.0, 0.0]), "right": np.array([0.0, 1.0, 0.0])}
_BESIDE_M, _ABOVE_M = 0.06, 0.10  # where the palms come from: so far beside and above the handles
_PALM_ABOVE_M = 0.026  # the middle of the handle, so that the hand's edge clears what the thing stands on
_TOUCHING_M = 0.006
_PRESS_SPEED = 0.25  # of the stick
_PRESS_S = 0.75  # that the palms are pushed on after they have met the thing
_LIFT_M, _DROP_M, _NEAR_M = 0.07, 0.003, 0.003
_ASIDE_SPEED = 0.5  # of the stick, while one hand goes aside and the other waits ...
_SLICE_S, _BETWEEN_S = 0.24, 0.04  # ... in turns: RB pressed twice within 0.35 s would mean something else
_SLOWER_FROM_M, _OVER_IT_M = 0.04, 0.012
_PART_S, _ABOVE_S = 1.0, 1.5


def carry_with_both(view: View, goal: Goal, on_lifted: Callable[[], None]) -> Script:
    """Take the thing of ``goal`` at its handles, between both palms, and set it down in the middle of its place.

    Raises:
        DemoError: a step was not got through.
    """
    layout = view.scene.layout
    thing = next(free for free in layout.objects if free.name == goal.object)
    place = next(place for place in layout.places if place.name == goal.into)
    for side in ("right", "left"):
        yield from _palm_beside(view, side, thing)
    yield from mirror(view, True)
    yield from _press(view, thing)
    yield from _raise(view, thing.name, view.thing(thing.name)[2] + _LIFT_M)
    on_lifted()
    yield from mirror(view, False)
    yield from _aside(view, goal)
    yield from mirror(view, True)
    yield from _raise(view, thing.name, place.floor_m[2] + _DROP_M)
    yield from rest(0.3, HOLD)
    yield from rest(_PART_S, HOLD | sticks(np.array([0.0, -_PRESS_SPEED, 0.0])))
    yield from rest(_ABOVE_S, HOLD | sticks(np.array([0.0, 0.0, _PRESS_SPEED])))
    yield from mirror(view, False)


def mirror(view: View, on: bool) -> Script:
    """Drive both hands as in a mirror, or one again: RB twice."""
    if view.control.mirrored is on:
        return
    yield from rest(0.4, HOLD)
    for _ in range(2):
        yield from rest(0.08, HOLD | OTHER_SIDE)
        yield from rest(0.08, HOLD)
    yield from until(
        lambda: view.control.mirrored is on, f"the mirror to be {'on' if on else 'off'}", HOLD, 2
    )


def _handle(view: View, side: str, thing: FreeObject) -> Vector3:
    """Where the outer face of the handle of ``side`` is, in the middle."""
    model, data = view.scene.model, view.mirror.measured
    geom = model.geom(f"{thing.name}_{side}_handle").id
    return np.asarray(data.geom_xpos[geom] - _INWARD[side] * model.geom_size[geom][1])


def _palm_beside(view: View, side: str, thing: FreeObject) -> Script:
    held = yield from choose_hand(view, side)

    def beside(up_m: float) -> Callable[[], Vector3]:
        return lambda: (
            _handle(view, side, thing)
            - _INWARD[side] * _BESIDE_M
            + np.array([0.0, 0.0, _PALM_ABOVE_M + up_m])
        )

    yield from turn_to(view, side, PALMS_INWARD, held)
    yield from move(view, side, beside(_ABOVE_M), held, 0.02, 15)
    yield from move(view, side, beside(0.0), held, 0.008, 15)


def _press(view: View, thing: FreeObject) -> Script:
    """Bring the palms together until both touch the thing, and a little further: that is wanted, but not reached."""

    def gap_m() -> float:
        return max(abs(float(_handle(view, side, thing)[1] - view.hand(side)[1])) for side in SIDES)

    for _ in range(round(8 / TURN_S)):
        if gap_m() < _TOUCHING_M:
            break
        yield HOLD | sticks(np.array([0.0, _PRESS_SPEED, 0.0]))
    else:
        raise DemoError(f"a palm is still {1000 * gap_m():.0f} mm from the {spoken(thing.name)}")
    yield from rest(_PRESS_S, HOLD | sticks(np.array([0.0, _PRESS_SPEED, 0.0])))


def _raise(view: View, thing: str, to_m: float) -> Script:
    """Both hands up or down until ``thing`` is at ``to_m`` over the floor."""
    for _ in range(round(15 / TURN_S)):
        if view.agent.state not in FOLLOWING:
            yield from engage(view, HOLD)
        away_m = to_m - float(view.thing(thing)[2])
        if abs(away_m) < _NEAR_M:
            return
        yield HOLD | sticks(np.array([0.0, 0.0, np.clip(6.0 * away_m, -0.3, 0.3)]))
    raise DemoError(f"the {spoken(thing)} is still {1000 * away_m:.0f} mm below where it should be")


def _aside(view: View, goal: Goal) -> Script:
    """Both hands to over the place, in turns."""
    for _ in range(round(60 / (2 * _SLICE_S))):
        if view.agent.state not in FOLLOWING:
            yield from engage(view, HOLD)
        away = (view.thing(goal.into) - view.thing(goal.object)) * np.array([1.0, 1.0, 0.0])
        far_m = float(np.linalg.norm(away))
        if far_m < _OVER_IT_M:
            return
        velocity = view.in_heading(away / far_m) * _ASIDE_SPEED * min(1.0, far_m / _SLOWER_FROM_M)
        for held in (HOLD, HOLD | OTHER_SIDE):
            yield from rest(_SLICE_S - _BETWEEN_S, held | sticks(velocity))
            yield from rest(_BETWEEN_S, held)
    raise DemoError(f"the {spoken(goal.object)} does not come to over the {spoken(goal.into)}")
