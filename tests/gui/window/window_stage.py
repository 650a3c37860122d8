"""A whole window on a display, the voices of every role on real sockets, and keys through the native window."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from station_voice import Voice

from app.session import Session
from app.theme import load_theme
from app.window import Window
from twin.robot import RobotSpec
from twin.role import RoleLife
from twin.station import Station
from twin.wire.bus import Listener
from twin.wire.clock import NS_PER_MS, NS_PER_S, now_ns
from twin.wire.messages import KeyState

Key = Qt.Key


class WindowStage:
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

    def until(self, true: Callable[[], bool], seconds: float = 30.0) -> None:
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

    def until_held(self, *keys: str) -> None:
        """Let everybody run until the window says that just ``keys`` are held."""
        self.until(lambda: bool(self.keys) and self.keys[-1].keys == keys)

    def until_allowed(self, action: str, why_not: str | None = None) -> None:
        """Let everybody run until ``action`` may be done, or may not for the reason ``why_not``."""
        self.until(lambda: self.window.actions_table[action].allowed_when(self.session.feed) == why_not)

    def levels(self) -> list[str]:
        """The levels of the stops that reached the robot, repetitions left out."""
        return list({stop.stop_id: stop.level for stop in self.voice.stops}.values())

    def field(self) -> QLineEdit:
        """A text field with the focus."""
        field = QLineEdit(self.window)
        field.setGeometry(20, 200, 300, 30)
        field.show()
        field.setFocus()
        self.until(field.hasFocus)
        return field

    def close(self) -> None:
        self.window.end()
        self.session.close()
        self.voice.close()
        self.ear.close()
        self.life.__exit__()
