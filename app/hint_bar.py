"""The bar at the bottom: what each control of the driving device does now, in control's own words."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.feed import Feed
from app.theme import Theme
from twin.wire.messages import ControlStatus

HEIGHT = 34

# Without control there is nothing to drive, but the window still answers these.
_WITHOUT_CONTROL = ("Space=STOP", "Ctrl+K=all actions")


def split_hint(hint: str) -> tuple[str, str]:
    """``"A=record"`` as the control's name and its meaning."""
    control, _, meaning = hint.partition("=")
    return control.strip(), meaning.strip()


class HintBar(QWidget):
    """Names of controls as keycaps, each followed by what it does."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._hints: tuple[tuple[str, str], ...] = ()
        self._may_drive = False
        self.setFixedHeight(HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    @property
    def hints(self) -> tuple[tuple[str, str], ...]:
        """Control and meaning, as shown."""
        return self._hints

    def refresh(self, feed: Feed) -> None:
        """Show the hints of control's newest word."""
        control = feed.fresh("control.status", ControlStatus)
        said = control.hints if control and control.hints else _WITHOUT_CONTROL
        hints = tuple(split_hint(hint) for hint in said)
        if hints != self._hints:
            self._hints = hints
            self.setToolTip("\n".join(f"{control}: {meaning}" for control, meaning in hints))
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """From left to right, as many as there is room for."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.color("panel"))
        left, last = 14.0, self.width() - 14.0
        for control, meaning in self._hints:
            painter.setFont(theme.font("small"))
            metrics = painter.fontMetrics()
            cap = metrics.horizontalAdvance(control) + 14.0
            text = float(metrics.horizontalAdvance(meaning))
            if left + cap + 7 + text > last:
                break
            rect = QRectF(left, (HEIGHT - 20) / 2, cap, 20)
            painter.setPen(QPen(theme.color("line"), 1))
            painter.setBrush(theme.color("raised"))
            painter.drawRoundedRect(rect, 4, 4)
            painter.setPen(theme.color("text"))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, control)
            painter.setPen(theme.color("muted"))
            place = QRectF(left + cap + 7, 0, text + 2, HEIGHT)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, meaning)
            left += cap + 7 + text + 18
        painter.end()
