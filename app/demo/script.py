"""The scripted operator: what a person does with the pad to power a robot on, to take hold of it, and to lead a hand.

A script is a generator: at each turn it gives the positions in which the pad is to be held, having looked
through its ``View``. It may look at the simulation's truth to steer, but moves the robot through the pad only.
"""

from collections.abc import Callable, Generator, Iterator

import numpy as np

from app.demo.pad import Positions, sticks
from app.demo.view import Vector3, View
from twin.errors import UnderstudyError

TURN_S = 0.02

Script = Iterator[Positions]
SIDES = ("left", "right")
OUTWARD = {"left": 1.0, "right": -1.0}  # along y

HOLD: Positions = {"left_shoulder": 1.0}
FOLLOWING = ("ENGAGING", "TELEOP")
OTHER_SIDE: Positions = {"right_shoulder": 1.0}
_PRESSES, _PRESS_S = 6, 5.0  # of hold-to-run, the count of three included, before it is given up
_SPEED_PER_METRE = 6.0  # share of full speed for each metre still to go
_NO_NEARER_S, _NEARER_M = 1.5, 0.001  # a hand that came no nearer for so long does not come at all


class DemoError(UnderstudyError):
    """The scripted operator did not get through; says at which step."""


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


def _drives(view: View, side: str) -> bool:
    """Whether the hand of ``side`` follows the sticks as the pad is held now."""
    return any(hand.driven and hand.side == side for hand in view.control.hands)
