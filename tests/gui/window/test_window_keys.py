"""Keys that drive, and when they let go."""

import pytest
from PySide6.QtCore import Qt

pytestmark = pytest.mark.display

Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


def test_keys_drive_while_held_and_are_repeated(stage):
    stage.press(Key.Key_Shift)
    stage.press(Key.Key_W, SHIFT)
    stage.until(lambda: sum(set(state.keys) == {"shift", "w"} for state in stage.keys) >= 3)
    stage.release(Key.Key_W, SHIFT)
    stage.release(Key.Key_Shift)
    stage.until_held()


def test_no_key_drives_while_text_is_written(stage):
    stage.press(Key.Key_Shift)
    stage.press(Key.Key_W, SHIFT)
    stage.until(lambda: any(set(state.keys) == {"shift", "w"} for state in stage.keys))
    field = stage.field()
    stage.until_held()
    stage.keys.clear()
    stage.strike(Key.Key_W, SHIFT)
    stage.pump(100)
    assert field.text().lower() == "w"
    assert not any(state.keys for state in stage.keys)


def test_a_window_that_is_hidden_lets_go_of_the_robot(stage):
    stage.press(Key.Key_Shift)
    stage.until_held("shift")
    stage.window.hide()
    stage.until_held()


def test_a_headset_at_the_door_is_asked_about_and_let_in_by_a_key_while_the_keyboard_drives(stage):
    assert stage.window.attempt("headset.allow") is None
    assert not any(request.action == "headset.allow" for request in stage.voice.asked)  # nobody waits
    stage.voice.knocking = "Quest 3"
    stage.until(lambda: stage.window.headset_door.box.isVisible())
    stage.press(Key.Key_Shift)
    stage.until_held("shift")
    stage.release(Key.Key_Shift)
    stage.strike(Key.Key_Y, Qt.KeyboardModifier.AltModifier)
    stage.until(lambda: any(request.action == "headset.allow" for request in stage.voice.asked))
    stage.window.attempt("headset.link")
    assert not stage.window.headset_door.box.isVisible()
    stage.pump(600)
    assert not stage.window.headset_door.box.isVisible()  # one knock is one question


def test_a_shortcut_is_no_driving_key(stage):
    stage.strike(Key.Key_K, CONTROL)
    stage.until(lambda: stage.window.palette_box.isVisible())
    assert not any("k" in state.keys for state in stage.keys)


def test_function_keys_work_while_shift_holds_to_run(stage):
    stage.press(Key.Key_Shift)
    stage.strike(Key.Key_F2, SHIFT)
    stage.until(lambda: stage.window.stack.currentIndex() == 1)
