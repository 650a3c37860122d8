"""Which control a person presses to bind it: the first one that is pressed or pushed far, and was not before."""

from collections.abc import Sequence

from teleop.inputs.base import AXES
from twin.wire.messages import InputSample

_FAR = 0.6  # of an axis, against where it was when the capture began

# Held whenever one of two others is: who presses that one means that one.
_NEVER_MEANT = frozenset(("grip",))
# These stop the robot whatever the bindings say, so nothing else may lie on them.
RESERVED = {"gamepad": ("back",), "keyboard": ("space", "escape"), "headset": ("both_sticks",)}


class Capture:
    """Waits for one control after the other."""

    def __init__(self, keys: Sequence[str], wants_axis: bool, held: str = "") -> None:
        """Wait for a control for each of ``keys``, in turn: an axis, or a button.

        ``held`` is a button that gives them another meaning: it may be pressed first, and is not what is meant.
        """
        self._ignored = _NEVER_MEANT | {held}
        self._keys, self._wants_axis = tuple(keys), wants_axis
        self.found: dict[str, str] = {}
        self._held: frozenset[str] | None = None  # not yet released since the last one
        self._rest: tuple[float, ...] = ()

    @property
    def waits_for(self) -> str:
        """The field whose control comes next; empty when all were pressed."""
        return next((key for key in self._keys if key not in self.found), "")

    def look(self, sample: InputSample) -> None:
        """Take in what the device says now."""
        down, axes = frozenset(sample.buttons), tuple(sample.axes.tolist())
        if self._held is None:
            self._held, self._rest = down, axes
            return
        self._held &= down
        pressed = self._pushed(axes) if self._wants_axis else sorted(down - self._held - self._ignored)
        if pressed and self.waits_for:
            self.found[self.waits_for] = pressed[0]
            self._held = down

    def _pushed(self, axes: tuple[float, ...]) -> list[str]:
        if len(axes) != len(AXES) or len(self._rest) != len(AXES):
            return []
        away = {name: abs(now - rest) for name, now, rest in zip(AXES, axes, self._rest, strict=True)}
        return [name for name in sorted(AXES, key=lambda each: -away[each]) if away[name] > _FAR]
