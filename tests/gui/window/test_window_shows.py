"""What the window shows, with panels and without."""

import pytest
from PySide6.QtCore import QPoint, Qt
from station_voice import HINTS
from window_stage import WindowStage

from app.panels import base
from twin.errors import GraphicsError
from twin.robot import find_robot
from twin.station import Station
from twin.wire.bus import Listener
from twin.wire.messages import LatencyStage

pytestmark = pytest.mark.display

Key = Qt.Key


def border(stage: WindowStage) -> str:
    return str(stage.window.grab().toImage().pixelColor(QPoint(1, stage.window.height() // 2)).name())


def test_the_frame_shines_only_while_the_robot_may_move(stage):
    stage.until(lambda: border(stage) == stage.window.theme.color("live").name())
    stage.voice.state = "HOLD"
    stage.until(lambda: border(stage) == stage.window.theme.color("background").name())


def test_the_hints_are_controls_own(stage):
    stage.until(lambda: [f"{control}={what}" for control, what in stage.window.hint_bar.hints] == list(HINTS))
    stage.speaking = False
    stage.until(lambda: ("Space", "STOP") in stage.window.hint_bar.hints)


def test_a_broken_robot_folder_is_named_where_the_panels_would_be(stage):
    stage.until(lambda: stage.window.builder.complete)
    sentences = {frame.failed for page in stage.window.workspaces for frame in page.frames}
    assert len(sentences) == 1
    assert "/nowhere" in sentences.pop()


def test_a_panel_that_cannot_be_takes_nothing_else_away(
    monkeypatch, station_folder, optimus, qtbot, settings_home
):
    real = base.create_panel

    def create(name, context):
        if name == "twin":
            raise GraphicsError("this machine has no OpenGL; drive by the cameras")
        if name == "limbs":
            raise ZeroDivisionError
        return real(name, context)

    monkeypatch.setattr("app.frame.panel_frame.create_panel", create)
    station = Station(folder=str(station_folder), robot_folder=str(find_robot("optimus")))
    stage = WindowStage(station, optimus, qtbot)
    try:
        stage.until(lambda: stage.window.builder.complete, seconds=60)
        frames = {frame.name: frame for frame in stage.window.workspaces[0].frames}
        assert frames["twin"].failed == "this machine has no OpenGL; drive by the cameras"
        assert "could not be built" in frames["limbs"].failed
        assert frames["input_map"].panel is not None
        stage.strike(Key.Key_Space)
        stage.until(lambda: stage.levels() == ["HOLD"])
    finally:
        stage.close()


def test_all_panels_are_built_and_none_fails(whole_stage):
    whole_stage.pump(500)
    whole_stage.window.show_workspace(1)
    whole_stage.pump(500)
    failed = {f.name: f.failed for page in whole_stage.window.workspaces for f in page.frames if f.failed}
    assert failed == {}


def test_how_old_the_state_is_in_the_twins_picture_is_told_to_whoever_records(whole_stage):
    ear = Listener(whole_stage.session.station, ["window.drawn"])
    heard = []
    whole_stage.until(lambda: heard.extend(ear.drain()) or heard, seconds=30)
    ear.close()
    told = heard[-1].read(LatencyStage)
    assert told.name == "drawn"
    assert 0 < told.p50_ms <= told.p95_ms
    assert told.samples > 0


def test_everything_there_is_to_do_has_a_title_and_a_key_of_its_own(whole_stage):
    actions = [action for action in whole_stage.window.actions_table if not action.id.startswith("stop.")]
    assert [action.id for action in actions if not action.title or not action.shortcut] == []


def test_the_theme_is_changed_and_remembered(stage, settings_home):
    stage.window.attempt("theme.toggle")
    assert stage.window.theme.name == "light"
    assert 'theme = "light"' in (settings_home / "settings.toml").read_text()
