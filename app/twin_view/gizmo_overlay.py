"""Gizmos painted upon the twin's canvas: thin lines with a letter each, the one that is pointed at in cyan."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from app.theme import Theme
from app.twin_view.gizmo import AXES, Gizmo, Handle

_ARROW_PX = 5.0
_KNOB_PX = 6.0


class GizmoOverlay(QWidget):
    """Covers the canvas and lets the mouse through."""

    def __init__(self, canvas: QWidget, theme: Theme) -> None:
        """Hidden until there is something to show."""
        super().__init__(canvas)
        self._theme = theme
        self._gizmos: tuple[Gizmo, ...] = ()
        self._hot: tuple[int, Handle] | None = None  # which gizmo, which handle
        self._words = ""
        self._lines: list[dict[Handle, list[tuple[float, float]]]] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        self.update()

    @property
    def words(self) -> str:
        """What is written beside the handle that is dragged."""
        return self._words

    def show_gizmos(
        self, gizmos: tuple[Gizmo, ...], hot: tuple[int, Handle] | None = None, words: str = ""
    ) -> None:
        """Show ``gizmos``, the handle ``hot`` (number of the gizmo, handle) marked and ``words`` beside it."""
        lines = [
            {handle: [(round(x, 1), round(y, 1)) for x, y in gizmo.line(handle)] for handle in gizmo.handles}
            for gizmo in gizmos
        ]
        parent = self.parentWidget()
        if parent is not None and parent.rect() != self.geometry():
            self.setGeometry(parent.rect())
        self.setVisible(bool(gizmos))
        if (lines, hot, words) != (self._lines, self._hot, self._words):
            self._gizmos, self._lines, self._hot, self._words = gizmos, lines, hot, words
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Rings first, then arrows, then the knob."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, lines in enumerate(self._lines):
            for handle in sorted(lines, key=lambda each: ("turn", "move", "free").index(each.kind)):
                self._paint(painter, handle, lines[handle], self._hot == (number, handle))
        self._paint_words(painter)
        painter.end()

    def _paint(
        self, painter: QPainter, handle: Handle, line: list[tuple[float, float]], is_hot: bool
    ) -> None:
        if not line:
            return
        color = self._theme.color("commanded" if is_hot else "text", 255 if is_hot else 210)
        points = [QPointF(x, y) for x, y in line]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if handle.kind == "free":
            painter.setPen(QPen(self._theme.color("background", 180), 4))
            painter.drawEllipse(points[0], _KNOB_PX, _KNOB_PX)
            painter.setPen(QPen(color, 2))
            painter.drawEllipse(points[0], _KNOB_PX, _KNOB_PX)
            return
        width = 1.4 if handle.kind == "turn" else 2.2
        for pen in (
            QPen(self._theme.color("background", 180), width + 2.4),
            QPen(color, width + is_hot * 1.0),
        ):
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawPolyline(QPolygonF(points))
        if handle.kind == "move" and len(points) == 2:
            self._paint_arrow(painter, points[0], points[1], color, AXES[handle.axis])

    def _paint_arrow(
        self, painter: QPainter, start: QPointF, end: QPointF, color: QColor, letter: str
    ) -> None:
        along = end - start
        length = max((along.x() ** 2 + along.y() ** 2) ** 0.5, 1e-6)
        along /= length
        across = QPointF(-along.y(), along.x())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawPolygon(
            QPolygonF([end + along * 2 * _ARROW_PX, end + across * _ARROW_PX, end - across * _ARROW_PX])
        )
        painter.setFont(self._theme.font("small"))
        painter.setPen(color)
        place = end + along * (2 * _ARROW_PX + 9)
        painter.drawText(QRectF(place.x() - 8, place.y() - 8, 16, 16), Qt.AlignmentFlag.AlignCenter, letter)

    def _paint_words(self, painter: QPainter) -> None:
        if not self._words or self._hot is None:
            return
        line = self._lines[self._hot[0]].get(self._hot[1])
        if not line:
            return
        painter.setFont(self._theme.font("small_number"))
        width = painter.fontMetrics().horizontalAdvance(self._words) + 14
        x = min(max(4.0, line[-1][0] + 18), self.width() - width - 4.0)
        y = min(max(4.0, line[-1][1] + 14), self.height() - 26.0)
        plate = QRectF(x, y, width, 22)
        painter.fillRect(plate, self._theme.color("panel"))
        painter.setPen(self._theme.color("text"))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, self._words)
