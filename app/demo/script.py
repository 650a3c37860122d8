"""The scripted operator: what a person would do with the pad to take up a thing and put it down elsewhere.

A script is a generator: at each turn it gives the positions in which the pad is to be held, having looked
through its ``View``. It may look at the simulation's truth to steer, but moves the robot through the pad only.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from app.demo.pad import Positions, sticks
from app.demo.view import Vector3, View
from twin.errors import UnderstudyError
from twin.scenery.judge import is_inside
from twin.scenery.layout import Goal

TURN_S = 0.02

Script = Iterator[Positions]
SIDES = ("left", "right")
OUTWARD = {"left": 1.0, "right": -1.0}  # along y

HOLD: Positions = {"left_shoulder": 1.0}
FOLLOWING = ("ENGAGING", "TELEOP")
OTHER_SIDE: Positions = {"right_shoulder": 1.0}
_PRESSES, _PRESS_S = 6, 5.0  # of hold-to-run, the count of three included, before it is given up
_SPEED_PER_METRE = 6.0  # share of full speed for each metre still to go
_NEAR_ENOUGH_M = 0.012  # to what shall be grasped, where the hand comes no nearer
_NO_NEARER_S, _NEARER_M = 1.5, 0.001  # a hand that came no nearer for so long does not come at all
_BESIDE_M = 0.11  # between things that share a place
_SHALLOW_M = 0.05  # into what is no deeper, things are set down; into the rest they drop


class DemoError(UnderstudyError):
    """The scripted operator did not get through; says at which step."""


@dataclass(frozen=True)
class Grasp:
    """How the right hand takes an object, relative to it, in the world frame; the left one is its mirror image."""

    hand_from_object: Vector3  # where the palm site is when the fingers close, m
    approach_from: Vector3  # added to it for the place from which the hand comes, m
    lift_m: float = 0.12
    above_tote_m: float = 0.18  # of the held object over the tote's place
    drop_m: float = 0.008  # that it falls when it is set down


# From above, in the ready pose's orientation, power grasp: held through a shake in 60 of 60 attempts with up to 10 mm
# of aiming error (tests/twin/test_simulation_grasp.py); too high is what loses the box.
TOP_GRASP = Grasp(np.array([-0.013, -0.025, 0.030]), np.array([0.0, 0.0, 0.10]))


def rest(seconds: float, held: Positions) -> Script:
    """Hold still."""
    for _ in range(round(seconds / TURN_S)):
        yield held


def until(condition: Callable[[], bool], what: str, held: Positions, at_most_s: float) -> Script:
    """Hold until ``condition``.

    Raises:
        DemoError: it did not come about in time.
    """
    for _ in range(round(at_most_s / TURN_S)):
        if condition():
            return
        yield held
    raise DemoError(f"waited {at_most_s:g} s for {what}, in vain")


def press(button: str, seconds: float = 0.1) -> Script:
    """Press one button and let go."""
    yield from rest(seconds, {button: 1.0})
    yield from rest(0.1, {})


def move(
    view: View, side: str, goal: Callable[[], Vector3], held: Positions, tolerance_m: float, at_most_s: float
) -> Script:
    """Steer the palm of ``side`` to ``goal()`` with the sticks.

    Raises:
        DemoError: it did not arrive in time, or comes no nearer.
    """
    nearest_m, waited_s = np.inf, 0.0
    for _ in range(round(at_most_s / TURN_S)):
        if view.agent.state not in FOLLOWING:
            # As a person would: let go, keep the grip, press again.
            yield from engage(view, held)
            waited_s = 0.0
        error = goal() - view.hand(side)
        away_m = float(np.linalg.norm(error))
        if away_m < tolerance_m:
            return
        if away_m < nearest_m - _NEARER_M:
            nearest_m, waited_s = away_m, 0.0
        elif waited_s > _NO_NEARER_S:
            break
        waited_s += TURN_S
        velocity = view.in_heading(error) * _SPEED_PER_METRE
        speed = float(np.linalg.norm(velocity))
        yield held | sticks(velocity / max(1.0, speed))
    left_mm = np.round(1000 * (goal() - view.hand(side))).astype(int)
    why = ", ".join(view.control.limited_by) or view.control.reason or "no reason is given"
    raise DemoError(f"the {side} hand is still {left_mm} mm (x, y, z) from where it should be: {why}")


def squeeze(view: View, side: str, held: Positions, start: float, end: float, seconds: float) -> Script:
    """Pull or release the trigger of ``side`` evenly; from the beginning where the robot stopped following.

    Raises:
        DemoError: the robot does not follow any more.
    """
    trigger, turns = f"{side}_trigger", max(2, round(seconds / TURN_S))
    closures = np.linspace(start, end, turns)
    turn = 0
    while turn < turns:
        if view.agent.state not in FOLLOWING:
            yield from engage(view, held | {trigger: start})
            turn = 0
        yield held | {trigger: float(closures[turn])}
        turn += 1


def start(view: View) -> Script:
    """Arm the robot, choose the right hand, and hold to run."""
    yield from until(lambda: view.agent.state == "STANDBY", "the robot to be ready", {}, 30)
    yield from press("start", 0.7)
    yield from until(lambda: view.agent.state == "HOLD", "the robot to power on", {}, 15)
    if view.control.layer != "arms":
        yield from press("y")
    yield from until(lambda: view.control.layer == "arms", "the layer ARMS", {}, 5)


def record(view: View) -> Script:
    """Begin a take."""
    yield from press("a")
    yield from until(lambda: view.recorder.phase == "recording", "the recorder to begin", {}, 5)


def save(view: View) -> Script:
    """Stop the take and wait until it is saved."""
    yield from press("a")
    yield from until(lambda: view.recorder.phase == "idle", "the recorder to save", {}, 10)


def engage(view: View, held: Positions) -> Script:
    """Press hold-to-run until the robot follows: again, as a person would, when it did not at once.

    Raises:
        DemoError: it never does.
    """
    released = {name: value for name, value in held.items() if name not in HOLD}
    for _ in range(_PRESSES):
        yield from rest(0.3, released)
        for _ in range(round(_PRESS_S / TURN_S)):
            if view.agent.state == "TELEOP":
                return
            yield held
    why = view.control.reason or view.agent.reason or "no reason is given"
    raise DemoError(f"the robot does not follow, pressed {_PRESSES} times: {why}")


def choose_hand(view: View, side: str) -> Generator[Positions, None, Positions]:
    """Drive the hand of ``side`` from now on; returns how the pad is to be held for it."""
    yield from rest(0.1, HOLD)
    if view.agent.state not in FOLLOWING:
        yield from engage(view, HOLD)
    held = HOLD if _drives(view, side) else HOLD | OTHER_SIDE
    yield from until(lambda: _drives(view, side), f"the {side} hand to be driven", held, 3)
    return held


def pick_and_place(
    view: View, side: str, goal: Goal, grasp: Grasp, held: Positions, on_lifted: Callable[[], None]
) -> Script:
    """Reach, grasp, lift, carry, release, withdraw; ``on_lifted`` is called once the object is in the air."""
    gripped = yield from take(view, side, goal.object, grasp, held)
    on_lifted()
    yield from put_down(view, side, goal, grasp, gripped)
    yield from let_go(view, side, held)


def take(
    view: View, side: str, thing: str, grasp: Grasp, held: Positions
) -> Generator[Positions, None, Positions]:
    """Reach, grasp and lift; returns how the pad is to be held to keep the grip."""
    mirror = np.array([1.0, -OUTWARD[side], 1.0])

    def at_object() -> Vector3:
        return np.asarray(view.thing(thing) + grasp.hand_from_object * mirror)

    yield from move(view, side, lambda: at_object() + grasp.approach_from, held, 0.012, 15)
    try:
        yield from move(view, side, at_object, held, 0.008, 8)
    except DemoError:
        if np.linalg.norm(at_object() - view.hand(side)) > _NEAR_ENOUGH_M:
            raise
        # As a person would: a clearance keeps the hand off, but its fingers reach from here.
    yield from squeeze(view, side, held, 0.0, 1.0, 1.2)
    gripped = held | {f"{side}_trigger": 1.0}
    yield from rest(0.6, gripped)
    lifted = view.hand(side) + np.array([0.0, 0.0, grasp.lift_m])
    yield from move(view, side, lambda: lifted, gripped, 0.02, 12)
    return gripped


def let_go(view: View, side: str, held: Positions) -> Script:
    """Open the hand and withdraw it upwards."""
    yield from rest(0.4, held | {f"{side}_trigger": 1.0})
    yield from squeeze(view, side, held, 1.0, 0.0, 0.8)
    yield from rest(0.6, held)
    withdrawn = view.hand(side) + np.array([0.0, 0.0, 0.10])
    yield from move(view, side, lambda: withdrawn, held, 0.03, 10)


def put_down(view: View, side: str, goal: Goal, grasp: Grasp, gripped: Positions) -> Script:
    """Carry what is held to over its place, and, where that is shallow, down to just above its floor."""
    layout = view.scene.layout
    aside = _aside(layout.task.goals, goal)
    place = next(place for place in layout.places if place.name == goal.into)
    thing = next(free for free in layout.objects if free.name == goal.object)

    def above(height_m: float) -> Callable[[], Vector3]:
        return lambda: _above(view, side, goal, height_m) + aside

    if place.inner_size_m[2] > _SHALLOW_M:
        yield from move(view, side, above(grasp.above_tote_m), gripped, 0.02, 15)
        return
    yield from move(view, side, above(grasp.lift_m + 0.5 * thing.size_m[2]), gripped, 0.02, 15)
    low_m = place.floor_m[2] - place.position_m[2] + 0.5 * thing.size_m[2] + grasp.drop_m
    try:
        yield from move(view, side, above(low_m), gripped, 0.006, 8)
    except DemoError:
        if not is_inside(place, view.thing(goal.object)):
            raise
        # As a person would: the arm reaches no further, but the thing is where it belongs.


def _aside(goals: Sequence[Goal], goal: Goal) -> Vector3:
    """How far from the middle of its place a thing goes, so that those that share it lie side by side."""
    sharing = [other for other in goals if other.into == goal.into]
    return np.array([_BESIDE_M * (sharing.index(goal) - 0.5 * (len(sharing) - 1)), 0.0, 0.0])


def _drives(view: View, side: str) -> bool:
    """Whether the hand of ``side`` follows the sticks as the pad is held now."""
    return any(hand.driven and hand.side == side for hand in view.control.hands)


def _above(view: View, side: str, goal: Goal, height_m: float) -> Vector3:
    """Where the palm must be for the held thing to hang over its place."""
    held_at = view.thing(goal.object) - view.hand(side)
    return np.asarray(view.thing(goal.into) + np.array([0.0, 0.0, height_m]) - held_at)
