"""What stands above a column of plots: which joint it is, why it is shown, and its figures now."""

import math

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.joints.grid_rows import JointFigures
from app.theme import Theme
from twin.robot import JointSpec

_HEIGHT = 24
_LEFT = 56


class PlotHead(QWidget):
    """Name, reason, measured and commanded angle. A click on the reason pins the joint or lets it go."""

    pin_clicked = Signal()

    def __init__(self, theme: Theme) -> None:
        """Above an empty column."""
        super().__init__()
        self._theme = theme
        self._name, self._why = "", ""
        self._angles = ("", "")
        self._why_right = 0
        self.setFixedHeight(_HEIGHT)
        self.setToolTip("Click the name to keep this joint here, click again to let it go")

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as there is room."""
        return QSize(320, _HEIGHT)

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        self.update()

    def show_joint(self, joint: JointSpec, why: str) -> None:
        """Stand above the plots of ``joint``."""
        self._name, self._why = joint.name.replace("_", " "), why
        self.update()

    def show_figures(self, figures: JointFigures, joint: int) -> None:
        """Show where ``joint`` is and where it was told to be; a dash for what is not known now."""
        measured = figures.position_rad[joint] if figures.fresh else math.nan
        angles = _angle(measured), _angle(figures.commanded_rad[joint] if figures.fresh else math.nan)
        if angles != self._angles:
            self._angles = angles
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Pin the joint, or let it go."""
        if self.rect().contains(event.position().toPoint()) and event.position().x() < self._why_right:
            self.pin_clicked.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Everything on one line."""
        painter, theme = QPainter(self), self._theme
        middle = Qt.AlignmentFlag.AlignVCenter
        room = QRectF(_LEFT, 0, self.width() - _LEFT - 10, _HEIGHT)
        painter.setFont(theme.font("small_number"))
        advance = painter.fontMetrics().horizontalAdvance
        right = room.right()
        for text, token in zip(reversed(self._angles), ("commanded", "measured"), strict=True):
            width = advance(text)
            painter.setPen(theme.color(token))
            painter.drawText(QRectF(right - width, 0, width, _HEIGHT), middle, text)
            right -= width + 14
        painter.setFont(theme.font("title"))
        painter.setPen(theme.color("text"))
        name = painter.fontMetrics().elidedText(
            self._name, Qt.TextElideMode.ElideRight, int(right - _LEFT - 70)
        )
        painter.drawText(room, middle, name)
        left = _LEFT + painter.fontMetrics().horizontalAdvance(name) + 10
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("muted"))
        painter.drawText(QRectF(left, 0, max(0.0, right - left), _HEIGHT), middle, self._why)
        self._why_right = left + painter.fontMetrics().horizontalAdvance(self._why) + 6
        painter.end()


def _angle(angle_rad: float) -> str:
    return "—" if math.isnan(angle_rad) else f"{round(np.degrees(angle_rad), 1) + 0.0:.1f}°"
