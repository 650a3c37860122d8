"""A headset's controllers as any other device has them: named axes and buttons.

A controller that went missing keeps its trigger where it was: a hand must not open because a battery died.
"""

from teleop.inputs.base import Reading, normalised
from twin.wire.messages import XrSample

KIND = "headset"
ASKS = "asks"  # stands for the number of a headset that waits to be let in
# Held for "either grip is held", and for the grip of one hand.
HOLD, GRIPS = "grip", {"left": "left_grip", "right": "right_grip"}

STOP = "both_sticks"

_BOTH_STICKS = frozenset(("left_stick", "right_stick"))
# Numbers of buttons in the xr-standard mapping; the menu is in none, browsers keep it, and only OpenXR hands it over.
_TRIGGER, _STICK, _LOWER, _UPPER, _MENU = 0, 3, 4, 5, 7
_NAMES = {
    "left": {_STICK: "left_stick", _LOWER: "x", _UPPER: "y", _MENU: "menu"},
    "right": {_STICK: "right_stick", _LOWER: "a", _UPPER: "b"},
}
_PRESSED = 0.5
_PUSHED_FROM = 0.7
_AXES = 4  # the last two are the stick, right and down positive


def _pushed(stick: str, right: float, down: float) -> list[str]:
    """The direction in which ``stick`` is pushed, as a button; none while it is near its centre."""
    if max(abs(right), abs(down)) < _PUSHED_FROM:
        return []
    if abs(right) > abs(down):
        return [f"{stick}_{'right' if right > 0 else 'left'}"]
    return [f"{stick}_{'down' if down > 0 else 'up'}"]


class Controls:
    """Reads the controllers of one headset."""

    def __init__(self, device: str, name: str) -> None:
        """Nothing is pulled yet."""
        self._device, self._name = device, name
        self._triggers = {"left": 0.0, "right": 0.0}

    def read(self, sample: XrSample, changed_ns: int) -> Reading:
        """The controllers in ``sample``, which came at ``changed_ns``."""
        buttons: list[str] = []
        sticks = dict.fromkeys(GRIPS, (0.0, 0.0))
        for hand in sample.hands:
            if hand.held:
                buttons += [GRIPS[hand.side]] if HOLD in buttons else [HOLD, GRIPS[hand.side]]
            pressed = hand.buttons.tolist()
            if not pressed:
                continue
            self._triggers[hand.side] = pressed[_TRIGGER]
            if max(pressed) > _PRESSED:
                buttons += [
                    name
                    for number, name in _NAMES[hand.side].items()
                    if number < len(pressed) and pressed[number] > _PRESSED
                ]
            if len(hand.axes) == _AXES:
                _, _, right, down = hand.axes.tolist()
                sticks[hand.side] = right, down
        for side, names in _NAMES.items():
            if names[_STICK] in buttons:  # pressed in it chooses, and turns nothing
                buttons += _pushed(names[_STICK], *sticks[side])
                sticks[side] = (0.0, 0.0)
        if _BOTH_STICKS.issubset(buttons):
            buttons.append(STOP)
        axes = normalised(*sticks["left"], *sticks["right"], *self._triggers.values())
        return Reading(
            self._device, KIND, self._name, True, True, axes, tuple(buttons), changed_ns, xr=sample
        )

    def gone(self, at_ns: int) -> Reading:
        """The last word about it."""
        return Reading(self._device, KIND, self._name, False, True, (0.0,) * 6, (), at_ns)
