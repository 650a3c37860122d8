"""What a person asks for: by key, button, menu and palette, and what is refused."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit

from twin.wire.messages import Reply

pytestmark = pytest.mark.display

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier


def test_arming_is_asked_of_control_and_its_answer_shown(stage):
    stage.voice.state = "STANDBY"
    stage.voice.answer = lambda _request: Reply(reason="another station drives")
    stage.until(lambda: stage.window.alarm_line.buttons["arm"].isVisible())
    stage.window.alarm_line.buttons["arm"].click()
    stage.until(lambda: stage.session.requests.latest.state == "refused")
    assert [request.action for request in stage.voice.asked] == ["arm"]
    assert stage.session.requests.latest.reason == "another station drives"


def test_a_protective_hold_is_acknowledged_with_one_button(stage):
    stage.voice.state, stage.voice.reason = "PROTECTIVE_HOLD", "a joint was too fast"
    button = stage.window.alarm_line.buttons["acknowledge"]
    stage.until(button.isVisible)
    button.click()
    stage.until(lambda: [request.action for request in stage.voice.asked] == ["acknowledge"])


def test_what_is_not_allowed_is_not_even_asked(stage):
    stage.window.attempt("arm")
    stage.pump(50)
    assert stage.voice.asked == []
    assert stage.session.requests.latest.reason == "the motors are on already"


def test_an_action_is_found_and_done_from_the_palette(stage):
    stage.voice.state = "STANDBY"
    stage.until_allowed("arm")
    stage.strike(Key.Key_K, CONTROL)
    stage.until(lambda: stage.window.palette_box.isVisible())
    for key in (Key.Key_A, Key.Key_R, Key.Key_M):
        stage.strike(key)
    assert stage.window.palette_box.titles()[0] == "Arm: motors on"
    stage.until_allowed("arm")  # a window that stood still hears no robot
    stage.strike(Key.Key_Return)
    stage.until(lambda: [request.action for request in stage.voice.asked] == ["arm"])
    assert not stage.window.palette_box.isVisible()


def test_a_take_is_discarded_only_when_asked_twice(stage):
    stage.window.attempt("record.discard")
    stage.pump(50)
    assert stage.voice.asked == []
    stage.window.attempt("record.discard")
    stage.until(lambda: [request.action for request in stage.voice.asked] == ["record.discard"])


def test_the_episode_panel_shows_the_queue_and_what_the_last_take_is_worth(whole_stage):
    panel = next(f.panel for f in whole_stage.window.workspaces[0].frames if f.name == "episode")

    def texts():
        return [label.text() for label in panel.widget().findChildren(QLabel) if not label.isHidden()]

    whole_stage.until(lambda: any(text.startswith("Task 1 of 4") for text in texts()))
    assert any("keep \u2014 nothing speaks against it" in text for text in texts())


def test_the_last_take_is_marked_and_the_queue_stepped_with_shortcuts(stage):
    stage.until_allowed("take.good")
    stage.strike(Key.Key_G, CONTROL)
    stage.strike(Key.Key_Right, CONTROL)
    stage.until(lambda: [request.action for request in stage.voice.asked] == ["take.mark", "queue.next"])
    assert [(a.name, a.value) for a in stage.voice.asked[0].arguments] == [("rating", "good")]


def test_the_task_is_written_with_underscores_because_space_is_stop(whole_stage):
    panel = next(f.panel for f in whole_stage.window.workspaces[0].frames if f.name == "episode")
    field = panel.widget().findChild(QLineEdit)
    whole_stage.voice.recording = False
    field.setFocus()
    whole_stage.until(field.hasFocus)
    QTest.keyClicks(field, "fold_towel")
    whole_stage.until_allowed("record.start")
    whole_stage.window.attempt("record.start")
    whole_stage.until(lambda: bool(whole_stage.voice.asked))
    assert [(a.name, a.value) for a in whole_stage.voice.asked[0].arguments] == [("task", "fold towel")]


def test_the_window_is_not_closed_while_the_robot_moves(stage):
    assert not stage.window.close()
    assert "release the hold-to-run" in stage.session.requests.latest.reason
    stage.voice.state = "HOLD"
    stage.until(lambda: not stage.session.mode.live)
    assert stage.window.close()


def test_a_menu_says_why_an_action_is_not_allowed(stage):
    stage.until_allowed("arm", "the motors are on already")
    menus = {action.text(): action.menu() for action in stage.window.tab_row.menus.actions()}
    stage.window.tab_row.fill(menus["Robot"], "Robot")
    entries = {entry.text().split("\t")[0]: entry for entry in menus["Robot"].actions()}
    assert not entries["Arm: motors on"].isEnabled()
    assert entries["Arm: motors on"].toolTip() == "the motors are on already"


def test_this_is_a_real_display():
    assert QGuiApplication.platformName() != "offscreen"
