"""STOP from a window that only shows takes: Space and Escape stop the robot of a running station from here, too."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QWindow
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
    """An event filter on the native window, ahead of every widget.

    Sends STOP to whoever runs in the station's folder; without a station Space is a space, and Escape only closes
    what lies over the window.
    """

    def __init__(self, station_folder: Path, say: Callable[[str], None], escaped: Callable[[], None]) -> None:
        """See nothing before ``watch``.

        Args:
            station_folder: of the station whose robot is stopped.
            say: told what became of a press.
            escaped: Escape was pressed.
        """
        super().__init__()
        self._folder, self._say, self._escaped = station_folder, say, escaped
        self._window: QWindow | None = None
        self._sender: StopSender | None = None
        self._stop: Stop | None = None
        self._told = ""
        self._again = QTimer(self)
        self._again.setTimerType(Qt.TimerType.PreciseTimer)
        self._again.timeout.connect(self._tick)

    def watch(self, widget: QWidget) -> None:
        """See the keys of ``widget``'s native window from now on; call it again when that is another one."""
        window = widget.windowHandle()
        if window is not None and window is not self._window:
            self._window = window
            window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Whether the key was STOP's."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() not in (Qt.Key.Key_Space, Qt.Key.Key_Escape):
            return False
        is_stop = event.isAutoRepeat() or self.press()
        if event.key() == Qt.Key.Key_Escape:
            self._escaped()
            return True
        return is_stop and self._stop is not None

    def press(self) -> bool:
        """First HOLD, then SETTLE, as in the station's own window; whether there is a station."""
        stop = self._stop or self._connected()
        if stop is None:
            return False
        level = stop.press(now_ns())
        stop.release()
        self._told = ""
        self._say(f"STOP {level} sent to the running station")
        self._again.start(_AGAIN_MS)
        return True

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
