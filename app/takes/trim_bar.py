"""The last take as a bar with a handle at each end of the part that counts; when somebody drove is drawn into it."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme import Theme
from twin.wire.messages import RecorderStatus

_HEIGHT, _GRIP, _SIDE, _WORDS = 24, 7.0, 6.0, 160.0
_REACH = 12.0  # a handle is taken within so many pixels


class TrimBar(QWidget):
    """Drag a handle and let go: the part counts. A double click gives all of the take back."""

    trimmed = Signal(float, float)  # from, to, in seconds since the take began
    given_back = Signal()

    def __init__(self, theme: Theme) -> None:
        """No take yet."""
        super().__init__()
        self._theme = theme
        self._take, self._seconds = "", 0.0
        self._part, self._driven = (0.0, 0.0), (0.0, 0.0)
        self._said = self._part  # by the recorder, last
        self._held = -1  # the handle that is dragged: 0 or 1
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setToolTip(
            "What counts of the last take: drag its ends, double-click for all of it.\n"
            "The bright line is where somebody drove. The take itself stays whole."
        )

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        self.update()

    @property
    def words(self) -> str:
        """What counts, e.g. "1.5 - 9.0 of 12.0 s"."""
        if self._part == (0.0, self._seconds):
            return f"all {self._seconds:.1f} s"
        return f"{self._part[0]:.1f} \u2013 {self._part[1]:.1f} of {self._seconds:.1f} s"

    def show_take(self, recorder: RecorderStatus | None) -> None:
        """Show the last finished take; hidden while there is none."""
        known = recorder is not None and recorder.rated_take != "" and recorder.rated_seconds > 0
        self.setVisible(known)
        if recorder is None or not known:
            return
        said = (recorder.part_from_s, recorder.part_to_s)
        shown = (recorder.rated_take, recorder.rated_seconds, said)
        if self._held < 0 and shown != (self._take, self._seconds, self._said):
            self._take, self._seconds, self._said = shown
            self._part, self._driven = said, (recorder.driven_from_s, recorder.driven_to_s)
            self.update()

    def _x(self, seconds: float) -> float:
        return _SIDE + (self.width() - _WORDS - 2 * _SIDE) * seconds / self._seconds

    def _seconds_at(self, x: float) -> float:
        share = (x - _SIDE) / (self.width() - _WORDS - 2 * _SIDE)
        return round(min(1.0, max(0.0, share)) * self._seconds, 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take the nearer handle."""
        away = [abs(event.position().x() - self._x(end)) for end in self._part]
        if event.button() is Qt.MouseButton.LeftButton and min(away) <= _REACH:
            self._held = away.index(min(away))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """The handle that is held goes along, and not past the other."""
        if self._held < 0:
            return
        at_s, (from_s, to_s) = self._seconds_at(event.position().x()), self._part
        self._part = (min(at_s, to_s - 0.5), to_s) if self._held == 0 else (from_s, max(at_s, from_s + 0.5))
        self._part = max(0.0, self._part[0]), min(self._seconds, self._part[1])
        self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """What was dragged is asked for."""
        held, self._held = self._held, -1
        if held >= 0 and self._part != self._said:
            self._said = self._part  # until the recorder says otherwise
            self.trimmed.emit(*self._part)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """All of it again."""
        self._held = -1
        self.given_back.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The take, the part that counts, the driving, and the handles."""
        if self._seconds <= 0:
            return
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top, height = _HEIGHT / 2 - 6, 12.0
        begin, end = (self._x(each) for each in self._part)
        painter.fillRect(
            QRectF(self._x(0), top, self._x(self._seconds) - self._x(0), height), theme.color("line", 90)
        )
        painter.fillRect(QRectF(begin, top, end - begin, height), theme.color("muted", 150))
        if self._driven[1] > self._driven[0]:
            first, last = (self._x(each) for each in self._driven)
            painter.fillRect(QRectF(first, top + height / 2 - 1.5, last - first, 3), theme.color("text"))
        painter.setPen(theme.color("panel"))
        painter.setBrush(theme.color("text"))
        for at in (begin, end):
            painter.drawRoundedRect(
                QRectF(QPointF(at - _GRIP / 2, 2), QPointF(at + _GRIP / 2, _HEIGHT - 2)), 2, 2
            )
        painter.setFont(theme.font("small_number"))
        painter.setPen(theme.color("muted"))
        words = QRectF(self.width() - _WORDS, 0, _WORDS - 2, _HEIGHT)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self.words)
        painter.end()
