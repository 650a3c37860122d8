"""The STOP button: 96 pixels square, always in the same corner, acting on press and not on release."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.frame.signs import sign_path
from app.stop.presses import ACKNOWLEDGED, IDLE, NOT_ACKNOWLEDGED, SENT, StopView
from app.theme import Theme

SIDE = 96

TOOLTIP = (
    "Software stop: press once to hold, again to settle, keep pressed for one second (or with Shift) to cut "
    "the motors.\nSpace and Escape do the same. It is no substitute for the robot's hardware stop."
)


def words(view: StopView, connected: bool) -> str:
    """What stands beneath STOP."""
    if not connected:
        return "no robot" if view.state == IDLE else view.state
    match view.state:
        case "sent":
            return f"{view.asked} sent"
        case "acknowledged":
            return f"{view.latched} acknowledged"
        case "NOT ACKNOWLEDGED":
            return NOT_ACKNOWLEDGED
    match view.latched:
        case "HOLD":
            return "again: settle"
        case "SETTLE" | "CUT":
            return f"{view.latched} latched"
    return "Space · Esc"


class StopButton(QWidget):
    """Draws an octagon with STOP and the state of the last press."""

    def __init__(self, theme: Theme, press: Callable[[bool], None], release: Callable[[], None]) -> None:
        """``press(cut)`` and ``release()`` are called from the mouse's own events."""
        super().__init__()
        self._theme, self._press, self._release = theme, press, release
        self._view, self._connected, self._held = StopView(), False, 0.0
        self.setFixedSize(SIDE, SIDE)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setToolTip(TOOLTIP)
        self.setAccessibleName("STOP, a software stop")

    def say(self, view: StopView, connected: bool, held: float) -> None:
        """Show ``view``; ``held`` 0..1 is how far a long press has come."""
        if (view, connected, held) != (self._view, self._connected, self._held):
            self._view, self._connected, self._held = view, connected, held
            self.update()

    @property
    def text(self) -> str:
        """The words beneath STOP."""
        return words(self._view, self._connected)

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Stop now; with no robot there is nothing to press."""
        if self._connected and event.button() == Qt.MouseButton.LeftButton:
            self._press(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A quick second press is a press like any other."""
        self.mousePressEvent(event)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """The press is over."""
        self._release()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Octagon, word, state, and the ring of a long press."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.color("panel"))
        ground, ink = self._colors()
        octagon = QRectF(4, 4, SIDE - 8, SIDE - 8)
        edge = Qt.PenStyle.NoPen if self._connected else QPen(theme.color("line"), 2)
        painter.setPen(edge)
        painter.setBrush(ground)
        painter.drawPath(sign_path("stop", octagon))
        if self._held > 0:
            painter.setPen(QPen(ink, 4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawArc(octagon.adjusted(8, 8, -8, -8), 90 * 16, -int(self._held * 360 * 16))
        font = theme.font("state")
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(QRectF(0, 22, SIDE, 32), Qt.AlignmentFlag.AlignCenter, "STOP")
        font = theme.font("small")
        if self._view.state == NOT_ACKNOWLEDGED:
            font.setBold(True)
        painter.setFont(font)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(QRectF(10, 52, SIDE - 20, 32), flags, self.text)
        painter.end()

    def _colors(self) -> tuple[QColor, QColor]:
        theme = self._theme
        if self._view.state == NOT_ACKNOWLEDGED:
            return theme.color("alarm"), theme.color("on_signal")
        if not self._connected:
            return theme.color("panel"), theme.color("muted")
        if self._view.state in (SENT, ACKNOWLEDGED):
            return theme.color("warning"), theme.color("on_signal")
        return theme.color("stop"), theme.color("on_stop")
