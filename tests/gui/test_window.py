"""The whole window on a display, with every role's voice on real sockets and keys through the native window."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit
from station_voice import HINTS, Voice

from app.panels import base
from app.session import Session
from app.stop.presses import NOT_ACKNOWLEDGED
from app.theme import load_theme
from app.window import Window
from twin.errors import GraphicsError
from twin.robot import RobotSpec, find_robot, load_robot
from twin.role import RoleLife
from twin.station import Station
from twin.wire.bus import Listener
from twin.wire.clock import NS_PER_MS, NS_PER_S, now_ns
from twin.wire.messages import KeyState, LatencyStage, Reply

pytestmark = pytest.mark.display

Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


class Stage:
    """A window, the voice it hears, and an ear on what it says."""

    def __init__(self, station: Station, spec: RobotSpec, qtbot) -> None:
        self.qtbot = qtbot
        self.voice = Voice(station, spec)
        self.life = RoleLife(station, "window", 16)
        self.session = Session(self.life)
        self.ear = Listener(station, ["window.keys"])
        self.keys: list[KeyState] = []
        self.window = Window(self.session, load_theme("dark"))
        self.window.resize(1280, 800)
        self.speaking = True
        self.window.start()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()
        self.until(lambda: self.session.mode.connected and self.window.isActiveWindow())
        self.until(lambda: self._hears_keys())

    def _hears_keys(self) -> bool:
        """The ear is connected: a key that means nothing was heard."""
        self.press(Key.Key_Z)
        self.release(Key.Key_Z)
        self.pump(20)
        heard = bool(self.keys)
        self.keys.clear()
        return heard

    def round(self) -> None:
        at_ns = now_ns()
        self.voice.listen(at_ns)
        if self.speaking:
            self.voice.speak(at_ns)
        self.keys += [heard.read(KeyState) for heard in self.ear.drain()]

    def pump(self, ms: float) -> None:
        """Let everybody run for ``ms``."""
        until_ns = now_ns() + int(ms * NS_PER_MS)
        while now_ns() < until_ns:
            self.round()
            self.qtbot.wait(5)

    def until(self, true: Callable[[], bool], seconds: float = 15.0) -> None:
        """Let everybody run until ``true`` is."""
        until_ns = now_ns() + int(seconds * NS_PER_S)
        while not true():
            assert now_ns() < until_ns, "it did not happen"
            self.round()
            self.qtbot.wait(5)

    @property
    def native(self):
        return self.window.windowHandle()

    def press(self, key: Qt.Key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyPress(self.native, key, modifiers)

    def release(self, key: Qt.Key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyRelease(self.native, key, modifiers)

    def strike(self, key: Qt.Key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
        self.press(key, modifiers)
        self.release(key, modifiers)

    def levels(self) -> list[str]:
        """The levels of the stops that reached the robot, repetitions left out."""
        return list({stop.stop_id: stop.level for stop in self.voice.stops}.values())

    def field(self) -> QLineEdit:
        """A text field with the focus."""
        field = QLineEdit(self.window)
        field.setGeometry(20, 200, 300, 30)
        field.show()
        field.setFocus()
        self.pump(60)
        assert field.hasFocus()
        return field

    def close(self) -> None:
        self.window.end()
        self.session.close()
        self.voice.close()
        self.ear.close()
        self.life.__exit__()


@pytest.fixture(scope="session")
def optimus() -> RobotSpec:
    return load_robot(find_robot("optimus"))


@pytest.fixture
def settings_home(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "understudy"


@pytest.fixture
def stage(station_folder, optimus, qtbot, settings_home) -> Iterator[Stage]:
    """A window whose robot folder is missing: everything but the panels."""
    made = Stage(Station(folder=str(station_folder), robot_folder="/nowhere"), optimus, qtbot)
    yield made
    made.close()


@pytest.fixture
def whole_stage(station_folder, optimus, qtbot, settings_home) -> Iterator[Stage]:
    """A window with all its panels."""
    station = Station(folder=str(station_folder), robot_folder=str(find_robot("optimus")))
    made = Stage(station, optimus, qtbot)
    made.until(lambda: made.window.builder.complete, seconds=60)
    yield made
    made.close()


# --- STOP ---------------------------------------------------------------------------------------------


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
    arrived = heard.wait(5)
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
    stage.pump(50)
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
def test_a_key_stops_from_an_open_menu_and_chooses_nothing(stage, key):
    stage.voice.state = "STANDBY"
    stage.pump(200)
    row = stage.window.tab_row.menus
    menu = row.actions()[0].menu()
    menu.popup(row.mapToGlobal(row.rect().bottomLeft()))
    stage.pump(60)
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
    stage.voice.device = "keyboard"
    stage.pump(100)
    stage.strike(Key.Key_Space, SHIFT)
    stage.until(lambda: stage.levels() == ["HOLD"])
    stage.voice.device = "gamepad:0"
    stage.pump(100)
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


# --- driving with keys --------------------------------------------------------------------------------


def test_keys_drive_while_held_and_are_repeated(stage):
    stage.press(Key.Key_Shift)
    stage.press(Key.Key_W, SHIFT)
    stage.pump(300)
    held = [state for state in stage.keys if set(state.keys) == {"shift", "w"}]
    assert len(held) >= 3
    stage.release(Key.Key_W, SHIFT)
    stage.release(Key.Key_Shift)
    stage.pump(50)
    assert stage.keys[-1].keys == ()


def test_no_key_drives_while_text_is_written(stage):
    stage.press(Key.Key_Shift)
    stage.press(Key.Key_W, SHIFT)
    stage.pump(50)
    field = stage.field()
    assert stage.keys[-1].keys == ()
    stage.keys.clear()
    stage.strike(Key.Key_W, SHIFT)
    stage.pump(100)
    assert field.text().lower() == "w"
    assert not any(state.keys for state in stage.keys)


def test_a_window_that_is_hidden_lets_go_of_the_robot(stage):
    stage.press(Key.Key_Shift)
    stage.pump(50)
    assert stage.keys[-1].keys == ("shift",)
    stage.window.hide()
    stage.pump(100)
    assert stage.keys[-1].keys == ()


def test_a_headset_at_the_door_is_asked_about_and_let_in_by_a_key_while_the_keyboard_drives(stage):
    assert stage.window.attempt("headset.allow") is None
    assert not any(request.action == "headset.allow" for request in stage.voice.asked)  # nobody waits
    stage.voice.knocking = "Quest 3"
    stage.until(lambda: stage.window.headset_door.box.isVisible())
    stage.press(Key.Key_Shift)
    stage.until(lambda: stage.keys and stage.keys[-1].keys == ("shift",))
    stage.release(Key.Key_Shift)
    stage.strike(Key.Key_Y, Qt.KeyboardModifier.AltModifier)
    stage.until(lambda: any(request.action == "headset.allow" for request in stage.voice.asked))
    stage.window.attempt("headset.link")
    assert not stage.window.headset_door.box.isVisible()
    stage.pump(600)
    assert not stage.window.headset_door.box.isVisible()  # one knock is one question


def test_a_shortcut_is_no_driving_key(stage):
    stage.strike(Key.Key_K, CONTROL)
    stage.pump(60)
    assert stage.window.palette_box.isVisible()
    assert not any("k" in state.keys for state in stage.keys)


def test_function_keys_work_while_shift_holds_to_run(stage):
    stage.press(Key.Key_Shift)
    stage.strike(Key.Key_F2, SHIFT)
    stage.pump(30)
    assert stage.window.stack.currentIndex() == 1


# --- what it shows ------------------------------------------------------------------------------------


def border(stage: Stage) -> str:
    return str(stage.window.grab().toImage().pixelColor(QPoint(1, stage.window.height() // 2)).name())


def test_the_frame_shines_only_while_the_robot_may_move(stage):
    stage.pump(150)
    assert border(stage) == stage.window.theme.color("live").name()
    stage.voice.state = "HOLD"
    stage.pump(200)
    assert border(stage) == stage.window.theme.color("background").name()


def test_the_hints_are_controls_own(stage):
    stage.pump(150)
    assert [f"{control}={meaning}" for control, meaning in stage.window.hint_bar.hints] == list(HINTS)
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
    stage = Stage(station, optimus, qtbot)
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


# --- asking -------------------------------------------------------------------------------------------


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
    stage.pump(200)
    stage.strike(Key.Key_K, CONTROL)
    stage.pump(60)
    for key in (Key.Key_A, Key.Key_R, Key.Key_M):
        stage.strike(key)
    assert stage.window.palette_box.titles()[0] == "Arm: motors on"
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
    stage.until(lambda: stage.window.actions_table["take.good"].allowed_when(stage.session.feed) is None)
    stage.strike(Key.Key_G, CONTROL)
    stage.strike(Key.Key_Right, CONTROL)
    stage.until(lambda: [request.action for request in stage.voice.asked] == ["take.mark", "queue.next"])
    assert [(a.name, a.value) for a in stage.voice.asked[0].arguments] == [("rating", "good")]


def test_the_task_is_written_with_underscores_because_space_is_stop(whole_stage):
    panel = next(f.panel for f in whole_stage.window.workspaces[0].frames if f.name == "episode")
    field = panel.widget().findChild(QLineEdit)
    whole_stage.voice.recording = False
    field.setFocus()
    whole_stage.pump(60)
    QTest.keyClicks(field, "fold_towel")
    whole_stage.until(
        lambda: (
            whole_stage.window.actions_table["record.start"].allowed_when(whole_stage.session.feed) is None
        )
    )
    whole_stage.window.attempt("record.start")
    whole_stage.until(lambda: bool(whole_stage.voice.asked))
    assert [(a.name, a.value) for a in whole_stage.voice.asked[0].arguments] == [("task", "fold towel")]


# --- themes, end --------------------------------------------------------------------------------------


def test_the_theme_is_changed_and_remembered(stage, settings_home):
    stage.window.attempt("theme.toggle")
    assert stage.window.theme.name == "light"
    assert 'theme = "light"' in (settings_home / "settings.toml").read_text()


def test_the_window_is_not_closed_while_the_robot_moves(stage):
    assert not stage.window.close()
    assert "release the hold-to-run" in stage.session.requests.latest.reason
    stage.voice.state = "HOLD"
    stage.until(lambda: not stage.session.mode.live)
    assert stage.window.close()


def test_a_menu_says_why_an_action_is_not_allowed(stage):
    stage.pump(100)
    menus = {action.text(): action.menu() for action in stage.window.tab_row.menus.actions()}
    stage.window.tab_row.fill(menus["Robot"], "Robot")
    entries = {entry.text().split("\t")[0]: entry for entry in menus["Robot"].actions()}
    assert not entries["Arm: motors on"].isEnabled()
    assert entries["Arm: motors on"].toolTip() == "the motors are on already"


def test_this_is_a_real_display():
    assert QGuiApplication.platformName() != "offscreen"
