"""Bindings being changed by a person: a TOML document that keeps its comments, checked as control will check it.

Every change can be taken back. Nothing of it counts before it is saved into the user's own folder of bindings.
"""

import math
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit

from teleop.bindings.bindings import Bindings
from teleop.bindings.files import read_bindings
from twin import places
from twin.errors import SettingsError

SHIPPED = "default"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


@dataclass(frozen=True)
class Row:
    """One thing that a control means in a layer."""

    table: str  # "axis" | "button"
    place: int  # in its table of the file
    meaning: str  # e.g. "hand.x", "record"
    hint: str
    control: str  # as the file names it; "dpad_up / dpad_down" for a pair
    keys: tuple[str, ...]  # the fields that name a control: ("input",) or ("positive", "negative")
    when: str = ""
    held: str = ""


def user_folder(name: str) -> Path:
    """Where the user's bindings called ``name`` lie."""
    return places.config_folder() / "bindings" / name


def names() -> tuple[str, ...]:
    """All bindings there are: the ones that ship, and the user's own."""
    folder = places.config_folder() / "bindings"
    own = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    return (SHIPPED, *(name for name in own if name != SHIPPED))


def check_name(name: str) -> None:
    """Whether bindings may be saved as ``name``.

    Raises:
        SettingsError: they may not; says why.
    """
    if name == SHIPPED:
        raise SettingsError("'default' is what ships with the program: save yours under another name")
    if not _NAME.fullmatch(name):
        raise SettingsError(
            f"bindings cannot be called {name!r}: use letters, digits, - and _, at most 40 of them"
        )


class BindingsDraft:
    """The file of one kind of device."""

    def __init__(self, kind: str, name: str) -> None:
        """Begin with the bindings called ``name``; a kind that they leave out is the one that ships.

        Raises:
            SettingsError: the file cannot be read or used.
        """
        self.kind, self.name = kind, name
        shipped = places.assets_folder() / "bindings" / SHIPPED / f"{kind}.toml"
        own = user_folder(name) / f"{kind}.toml"
        self._take(own if own.is_file() else shipped)
        self._before: list[str] = []

    def _take(self, path: Path) -> None:
        self.bindings = read_bindings(path, self.kind)
        self._text = path.read_text(encoding="utf-8")
        self._document = tomlkit.parse(self._text)
        self.saved_text = self._text

    @property
    def is_changed(self) -> bool:
        """Whether something is not saved."""
        return self._text != self.saved_text

    @property
    def text(self) -> str:
        """The file as it would be saved."""
        return self._text

    # --- what there is ------------------------------------------------------------------------------------

    def rows(self, layer: str) -> list[Row]:
        """What the controls mean in ``layer``: first those of this layer alone, axes before buttons."""
        found: list[tuple[int, Row]] = []
        for place, axis in enumerate(self.bindings.axis):
            if layer in axis.layers:
                keys = ("input",) if axis.input else ("positive", "negative")
                control = axis.input or " / ".join(filter(None, (axis.positive, axis.negative)))
                row = Row("axis", place, axis.moves, axis.hint, control, keys, held=axis.held)
                found.append((len(axis.layers), row))
        for place, button in enumerate(self.bindings.button):
            if layer in button.layers:
                row = Row(
                    "button",
                    place,
                    button.does,
                    button.hint,
                    button.input,
                    ("input",),
                    button.when,
                    button.held,
                )
                found.append((len(button.layers), row))
        return [row for _, row in sorted(found, key=lambda pair: pair[0])]

    def feel(self, key: str) -> float:
        """A value of ``[feel]``."""
        return float(getattr(self.bindings.feel, key))

    # --- changing -----------------------------------------------------------------------------------------

    def rebind(self, row: Row, controls: Mapping[str, str], label: str) -> str:
        """Let other controls do what ``row`` says; why that cannot be, or nothing.

        Args:
            row: of ``rows``.
            controls: by ``row.keys``, as the file names them.
            label: what they are called in the hint bar.
        """

        def change(document: Any) -> None:
            table = document[row.table][row.place]
            table.update(controls)
            if row.keys == ("input",) and not row.held:
                table["label"] = label

        return self._change(change)

    def swap(self, row: Row, other: Row) -> str:
        """Let two rows change places; why that cannot be, or nothing."""

        def change(document: Any) -> None:
            first, second = document[row.table][row.place], document[other.table][other.place]
            for key in ("input", "label"):
                one, two = first.get(key, ""), second.get(key, "")
                first[key], second[key] = two, one

        return self._change(change)

    def set_feel(self, key: str, value: float) -> str:
        """Change a value of ``[feel]``; why that cannot be, or nothing."""

        def change(document: Any) -> None:
            document.setdefault("feel", tomlkit.table())[key] = round(value, 3)

        return self._change(change)

    def _change(self, change: Callable[[Any], None]) -> str:
        document = tomlkit.parse(self._text)
        change(document)
        return self._use(tomlkit.dumps(document))

    def _use(self, text: str) -> str:
        """Take on ``text`` if control would; why not, or nothing."""
        if text == self._text:
            return ""
        try:
            bindings = checked(text, self.kind)
        except SettingsError as error:
            return str(error)
        self._before.append(self._text)
        self._text, self.bindings = text, bindings
        return ""

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._before)

    def undo(self) -> None:
        """Take the last change back."""
        if self._before:
            self._text = self._before.pop()
            self.bindings = checked(self._text, self.kind)

    # --- files --------------------------------------------------------------------------------------------

    def save(self, name: str) -> Path:
        """Write the file into the user's bindings called ``name``.

        Raises:
            SettingsError: the name cannot be, or the file cannot be written.
        """
        check_name(name)
        path = user_folder(name) / f"{self.kind}.toml"
        write(path, self._text)
        self.name, self.saved_text = name, self._text
        return path

    def export(self, path: Path) -> None:
        """Write a copy for another station.

        Raises:
            SettingsError: it cannot be written.
        """
        write(path, self._text)

    def take_from(self, path: Path) -> str:
        """Take on the file of another station, as a change that can be taken back; why it cannot be, or nothing."""
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            return f"{path} cannot be read: {error}"
        reason = self._use(text)
        return reason.replace(_CHECKED_AS, str(path))


_CHECKED_AS = "these bindings"


def checked(text: str, kind: str) -> Bindings:
    """The bindings in ``text``, as control would read them.

    Raises:
        SettingsError: control would refuse them; names the row.
    """
    with tempfile.TemporaryDirectory(prefix="understudy-bindings-") as folder:
        path = Path(folder) / f"{kind}.toml"
        path.write_text(text, encoding="utf-8")
        try:
            return read_bindings(path, kind)
        except SettingsError as error:
            raise SettingsError(str(error).replace(str(path), _CHECKED_AS)) from None


def write(path: Path, text: str) -> None:
    """Put ``text`` in the place of ``path`` in one step.

    Raises:
        SettingsError: it cannot be written.
    """
    unfinished = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}; choose another place") from error


def dead_zone_of(rests: Iterable[tuple[float, float]]) -> float | None:
    """The dead zone that keeps a resting stick still: half as much again as it ever strayed, at least 0.04.

    Args:
        rests: x and y of a stick that nobody touches, over a second or two.

    Returns:
        0.04..0.3; None if the stick was not at rest, or hardly anything was seen.
    """
    strayed = [math.hypot(x, y) for x, y in rests]
    if len(strayed) < 10 or max(strayed) > 0.25:
        return None
    return round(min(0.3, max(0.04, 1.5 * max(strayed) + 0.01)), 3)
