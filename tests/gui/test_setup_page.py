"""Setup and latency: controls are bound by pressing them on a pad or in its picture, latency is split by stage."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from told_ear import Ear

from app.actions.registry import Actions
from app.controls.pad_picture import PadPicture
from app.feed import Feed
from app.panels import bindings as bindings_panel
from app.panels import latency as latency_panel
from app.panels import operator as operator_panel
from app.panels.base import PanelContext
from app.theme import load_theme
from app.twin_view.drawn_meter import DrawnMeter
from teleop.bindings.words import CONTROLS
from teleop.inputs.base import AXES
from teleop.operators import load_operator
from twin import places
from twin.robot import find_robot, load_robot
from twin.station import Station
from twin.wire import codec
from twin.wire.bus import Heard
from twin.wire.clock import now_ns
from twin.wire.messages import AgentStatus, ControlLatency, InputSample, LatencyStage, vector

pytestmark = pytest.mark.display

LEFT = Qt.MouseButton.LeftButton


class Stage:
    """One panel in a window of its own, and roles that say what the test wants."""

    def __init__(self, qtbot, module) -> None:
        self.spec, self.actions, self.drawn = load_robot(find_robot("optimus")), Actions(), DrawnMeter()
        station = Station(folder="/nowhere", robot_folder=str(self.spec.folder))
        context = PanelContext(station, self.spec, self.actions, load_theme("dark"), drawn=self.drawn)
        self.panel = module.create(context)
        self.widget = self.panel.widget()
        self.widget.resize(960, 560)
        self.widget.show()
        qtbot.addWidget(self.widget)
        qtbot.waitExposed(self.widget)
        self.ear = Ear()
        self.feed = Feed(self.ear)
        self.hears()

    def hears(self, *said: tuple[str, object]) -> None:
        at_ns = now_ns()
        for name, message in said:
            self.ear.waiting.append(Heard(name, 1, at_ns, at_ns, codec.encode(message)))
        self.feed.drain(at_ns)
        self.panel.refresh(self.feed, at_ns)

    def pad(self, *buttons: str, name: str = "Xbox Wireless Controller", **axes: float) -> None:
        values = vector([axes.get(axis, 0.0) for axis in AXES])
        sample = InputSample(
            device="gamepad:1", kind="gamepad", name=name, connected=True, axes=values, buttons=buttons
        )
        self.hears(("operator.input", sample))

    def click(self, action_id: str) -> None:
        button = self.panel._buttons[action_id]
        QTest.mouseClick(button, LEFT)
        self.hears()

    def choose(self, meaning: str) -> None:
        table = self.panel.table
        place = next(place for place, row in enumerate(table._rows) if row.meaning == meaning)
        table.selectRow(place)
        self.hears()

    def control_of(self, meaning: str) -> str:
        return next(row.control for row in self.panel.editor.rows() if row.meaning == meaning)


@pytest.fixture
def stage(qtbot, monkeypatch, tmp_path) -> Stage:
    monkeypatch.setattr(places, "config_folder", lambda: tmp_path / "config")
    return Stage(qtbot, bindings_panel)


def test_a_chosen_row_is_bound_to_what_is_pressed_on_the_pad(stage):
    stage.choose("relatch")
    stage.click("bindings.capture")
    for buttons in ((), ("guide",), ()):
        stage.pad(*buttons)
    assert stage.control_of("relatch") == "guide"
    texts = [stage.panel.table.item(row, 1).text() for row in range(stage.panel.table.rowCount())]
    assert "Guide" in texts


def test_a_row_that_waits_takes_the_control_that_is_clicked_in_the_picture(stage):
    stage.choose("relatch")
    stage.click("bindings.capture")
    pad: PadPicture = stage.panel.pad
    QTest.mouseClick(pad, LEFT, pos=pad.place_of("guide").toPoint())
    stage.hears()
    assert stage.control_of("relatch") == "guide"
    assert not stage.panel.editor.is_capturing


def test_a_click_in_the_picture_finds_the_row_and_marks_the_control(stage):
    pad: PadPicture = stage.panel.pad
    QTest.mouseClick(pad, LEFT, pos=pad.place_of("y").toPoint())
    assert stage.panel.table.chosen.meaning in ("layer.next", "redo")
    assert "y" in pad._marked


def test_nothing_is_pressed_for_binding_while_motors_are_on(stage):
    stage.hears(("robot.status", AgentStatus(state="HOLD")))
    stage.choose("relatch")
    stage.hears(("robot.status", AgentStatus(state="HOLD")))
    assert not stage.panel._buttons["bindings.capture"].isEnabled()
    assert "F6" in stage.panel._buttons["bindings.capture"].toolTip()
    assert "F6" in stage.actions.attempt("bindings.capture", stage.feed)
    assert not stage.panel.editor.is_capturing


def test_the_picture_has_every_control_where_it_can_be_clicked(stage):
    pad: PadPicture = stage.panel.pad
    for control in (*CONTROLS["gamepad"], "left_trigger", "right_trigger"):
        assert pad.control_at(QPointF(pad.place_of(control))) == control
    assert pad.control_at(QPointF(1, 1)) == ""


HELD_ELSEWHERE = {"grip", "both_sticks"}  # drawn as two controls, one on each side


def controllers(stage, *buttons, is_there=True, **axes):
    values = vector([axes.get(axis, 0.0) for axis in AXES])
    sample = InputSample(
        device="headset:1", kind="headset", name="Quest 3", connected=is_there, axes=values, buttons=buttons
    )
    stage.hears(("operator.input", sample))
    return stage.panel.controllers


def test_a_headsets_controllers_are_drawn_live_and_have_every_control(stage):
    stage.panel.editor.look_at(kind="headset")
    picture = controllers(stage)
    assert picture.isVisible()
    assert not stage.panel.pad.isVisible()
    for control in CONTROLS["headset"]:
        if control not in HELD_ELSEWHERE and "_stick_" not in control:
            assert picture.control_at(QPointF(picture.place_of(control))) == control
    before = picture.grab().toImage()
    controllers(stage, "a", "left_grip", "grip", left_x=1.0, right_trigger=1.0)
    after = picture.grab().toImage()
    for control in ("a", "left_grip", "right_trigger", "left_stick"):
        place = picture.place_of(control).toPoint()
        assert any(
            before.pixel(place.x() + dx, place.y() + dy) != after.pixel(place.x() + dx, place.y() + dy)
            for dx in range(-12, 13, 2)
            for dy in range(-12, 13, 2)
        ), control
    faint = controllers(stage, is_there=False).grab().toImage()
    assert faint != before


def test_a_row_of_both_grips_marks_both_and_one_under_a_held_stick_marks_that_too(stage):
    stage.panel.editor.look_at(kind="headset")
    picture = controllers(stage)
    stage.choose("take.good")
    assert {"left_stick", "a"} <= picture._marked
    stage.choose("grasp.next")
    assert "right_stick" in picture._marked
    stage.choose("stop")
    assert {"left_stick", "right_stick"} <= picture._marked


def test_only_a_pad_is_offered_a_rumble_slider(stage):
    slider = stage.panel.feel._sliders["rumble"]
    assert slider.isVisible()
    stage.panel.editor.look_at(kind="headset")
    stage.hears()
    assert not slider.isVisible()
    assert stage.panel.feel._sliders["dead_zone"].isVisible()
    stage.panel.editor.look_at(kind="gamepad")
    stage.hears()
    assert slider.isVisible()


def test_the_picture_shows_what_the_hands_do_in_the_pads_own_glyphs(stage):
    stage.pad(name="DualSense Wireless Controller")
    before = stage.panel.pad.grab().toImage()
    stage.pad("x", name="DualSense Wireless Controller", left_x=1.0, right_trigger=1.0)
    after = stage.panel.pad.grab().toImage()
    places = [stage.panel.pad.place_of(control).toPoint() for control in ("x", "right_trigger", "left_stick")]
    ratio = after.devicePixelRatio()
    assert [before.pixel(place * ratio) != after.pixel(place * ratio) for place in places] == [True] * 3
    texts = [stage.panel.table.item(row, 1).text() for row in range(stage.panel.table.rowCount())]
    assert "✕" in texts


def test_a_slider_of_the_feel_changes_it_when_it_is_let_go_and_undo_takes_it_back(stage):
    slider = stage.panel.feel._sliders["expo"]
    slider.setSliderDown(True)
    slider.setValue(70)
    stage.hears()
    assert stage.panel.editor.draft.feel("expo") == 1.6
    slider.setSliderDown(False)
    stage.hears()
    assert stage.panel.editor.draft.feel("expo") == pytest.approx(3.1)
    stage.click("bindings.undo")
    assert stage.panel.editor.draft.feel("expo") == 1.6
    assert slider.value() == 20


def test_saved_under_the_name_in_the_field(stage, tmp_path):
    stage.panel.name_field.setText("anna")
    stage.panel.editor.set_feel("expo", 2.0)
    stage.hears()
    stage.click("bindings.save")
    assert (tmp_path / "config" / "bindings" / "anna" / "gamepad.toml").is_file()
    assert "next start" in stage.panel._sentence.text()
    assert stage.panel._profiles.currentText() == "anna"


def test_the_keyboard_has_rows_and_no_picture(stage):
    QTest.mouseClick(stage.panel._tabs["keyboard"], LEFT)
    stage.hears()
    assert stage.panel.table.rowCount() > 10
    assert not stage.panel.pad.isVisible()


# --- latency ----------------------------------------------------------------------------------------------


def test_latency_is_shown_stage_by_stage_with_the_windows_own_and_forgotten_when_nobody_drives(qtbot):
    stage = Stage(qtbot, latency_panel)
    split = ControlLatency(
        stages=(LatencyStage(name="robot", p50_ms=20, p95_ms=30), LatencyStage(name="state_back", p50_ms=1)),
        whole_p50_ms=22,
        whole_p95_ms=33,
    )
    at_ns = now_ns()
    stage.drawn.note(at_ns - 18_000_000, at_ns)
    stage.hears(("control.latency", split))
    assert [each.name for each in stage.widget.stages] == ["robot", "state_back", "drawn"]
    shown = stage.widget.grab().toImage()
    stage.panel.refresh(stage.feed, at_ns)
    stage.feed.drain(at_ns + 5_000_000_000)
    stage.panel.refresh(stage.feed, at_ns + 5_000_000_000)
    assert stage.widget.stages == ()
    assert np.any(shown != stage.widget.grab().toImage())


# --- who drives -------------------------------------------------------------------------------------------


def test_what_is_known_of_the_person_is_kept_in_their_own_file(qtbot, monkeypatch, tmp_path):
    monkeypatch.setattr(places, "config_folder", lambda: tmp_path / "config")
    spec = load_robot(find_robot("optimus"))
    station = Station(folder="/nowhere", robot_folder=str(spec.folder), operator="anna")
    panel = operator_panel.create(PanelContext(station, spec, Actions(), load_theme("dark")))
    qtbot.addWidget(panel.widget())
    assert panel.numbers["height_m"].text() == "not known"
    panel.numbers["height_m"].setValue(1.72)
    panel.numbers["height_m"].editingFinished.emit()
    panel.numbers["arm_length_m"].editingFinished.emit()
    panel.switches["left_handed"].setChecked(True)
    panel.numbers["slow"].setValue(0.7)
    panel.numbers["slow"].editingFinished.emit()
    kept = load_operator("anna")
    assert (kept.height_m, kept.arm_length_m, kept.left_handed, kept.slow) == (1.72, None, True, 0.7)
    assert "next start" in panel.sentence.text()
    again = operator_panel.create(PanelContext(station, spec, Actions(), load_theme("dark")))
    qtbot.addWidget(again.widget())
    assert again.numbers["height_m"].value() == pytest.approx(1.72)
    assert again.switches["left_handed"].isChecked()
