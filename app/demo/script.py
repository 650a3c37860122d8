"""The scripted operator: what a person would do with the pad to put the object into the tote.

A script is a generator: at each turn it gives the positions in which the pad is to be held, having looked
through its ``View``. It may look at the simulation's truth to steer, but moves the robot through the pad only.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from app.demo.pad import Positions, sticks
from app.demo.view import Vector3, View
from twin.errors import UnderstudyError

TURN_S = 0.02

Script = Iterator[Positions]

_HOLD: Positions = {"left_shoulder": 1.0}
_FOLLOWING = ("ENGAGING", "TELEOP")
_OTHER_SIDE: Positions = {"right_shoulder": 1.0}
_SPEED_PER_METRE = 6.0  # share of full speed for each metre still to go


class DemoError(UnderstudyError):
    """The scripted operator did not get through; says at which step."""


@dataclass(frozen=True)
class Grasp:
    """How the right hand takes the task's object, relative to it, in the world frame."""

    hand_from_object: Vector3  # where the palm site is when the fingers close, m
    approach_from: Vector3  # added to it for the place from which the hand comes, m
    lift_m: float = 0.12
    above_tote_m: float = 0.18  # of the held object over the tote's place


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
    view: View, goal: Callable[[], Vector3], held: Positions, tolerance_m: float, at_most_s: float
) -> Script:
    """Steer the right palm to ``goal()`` with the sticks.

    Raises:
        DemoError: it did not arrive in time.
    """
    for _ in range(round(at_most_s / TURN_S)):
        if view.agent.state not in _FOLLOWING:
            # As a person would: let go, keep the grip, press again.
            yield from engage(view, held)
        error = goal() - view.hand("right")
        if np.linalg.norm(error) < tolerance_m:
            return
        velocity = error * _SPEED_PER_METRE
        speed = float(np.linalg.norm(velocity))
        yield held | sticks(velocity / max(1.0, speed))
    left_mm = np.round(1000 * (goal() - view.hand("right"))).astype(int)
    why = ", ".join(view.control.limited_by) or view.control.reason or "no reason is given"
    raise DemoError(f"the hand is still {left_mm} mm (x, y, z) from where it should be: {why}")


def squeeze(held: Positions, start: float, end: float, seconds: float) -> Script:
    """Pull or release the right trigger evenly."""
    for closure in np.linspace(start, end, max(2, round(seconds / TURN_S))):
        yield held | {"right_trigger": float(closure)}


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
    """Press hold-to-run and wait until the robot follows."""
    yield from rest(0.3, {name: value for name, value in held.items() if name not in _HOLD})
    yield from until(lambda: view.agent.state == "TELEOP", "the robot to follow", held, 5)


def pick_and_place(view: View, grasp: Grasp, on_lifted: Callable[[], None]) -> Script:
    """Reach, grasp, lift, carry, release, withdraw; ``on_lifted`` is called once the object is in the air."""
    task = view.scene.layout.task
    held = _HOLD

    def beside() -> Vector3:
        return view.thing(task.object) + grasp.hand_from_object + grasp.approach_from

    def at_object() -> Vector3:
        return view.thing(task.object) + grasp.hand_from_object

    yield from engage(view, held)
    if not _drives_right(view):
        held = _HOLD | _OTHER_SIDE
    yield from move(view, beside, held, 0.012, 15)
    yield from move(view, at_object, held, 0.008, 15)
    yield from squeeze(held, 0.0, 1.0, 1.2)
    gripped = held | {"right_trigger": 1.0}
    yield from rest(0.6, gripped)
    lifted = view.hand("right") + np.array([0.0, 0.0, grasp.lift_m])
    yield from move(view, lambda: lifted, gripped, 0.02, 12)
    yield from rest(0.1, gripped)  # sticks at rest: whoever looks now may take their time
    on_lifted()
    yield from move(view, lambda: _above(view, task.object, task.tote, grasp.above_tote_m), gripped, 0.02, 15)
    yield from rest(0.4, gripped)
    yield from squeeze(held, 1.0, 0.0, 0.8)
    yield from rest(0.6, held)
    withdrawn = view.hand("right") + np.array([0.0, 0.0, 0.10])
    yield from move(view, lambda: withdrawn, held, 0.03, 10)
    yield from rest(0.5, {})
    yield from until(lambda: view.world.task_succeeded, f"success ({view.world.task_note})", {}, 3)


def _drives_right(view: View) -> bool:
    """Whether the right hand follows the sticks as the pad is held now."""
    return any(hand.driven and hand.side == "right" for hand in view.control.hands)


def _above(view: View, thing: str, tote: str, height_m: float) -> Vector3:
    """Where the palm must be for the held thing to hang over the tote."""
    held_at = view.thing(thing) - view.hand("right")
    return np.asarray(view.thing(tote) + np.array([0.0, 0.0, height_m]) - held_at)
