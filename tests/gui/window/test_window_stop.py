"""STOP from wherever the keys go: the bare window, a text field, the palette, an open menu."""

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.stop.presses import NOT_ACKNOWLEDGED
from twin.wire.clock import now_ns
from twin.wire.messages import ControlStatus

pytestmark = pytest.mark.display

Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.mark.parametrize("key", [Key.Key_Space, Key.Key_Escape])
def test_a_key_stops_and_a_second_press_settles(stage, key):
    stage.strike(key)
    stage.until(lambda: stage.levels() == ["HOLD"])
    stage.until(lambda: stage.window.stop_button.text == "HOLD acknowledged")
    stage.strike(key)
    stage.until(lambda: stage.levels() == ["HOLD", "SETTLE"])


def test_stop_is_on_the_wire_before_the_key_event_returns(stage):
    heard = threading.Event()

    def listen() -> None:
        while not heard.is_set():
            stage.voice.listen(now_ns())
            if stage.voice.stops:
                heard.set()

    ear = threading.Thread(target=listen)
    ear.start()
    stage.press(Key.Key_Space)  # from here on the window's event loop does not run
    arrived = heard.wait(30)
    heard.set()
    ear.join()
    stage.release(Key.Key_Space)
    assert arrived


def test_space_stops_from_a_text_field_and_writes_nothing(stage):
    field = stage.field()
    stage.strike(Key.Key_A)
    stage.strike(Key.Key_Space)
    stage.strike(Key.Key_B)
    stage.until(lambda: stage.levels() == ["HOLD"])
    assert field.text() == "ab"


def test_escape_stops_from_the_palette_and_closes_it(stage):
    stage.window.attempt("palette")
    stage.until(lambda: stage.window.palette_box.isVisible())
    stage.strike(Key.Key_Escape)
    stage.until(lambda: stage.levels() == ["HOLD"])
    assert not stage.window.palette_box.isVisible()


def test_space_stops_from_the_complete_window(whole_stage):
    whole_stage.strike(Key.Key_Space)  # its first OpenGL child made Qt replace the native window
    whole_stage.until(lambda: whole_stage.levels() == ["HOLD"])


def test_a_stop_that_the_robot_confirmed_is_ticked_off_in_the_preflight_list(whole_stage):
    health = whole_stage.window.workspaces[-1]
    panel = next(frame.panel for frame in health.frames if frame.name == "preflight")

    def verdict() -> str:
        return next((check.verdict for check in panel.checks if check.what == "STOP"), "")

    whole_stage.until(lambda: verdict() == "advisory")
    whole_stage.strike(Key.Key_Space)
    whole_stage.until(lambda: verdict() == "ok")


@pytest.mark.parametrize("key", [Key.Key_Space, Key.Key_Escape])
def test_a_key_stops_from_a_menu_that_has_just_opened_and_chooses_nothing(stage, key):
    stage.voice.state = "STANDBY"
    stage.until_allowed("arm")
    row = stage.window.tab_row.menus
    menu = row.actions()[0].menu()
    menu.popup(row.mapToGlobal(row.rect().bottomLeft()))
    menu.setActiveAction(menu.actions()[0])
    QTest.keyClick(menu.windowHandle(), key)
    stage.until(lambda: stage.levels() == ["HOLD"])
    assert stage.voice.asked == []
    assert menu.isVisible() == (key == Key.Key_Space)
    menu.close()


def test_space_held_for_a_second_cuts(stage):
    stage.press(Key.Key_Space)
    stage.until(lambda: stage.levels() == ["HOLD", "CUT"])
    stage.release(Key.Key_Space)


def test_shift_means_cut_only_while_it_is_not_the_hold_to_run(stage):

    def drives(device: str) -> None:
        stage.voice.device = device
        feed = stage.session.feed
        stage.until(lambda: feed.message("control.status", ControlStatus)[0].device == device)

    drives("keyboard")
    stage.strike(Key.Key_Space, SHIFT)
    stage.until(lambda: stage.levels() == ["HOLD"])
    drives("gamepad:0")
    stage.strike(Key.Key_Space, SHIFT)
    stage.until(lambda: stage.levels() == ["HOLD", "CUT"])


def test_the_button_acts_on_press(stage):
    QTest.mousePress(stage.window.stop_button, Qt.MouseButton.LeftButton)
    stage.until(lambda: stage.levels() == ["HOLD"])
    QTest.mouseRelease(stage.window.stop_button, Qt.MouseButton.LeftButton)


def test_a_stop_that_nobody_acknowledges_is_shown_as_that_and_repeated(stage):
    stage.voice.acknowledges_stop = False
    stage.strike(Key.Key_Space)
    stage.until(lambda: stage.window.stop_button.text == NOT_ACKNOWLEDGED)
    stage.until(lambda: "has not acknowledged STOP" in stage.window.alarm_line.text)
    repeated = len(stage.voice.stops)
    stage.until(lambda: len(stage.voice.stops) > repeated + 2)
    stage.voice.acknowledges_stop = True
    stage.until(lambda: stage.window.stop_button.text == "HOLD acknowledged")


def test_without_a_robot_the_button_says_so_and_does_nothing(stage):
    stage.speaking = False
    stage.until(lambda: stage.window.stop_button.text == "no robot")
    QTest.mouseClick(stage.window.stop_button, Qt.MouseButton.LeftButton)
    stage.pump(100)
    assert stage.levels() == []
