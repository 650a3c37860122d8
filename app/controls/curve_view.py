"""How a stick answers: its deflection across, what becomes of it upwards, and where the thumb is now."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme import Theme
from twin.shaping import shape_stick

_POINTS = 60


class CurveView(QWidget):
    """Dead zone and curve of ``twin.shaping.shape_stick``, the same that drives."""

    def __init__(self, theme: Theme) -> None:
        """Straight until told otherwise."""
        super().__init__()
        self._theme = theme
        self._dead_zone, self._expo, self._deflection = 0.1, 1.0, 0.0
        self.setMinimumSize(120, 110)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Square enough."""
        return QSize(190, 150)

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        self.update()

    def show_curve(self, dead_zone: float, expo: float, deflection: float) -> None:
        """Show the curve, and a point on it at ``deflection`` 0..1."""
        if (dead_zone, expo, deflection) != (self._dead_zone, self._expo, self._deflection):
            self._dead_zone, self._expo, self._deflection = dead_zone, expo, deflection
            self.update()

    def _shaped(self, deflection: float) -> float:
        return float(shape_stick(deflection, 0.0, self._dead_zone, self._expo)[0])

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Ground, dead zone, curve, thumb."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(26, 6, -8, -22)
        painter.fillRect(area, theme.color("sunken"))
        dead = QRectF(area)
        dead.setWidth(area.width() * self._dead_zone)
        painter.fillRect(dead, theme.color("line"))
        painter.setPen(QPen(theme.color("line"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(area.bottomLeft(), area.topRight())

        def at(deflection: float) -> QPointF:
            return QPointF(
                area.left() + deflection * area.width(),
                area.bottom() - self._shaped(deflection) * area.height(),
            )

        painter.setPen(QPen(theme.color("text"), 2))
        painter.drawPolyline(QPolygonF([at(step / _POINTS) for step in range(_POINTS + 1)]))
        thumb = at(min(1.0, self._deflection))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("measured"))
        painter.drawEllipse(thumb, 5, 5)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("muted"))
        below = QRectF(area.left(), area.bottom() + 2, area.width(), 18)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, "stick")
        painter.save()
        painter.translate(area.left() - 6, area.center().y())
        painter.rotate(-90)
        painter.drawText(QRectF(-60, -16, 120, 16), Qt.AlignmentFlag.AlignCenter, "speed")
        painter.restore()
        painter.end()
