"""The scripted operator of a robot on its own feet: steps back from the table, turns, is pushed, squats, comes back.

Everything that moves it goes through the pad; what has no button there is asked of control and robot, as the window
asks it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.demo.pad import Positions, deflection
from app.demo.script import FOLLOWING, HOLD, TURN_S, DemoError, Script, engage, rest, until
from app.demo.view import View
from twin.station import Station
from twin.wire.ask import Asker

Place = NDArray[np.float64]

_NEAR_M, _NEAR_RAD = 0.03, 0.06
_FULL_SPEED = np.array([0.42, 0.175, 0.56])  # of the sticks at the normal scale: m/s, m/s, rad/s
_GAIN = np.array([1.1, 1.1, 1.2])  # 1/s
_BACK_M, _TURN_RAD = 0.6, 0.7
_DEEP_M, _STEP_M = -0.20, 0.02  # of the body, and of one press
_LEAN_S = 2.0  # that the stick is held
_BENT_RAD, _WAIST_RAD = 0.04, 0.02  # near enough
_GAIN_BEND = 4.0  # of the stick, for each radian still to bend
NOTHING: Positions = {}
_PUSH_N, _PUSH_S = 70.0, 0.3


class Asked(Protocol):
    """What a person would ask of the window; what is refused raises an ``UnderstudyError``."""

    def walking(self, switch: str) -> None:
        """Switch walking "on" or "off"."""

    def push(self, left_n: float, seconds: float) -> None:
        """Push the robot at its chest."""


class AskedOfRoles:
    """Asks the roles of a running station."""

    def __init__(self, station: Station) -> None:
        """Ask control and robot of ``station``."""
        self._control = Asker(station, "control", "scripted operator")
        self._robot = Asker(station, "robot", "scripted operator")

    def walking(self, switch: str) -> None:
        """Switch walking "on" or "off"."""
        self._control.ask(f"walk.{switch}", 5.0)

    def push(self, left_n: float, seconds: float) -> None:
        """Push the robot at its chest."""
        self._robot.ask("push", body="torso", y_n=left_n, seconds=seconds)

    def close(self) -> None:
        """Ask no more."""
        self._control.close()
        self._robot.close()


@contextmanager
def asking(station: Station) -> Iterator[Asked]:
    """For the length of the block."""
    asked = AskedOfRoles(station)
    try:
        yield asked
    finally:
        asked.close()


def walk_about(view: View, asked: Asked) -> Script:
    """Back from the table, a turn to the left and back, a push, a squat with a bow, and to the table again.

    Raises:
        DemoError: a step was not got through, or the robot fell.
    """
    start_m, heading_rad = view.base[0][:2].copy(), view.base[1]
    back_m = start_m - np.array([_BACK_M, 0.0])
    asked.walking("on")
    yield from layer(view, "walk")
    yield from engage(view, HOLD)
    yield from walk_to(view, back_m, heading_rad)
    yield from walk_to(view, back_m, heading_rad + _TURN_RAD)
    asked.push(_PUSH_N, _PUSH_S)
    yield from rest(2.0, HOLD)
    yield from walk_to(view, back_m, heading_rad)
    yield from lower_to(view, _DEEP_M)
    yield from lean(view, 1.0)
    yield from lean(view, -1.0)
    yield from lower_to(view, 0.0)
    yield from walk_to(view, start_m, heading_rad)
    asked.walking("off")
    yield from layer(view, "arms")


def layer(view: View, name: str, held: Positions = NOTHING) -> Script:
    """Press Y until the layer is ``name``, with ``held`` held as well."""
    for _ in range(4):
        if view.control.layer == name:
            return
        yield from rest(0.1, held | {"y": 1.0})
        yield from rest(0.2, held)
    yield from until(lambda: view.control.layer == name, f"the layer {name}", held, 2)


def walk_to(
    view: View, place_m: Place, heading_rad: float, held: Positions = HOLD, at_most_s: float = 40
) -> Script:
    """Walk until the base is over ``place_m`` (2,), looks along ``heading_rad``, and stands.

    Raises:
        DemoError: it did not arrive, or fell.
    """
    away = np.zeros(3)
    for _ in range(round(at_most_s / TURN_S)):
        yield from _see_to_it(view, held)
        base_m, heading = view.base
        turn = float((heading_rad - heading + np.pi) % (2 * np.pi) - np.pi)
        away = np.array([*view.in_heading(np.array([*(place_m - base_m[:2]), 0.0]))[:2], turn])
        if np.linalg.norm(away[:2]) < _NEAR_M and abs(turn) < _NEAR_RAD:
            break
        share = np.clip(_GAIN * away / _FULL_SPEED, -1.0, 1.0)
        left, right = deflection(share[[1, 0]]), deflection(np.array([share[2], 0.0]))
        yield held | {"left_x": left[0], "left_y": left[1], "right_x": right[0]}
    else:
        raise DemoError(
            f"the robot is still {np.round(away, 2)} (m forward, m left, rad) from where it should be"
        )
    yield from until(lambda: view.balance.phase == "stand", "the robot to stand", held, 6)
    yield from rest(0.5, held)


def lower_to(view: View, height_m: float, held: Positions = HOLD) -> Script:
    """Bring the body to ``height_m`` below its usual height with the D-pad."""
    steps = round((height_m - _height_m(view)) / _STEP_M)
    button = "dpad_up" if steps > 0 else "dpad_down"
    for _ in range(abs(steps) + (2 if height_m == 0.0 else 0)):
        yield from _see_to_it(view, held)
        yield from rest(0.06, held | {button: 1.0})
        yield from rest(0.10, held)
    yield from rest(1.2, held)


def lean(view: View, stick: float) -> Script:
    """Bend the body forwards, or upright again, with the left stick while RB is held."""
    yield from _see_to_it(view, HOLD)
    yield from rest(_LEAN_S, HOLD | {"right_shoulder": 1.0, "left_y": stick})
    yield from rest(0.8, HOLD)


def bend(view: View, lean_rad: float, waist_rad: float, held: Positions, at_most_s: float = 12) -> Script:
    """Bend the body above the legs and the waist, both forwards, with the left stick and the D-pad while RB is held.

    Raises:
        DemoError: it does not get there, or fell.
    """
    for _ in range(round(at_most_s / TURN_S)):
        yield from _see_to_it(view, held)
        lean_now_rad, waist_now_rad = view.bend
        away_rad = lean_rad - lean_now_rad, waist_rad - waist_now_rad
        if max(map(abs, away_rad)) < _BENT_RAD:
            yield from rest(1.0, held)
            return
        stick = deflection(np.array([0.0, np.clip(_GAIN_BEND * away_rad[0], -1.0, 1.0)]))
        pressed = {"right_shoulder": 1.0, "left_y": stick[1]}
        if abs(away_rad[1]) > _WAIST_RAD:
            pressed["dpad_up" if away_rad[1] > 0.0 else "dpad_down"] = 1.0
        yield held | pressed
    raise DemoError(
        f"the body is still {np.round(away_rad, 2)} rad (of lean, of waist) from where it should be"
    )


def _see_to_it(view: View, held: Positions) -> Script:
    """See that the robot has not fallen and follows; press again, as a person would, where it let go.

    Raises:
        DemoError: it has fallen.
    """
    if view.balance.fall:
        raise DemoError(f"the robot fell: {view.balance.fall}")
    if view.agent.state not in FOLLOWING:
        yield from engage(view, held)


def _height_m(view: View) -> float:
    """How low the body is against its usual height, in whole presses."""
    assert view.mirror.base_address is not None, "a robot on its own feet has a free base"
    home_m = float(view.scene.initial_qpos[view.mirror.base_address + 2])
    return min(0.0, _STEP_M * round((float(view.base[0][2]) - home_m) / _STEP_M))
