"""The left for the right: the controls of a pad changed over for left-handed people."""

from msgspec.structs import replace

from teleop.bindings.bindings import Axis, Bindings, Button

_CONTROLS = {
    "left_x": "right_x",
    "left_y": "right_y",
    "left_stick": "right_stick",
    "left_shoulder": "right_shoulder",
}
_BOTH_WAYS = _CONTROLS | {right: left for left, right in _CONTROLS.items()}
_WORDS = (
    ("left bumper", "right bumper"),
    ("Left stick", "Right stick"),
    ("left stick", "right stick"),
    ("LB", "RB"),
    ("L3", "R3"),
)


def for_left_handed(bindings: Bindings) -> Bindings:
    """``bindings`` with sticks and bumpers changed over; a trigger stays with the hand it closes.

    Signs stay: left is left for both hands. Only pads have sides; other devices are returned as they are.
    """
    if bindings.kind != "gamepad":
        return bindings
    press = bindings.hold_to_run
    return replace(
        bindings,
        hold_to_run=replace(
            press, input=_other(press.input), label=_words(press.label), title=_words(press.title)
        ),
        axis=tuple(_axis(row) for row in bindings.axis),
        button=tuple(_button(row) for row in bindings.button),
    )


def _axis(row: Axis) -> Axis:
    return replace(
        row,
        input=_other(row.input),
        positive=_other(row.positive),
        negative=_other(row.negative),
        held=_other(row.held),
        label=_words(row.label),
    )


def _button(row: Button) -> Button:
    return replace(
        row,
        input=_other(row.input),
        held=_other(row.held),
        alone=tuple(_other(name) for name in row.alone),
        label=_words(row.label),
    )


def _other(control: str) -> str:
    return _BOTH_WAYS.get(control, control)


def _words(text: str) -> str:
    """``text`` with every left control called by its right name and the reverse."""
    for place, (left, right) in enumerate(_WORDS):
        marks = f"\0{place}l", f"\0{place}r"
        text = text.replace(left, marks[1]).replace(right, marks[0])
    for place, (left, right) in enumerate(_WORDS):
        text = text.replace(f"\0{place}l", left).replace(f"\0{place}r", right)
    return text
