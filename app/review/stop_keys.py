"""STOP from a window that only shows takes: Space and Escape stop the robot of a running station from here, too."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.stop.presses import ACKNOWLEDGED, NOT_ACKNOWLEDGED, Stop
from twin.errors import StationError
from twin.station import Station, is_anyone_in
from twin.wire.clock import now_ns
from twin.wire.direct import StopSender

_AGAIN_MS = 5
_WORDS = {
    ACKNOWLEDGED: "STOP: the robot of the running station has acknowledged",
    NOT_ACKNOWLEDGED: "STOP is not acknowledged: use the hardware stop",
}


class StopKeys(QObject):
    """Sends STOP to whoever runs in the station's folder; without a station the keys do nothing."""

    def __init__(self, window: QWidget, station_folder: Path, say: Callable[[str], None]) -> None:
        """``say`` is told what became of a press."""
        super().__init__(window)
        self._folder, self._say = station_folder, say
        self._sender: StopSender | None = None
        self._stop: Stop | None = None
        self._told = ""
        self._again = QTimer(self)
        self._again.setTimerType(Qt.TimerType.PreciseTimer)
        self._again.timeout.connect(self._tick)
        for key in (Qt.Key.Key_Space, Qt.Key.Key_Escape):
            shortcut = QShortcut(QKeySequence(key), window)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(self.press)

    def press(self) -> None:
        """First HOLD, then SETTLE, as in the station's own window."""
        stop = self._stop or self._connected()
        if stop is None:
            return
        level = stop.press(now_ns())
        stop.release()
        self._told = ""
        self._say(f"STOP {level} sent to the running station")
        self._again.start(_AGAIN_MS)

    def _connected(self) -> Stop | None:
        try:
            if not is_anyone_in(self._folder):
                return None
            self._sender = StopSender(Station.load(self._folder), "review")
        except StationError:
            return None
        self._stop = Stop(self._sender)
        return self._stop

    def _tick(self) -> None:
        assert self._stop is not None
        at_ns = now_ns()
        self._stop.tick(at_ns)
        state = self._stop.view(at_ns).state
        if state != self._told and state in _WORDS:
            self._say(_WORDS[state])
        self._told = state
        if not self._stop.busy:
            self._again.stop()

    def close(self) -> None:
        """Hang up."""
        self._again.stop()
        if self._sender is not None:
            self._sender.close()
