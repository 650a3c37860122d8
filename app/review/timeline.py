"""A take as a bar: where it is looked at, which part counts, when somebody drove, and when something was held back."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.review.tape import Span, Tape
from app.theme import Theme
from recordings.trim import SHORTEST_S

_HEIGHT, _SIDE, _GRIP, _REACH = 66, 14.0, 7.0, 9.0
_BAR, _BAR_TOP, _LANE = 16.0, 28.0, 5.0
_TICK_PX = 70.0  # a second's mark has so much room at least
_STEPS_S = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0)


class Timeline(QWidget):
    """Press or drag to go there; drag an end of the bright part to let only that count."""

    sought = Signal(float, bool)  # seconds since the take began, and whether more will follow at once
    trimmed = Signal(float, float)

    def __init__(self, theme: Theme) -> None:
        """Empty."""
        super().__init__()
        self._theme = theme
        self._tape: Tape | None = None
        self._at_s = 0.0
        self._part: Span = (0.0, 0.0)
        self._held = ""  # what the mouse holds: "begin", "end" or "place"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setToolTip(
            "Press or drag to go there. Drag an end of the bright part to let only that count.\n"
            "The line under it is where somebody drove, the one below where something was held back."
        )

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Wide."""
        return QSize(800, _HEIGHT)

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        self.update()

    def show_tape(self, tape: Tape, part: Span) -> None:
        """Show ``tape``, of which ``part`` counts."""
        self._tape, self._held = tape, ""
        self.show_part(part)

    def show_part(self, part: Span) -> None:
        """Let ``part`` be what counts."""
        if not self._held:
            self._part = part
            self.update()

    def show_place(self, seconds: float) -> None:
        """Where the take is looked at."""
        if abs(seconds - self._at_s) > 1e-4:
            self._at_s = seconds
            self.update()

    # --- the mouse -------------------------------------------------------------------------------------

    def _x(self, seconds: float) -> float:
        whole_s = self._tape.seconds if self._tape else 1.0
        return _SIDE + (self.width() - 2 * _SIDE) * seconds / whole_s

    def _seconds(self, x: float) -> float:
        assert self._tape is not None
        share = (x - _SIDE) / (self.width() - 2 * _SIDE)
        return min(1.0, max(0.0, share)) * self._tape.seconds

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take an end of the part, or go to the place."""
        if self._tape is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        x, y = event.position().x(), event.position().y()
        away = {name: abs(x - self._x(end)) for name, end in zip(("begin", "end"), self._part, strict=True)}
        nearest = min(away, key=lambda name: away[name])
        is_on_bar = _BAR_TOP - 4 <= y <= _BAR_TOP + _BAR + 4
        self._held = nearest if is_on_bar and away[nearest] <= _REACH else "place"
        self._drag(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """What is held goes along, and what is there is shown."""
        if self._held:
            self._drag(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """What was dragged is asked for."""
        held, self._held = self._held, ""
        if not held:
            return
        if held == "place":
            self.sought.emit(self._seconds(event.position().x()), False)
            return
        self.sought.emit(self._part[0 if held == "begin" else 1], False)
        self.trimmed.emit(*self._part)

    def _drag(self, x: float) -> None:
        seconds, (begin_s, end_s) = self._seconds(x), self._part
        if self._held == "begin":
            seconds = max(0.0, min(seconds, end_s - SHORTEST_S))
            self._part = (seconds, end_s)
        elif self._held == "end":
            assert self._tape is not None
            seconds = min(self._tape.seconds, max(seconds, begin_s + SHORTEST_S))
            self._part = (begin_s, seconds)
        self.sought.emit(seconds, True)
        self.update()

    # --- the picture -----------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The scale, the bar, the lanes, the ends of the part and the place."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("panel"))
        if self._tape is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_scale(painter, self._tape)
            self._paint_bar(painter)
            below = _BAR_TOP + _BAR
            self._paint_lane(painter, self._tape.driven, below + 4, "text")
            self._paint_lane(painter, self._tape.held_back, below + 12, "warning")
            self._paint_done(painter, self._tape)
            self._paint_place(painter)
        painter.end()

    def _paint_scale(self, painter: QPainter, tape: Tape) -> None:
        theme, width = self._theme, self.width() - 2 * _SIDE
        fits = [step for step in _STEPS_S if width * step / tape.seconds >= _TICK_PX]
        step_s = fits[0] if fits else tape.seconds
        painter.setFont(theme.font("small_number"))
        painter.setPen(theme.color("muted"))
        for tick in range(int(tape.seconds / step_s) + 1):
            x = self._x(tick * step_s)
            painter.drawLine(QPointF(x, _BAR_TOP - 8), QPointF(x, _BAR_TOP - 2))
            words = QRectF(x - 40, 2, 80, 12)
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter, f"{tick * step_s:g} s")

    def _paint_bar(self, painter: QPainter) -> None:
        assert self._tape is not None
        theme = self._theme
        whole = QRectF(self._x(0), _BAR_TOP, self._x(self._tape.seconds) - self._x(0), _BAR)
        painter.fillRect(whole, theme.color("line", 110))
        begin, end = (self._x(each) for each in self._part)
        painter.fillRect(QRectF(begin, _BAR_TOP, end - begin, _BAR), theme.color("muted", 190))
        painter.setPen(theme.color("panel"))
        painter.setBrush(theme.color("text"))
        for x in (begin, end):
            painter.drawRoundedRect(QRectF(x - _GRIP / 2, _BAR_TOP - 3, _GRIP, _BAR + 6), 2, 2)

    def _paint_lane(self, painter: QPainter, spans: list[Span], top: float, token: str) -> None:
        for begin_s, end_s in spans:
            begin = self._x(begin_s)
            wide = max(2.0, self._x(end_s) - begin)
            painter.fillRect(QRectF(begin, top, wide, _LANE), self._theme.color(token))

    def _paint_done(self, painter: QPainter, tape: Tape) -> None:
        if tape.done_at_s is None:
            return
        x, y = self._x(tape.done_at_s), _BAR_TOP + _BAR / 2
        pen = painter.pen()
        pen.setColor(self._theme.color("background"))
        pen.setWidthF(2.0)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF([QPointF(x - 5, y), QPointF(x - 1, y + 4), QPointF(x + 6, y - 5)]))
        pen.setWidthF(1.0)
        painter.setPen(pen)

    def _paint_place(self, painter: QPainter) -> None:
        x = self._x(self._at_s)
        color = self._theme.color("commanded")
        painter.setPen(color)
        painter.setBrush(color)
        painter.drawLine(QPointF(x, _BAR_TOP - 4), QPointF(x, _HEIGHT - 2))
        top = _BAR_TOP - 11
        painter.drawPolygon(QPolygonF([QPointF(x - 6, top), QPointF(x + 6, top), QPointF(x, top + 9)]))
