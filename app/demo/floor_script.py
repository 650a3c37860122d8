"""The scripted operator fetches a thing from the floor on the robot's own feet: bows, takes it, rises, carries it off.

The hand is brought before the shoulder while the robot still stands upright: then it comes down before the knees as the
body bows, which the arm could not pass from behind them.
"""

from collections.abc import Callable, Sequence

import numpy as np

from app.demo.pad import Positions
from app.demo.script import HOLD, DemoError, Script, choose_hand, engage, move, rest, squeeze, until
from app.demo.turning import PALMS_INWARD, turn_to
from app.demo.view import Vector3, View
from app.demo.walk_script import Asked, bend, layer, lower_to, walk_to
from twin.scenery.layout import LIFT, Goal
from twin.spatial import rotation_from_vector

_SIDE, _OTHER = "right", "left"
_BEFORE_M = np.array([0.30, -0.14])  # where the thing is to the base when the robot stands before it
_DEEP_M, _LEAN_RAD, _WAIST_RAD = -0.24, 0.83, 0.85  # how far the body goes down and bends over
_RAISED_M = np.array([0.36, -0.25, 0.40])  # of the palm to the base, before the robot bows
_ASIDE_M = np.array([0.34, 0.36, 0.20])  # of the other palm: there no knee comes up to it
_LOOK_S, _LOOKS, _AHEAD_RAD = 1.4, 3, 0.1
# Of the palm that takes it: it faces downwards a little, its fingers slant down.
_ROLLED_RAD, _PITCHED_RAD = 0.60, 0.35
_GRIP_M = 0.045  # of the thing's axis before the palm
_FROM_THUMB_M = 0.046  # of the thing's axis from the open thumb's tip, towards the fingers
_BESIDE_M, _ABOVE_M = 0.10, 0.12  # the hand comes from above to beside it, along the way its palm faces
_BELOW_TOP_M = 0.05  # where it is gripped
_LIFT_M, _CARRIED_M = 0.10, np.array([0.38, -0.22, 0.22])
_AWAY_M, _TURN_RAD = 0.7, 0.6  # backwards, before the robot turns


def lifts(goals: Sequence[Goal]) -> tuple[Goal, ...]:
    """Those of ``goals`` that this does."""
    return tuple(goal for goal in goals if goal.kind == LIFT)


def fetch(view: View, asked: Asked, goals: Sequence[Goal], on_lifted: Callable[[], None]) -> Script:
    """Take up the thing that all ``goals`` are about, and bring it over the place that one of them names.

    Raises:
        DemoError: a step was not got through, or the robot fell.
    """
    thing, heading_rad = goals[0].object, view.base[1]
    asked.walking("on")
    yield from layer(view, "walk")
    yield from engage(view, HOLD)
    before_m = view.thing(thing)[:2] - view.in_world(np.array([*_BEFORE_M, 0.0]))[:2]
    yield from walk_to(view, before_m, heading_rad)
    yield from _bow(view)
    yield from _grasp(view, thing)
    gripped = HOLD | {f"{_SIDE}_trigger": 1.0}
    lifted = view.hand(_SIDE) + np.array([0.0, 0.0, _LIFT_M])
    yield from move(view, _SIDE, lambda: lifted, gripped, 0.02, 12)
    if view.world.task_failed:
        raise DemoError(view.world.task_note)
    on_lifted()
    yield from _rise(view, gripped)
    yield from _carry_off(view, thing, goals, gripped)
    asked.walking("off")


def _bow(view: View) -> Script:
    """Down to the floor, with the hand before the robot, open, and turned as it shall be there; the other aside."""
    yield from layer(view, "arms")
    held = yield from choose_hand(view, _OTHER)
    yield from move(view, _OTHER, _from_base(view, _ASIDE_M), held, 0.02, 8)
    yield from choose_hand(view, _SIDE)
    for start, end in ((0.0, 1.0), (1.0, 0.0)):  # the thumb comes out of the way once the hand was closed
        yield from squeeze(view, _SIDE, HOLD, start, end, 0.6)
    low = _RAISED_M - np.array([0.0, 0.0, 0.08])
    yield from move(view, _SIDE, _from_base(view, low), HOLD, 0.02, 8)
    yield from turn_to(view, _SIDE, _pitched(-_LEAN_RAD - _WAIST_RAD) @ _palm(), HOLD)
    yield from move(view, _SIDE, _from_base(view, _RAISED_M), HOLD, 0.02, 8)
    yield from layer(view, "walk")
    yield from lower_to(view, _DEEP_M)
    # Up, so that the head sees the thing, and not its own legs.
    yield from rest(_LOOK_S, HOLD | {"right_y": 1.0})
    yield from bend(view, _LEAN_RAD, _WAIST_RAD, HOLD)


def _grasp(view: View, thing: str) -> Script:
    """From above to beside the thing, to it, and round it."""
    height_m = next(free.size_m[2] for free in view.scene.layout.objects if free.name == thing)
    up = np.array([0.0, 0.0, 1.0])

    thumb = view.in_hand(_SIDE, "thumb_tip")
    grip = np.array([0.0, _GRIP_M, thumb[2] - _FROM_THUMB_M])  # fingers point against z

    def hand(away_m: float, above_m: float = 0.0) -> Callable[[], Vector3]:
        palm = _palm()
        offset = -palm @ grip - away_m * palm[:, 1] + (0.5 * height_m - _BELOW_TOP_M + above_m) * up
        return lambda: view.thing(thing) + view.in_world(offset)

    yield from layer(view, "arms")
    yield from move(view, _SIDE, hand(_BESIDE_M, _ABOVE_M), HOLD, 0.03, 10)
    yield from turn_to(view, _SIDE, _palm(), HOLD)
    yield from move(view, _SIDE, hand(_BESIDE_M), HOLD, 0.012, 10)
    yield from move(view, _SIDE, hand(0.0), HOLD, 0.010, 10)
    yield from squeeze(view, _SIDE, HOLD, 0.0, 1.0, 1.2)
    yield from rest(0.6, HOLD | {f"{_SIDE}_trigger": 1.0})


def _rise(view: View, gripped: Positions) -> Script:
    """Upright again, with the thing before the chest."""
    yield from layer(view, "walk", gripped)
    yield from bend(view, 0.0, 0.0, gripped)
    yield from _look_ahead(view, gripped)
    yield from lower_to(view, 0.0, gripped)
    yield from layer(view, "arms", gripped)
    yield from move(view, _SIDE, _from_base(view, _CARRIED_M), gripped, 0.03, 10)


def _look_ahead(view: View, held: Positions) -> Script:
    """Press R3; again, as a person would, where the robot let go meanwhile and the head stopped on its way."""
    for _ in range(_LOOKS):
        if view.neck_away_rad < _AHEAD_RAD:
            return
        yield from rest(0.1, held | {"right_stick": 1.0})
        yield from rest(_LOOK_S + 1.0, held)


def _carry_off(view: View, thing: str, goals: Sequence[Goal], gripped: Positions) -> Script:
    """Backwards, and then turned so that the thing is over the place that it shall be brought to."""
    base_m, heading_rad = view.base
    yield from layer(view, "walk", gripped)
    yield from walk_to(
        view, (base_m - view.in_world(np.array([_AWAY_M, 0.0, 0.0])))[:2], heading_rad, gripped
    )
    over = next((goal.over for goal in goals if goal.over), "")
    if over:
        turned_rad = heading_rad + _TURN_RAD
        held = view.in_heading(view.thing(thing) - view.base[0])
        c, s = np.cos(turned_rad), np.sin(turned_rad)
        ahead = np.array([c * held[0] - s * held[1], s * held[0] + c * held[1]])
        yield from walk_to(view, view.thing(over)[:2] - ahead, turned_rad, gripped)
    yield from until(lambda: view.world.task_succeeded, f"success ({view.world.task_note})", gripped, 3)


def _from_base(view: View, offset_m: Vector3) -> Callable[[], Vector3]:
    return lambda: view.base[0] + view.in_world(offset_m)


def _palm() -> Vector3:
    """How the hand is turned when it takes the thing, its axes in the robot's heading as columns, shape (3, 3)."""
    rolled: Vector3 = rotation_from_vector(np.array([-_ROLLED_RAD, 0.0, 0.0])) @ PALMS_INWARD
    return _pitched(_PITCHED_RAD) @ rolled


def _pitched(angle_rad: float) -> Vector3:
    return rotation_from_vector(np.array([0.0, angle_rad, 0.0]))
