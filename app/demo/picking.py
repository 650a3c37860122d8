"""The scripted operator takes up one thing with one hand and puts it down elsewhere."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

import numpy as np

from app.demo.pad import Positions
from app.demo.script import OUTWARD, DemoError, Script, choose_hand, move, rest, squeeze
from app.demo.turning import turn_to
from app.demo.view import Vector3, View
from twin.scenery.judge import is_inside
from twin.scenery.layout import Goal
from twin.scenery.reading import spoken
from twin.spatial import Array, rotation_from_vector

_NEAR_ENOUGH_M = 0.012  # to what shall be grasped, where the hand comes no nearer
_BESIDE_M = 0.11  # between things that share a place
_SHALLOW_M = 0.05  # into what is no deeper, things are set down; into the rest they drop
_TRIES = 3  # to take a thing up
_WITHDRAWN_M = 0.10
_LOST_M = 0.15  # from the palm: what is further away is not in the hand


class SlippedError(DemoError):
    """What was in the hand is not there any more."""


@dataclass(frozen=True)
class Grasp:
    """How the right hand takes an object, relative to it, in the world frame; the left one is its mirror image."""

    hand_from_object: Vector3  # where the palm site is when the fingers close, m
    approach_from: Vector3  # added to it for the place from which the hand comes, m
    raised_rad: float  # by what the fingers point further up than in the ready pose
    lift_m: float = 0.12
    above_tote_m: float = 0.18  # of the held object over the tote's place
    drop_m: float = 0.008  # that it falls when it is set down


# From above, power grasp. With the hand turned as in the ready pose it held through a shake in 60 of 60 attempts with
# up to 10 mm of aiming error (tests/twin/test_simulation_grasp.py); too high is what loses the box. With fingers raised
# the little one clears a rim beside the thing, and a hand that closes tilts a box by 5 degrees rather than by 20.
TOP_GRASP = Grasp(np.array([-0.025, -0.025, 0.030]), np.array([0.0, 0.0, 0.10]), 0.25)


def prepare_hand(view: View, side: str, grasp: Grasp) -> Generator[Positions, None, Positions]:
    """Drive the hand of ``side`` from now on, turned for ``grasp``; returns how the pad is to be held for it."""
    held = yield from choose_hand(view, side)
    yield from turn_to(view, side, _turned(view, side, grasp), held)
    return held


def pick_and_place(
    view: View, side: str, goal: Goal, grasp: Grasp, held: Positions, on_lifted: Callable[[], None]
) -> Script:
    """Reach, grasp, lift, carry, release, withdraw; ``on_lifted`` is called once the object is in the air.

    Raises:
        DemoError: a step was not got through.
    """

    def once(number: int) -> Script:
        gripped = yield from take(view, side, goal.object, grasp, held)
        if number == 1:
            on_lifted()
        yield from put_down(view, side, goal, grasp, gripped)

    yield from again_if_it_slips(view, side, held, once, lambda: is_there(view, goal))


def again_if_it_slips(
    view: View, side: str, held: Positions, once: Callable[[int], Script], is_done: Callable[[], bool]
) -> Script:
    """Play ``once``, which is told the number of the try, and let go, until ``is_done``; three times at most.

    Raises:
        SlippedError: in the last try too.
        DemoError: a step was not got through.
    """
    for number in range(1, _TRIES + 1):
        try:
            yield from once(number)
        except SlippedError:
            if number == _TRIES:
                raise
        yield from let_go(view, side, held)
        if is_done():
            return


def take(
    view: View, side: str, thing: str, grasp: Grasp, held: Positions
) -> Generator[Positions, None, Positions]:
    """Reach, grasp and lift, again if it stays behind; returns how the pad is to be held to keep the grip.

    Raises:
        DemoError: the hand does not get there, or the thing stays behind each time.
    """
    gripped = held | {f"{side}_trigger": 1.0}
    for _ in range(_TRIES):
        yield from _reach(view, side, thing, grasp, held)
        stood_m = view.thing(thing)[2]
        yield from squeeze(view, side, held, 0.0, 1.0, 1.2)
        yield from rest(0.6, gripped)
        yield from _raise(view, side, grasp.lift_m, gripped, 0.02)
        if view.thing(thing)[2] > stood_m + 0.5 * grasp.lift_m:
            return gripped
        yield from let_go(view, side, held)
    raise DemoError(f"the {spoken(thing)} stays behind, grasped {_TRIES} times")


def let_go(view: View, side: str, held: Positions) -> Script:
    """Open the hand and withdraw it upwards."""
    yield from rest(0.4, held | {f"{side}_trigger": 1.0})
    yield from squeeze(view, side, held, 1.0, 0.0, 0.8)
    yield from rest(0.6, held)
    yield from _raise(view, side, _WITHDRAWN_M, held, 0.03)


def put_down(view: View, side: str, goal: Goal, grasp: Grasp, gripped: Positions) -> Script:
    """Carry what is held to over its place, and, where that is shallow, down to just above its floor.

    Raises:
        SlippedError: it is no longer in the hand.
        DemoError: the hand does not get there.
    """
    layout = view.scene.layout
    aside = _aside(layout.task.goals, goal)
    place = next(place for place in layout.places if place.name == goal.into)
    thing = next(free for free in layout.objects if free.name == goal.object)

    def above(height_m: float) -> Callable[[], Vector3]:
        over_m = view.thing(goal.into) + np.array([0.0, 0.0, height_m]) + aside
        return carrying(view, side, goal.object, over_m)

    if place.inner_size_m[2] > _SHALLOW_M:
        yield from move(view, side, above(grasp.above_tote_m), gripped, 0.02, 15)
        return
    yield from move(view, side, above(grasp.lift_m + 0.5 * thing.size_m[2]), gripped, 0.02, 15)
    low_m = place.floor_m[2] - place.position_m[2] + 0.5 * thing.size_m[2] + grasp.drop_m
    try:
        yield from move(view, side, above(low_m), gripped, 0.006, 8)
    except SlippedError:
        raise
    except DemoError:
        if not is_there(view, goal):
            raise
        # As a person would: the arm reaches no further, but the thing is where it belongs.


def carrying(view: View, side: str, thing: str, to_m: Vector3) -> Callable[[], Vector3]:
    """Where the palm must be for ``thing``, as it is held at each moment, to come to ``to_m``, shape (3,)."""

    def palm() -> Vector3:
        held_at = view.thing(thing) - view.hand(side)
        if np.linalg.norm(held_at) > _LOST_M:
            raise SlippedError(f"the {spoken(thing)} slipped out of the {side} hand")
        return np.asarray(to_m - held_at)

    return palm


def is_there(view: View, goal: Goal) -> bool:
    """Whether the thing of ``goal`` is in its place."""
    place = next(place for place in view.scene.layout.places if place.name == goal.into)
    return is_inside(place, view.thing(goal.object))


def _reach(view: View, side: str, thing: str, grasp: Grasp, held: Positions) -> Script:
    """From above to the thing."""
    from_object = grasp.hand_from_object * np.array([1.0, -OUTWARD[side], 1.0])

    def at_object() -> Vector3:
        if view.world.task_failed:
            raise DemoError(view.world.task_note)
        return np.asarray(view.thing(thing) + from_object)

    yield from move(view, side, lambda: at_object() + grasp.approach_from, held, 0.012, 15)
    try:
        yield from move(view, side, at_object, held, 0.008, 8)
    except DemoError:
        if float(np.linalg.norm(at_object() - view.hand(side))) > _NEAR_ENOUGH_M:
            raise
        # As a person would: a clearance keeps the hand off, but its fingers reach from here.


def _raise(view: View, side: str, by_m: float, held: Positions, tolerance_m: float) -> Script:
    """The hand straight up."""
    up = view.hand(side) + np.array([0.0, 0.0, by_m])
    yield from move(view, side, lambda: up, held, tolerance_m, 12)


def _turned(view: View, side: str, grasp: Grasp) -> Array:
    """The palm's axes for ``grasp`` in the robot's heading, as columns, shape (3, 3)."""
    raised: Array = rotation_from_vector(np.array([0.0, -grasp.raised_rad, 0.0]))
    return raised @ view.ready_turn[side]


def _aside(goals: Sequence[Goal], goal: Goal) -> Vector3:
    """How far from the middle of its place a thing goes, so that those that share it lie side by side."""
    sharing = [other for other in goals if other.into == goal.into]
    return np.array([_BESIDE_M * (sharing.index(goal) - 0.5 * (len(sharing) - 1)), 0.0, 0.0])
