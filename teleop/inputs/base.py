"""What every input device is: names of its axes and buttons, their signs, and the protocol of a device module.

A device is one file in this folder with a function ``open_input(station) -> Input``; the inputs role finds it by
that name and needs no list. Signs are settled here and nowhere else: stick up = +1, stick left = +1 (as the
robot's frame has x forward and y left), trigger 0 released .. 1 pulled.
"""

import math
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

from teleop import inputs
from twin.station import Station
from twin.wire.messages import DragSample, InputDevice, Reply, Request, XrSample

AXES = ("left_x", "left_y", "right_x", "right_y", "left_trigger", "right_trigger")

# Named as on an Xbox pad. Where a maker prints other letters (Nintendo), a name means the printed letter.
BUTTONS = (
    "a",
    "b",
    "x",
    "y",
    "back",
    "start",
    "guide",
    "left_stick",
    "right_stick",
    "left_shoulder",
    "right_shoulder",
    "dpad_up",
    "dpad_down",
    "dpad_left",
    "dpad_right",
)

AT_REST = (0.0,) * len(AXES)


@dataclass(frozen=True, slots=True)
class Reading:
    """One device at one moment. A device that did not change gives the same object again."""

    device: str  # unique while plugged in and never used again, e.g. "gamepad:3"
    kind: str  # chooses the bindings: "gamepad" | "keyboard" | "headset" | "mouse"
    name: str  # what the maker calls it
    connected: bool  # False exactly once, in the poll that found it gone
    bound: bool  # it is the one of its kind that drives
    axes: tuple[float, ...]  # order of AXES
    buttons: tuple[str, ...]  # everything held now
    changed_ns: int  # monotonic; when it last reported something else than before
    xr: XrSample | None = None  # head and hands, of a headset
    drag: DragSample | None = None  # what is dragged, of a mouse
    waited_ns: int = 0  # for how long at most the change had waited to be read by then


class Input(Protocol):
    """All devices of one kind. Polled at 250 Hz by one thread, at 40 Hz while nothing drives; ``poll`` never waits."""

    kind: str
    stops_pressed: Sequence[str]  # STOP controls pressed since the poll before, e.g. "gamepad:3 back"
    cut_held: bool  # a STOP control that means CUT when held for a second is held now

    def wake_sources(self) -> Sequence[Any]:
        """Sockets or file descriptors on which something arrives before the next poll is due."""

    def poll(self, at_ns: int) -> Sequence[Reading]:
        """Every device that is there at ``at_ns``, and once more each that went away since the last poll."""

    def devices(self) -> Sequence[InputDevice]:
        """What is plugged in, including what cannot drive and why; for people."""

    def lack(self) -> str:
        """One sentence if nothing of this kind can drive now, else empty."""

    def answer(self, request: Request) -> Reply | None:
        """Do what was asked of this kind of device; None if the request is not for it."""

    def close(self) -> None:
        """Let go of the devices."""


OpenInput = Callable[[Station], Input]


def find_inputs() -> dict[str, OpenInput]:
    """The ``open_input`` of every device module in this folder, by file name."""
    found: dict[str, OpenInput] = {}
    for module in pkgutil.iter_modules(inputs.__path__):
        opener = getattr(import_module(f"{inputs.__name__}.{module.name}"), "open_input", None)
        if opener is not None:
            found[module.name] = opener
    return found


def normalised(
    left_right: float,
    left_down: float,
    right_right: float,
    right_down: float,
    left_trigger: float,
    right_trigger: float,
) -> tuple[float, ...]:
    """Axes in the order and with the signs of ``AXES``.

    Args:
        left_right: left stick, -1..1, positive to the right as SDL, WebXR and the W3C gamepad have it.
        left_down: left stick, -1..1, positive towards the operator.
        right_right: right stick, likewise.
        right_down: right stick, likewise.
        left_trigger: 0 released .. 1 pulled.
        right_trigger: likewise.

    Returns:
        Six values, sticks within -1..1, triggers within 0..1. A value that is not a number counts as rest.
    """
    return (
        _within(-left_right, -1.0),
        _within(-left_down, -1.0),
        _within(-right_right, -1.0),
        _within(-right_down, -1.0),
        _within(left_trigger, 0.0),
        _within(right_trigger, 0.0),
    )


def _within(value: float, lowest: float) -> float:
    # "+ 0.0" turns the -0.0 of a negated zero into 0.0, which reads better in a log.
    if lowest <= value <= 1.0:
        return value + 0.0
    return min(1.0, max(lowest, value)) if math.isfinite(value) else 0.0
