"""Keys held down in the window: what drives the robot from the keyboard, and what must let it go.

Keys count only while the window is in front and no text is being written. Whatever ends that (another window,
a menu, a text field, a locked screen) releases them all at once.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from twin.wire.clock import NS_PER_MS
from twin.wire.messages import KeyState

REPEAT_NS = 50 * NS_PER_MS  # said again so often while anything is held, so that silence means release

STOP_KEYS = frozenset({"space", "escape"})

_Key = Qt.Key
_NAMED = {
    _Key.Key_Shift: "shift",
    _Key.Key_Space: "space",
    _Key.Key_Return: "enter",
    _Key.Key_Enter: "enter",
    _Key.Key_Backspace: "backspace",
    _Key.Key_Tab: "tab",
    _Key.Key_Backtab: "tab",  # Shift+Tab: Shift is the hold-to-run
    _Key.Key_Escape: "escape",
    _Key.Key_Up: "up",
    _Key.Key_Down: "down",
    _Key.Key_Left: "left",
    _Key.Key_Right: "right",
    _Key.Key_Minus: "minus",
    _Key.Key_Underscore: "minus",
    _Key.Key_Equal: "equal",
    _Key.Key_Plus: "equal",
    _Key.Key_Comma: "comma",
    _Key.Key_Less: "comma",
    _Key.Key_Period: "period",
    _Key.Key_Greater: "period",
}
# What the digits become under Shift on a US keyboard, for platforms whose scan codes we do not know.
_SHIFTED_DIGITS = dict(
    zip(
        (
            _Key.Key_Exclam,
            _Key.Key_At,
            _Key.Key_NumberSign,
            _Key.Key_Dollar,
            _Key.Key_Percent,
            _Key.Key_AsciiCircum,
            _Key.Key_Ampersand,
            _Key.Key_Asterisk,
            _Key.Key_ParenLeft,
            _Key.Key_ParenRight,
        ),
        "1234567890",
        strict=True,
    )
)
# X11 and Wayland number keys by place (evdev + 8): the digit row, whatever the layout prints on it.
_SCANNED = dict(zip(range(10, 20), "1234567890", strict=True)) | {
    20: "minus",
    21: "equal",
}
_OTHER_MEANING = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


def key_name(key: int, scan_code: int = 0, platform: str = "") -> str | None:
    """The name under which a key drives, or None if it does not.

    Args:
        key: a ``Qt.Key``, which changes with Shift.
        scan_code: the key's place, 0 if unknown.
        platform: Qt's name of it, e.g. "xcb"; says what the scan code means.
    """
    if platform in ("xcb", "wayland") and scan_code in _SCANNED:
        return _SCANNED[scan_code]
    if _Key.Key_A <= key <= _Key.Key_Z or _Key.Key_0 <= key <= _Key.Key_9:
        return chr(key).lower()
    try:
        known = _Key(key)
    except ValueError:
        return None
    return _NAMED.get(known) or _SHIFTED_DIGITS.get(known)


def drives(event: QKeyEvent) -> bool:
    """Whether the key stands for itself and not for a shortcut."""
    return not event.modifiers() & _OTHER_MEANING


class HeldKeys:
    """Which keys are down, told to ``say`` on every change and each 50 ms while any is held."""

    def __init__(self, say: Callable[[KeyState, int], None]) -> None:
        """``say(state, now_ns)`` puts it on the wire."""
        self._say = say
        self._held: dict[tuple[int, int], str] = {}  # (scan code, key if that is unknown) -> name
        self._focused = False
        self._said_ns = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the keys that are down, each once."""
        return tuple(dict.fromkeys(self._held.values()))

    def press(self, name: str, place: tuple[int, int], now_ns: int) -> None:
        """The key ``name`` at ``place`` went down."""
        if self._focused and self._held.get(place) != name:
            self._held[place] = name
            self._speak(now_ns)

    def release(self, name: str, place: tuple[int, int], now_ns: int) -> None:
        """The key at ``place``, or if that is not known the key ``name``, came up."""
        if place in self._held:
            del self._held[place]
        elif name in self._held.values():
            # Shift came up in between, and the key now goes by another name and number.
            self._held = {at: held for at, held in self._held.items() if held != name}
        else:
            return
        self._speak(now_ns)

    def focus(self, focused: bool, now_ns: int) -> None:
        """Keys count from now on, or no longer; without focus nothing is held."""
        if focused == self._focused:
            return
        self._focused = focused
        self._held.clear()
        self._speak(now_ns)

    def tick(self, now_ns: int) -> None:
        """Repeat while anything is held."""
        if self._held and now_ns - self._said_ns >= REPEAT_NS:
            self._speak(now_ns)

    def _speak(self, now_ns: int) -> None:
        self._said_ns = now_ns
        self._say(KeyState(keys=self.names, focused=self._focused), now_ns)


def place_of(event: QKeyEvent) -> tuple[int, int]:
    """What stays the same between a key's press and its release."""
    scan_code = event.nativeScanCode()
    return (scan_code, 0) if scan_code else (0, event.key())
