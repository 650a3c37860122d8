"""The bar at the bottom: what each control of the driving device does now, in control's own words."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.feed import Feed
from app.theme import Theme
from twin.wire.messages import ControlStatus

HEIGHT = 34

_MARGIN, _BETWEEN = 14, 6
_ROOMY, _TIGHT = (20, 14), (10, 8)  # gap behind a hint, padding in its keycap

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
        """From left to right; closer together where there is little room, and a count of what found none."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.color("panel"))
        painter.setFont(theme.font("small"))
        metrics, room = painter.fontMetrics(), self.width() - 2 * _MARGIN
        gap, padding = _ROOMY
        widths = self._widths(metrics, padding, gap)
        if sum(widths) > room:
            gap, padding = _TIGHT
            widths = self._widths(metrics, padding, gap)
        left, last = float(_MARGIN), self.width() - _MARGIN
        for place, (control, meaning) in enumerate(self._hints):
            hidden = len(self._hints) - place
            reserve = 0 if hidden == 1 else 30
            if left + widths[place] - gap > last - reserve:
                painter.setPen(theme.color("muted"))
                painter.drawText(QRectF(left, 0, 40, HEIGHT), Qt.AlignmentFlag.AlignVCenter, f"+{hidden}")
                break
            cap = QRectF(left, (HEIGHT - 20) / 2, metrics.horizontalAdvance(control) + padding, 20)
            painter.setPen(QPen(theme.color("line"), 1))
            painter.setBrush(theme.color("raised"))
            painter.drawRoundedRect(cap, 4, 4)
            painter.setPen(theme.color("text"))
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, control)
            painter.setPen(theme.color("muted"))
            text = QRectF(cap.right() + _BETWEEN, 0, widths[place], HEIGHT)
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, meaning)
            left += widths[place]
        painter.end()

    def _widths(self, metrics: QFontMetrics, padding: int, gap: int) -> list[int]:
        """What each hint takes, the gap behind it included."""
        return [
            metrics.horizontalAdvance(control) + padding + _BETWEEN + metrics.horizontalAdvance(meaning) + gap
            for control, meaning in self._hints
        ]
