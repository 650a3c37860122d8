"""The scripted operator turns a hand, by the pad, until it points as it should."""

import numpy as np
from numpy.typing import NDArray

from app.demo.pad import Positions, sticks
from app.demo.script import FOLLOWING, TURN_S, DemoError, Script, engage, rest
from app.demo.view import View
from twin.spatial import vector_from_rotation

# Palms face each other, fingers point forward and level, thumbs are up: the axes of either palm as columns.
PALMS_INWARD = np.array([[0.0, 0.0, -1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
_STRAIGHT_RAD = 0.05
_SHARE_PER_RAD = 2.0  # of the stick, for each radian still to turn
_SETTLE_S = 0.3


def turn_to(
    view: View, side: str, wanted: NDArray[np.float64], held: Positions, at_most_s: float = 10.0
) -> Script:
    """Turn the hand of ``side`` on the spot until its palm's axes in the robot's heading are ``wanted``, shape (3, 3).

    Raises:
        DemoError: it does not get there.
    """
    for _ in range(round(at_most_s / TURN_S)):
        if view.agent.state not in FOLLOWING:
            yield from engage(view, held)
        away = vector_from_rotation(wanted @ view.hand_turn(side).T)
        if np.abs(away).max() < _STRAIGHT_RAD:
            yield from rest(_SETTLE_S, held)
            return
        roll, pitch, yaw = (float(each) if abs(each) >= _STRAIGHT_RAD else 0.0 for each in away)
        pressed = sticks(np.zeros(3), float(np.clip(_SHARE_PER_RAD * yaw, -1.0, 1.0)))
        if roll:
            pressed["dpad_right" if roll > 0.0 else "dpad_left"] = 1.0
        if pitch:
            pressed["dpad_down" if pitch > 0.0 else "dpad_up"] = 1.0
        yield held | pressed
    why = ", ".join(view.control.limited_by) or "no reason is given"
    raise DemoError(f"the {side} hand does not turn as it should, {np.round(away, 2)} rad are left: {why}")
