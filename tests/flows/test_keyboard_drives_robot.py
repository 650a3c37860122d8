"""From a key in the window to the joints of the simulated robot, through every role, and back to rest."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest

from app.session import Session
from app.supervisor import Supervisor
from app.theme import load_theme
from app.window import Window
from twin.robot import find_robot, load_robot
from twin.role import RoleLife
from twin.station import Station
from twin.wire.clock import NS_PER_S, now_ns
from twin.wire.messages import AgentStatus, ControlStatus, RobotState

pytestmark = [pytest.mark.display, pytest.mark.serial]

QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)

Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Desk:
    """A station without cameras, and its window in this process."""

    def __init__(self, folder: Path, qtbot) -> None:
        self.qtbot = qtbot
        robot = find_robot("optimus")
        self.spec = load_robot(robot)
        station = Station(folder=str(folder), robot_folder=str(robot), takes_folder=str(folder / "takes"))
        self.supervisor = Supervisor(station, roles=("robot", "control", "inputs", "recorder"))
        self.life = RoleLife(station, "window", 16)
        self.session = Session(self.life)
        self.window = Window(self.session, load_theme("dark"))
        self.window.resize(1280, 800)
        self.window.start()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()

    def until(self, true: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
        until_ns = now_ns() + int(seconds * NS_PER_S)
        while not true():
            assert now_ns() < until_ns, f"{what} did not happen; control says: {self.session.reason!r}"
            self.supervisor.tick(now_ns())
            self.qtbot.wait(10)

    def ready_to_drive(self) -> None:
        """Armed, and control knows the keyboard: a key held before that would count as held already."""
        self.until(lambda: self.state == "STANDBY", "standby")
        self.until(lambda: self.window.actions_table["arm"].allowed_when(self.session.feed) is None, "arming")
        self.until(lambda: self.window.builder.complete, "panels")
        self.until(lambda: self._control.device.startswith("keyboard"), "the keyboard")
        self.until(lambda: "arm it" in self._control.reason, "control hears the robot")
        self.window.attempt("arm")
        self.until(lambda: self.state == "HOLD" and self._control.phase == "ready", "hold")

    @property
    def _control(self) -> ControlStatus:
        return self.session.feed.fresh("control.status", ControlStatus) or ControlStatus()

    @property
    def state(self) -> str:
        status = self.session.feed.fresh("robot.status", AgentStatus)
        return status.state if status else ""

    def right_arm(self) -> np.ndarray:
        state = self.session.feed.message("robot.state", RobotState)[0]
        return np.asarray(state.position_rad)[list(self.spec.groups["right_arm"])]

    def press(self, key: Qt.Key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyPress(self.window.windowHandle(), key, modifiers)

    def release(self, key: Qt.Key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyRelease(self.window.windowHandle(), key, modifiers)

    def close(self) -> None:
        self.window.end()
        self.session.close()
        self.life.__exit__()
        self.supervisor.stop()


@pytest.fixture
def desk(station_folder, qtbot, tmp_path, monkeypatch) -> Iterator[Desk]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    made = Desk(station_folder, qtbot)
    yield made
    made.close()


@pytest.mark.timeout(180)
def test_the_arm_moves_while_the_keys_are_held_and_space_stops_it(desk):
    desk.ready_to_drive()
    rest = desk.right_arm()

    desk.press(Key.Key_Shift)
    desk.until(lambda: desk.state == "TELEOP", "teleoperation")
    desk.press(Key.Key_W, SHIFT)
    desk.until(lambda: np.abs(desk.right_arm() - rest).max() > 0.15, "motion")

    desk.press(Key.Key_Space, SHIFT)
    desk.release(Key.Key_Space, SHIFT)
    desk.until(lambda: desk.window.stop_button.text.endswith("acknowledged"), "the acknowledgement")
    desk.until(lambda: desk.state not in ("ENGAGING", "TELEOP", "STOPPING"), "standstill")
    stopped = desk.right_arm()
    desk.qtbot.wait(500)  # the keys are still held
    desk.until(lambda: True, "")
    assert np.abs(desk.right_arm() - stopped).max() < 0.02
    desk.release(Key.Key_W, SHIFT)
    desk.release(Key.Key_Shift)


@pytest.mark.timeout(180)
def test_connecting_arming_and_closing_the_hold_move_nothing_without_a_stick(desk):
    desk.ready_to_drive()
    rest = desk.right_arm()
    desk.press(Key.Key_Shift)
    desk.until(lambda: desk.state == "TELEOP", "teleoperation")
    desk.qtbot.wait(500)
    desk.until(lambda: True, "")
    assert np.abs(desk.right_arm() - rest).max() < 0.03
    desk.release(Key.Key_Shift)
    desk.until(lambda: desk.state == "HOLD", "hold after the release")
