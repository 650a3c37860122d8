"""Bindings are data: which control of a device means what, in which layer, and what to call it in the hint bar."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec

from teleop.inputs.base import AXES, BUTTONS
from twin import places
from twin.errors import SettingsError
from twin.hands import PRESETS

KINDS = ("gamepad", "keyboard", "headset")
LAYERS = ("walk", "arms", "hands")
SCALES = ("slow", "normal", "fast")
SIDES = ("left", "right")

# What an axis may drive. hand.*: rates in the heading frame; wrist.*: rates in the hand's own frame.
MOVES = (
    *(f"hand.{axis}" for axis in ("x", "y", "z", "roll", "pitch", "yaw")),
    *(f"wrist.{axis}" for axis in ("roll", "pitch", "yaw")),
    "fingers.spread",
    "thumb.opposition",
    "closure.left",
    "closure.right",
    "closure.rate",
    # of a robot on its own feet: velocities in its heading, and the height of its body
    "base.x",
    "base.y",
    "base.yaw",
    "body.height",
)
# What a button may do.
DOES = (
    "other_side",
    "side.swap",
    "relatch",
    "ready_pose",
    "open_hand",
    "grasp.next",
    "grasp.previous",
    "grasp.lock",
    "grasp.unlock",
    *(f"grasp.{preset}" for preset in PRESETS),
    "record",
    "discard",
    "redo",
    "take.good",
    "take.bad",
    "task.next",
    "layer.next",
    "arm",
    "scale.next",
    "scale.slower",
    "scale.faster",
    "stop",
)
# What a headset's controllers have; "grip" is held while either grip is.
HEADSET_BUTTONS = (
    "grip",
    "left_grip",
    "right_grip",
    "a",
    "b",
    "x",
    "y",
    "left_stick",
    "right_stick",
    "both_sticks",
)
# The names under which the window reports its keys.
KEYS = (
    *"abcdefghijklmnopqrstuvwxyz0123456789",
    *(
        "shift",
        "space",
        "enter",
        "backspace",
        "tab",
        "escape",
        "up",
        "down",
        "left",
        "right",
        "minus",
        "equal",
    ),
)
_CONTROLS = {"gamepad": BUTTONS, "keyboard": KEYS, "headset": HEADSET_BUTTONS}


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file in which every unknown key is an error."""


class HoldToRun(_Strict, frozen=True, kw_only=True):
    """The digital control that must be held for anything to move."""

    input: str
    label: str
    title: str  # for sentences: "press the left bumper again"
    hint: str = "hold to move"


class Feel(_Strict, frozen=True, kw_only=True):
    """How sticks and triggers answer."""

    dead_zone: float = 0.10
    expo: float = 1.6
    trigger_dead_zone: float = 0.04


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

    order: tuple[Literal["walk", "arms", "hands"], ...] = ("walk", "arms", "hands")
    start: Literal["walk", "arms", "hands"] = "arms"


class Axis(_Strict, frozen=True, kw_only=True):
    """Something that is driven in proportion."""

    moves: str
    input: str = ""
    positive: str = ""  # a button that means +1, instead of ``input``
    negative: str = ""
    sign: float = 1.0
    layers: tuple[str, ...] = LAYERS
    label: str = ""
    hint: str = ""


class Button(_Strict, frozen=True, kw_only=True):
    """Something that happens once, or for as long as the control is held ("while")."""

    input: str
    does: str
    when: Literal["press", "release", "hold", "twice", "while"] = "press"
    hold_s: float = 0.5
    within_s: float = 2.0
    alone: tuple[str, ...] = ()  # not if one of these was held too
    held: str = ""  # only while this button is held; the row without it then waits
    layers: tuple[str, ...] = LAYERS
    label: str = ""
    hint: str = ""


class Bindings(_Strict, frozen=True, kw_only=True):
    """All that one kind of device means."""

    kind: Literal["gamepad", "keyboard", "headset"]
    title: str
    hold_to_run: HoldToRun
    scales: Scales
    feel: Feel = Feel()
    layers: Layers = Layers()
    axis: tuple[Axis, ...] = ()
    button: tuple[Button, ...] = ()

    def hints(self, layer: str) -> tuple[str, ...]:
        """What each control means in ``layer``, as "control=meaning", hold-to-run first.

        Rows with one label are one hint. Rows that only this layer has come before those of all layers.
        """
        found: dict[str, list[str]] = {self.hold_to_run.label: [self.hold_to_run.hint]}
        every: tuple[Axis | Button, ...] = (*self.axis, *self.button)
        rows = [row for row in every if layer in row.layers]
        for row in sorted(rows, key=lambda row: len(row.layers) == len(LAYERS)):
            meanings = found.setdefault(row.label, [])
            if row.hint and row.hint not in meanings:
                meanings.append(row.hint)
        return tuple(
            f"{label}={', '.join(meanings)}" for label, meanings in found.items() if label and meanings
        )


def load_bindings(name: str = "default") -> dict[str, Bindings]:
    """The bindings called ``name`` for every kind of device: the user's own files, else those that ship.

    Raises:
        SettingsError: there are none of that name, or a file has a fault; names the file and the row.
    """
    folders = (places.config_folder() / "bindings" / name, places.assets_folder() / "bindings" / name)
    if not any(folder.is_dir() for folder in folders):
        raise SettingsError(
            f"no bindings are called {name!r}: make the folder {folders[0]} (copy {folders[1].parent / 'default'} "
            "into it), or take `bindings` out of the settings"
        )
    default = places.assets_folder() / "bindings" / "default"
    return {kind: read_bindings(_first(kind, (*folders, default)), kind) for kind in KINDS}


def _first(kind: str, folders: Iterable[Path]) -> Path:
    paths = [folder / f"{kind}.toml" for folder in folders]
    return next((path for path in paths if path.is_file()), paths[-1])


def read_bindings(path: Path, kind: str) -> Bindings:
    """The bindings in the file ``path``, checked for a device of ``kind``.

    Raises:
        SettingsError: the file cannot be read or means nothing; the text names file, place and what is allowed.
    """
    try:
        bindings = msgspec.toml.decode(path.read_bytes(), type=Bindings)
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error
    except msgspec.MsgspecError as error:
        raise SettingsError(f"{path}: {error}; correct the file, or remove it to use the default") from error
    except ValueError as error:  # not TOML at all
        raise SettingsError(f"{path} is not valid TOML: {error}") from error
    if bindings.kind != kind:
        raise SettingsError(
            f"{path}: kind is {bindings.kind!r}, but a file of this name must say kind = {kind!r}"
        )
    buttons = _CONTROLS[kind]
    _check(path, "hold_to_run", bindings.hold_to_run.input, buttons, "input")
    for number, axis in enumerate(bindings.axis, 1):
        _check_axis(path, f"[[axis]] number {number} ({axis.label or axis.moves})", axis, kind)
    for number, button in enumerate(bindings.button, 1):
        where = f"[[button]] number {number} ({button.label or button.does})"
        _check(path, where, button.does, DOES, "does")
        for value in (button.input, *button.alone, *filter(None, (button.held,))):
            _check(path, where, value, buttons, "input")
        _check_layers(path, where, button.layers)
    _check_conflicts(path, bindings)
    return bindings


def _check_axis(path: Path, where: str, axis: Axis, kind: str) -> None:
    buttons = _CONTROLS[kind]
    axes = () if kind == "keyboard" else AXES
    _check(path, where, axis.moves, MOVES, "moves")
    if bool(axis.input) == bool(axis.positive or axis.negative):
        raise SettingsError(f"{path}: {where} needs either input, or positive and negative")
    for key, value in (("input", axis.input), ("positive", axis.positive), ("negative", axis.negative)):
        if value:
            _check(path, where, value, axes if key == "input" else buttons, key)
    _check_layers(path, where, axis.layers)


def _check(path: Path, where: str, value: str, allowed: tuple[str, ...], key: str) -> None:
    if value not in allowed:
        choice = ", ".join(allowed) if allowed else "nothing: this device has only buttons"
        raise SettingsError(f"{path}: {where}: {key} = {value!r} is unknown; it may be {choice}")


def _check_layers(path: Path, where: str, layers: tuple[str, ...]) -> None:
    for layer in layers:
        _check(path, where, layer, LAYERS, "layers")


def _check_conflicts(path: Path, bindings: Bindings) -> None:
    """One control must not mean two things in one layer."""
    held = bindings.hold_to_run.input
    for layer in LAYERS:
        taken: dict[str, str] = {held: "hold_to_run"}
        for axis in bindings.axis:
            for control in filter(None, (axis.input, axis.positive, axis.negative)):
                _take(path, layer, taken, control, axis.moves, layer in axis.layers)
        for button in bindings.button:
            control = f"{button.held} + {button.input}" if button.held else button.input
            _take(path, layer, taken, control, button.does, layer in button.layers)


def _take(path: Path, layer: str, taken: dict[str, str], control: str, meaning: str, applies: bool) -> None:
    if not applies:
        return
    if control in taken:
        raise SettingsError(
            f"{path}: in the layer {layer!r}, {control!r} is both {taken[control]} and {meaning}; keep one of them"
        )
    taken[control] = meaning
