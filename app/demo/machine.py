"""The scripted operator at a machine: opens its hinged door by the handle, closes it again, and presses its button.

The hand goes with its palm towards the hinge and its fingers forward. To open, the fingertips press the handle from
beside and draw it back along its arc; once there is a gap they push the door on from within. To close, the other hand
pushes the door half way from where it stands wide open, and the first one pushes it shut from before it.
"""

from collections.abc import Callable

import numpy as np

from app.demo.pad import Positions, sticks
from app.demo.script import FOLLOWING, TURN_S, DemoError, Script, choose_hand, engage, move, rest
from app.demo.turning import PALMS_INWARD, turn_to
from app.demo.view import Vector3, View
from twin.scenery.layout import Goal, Layout
from twin.scenery.reading import spoken

_TIPS_M, _TIPS_INWARD_M, _TIPS_UP_M = 0.09, 0.02, 0.01  # from the palm to the fingertips
_BACK_M = np.array([-0.08, 0.0, 0.05])  # from the ready pose: there is room to turn a hand
_BESIDE_M, _BEFORE_M = 0.07, 0.06  # the hand comes to the handle from so far beside it and before it
_PRESS_M = 0.03  # that the fingertips are wanted within what they push
_LEAD_RAD, _LEAD = 0.20, 0.6  # the hand is wanted so far ahead of the door, and further the wider it is open
_AJAR_RAD = 0.85  # from here on a hand goes through the gap
_CLEAR_M, _WITHIN_M, _THROUGH_M = 0.06, 0.165, 0.04  # beside the free edge, before the hinge, past the hinge
_FURTHER_RAD = 0.30  # the door is opened so much wider than is asked for: an arm has to go past it
_FAR_M, _FAR_ASIDE_M, _ACROSS_M = (
    0.18,
    0.26,
    0.45,
)  # the other hand: before and beside the hinge; how far it pushes
_CLEAR_OF_HANDLE_M = 0.08  # back from the shut door
_OUT_M = 0.22  # before the robot, where a hand is out of the door's way
_HALF_SHUT_RAD, _SHUT_RAD = 0.9, 0.02
_DEEP_M = 0.06  # that a button is wanted pushed in: as far as it goes
_SPEED_PER_METRE = 6.0
_FASTEST = 0.5  # of the stick, where something is pushed


def can_work(layout: Layout, goal: Goal) -> bool:
    """Whether the fixture of ``goal`` is a button, or a door with a handle."""
    names = {fixture.name: fixture for fixture in layout.fixtures}
    motion = names[goal.fixture].motion
    return motion is not None and (motion.kind == "slide" or f"{goal.fixture}_handle" in names)


def work(view: View, goal: Goal) -> Script:
    """Move the fixture of ``goal`` as it asks.

    Raises:
        DemoError: a step was not got through.
    """
    fixture = next(fixture for fixture in view.scene.layout.fixtures if fixture.name == goal.fixture)
    if fixture.motion and fixture.motion.kind == "slide":
        yield from press_button(view, goal)
    elif goal.between[0] <= 0.0 <= goal.between[1]:
        yield from close_door(view, goal)
    else:
        yield from open_door(view, goal)


def open_door(view: View, goal: Goal) -> Script:
    """Open the door of ``goal`` with the hand that is on the side of its handle.

    Raises:
        DemoError: a step was not got through.
    """
    door = _Door(view, goal.fixture)
    held = yield from choose_hand(view, door.side)
    turned, back = view.hand_turn(door.side), view.hand(door.side) + _BACK_M
    yield from move(view, door.side, lambda: back, held, 0.02, 10)
    yield from turn_to(view, door.side, PALMS_INWARD, held)
    beside = np.array([0.0, door.away * _BESIDE_M, 0.0])
    before = beside - np.array([_BEFORE_M, 0.0, 0.0])
    yield from move(view, door.side, lambda: door.handle() - door.tips + before, held, 0.02, 10)
    yield from move(view, door.side, lambda: door.handle() - door.tips + beside, held, 0.01, 10)
    press = np.array([0.0, -door.away * _PRESS_M, 0.0])
    yield from push(
        view,
        door.side,
        lambda: door.handle(_LEAD_RAD + _LEAD * door.angle()) - door.tips + press,
        held,
        lambda: door.angle() > _AJAR_RAD,
        f"the {spoken(door.name)} to be ajar",
    )
    # Round its free edge, and on from within.
    here, clear_m = view.hand(door.side), door.edge_m + door.away * _CLEAR_M
    out = np.array([here[0], clear_m, here[2]])
    within = np.array([door.anchor_m[0] - _WITHIN_M, clear_m, here[2]])
    through = np.array([within[0], door.anchor_m[1] - door.away * _THROUGH_M, here[2]])
    yield from move(view, door.side, lambda: out, held, 0.02, 10)
    yield from move(view, door.side, lambda: within, held, 0.02, 10)
    wide_rad = min(abs(each) for each in goal.between) + _FURTHER_RAD
    yield from push(
        view,
        door.side,
        lambda: through,
        held,
        lambda: door.angle() > wide_rad,
        f"the {spoken(door.name)} to be open",
    )
    yield from move(view, door.side, lambda: within, held, 0.03, 10)
    yield from turn_to(view, door.side, turned, held)


def close_door(view: View, goal: Goal) -> Script:
    """Close the door of ``goal``.

    Raises:
        DemoError: a step was not got through.
    """
    door = _Door(view, goal.fixture)
    held = yield from choose_hand(view, door.side)
    ready, turned = view.hand(door.side), view.hand_turn(door.side)
    out = np.array([_OUT_M, door.edge_m + door.away * _CLEAR_M, door.handle()[2]])
    yield from move(view, door.side, lambda: out, held, 0.03, 10)
    yield from turn_to(view, door.side, PALMS_INWARD, held)
    if door.angle() > _HALF_SHUT_RAD:
        yield from _half_shut(view, door)
        held = yield from choose_hand(view, door.side)
    before = door.handle() - door.tips - np.array([_PRESS_M, 0.0, 0.0])
    yield from move(view, door.side, lambda: np.array([before[0], *out[1:]]), held, 0.03, 10)
    yield from move(view, door.side, lambda: before, held, 0.02, 10)
    press = np.array([_PRESS_M, 0.0, 0.0])
    yield from push(
        view,
        door.side,
        lambda: door.handle(-_LEAD_RAD) - door.tips + press,
        held,
        lambda: door.angle() < _SHUT_RAD,
        f"the {spoken(door.name)} to be shut",
    )
    # First straight back: aside, the fingers would take the handle along.
    clear = view.hand(door.side) - np.array([_CLEAR_OF_HANDLE_M, 0.0, 0.0])
    yield from move(view, door.side, lambda: clear, held, 0.02, 10)
    yield from move(view, door.side, lambda: out, held, 0.03, 10)
    yield from turn_to(view, door.side, turned, held)
    yield from move(view, door.side, lambda: ready, held, 0.05, 10)


def _half_shut(view: View, door: "_Door") -> Script:
    far = "left" if door.side == "right" else "right"
    held = yield from choose_hand(view, far)
    ready, turned = view.hand(far), view.hand_turn(far)
    aside = np.array([0.0, door.away, 0.0])
    back = np.array([door.anchor_m[0] - _FAR_M, door.anchor_m[1], door.handle()[2]]) - _FAR_ASIDE_M * aside
    across = back + _ACROSS_M * aside
    yield from move(view, far, lambda: back, held, 0.02, 10)
    yield from turn_to(view, far, PALMS_INWARD, held)
    yield from push(
        view,
        far,
        lambda: across,
        held,
        lambda: door.angle() < _HALF_SHUT_RAD,
        f"the {spoken(door.name)} to be half shut",
    )
    yield from move(view, far, lambda: back, held, 0.03, 10)
    yield from turn_to(view, far, turned, held)
    yield from move(view, far, lambda: ready, held, 0.05, 10)


def press_button(view: View, goal: Goal) -> Script:
    """Push the button of ``goal`` in with the fingertips of the hand on its side.

    Raises:
        DemoError: it does not go in.
    """
    button = next(fixture for fixture in view.scene.layout.fixtures if fixture.name == goal.fixture)
    side = "left" if button.position_m[1] > 0.0 else "right"
    held = yield from choose_hand(view, side)
    ready = view.hand(side)
    front = np.array(button.position_m) - np.array([0.5 * button.size_m[0] + _TIPS_M, 0.0, 0.0])
    before = front - np.array([_BEFORE_M, 0.0, 0.0])
    yield from move(view, side, lambda: before, held, 0.02, 10)
    yield from turn_to(view, side, PALMS_INWARD, held)
    yield from move(view, side, lambda: before, held, 0.01, 10)
    yield from push(
        view,
        side,
        lambda: front + np.array([_DEEP_M, 0.0, 0.0]),
        held,
        lambda: view.joint(goal.fixture) > goal.between[0],
        f"the {spoken(goal.fixture)} to go in",
    )
    yield from rest(0.3, held)
    yield from move(view, side, lambda: ready, held, 0.05, 10)


def push(
    view: View,
    side: str,
    goal: Callable[[], Vector3],
    held: Positions,
    condition: Callable[[], bool],
    what: str,
    at_most_s: float = 15.0,
) -> Script:
    """Steer the palm of ``side`` towards ``goal()``, not fast, until ``condition``.

    Raises:
        DemoError: it did not come about in time.
    """
    for _ in range(round(at_most_s / TURN_S)):
        if condition():
            return
        if view.agent.state not in FOLLOWING:
            yield from engage(view, held)
        velocity = view.in_heading(goal() - view.hand(side)) * _SPEED_PER_METRE
        yield held | sticks(velocity * (_FASTEST / max(_FASTEST, float(np.linalg.norm(velocity)))))
    why = ", ".join(view.control.limited_by) or "no reason is given"
    raise DemoError(f"pushed {at_most_s:g} s for {what}, in vain: {why}")


class _Door:
    """A fixture on an upright hinge, with a handle called after it. Angles are counted from shut."""

    def __init__(self, view: View, name: str) -> None:
        fixtures = {fixture.name: fixture for fixture in view.scene.layout.fixtures}
        door, self._handle = fixtures[name], fixtures[f"{name}_handle"]
        assert door.motion is not None, "what a goal turns has a hinge"
        self.name, self._view = name, view
        self.anchor_m = door.motion.anchor_m
        self.away = float(
            np.sign(self._handle.position_m[1] - self.anchor_m[1])
        )  # the handle's side, along y
        self.side = "left" if self.away > 0.0 else "right"
        self.edge_m = door.position_m[1] + self.away * 0.5 * door.size_m[1]  # the free one, along y
        self.tips = np.array([_TIPS_M, -self.away * _TIPS_INWARD_M, _TIPS_UP_M])  # from the palm

    def angle(self) -> float:
        """How far it is open, rad."""
        return abs(self._view.joint(self.name))

    def handle(self, further_rad: float = 0.0) -> Vector3:
        """Where the middle of the handle is, or will be ``further_rad`` on."""
        turn = self.away * (self.angle() + further_rad)
        anchor = np.array(self.anchor_m)
        x, y, z = np.array(self._handle.position_m) - anchor
        c, s = np.cos(turn), np.sin(turn)
        return np.asarray(anchor + np.array([c * x - s * y, s * x + c * y, z]))
