"""One joint as a slider: its range, where it is, where it was told to be; held and dragged, it turns the joint."""

import math

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme import Theme
from twin.robot import JointSpec

HEIGHT = 44
_MARGIN = 12
_FINE = 0.2  # with Shift


class JointSlider(QWidget):
    """Pressing it moves nothing: a drag is counted from where the joint was told to be."""

    held = Signal(float)  # where the joint is wanted, rad; at the press and whenever that changes
    released = Signal()

    def __init__(self, joint: JointSpec, theme: Theme) -> None:
        """For ``joint``, of which nothing is known yet."""
        super().__init__()
        self._joint, self._theme = joint, theme
        self._measured_rad, self._commanded_rad = math.nan, math.nan
        self._began: tuple[float, float] | None = None  # pixel, angle
        self._wanted_rad = math.nan
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setToolTip("Hold and drag to turn this joint; with Shift five times finer. Let go, and it stops")

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A hand's breadth."""
        return QSize(280, HEIGHT)

    @property
    def is_held(self) -> bool:
        """Whether the mouse holds it."""
        return self._began is not None

    def show_angles(self, measured_rad: float, commanded_rad: float) -> None:
        """Show what is known; nan for nothing."""
        if (measured_rad, commanded_rad) != (self._measured_rad, self._commanded_rad):
            self._measured_rad, self._commanded_rad = measured_rad, commanded_rad
            self.update()

    def let_go(self) -> None:
        """Stop dragging, whoever says so."""
        if self._began is not None:
            self._began = None
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        self.update()

    # --- the mouse ----------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take hold, at the angle that the joint was told."""
        known = self._commanded_rad if math.isfinite(self._commanded_rad) else self._measured_rad
        if event.button() != Qt.MouseButton.LeftButton or not math.isfinite(known):
            return
        self._began = event.position().x(), known
        self._want(known)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Turn."""
        if self._began is None:
            return
        joint, bar = self._joint, self._bar()
        share = (event.position().x() - self._began[0]) / max(bar.width(), 1.0)
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            share *= _FINE
        wanted = self._began[1] + share * (joint.upper_rad - joint.lower_rad)
        self._want(min(max(wanted, joint.lower_rad), joint.upper_rad))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Let go."""
        if event.button() == Qt.MouseButton.LeftButton and self._began is not None:
            self.let_go()
            self.released.emit()

    def _want(self, wanted_rad: float) -> None:
        self._wanted_rad = wanted_rad
        self.held.emit(wanted_rad)
        self.update()

    # --- painting -----------------------------------------------------------------------------------------

    def _bar(self) -> QRectF:
        return QRectF(_MARGIN, HEIGHT - 15.0, self.width() - 2.0 * _MARGIN, 8.0)

    def _place(self, angle_rad: float) -> float:
        joint, bar = self._joint, self._bar()
        span = max(joint.upper_rad - joint.lower_rad, 1e-9)
        share = min(max((angle_rad - joint.lower_rad) / span, 0.0), 1.0)
        return bar.left() + share * bar.width()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Name and angles above, the bar below: grey is measured, cyan is told, the ring is the hand of the person."""
        theme, painter, bar = self._theme, QPainter(self), self._bar()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = QRectF(_MARGIN, 5, bar.width(), 20)
        painter.setFont(theme.font("text"))
        painter.setPen(theme.color("text"))
        name = self._joint.name.replace("_", " ")
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        painter.setFont(theme.font("small_number"))
        painter.setPen(theme.color("text" if self.is_held else "muted"))
        words = _degrees(self._measured_rad)
        if self.is_held:
            words = f"{words}  to  {_degrees(self._wanted_rad)}"
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("sunken"))
        painter.drawRoundedRect(bar, 3, 3)
        for angle, token in ((self._measured_rad, "measured"), (self._commanded_rad, "commanded")):
            if math.isfinite(angle):
                painter.fillRect(QRectF(self._place(angle) - 1.5, bar.top() - 3, 3, 14), theme.color(token))
        grip = self._wanted_rad if self.is_held else self._commanded_rad
        grip = grip if math.isfinite(grip) else self._measured_rad
        if math.isfinite(grip):
            painter.setPen(QPen(theme.color("commanded" if self.is_held else "text"), 2))
            painter.setBrush(theme.color("raised"))
            painter.drawEllipse(QRectF(self._place(grip) - 6, bar.center().y() - 6, 12, 12))
        painter.end()


def _degrees(angle_rad: float) -> str:
    return f"{math.degrees(angle_rad):.1f}°" if math.isfinite(angle_rad) else "\u2014"
