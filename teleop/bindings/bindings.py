"""Bindings are data: which control of a device means what, in which layer, and what to call it in the hint bar."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from teleop.bindings.words import LAYERS


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file in which every unknown key is an error."""


class HoldToRun(_Strict, frozen=True, kw_only=True):
    """The digital control that must be held for anything to move."""

    input: str
    label: str
    title: str  # for sentences: "press the left bumper again"
    hint: str = "hold to move"
    latch: bool = False  # a press holds until the next press; or until nothing has moved for a while
    drops_after_s: Annotated[float, Meta(ge=1.0, le=30.0)] = 4.0  # without a deflection, if it latches


class Feel(_Strict, frozen=True, kw_only=True):
    """How sticks and triggers answer, and how a pad answers the hand."""

    dead_zone: Annotated[float, Meta(ge=0.0, le=0.5)] = 0.10
    expo: Annotated[float, Meta(ge=1.0, le=4.0)] = 1.6
    trigger_dead_zone: Annotated[float, Meta(ge=0.0, le=0.3)] = 0.04
    rumble: Annotated[float, Meta(ge=0.0, le=1.0)] = (
        1.0  # how strongly a pad tells of what holds the robot back
    )


class Scale(_Strict, frozen=True, kw_only=True):
    """Speeds at full deflection."""

    linear_m_s: float
    angular_rad_s: float
    reach: float = 1.0  # way of the robot's hand over that of a hand it follows


class Scales(_Strict, frozen=True, kw_only=True):
    """The scales one steps through."""

    slow: Scale
    normal: Scale
    fast: Scale
    order: tuple[Literal["slow", "normal", "fast"], ...] = ("slow", "normal", "fast")
    start: Literal["slow", "normal", "fast"] = "normal"

    def of(self, name: str) -> Scale:
        """The scale called ``name``."""
        return {"slow": self.slow, "normal": self.normal, "fast": self.fast}[name]


class Layers(_Strict, frozen=True, kw_only=True):
    """The layers one steps through."""

    order: tuple[Literal["walk", "arms", "hands", "body"], ...] = ("walk", "arms", "hands")
    start: Literal["walk", "arms", "hands", "body"] = "arms"


class Axis(_Strict, frozen=True, kw_only=True):
    """Something that is driven in proportion."""

    moves: str
    input: str = ""
    positive: str = ""  # a button that means +1, instead of ``input``
    negative: str = ""
    sign: float = 1.0
    held: str = ""  # only while this button is held; the rows without it then wait
    layers: tuple[str, ...] = LAYERS
    label: str = ""
    hint: str = ""


class Button(_Strict, frozen=True, kw_only=True):
    """Something that happens once, or for as long as the control is held ("while")."""

    input: str
    does: str
    when: Literal["press", "release", "hold", "twice", "repeat", "while"] = "press"
    hold_s: float = 0.5
    within_s: float = 2.0
    every_s: float = 0.2  # "repeat": at the press, and so often again after half a second
    alone: tuple[str, ...] = ()  # not if one of these was held too
    held: str = ""  # only while this button is held; the row without it then waits
    layers: tuple[str, ...] = LAYERS
    label: str = ""
    hint: str = ""


class Bindings(_Strict, frozen=True, kw_only=True):
    """All that one kind of device means."""

    kind: Literal["gamepad", "keyboard", "headset", "mouse"]
    title: str
    hold_to_run: HoldToRun
    scales: Scales
    feel: Feel = Feel()
    layers: Layers = Layers()
    axis: tuple[Axis, ...] = ()
    button: tuple[Button, ...] = ()

    def hints(self, layer: str, can_walk: bool = True) -> tuple[str, ...]:
        """What each control means in ``layer``, as "control=meaning", hold-to-run first.

        Rows with one label are one hint. Rows that only this layer has come before those of all layers. What moves
        the legs is left out for a robot that hangs.
        """
        found: dict[str, list[str]] = {self.hold_to_run.label: [self.hold_to_run.hint]}
        every: tuple[Axis | Button, ...] = (*self.axis, *self.button)
        rows = [row for row in every if layer in row.layers and (can_walk or not _is_of_legs(row))]
        for row in sorted(rows, key=lambda row: len(row.layers) == len(LAYERS)):
            meanings = found.setdefault(row.label, [])
            if row.hint and row.hint not in meanings:
                meanings.append(row.hint)
        return tuple(
            f"{label}={', '.join(meanings)}" for label, meanings in found.items() if label and meanings
        )


def _is_of_legs(row: Axis | Button) -> bool:
    """Whether ``row`` means nothing to a robot that hangs by its base."""
    return (row.moves if isinstance(row, Axis) else row.does).startswith(("base.", "body.", "trim."))
