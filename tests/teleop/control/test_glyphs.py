"""Hints name the controls as they are printed on the pad in the operator's hands."""

import pytest

from teleop.bindings.files import load_bindings
from teleop.bindings.glyphs import printed

HINTS = ("LB=hold to move", "RB + A B Y=take good, bad, redo", "X (hold)=arm to ready pose", "D-pad=A to B")


@pytest.mark.parametrize("name", ["Xbox One Controller", "8BitDo Pro 2", "Logitech F310", "Virtual Gamepad"])
def test_a_pad_with_xbox_letters_is_told_as_the_bindings_are(name):
    assert printed(HINTS, name) == HINTS


@pytest.mark.parametrize("name", ["DualSense Wireless Controller", "PS4 Controller", "Sony DualShock 4"])
def test_a_playstation_pad_has_its_own_signs(name):
    assert printed(HINTS, name) == (
        *("L1=hold to move", "R1 + ✕ ○ △=take good, bad, redo", "□ (hold)=arm to ready pose"),
        "D-pad=A to B",
    )


def test_a_nintendo_pad_keeps_its_letters_where_they_are_printed():
    assert printed(HINTS, "Nintendo Switch Pro Controller")[:2] == (
        "L=hold to move",
        "R + A B Y=take good, bad, redo",
    )


def test_no_hint_of_any_layer_is_lost():
    pad = load_bindings()["gamepad"]
    for layer in ("walk", "arms", "hands", "joint"):
        hints = pad.hints(layer)
        found = printed(hints, "PS5 Controller")
        assert len({hint.partition("=")[0] for hint in found}) == len(hints)
        assert [hint.partition("=")[2] for hint in found] == [hint.partition("=")[2] for hint in hints]
