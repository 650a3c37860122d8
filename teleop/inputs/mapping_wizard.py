"""Asks for one control after the other of a pad that SDL does not know, and makes SDL's line of mapping of it.

Knows no device and no clock: it is shown raw reports and says what to press next.
"""

from typing import NamedTuple

_PUSHED, _BEGUN, _RESTS = 0.6, 0.15, 0.25  # of an axis' way: pushed, no longer at rest, back again
# SDL's names, in the order in which a hand finds them easily.
STEPS = (
    ("a", "press the lower of the four buttons at the right (A, ✕)"),
    ("b", "press the right one of them (B, ○)"),
    ("x", "press the left one (X, □)"),
    ("y", "press the upper one (Y, △)"),
    ("leftshoulder", "press the left bumper (LB, L1)"),
    ("rightshoulder", "press the right bumper (RB, R1)"),
    ("lefttrigger", "pull the left trigger all the way (LT, L2)"),
    ("righttrigger", "pull the right trigger all the way (RT, R2)"),
    ("back", "press the left one of the small buttons in the middle (Back, Share)"),
    ("start", "press the right one (Start, Options)"),
    ("leftx", "push the left stick to the right"),
    ("lefty", "pull the left stick towards you"),
    ("rightx", "push the right stick to the right"),
    ("righty", "pull the right stick towards you"),
    ("leftstick", "press the left stick in"),
    ("rightstick", "press the right stick in"),
    ("dpup", "press the cross upwards"),
    ("dpdown", "press the cross downwards"),
    ("dpleft", "press the cross to the left"),
    ("dpright", "press the cross to the right"),
)
_STICKS = ("leftx", "lefty", "rightx", "righty")


class Raw(NamedTuple):
    """One report of a joystick, as its driver numbers things."""

    axes: tuple[float, ...]  # -1..1
    buttons: tuple[bool, ...]
    hats: tuple[int, ...]  # bits: 1 up, 2 right, 4 down, 8 left


class MappingWizard:
    """One pad."""

    def __init__(self, rest: Raw) -> None:
        """``rest``: the report while nothing is touched."""
        self._rest = rest
        self._place = 0
        self._waits = False  # for everything to be let go of
        self.found: dict[str, str] = {}  # control -> element, e.g. "a" -> "b0"
        self.note = ""  # what was wrong with the last press

    @property
    def prompt(self) -> str:
        """What to do now; empty at the end."""
        if self._waits:
            return "let go"
        return STEPS[self._place][1] if self._place < len(STEPS) else ""

    def skip(self) -> None:
        """The pad has no such control."""
        if self._place < len(STEPS):
            self._place += 1

    def see(self, raw: Raw) -> None:
        """Take in a report."""
        if self._place >= len(STEPS) and not self._waits:
            return
        if self._waits:
            self._waits = not self._is_at_rest(raw)
            return
        control = STEPS[self._place][0]
        element = self._element(raw, control)
        if not element:
            return
        taken = next((name for name, each in self.found.items() if each == element), None)
        self.note = f"that is {taken} already" if taken else ""
        self._waits = True
        if taken is None:
            self.found[control] = element
            self._place += 1

    def _is_at_rest(self, raw: Raw) -> bool:
        near = all(abs(now - rest) < _RESTS for now, rest in zip(raw.axes, self._rest.axes, strict=True))
        return near and not any(raw.buttons) and raw.hats == self._rest.hats

    def _element(self, raw: Raw, control: str) -> str:
        """SDL's name of what is pushed now for ``control``; empty while nothing is, or not far enough."""
        ways = [now - rest for now, rest in zip(raw.axes, self._rest.axes, strict=True)]
        farthest = max(range(len(ways)), key=lambda axis: abs(ways[axis]), default=-1)
        way = ways[farthest] if ways else 0.0
        if control in _STICKS:
            if abs(way) < _PUSHED:
                return ""
            return f"a{farthest}" if way > 0 else f"a{farthest}~"
        if control.endswith("trigger") and abs(way) > _BEGUN:
            # Many pads report a trigger as axis and as button: the axis says more, and arrives in parts.
            if abs(way) < _PUSHED:
                return ""
            if self._rest.axes[farthest] < -_PUSHED:
                return f"a{farthest}"
            return f"+a{farthest}" if way > 0 else f"-a{farthest}"
        button = next((number for number, down in enumerate(raw.buttons) if down), None)
        if button is not None:
            return f"b{button}"
        for number, bits in enumerate(raw.hats):
            if bits in (1, 2, 4, 8):
                return f"h{number}.{bits}"
        if control.startswith("dp") and abs(way) > _PUSHED:
            return f"+a{farthest}" if way > 0 else f"-a{farthest}"
        return ""

    def line(self, guid: str, name: str, platform: str) -> str:
        """The line of SDL's controller mappings for the pad; ``platform`` as SDL calls it, e.g. "Linux"."""
        parts = [f"{control}:{element}" for control, element in self.found.items()]
        return ",".join((guid, name.replace(",", " "), *parts, f"platform:{platform}", ""))


def with_line(text: str, line: str) -> str:
    """The file of mappings ``text`` with ``line`` in it, instead of an older one for the same pad."""
    guid = line.split(",")[0]
    kept = [each for each in text.splitlines() if each.split(",")[0] != guid]
    return "\n".join([*kept, line]) + "\n"
