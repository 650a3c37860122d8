"""A thing that one hand reaches and whose place only the other does goes by way of the middle of the table."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from app.demo.pad import Positions
from app.demo.picking import Grasp, SlippedError, again_if_it_slips, carrying, take
from app.demo.script import OUTWARD, SIDES, DemoError, Script, choose_hand, move
from app.demo.view import Vector3, View
from twin.scenery.layout import FreeObject, Goal, Layout

# On the other hand's side: there shoulder and wrist end, with the palm turned as in the ready pose.
TOO_FAR_M = 0.12
_LOW_ENOUGH_M = 0.01  # above where a thing is let go: closed fingers are under it
_LAID_M = 0.03  # from where it was meant to lie, within which a thing counts as laid down
_ASIDE_M = np.array([-0.04, 0.14, 0.10])  # forward, outward, up
_ASIDE_ENOUGH_M = 0.05
_NEARER_M = np.arange(0.0, 0.161, 0.02)  # to the robot than the thing lay: arms reach less far in the middle
_LEFT_M = (0.0, -0.02, 0.02)
_ROOM_M = 0.05  # around a thing that is to be grasped; more is no better
_FROM_EDGE_M = 0.01
_MAT_M = 0.005  # what is no thicker ends no table
_TURNED = 1.1  # how much wider a box is that lies as it comes


@dataclass(frozen=True)
class Footprint:
    """A rectangle along x and y on the table."""

    middle_m: Vector3  # (2,)
    half_m: Vector3  # (2,)

    def gap_m(self, other: "Footprint") -> float:
        """How far apart the two are; below zero how far one is in the other."""
        apart_m = np.abs(self.middle_m - other.middle_m) - self.half_m - other.half_m
        return (
            float(apart_m.max()) if apart_m.max() < 0.0 else float(np.linalg.norm(np.maximum(apart_m, 0.0)))
        )


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

    What slips on the way is taken again, unless it lies where the other hand can take it.

    Raises:
        DemoError: the hand did not get there, or the thing slipped each time.
    """

    def is_within_reach() -> bool:
        return nearest_hand(view.thing(goal.object), view.thing(goal.into))[1] <= TOO_FAR_M

    def once(_number: int) -> Script:
        return _lay_once(view, side, goal, grasp, held)

    yield from again_if_it_slips(view, side, held, once, is_within_reach)


def _lay_once(view: View, side: str, goal: Goal, grasp: Grasp, held: Positions) -> Script:
    """As ``lay_in_the_middle``, but without letting go, and not again.

    Raises:
        SlippedError: it is no longer in the hand.
        DemoError: the hand did not get there.
    """
    lay_m, layout = view.thing(goal.object), view.scene.layout
    thing = next(free for free in layout.objects if free.name == goal.object)
    here = _footprint(thing, lay_m)
    edge_m = _near_edge_m(layout, lay_m - np.array([0.0, 0.0, 0.5 * thing.size_m[2]]))
    spot_m = np.append(free_spot(here, edge_m, _taken(view, layout, goal.object)), lay_m[2])

    def hang(height_m: float, tolerance_m: float, at_most_s: float) -> Script:
        palm = carrying(view, side, goal.object, spot_m + np.array([0.0, 0.0, height_m]))
        return move(view, side, palm, gripped, tolerance_m, at_most_s)

    gripped = yield from take(view, side, goal.object, grasp, held)
    yield from hang(grasp.lift_m, 0.02, 15)
    try:
        yield from hang(grasp.drop_m, _LOW_ENOUGH_M, 8)
    except SlippedError:
        raise
    except DemoError:
        if np.linalg.norm(view.thing(goal.object) - spot_m) > _LAID_M:
            raise
        # As a person would: a clearance keeps the hand off, but from here the thing only slips down.


def stand_aside(view: View, side: str, ready_m: Vector3) -> Script:
    """Make room in the middle: the hand of ``side`` goes outwards and up from its ready place (3,)."""
    aside_m = ready_m + _ASIDE_M * np.array([1.0, OUTWARD[side], 1.0])
    held = yield from choose_hand(view, side)
    yield from move(view, side, lambda: aside_m, held, _ASIDE_ENOUGH_M, 10)


def free_spot(thing: Footprint, edge_m: float, taken: Iterable[Footprint]) -> Vector3:
    """Where before the robot a thing that lies as ``thing`` finds room around it, shape (2,).

    Of the spots with enough room the one that is nearest to how far ahead it lay, else the one with most.

    Args:
        thing: as it lies now.
        edge_m: where the table ends towards the robot, along x.
        taken: what else is on the table.
    """
    others, first_m = list(taken), edge_m + thing.half_m[0] + _FROM_EDGE_M

    def room_m(spot: Vector3) -> float:
        there = Footprint(spot, thing.half_m)
        return min((there.gap_m(other) for other in others), default=_ROOM_M)

    spots = [
        np.array([max(first_m, thing.middle_m[0] - nearer), left])
        for nearer, left in product(_NEARER_M, _LEFT_M)
    ]
    return max(spots, key=lambda spot: min(_ROOM_M, room_m(spot)))


def _taken(view: View, layout: Layout, thing: str) -> Iterator[Footprint]:
    """Of everything on the table but ``thing``."""
    for free in layout.objects:
        if free.name != thing and free.name in view.scene.objects:
            yield _footprint(free, view.thing(free.name))
    for place in layout.places:
        wall_m = getattr(place, "wall_m", 0.0)
        yield Footprint(view.thing(place.name)[:2], 0.5 * np.array(place.inner_size_m[:2]) + wall_m)


def _footprint(thing: FreeObject, there_m: Vector3) -> Footprint:
    return Footprint(there_m[:2], np.full(2, 0.5 * _TURNED * max(thing.size_m[:2])))


def _near_edge_m(layout: Layout, under_m: Vector3) -> float:
    """Where the table under ``under_m``, shape (3,), with whatever lies on it, ends towards the robot, along x."""
    ends_m = [
        float(fixture.position_m[0] - 0.5 * fixture.size_m[0])
        for fixture in layout.fixtures
        if np.all(np.abs(under_m[:2] - fixture.position_m[:2]) <= 0.5 * np.array(fixture.size_m[:2]))
        and abs(fixture.position_m[2] + 0.5 * fixture.size_m[2] - under_m[2]) < _MAT_M
    ]
    return min(ends_m, default=float(under_m[0]))
