"""Keys: their names whatever Shift does to them, and that nothing stays held by mistake."""

import pytest
from PySide6.QtCore import Qt

from app.keyboard.keys import REPEAT_NS, HeldKeys, key_name
from twin.wire.messages import KeyState

MS = 1_000_000
Key = Qt.Key
W, ONE, SHIFT = (25, 0), (10, 0), (50, 0)


@pytest.fixture
def said() -> list[KeyState]:
    return []


@pytest.fixture
def held(said) -> HeldKeys:
    keys = HeldKeys(lambda state, _at_ns: said.append(state))
    keys.focus(True, 0)
    said.clear()
    return keys


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (Key.Key_W, "w"),
        (Key.Key_1, "1"),
        (Key.Key_Shift, "shift"),
        (Key.Key_Return, "enter"),
        (Key.Key_Enter, "enter"),
        (Key.Key_Tab, "tab"),
        (Key.Key_Backtab, "tab"),
        (Key.Key_Plus, "equal"),
        (Key.Key_Underscore, "minus"),
        (Key.Key_F5, None),
        (Key.Key_Control, None),
    ],
)
def test_keys_have_names_of_their_own(key, name):
    assert key_name(key) == name


def test_a_digit_is_the_same_key_under_shift_on_any_layout():
    assert key_name(Key.Key_Exclam) == "1"
    assert key_name(Key.Key_QuoteDbl, scan_code=11, platform="xcb") == "2"  # German: Shift+2 is a quote
    assert key_name(Key.Key_ParenLeft, scan_code=17, platform="xcb") == "8"  # German: Shift+8


def test_every_change_is_said_at_once(held, said):
    held.press("shift", SHIFT, 0)
    held.press("w", W, MS)
    held.release("w", W, 2 * MS)
    assert [state.keys for state in said] == [("shift",), ("shift", "w"), ("shift",)]


def test_what_is_held_is_said_again_every_fifty_milliseconds(held, said):
    held.press("w", W, 0)
    for at_ms in range(0, 500, 10):
        held.tick(at_ms * MS)
    assert len(said) == 1 + 490 // (REPEAT_NS // MS)
    assert all(state.keys == ("w",) for state in said)


def test_nothing_is_said_while_nothing_is_held(held, said):
    for at_ms in range(0, 500, 10):
        held.tick(at_ms * MS)
    assert said == []


def test_a_key_that_came_up_under_another_name_is_released(held):
    held.press("1", (0, Key.Key_Exclam), 0)  # pressed under Shift, with no scan code
    held.release("1", (0, Key.Key_1), MS)  # Shift came up in between
    assert held.names == ()


def test_two_shift_keys_are_one_until_both_are_up(held):
    held.press("shift", (50, 0), 0)
    held.press("shift", (62, 0), MS)
    held.release("shift", (50, 0), 2 * MS)
    assert held.names == ("shift",)
    held.release("shift", (62, 0), 3 * MS)
    assert held.names == ()


def test_losing_the_focus_releases_everything_and_says_so(held, said):
    held.press("shift", SHIFT, 0)
    held.press("w", W, 0)
    held.focus(False, MS)
    assert said[-1].keys == ()
    assert not said[-1].focused


def test_a_key_that_is_still_down_when_the_focus_returns_does_not_count(held, said):
    held.press("w", W, 0)
    held.focus(False, MS)
    held.focus(True, 2 * MS)
    held.tick(100 * MS)
    assert held.names == ()


def test_no_key_counts_without_focus(said):
    keys = HeldKeys(lambda state, _at_ns: said.append(state))
    keys.press("w", W, 0)
    assert keys.names == ()
