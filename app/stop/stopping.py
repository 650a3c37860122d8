"""STOP in the window: its button and its keys, pressed again and again until the robot has acknowledged."""

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from app.actions.palette import Palette
from app.keyboard.gate import KeyGate
from app.session import Session
from app.stop.button import StopButton
from app.theme import Theme
from twin.wire.clock import now_ns

_AGAIN_MS = 5


class Stopping(QObject):
    """Holds the button, which the window places, and the gate that all keys of the window pass."""

    def __init__(self, session: Session, theme: Theme, palette_box: Palette) -> None:
        """See no keys before ``watch``. Escape also closes ``palette_box``."""
        super().__init__()
        self._session, self._palette_box = session, palette_box
        self.button = StopButton(theme, self._press, session.stop.release)
        self._gate = KeyGate(session.held, session.stop, session.shift_cuts, self._stopped_by_key)
        self._again = QTimer(self)
        self._again.setTimerType(Qt.TimerType.PreciseTimer)
        self._again.timeout.connect(self._tick)

    def watch(self, window: QWidget) -> None:
        """See the keys of ``window``'s native window from now on; call it again when that is another one."""
        self._gate.watch(window)

    def look(self, at_ns: int) -> None:
        """Once a frame, before anything acts upon keys: let go of those that the system no longer sees."""
        self._gate.look(at_ns)

    def let_go(self) -> None:
        """No key is held any more, whatever the system says."""
        self._gate.let_go()

    def end(self) -> None:
        """The window closes."""
        self._gate.let_go()
        self._again.stop()

    def show(self, at_ns: int) -> None:
        """What STOP is doing, on its button."""
        stop = self._session.stop
        self.button.say(stop.view(at_ns), self._session.mode.connected, stop.held_share(at_ns))
        if stop.busy != self._again.isActive():
            if stop.busy:
                self._again.start(_AGAIN_MS)
            else:
                self._again.stop()

    def _tick(self) -> None:
        at_ns = now_ns()
        self._session.stop.tick(at_ns)
        self.show(at_ns)

    def _press(self, cut: bool) -> None:
        self._session.stop.press(now_ns(), cut)
        self.show(now_ns())

    def _stopped_by_key(self, key: str) -> None:
        popup = QApplication.activePopupWidget()
        if key == "escape" and popup is not None:
            popup.close()
        elif key == "escape" and self._palette_box.isVisible():
            self._palette_box.close_again()
        self.show(now_ns())
