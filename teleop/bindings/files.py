"""Bindings as files: where they lie, and every mistake in one told with its row and what would be allowed."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from teleop.bindings.bindings import Axis, Bindings
from teleop.bindings.words import CONTROLS, DOES, KINDS, LAYERS, MOVES
from teleop.inputs.base import AXES
from twin import places
from twin.errors import SettingsError
from twin.file_faults import in_words


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
        raise SettingsError(
            f"{path}: {in_words(error)}; correct the file, or remove it to use the default"
        ) from error
    except ValueError as error:  # not TOML at all
        raise SettingsError(f"{path} is not valid TOML: {error}") from error
    if bindings.kind != kind:
        raise SettingsError(
            f"{path}: kind is {bindings.kind!r}, but a file of this name must say kind = {kind!r}"
        )
    buttons = CONTROLS[kind]
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
    buttons = CONTROLS[kind]
    axes = () if kind in ("keyboard", "mouse") else AXES
    _check(path, where, axis.moves, MOVES, "moves")
    if bool(axis.input) == bool(axis.positive or axis.negative):
        raise SettingsError(f"{path}: {where} needs either input, or positive and negative")
    for key, value in (("input", axis.input), ("positive", axis.positive), ("negative", axis.negative)):
        if value:
            _check(path, where, value, axes if key == "input" else buttons, key)
    if axis.held:
        _check(path, where, axis.held, buttons, "held")
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
                name = f"{axis.held} + {control}" if axis.held else control
                _take(path, layer, taken, name, axis.moves, layer in axis.layers)
        for button in bindings.button:
            name = f"{button.held} + {button.input}" if button.held else button.input
            # Holding a button and pressing it twice quickly are two things that one button can mean.
            name += " while held" if button.when == "while" else ""
            _take(path, layer, taken, name, button.does, layer in button.layers)


def _take(path: Path, layer: str, taken: dict[str, str], control: str, meaning: str, applies: bool) -> None:
    if not applies:
        return
    if control in taken:
        raise SettingsError(
            f"{path}: in the layer {layer!r}, {control!r} is both {taken[control]} and {meaning}; keep one of them"
        )
    taken[control] = meaning
