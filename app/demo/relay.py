"""A thing that one hand reaches and whose place only the other does goes by way of the middle of the table."""

from collections.abc import Callable, Iterable
from itertools import product

import numpy as np

from app.demo.pad import Positions
from app.demo.script import OUTWARD, SIDES, DemoError, Grasp, Script, choose_hand, let_go, move, take
from app.demo.view import Vector3, View
from twin.scenery.layout import Goal

# On the other hand's side: there shoulder and wrist end, with the palm turned as in the ready pose.
TOO_FAR_M = 0.12
_LAID_M = 0.03  # from where it was meant to lie, within which a thing counts as laid down
_ASIDE_M = np.array([-0.04, 0.14, 0.10])  # forward, outward, up
_ASIDE_ENOUGH_M = 0.05
_NEARER_M = np.arange(0.0, 0.061, 0.02)  # to the robot than the thing lay: arms reach less far in the middle
_LEFT_M = (-0.02, 0.0, 0.02)


def side_of(there_m: Vector3) -> str:
    """The robot's side on which a place (3,) of the world is, where the robot stands at its origin and looks ahead."""
    return "left" if there_m[1] > 0.0 else "right"


def nearest_hand(thing_m: Vector3, place_m: Vector3) -> tuple[str, float]:
    """Of the hands the one that has to go less far to the other's side for thing and place (3,), and how far, m.

    Where neither or both have to, the one on the place's side.
    """
    sides = SIDES if side_of(place_m) == "left" else SIDES[::-1]
    across_m = {
        side: max(0.0, *(-OUTWARD[side] * float(there[1]) for there in (thing_m, place_m))) for side in sides
    }
    side = min(sides, key=across_m.__getitem__)
    return side, across_m[side]


def lay_in_the_middle(view: View, side: str, goal: Goal, grasp: Grasp, held: Positions) -> Script:
    """Take the thing of ``goal`` with the hand of ``side`` and lay it before the robot, as high as it lay.

    Raises:
        DemoError: the hand did not get there.
    """
    lay_m = view.thing(goal.object)
    layout = view.scene.layout
    others = [view.thing(free.name) for free in layout.objects if free.name != goal.object]
    spot_m = free_spot(lay_m, [*others, *(view.thing(place.name) for place in layout.places)])

    def hanging(height_m: float) -> Callable[[], Vector3]:
        up = np.array([0.0, 0.0, height_m])
        return lambda: np.asarray(spot_m + up + view.hand(side) - view.thing(goal.object))

    gripped = yield from take(view, side, goal.object, grasp, held)
    yield from move(view, side, hanging(grasp.lift_m), gripped, 0.02, 15)
    try:
        yield from move(view, side, hanging(grasp.drop_m), gripped, 0.006, 8)
    except DemoError:
        if np.linalg.norm(view.thing(goal.object) - spot_m) > _LAID_M:
            raise
        # As a person would: a clearance keeps the hand off, but from here the thing only slips down.
    yield from let_go(view, side, held)


def stand_aside(view: View, side: str, ready_m: Vector3) -> Script:
    """Make room in the middle: the hand of ``side`` goes outwards and up from its ready place (3,)."""
    aside_m = ready_m + _ASIDE_M * np.array([1.0, OUTWARD[side], 1.0])
    held = yield from choose_hand(view, side)
    yield from move(view, side, lambda: aside_m, held, _ASIDE_ENOUGH_M, 10)


def free_spot(lay_m: Vector3, taken_m: Iterable[Vector3]) -> Vector3:
    """Of the spots before the robot the one with most room around it, on the table, as high as the thing lay."""
    taken = list(taken_m)
    edge_m = min(float(each[0]) for each in (lay_m, *taken))
    spots = [
        np.array([max(edge_m, lay_m[0] - nearer), left, lay_m[2]])
        for nearer, left in product(_NEARER_M, _LEFT_M)
    ]
    return max(
        spots, key=lambda spot: min((float(np.linalg.norm((spot - each)[:2])) for each in taken), default=1.0)
    )
