"""The two large words of the strip: which robot this is, and what state it is in."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.frame.mode import AMBER, LIVE, OFFLINE, RED, Mode
from app.frame.signs import draw_sign, hatch
from app.theme import Theme
from twin.wire.clock import NS_PER_S

HEIGHT = 56

_LOOK_TOKEN = {LIVE: "live", AMBER: "warning", RED: "alarm"}


class StateWord(QWidget):
    """The robot's state in one large word, and why in a small one."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._mode, self._now_ns = theme, OFFLINE, 0
        self.setMinimumWidth(190)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Wide enough for a reason."""
        return QSize(250, HEIGHT)

    def say(self, mode: Mode, now_ns: int) -> None:
        """Show ``mode``."""
        if mode != self._mode or mode.progress:
            self._mode, self._now_ns = mode, now_ns
            self.setToolTip(mode.detail)
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Grey is drawn as plain text; every other look fills the field."""
        theme, mode, painter = self._theme, self._mode, QPainter(self)
        token = _LOOK_TOKEN.get(mode.look)
        if token:
            painter.fillRect(self.rect(), theme.color(token))
        strong = theme.color("on_signal" if token else "text")
        quiet = strong if token else theme.color("muted")
        left, width = 14.0, self.width() - 24.0
        if mode.sign:
            draw_sign(painter, mode.sign, QRectF(left, 11, 15, 15), strong)
            left, width = left + 22, width - 22
        painter.setFont(theme.font("state"))
        painter.setPen(strong)
        painter.drawText(QRectF(left, 5, width, 28), Qt.AlignmentFlag.AlignVCenter, mode.word)
        painter.setFont(theme.font("small"))
        painter.setPen(quiet)
        detail = painter.fontMetrics().elidedText(mode.detail, Qt.TextElideMode.ElideRight, int(width))
        painter.drawText(QRectF(left, 33, width, 16), Qt.AlignmentFlag.AlignVCenter, detail)
        if mode.progress:
            self._paint_progress(painter, strong)
        painter.end()

    def _paint_progress(self, painter: QPainter, color: QColor) -> None:
        share = (self._now_ns % (2 * NS_PER_S)) / (2 * NS_PER_S)
        run = self.width() * 0.25
        painter.fillRect(QRectF(-run + share * (self.width() + run), HEIGHT - 3, run, 3), color)


class Identity(QWidget):
    """Which robot this is; a simulated one is hatched and says SIM."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme, self._name, self._simulated = theme, name, False
        self.setMinimumWidth(128)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for a name of a dozen letters."""
        return QSize(150, HEIGHT)

    def say(self, name: str, simulated: bool) -> None:
        """Show the robot's own name."""
        if (name, simulated) != (self._name, self._simulated):
            self._name, self._simulated = name, simulated
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw SIM over stripes, or ROBOT, and the name beneath."""
        theme, painter = self._theme, QPainter(self)
        left, width = 14.0, self.width() - 20.0
        if self._simulated:
            painter.setFont(theme.font("title"))
            chip = QRectF(left, 8, painter.fontMetrics().horizontalAdvance("SIM") + 20.0, 18)
            painter.fillRect(chip, theme.color("panel"))
            painter.fillRect(chip, hatch(theme.color("muted", 110), 8))
            painter.setPen(theme.color("muted"))
            painter.drawRect(chip)
            inner = chip.adjusted(7, 2, -7, -2)
            painter.fillRect(inner, theme.color("panel"))
            painter.setPen(theme.color("text"))
            painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, "SIM")
        else:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("muted"))
            painter.drawText(QRectF(left, 8, width, 16), Qt.AlignmentFlag.AlignLeft, "robot")
        painter.setFont(theme.font("strip"))
        painter.setPen(theme.color("text"))
        name = painter.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideRight, int(width))
        painter.drawText(QRectF(left, 29, width, 20), Qt.AlignmentFlag.AlignLeft, name)
        painter.end()
