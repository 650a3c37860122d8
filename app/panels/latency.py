"""How late the robot follows, and where the time goes: one bar for each stage from the hand to the eye."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.conditions import latency_severity
from app.feed import Feed
from app.frame.signs import draw_sign
from app.panels.base import PanelContext
from app.theme import Theme
from twin.wire.messages import ControlLatency, LatencyStage

_FRESH_S = 2.0
_ROW, _HEAD, _MARGIN = 34, 58, 14
_WORDS = {
    "device": "device",
    "inputs": "inputs",
    "control": "control",
    "wire": "wire",
    "gate": "gate",
    "robot": "robot moves",
    "state_back": "state back",
    "drawn": "drawn",
}


def create(context: PanelContext) -> "LatencyPanel":
    """The panel."""
    return LatencyPanel(context)


class LatencyPanel:
    """Five times a second what control measured, and what the window adds."""

    title = "Latency"
    rate_hz = 5.0

    def __init__(self, context: PanelContext) -> None:
        """Make no widget yet."""
        self._theme, self._drawn = context.theme, context.drawn
        self._made: _Stages | None = None

    def widget(self) -> QWidget:
        """One painted picture."""
        if self._made is None:
            self._made = _Stages(self._theme)
        return self._made

    def refresh(self, feed: Feed, now_ns: int) -> None:
        """Show the newest split."""
        if self._made is None:
            return
        found = feed.message("control.latency", ControlLatency)
        latency = found[0] if found and found[1] < _FRESH_S else None
        drawn = self._drawn.read(now_ns)
        stages = (*latency.stages, *([drawn] if drawn else [])) if latency else ()
        self._made.show_stages(latency, stages)

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        if self._made is not None:
            self._made.theme = theme
            self._made.update()


class _Stages(QWidget):
    """The whole in large figures, then a row for each stage: half of all in grey, 95 of 100 as a line."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.latency: ControlLatency | None = None
        self.stages: tuple[LatencyStage, ...] = ()
        self.setToolTip(
            "Bar: half of all samples of the last two seconds are faster than this. Line: 95 of 100 are.\n"
            "The whole is from the reading of the device to the motion that control hears of."
        )

    def show_stages(self, latency: ControlLatency | None, stages: tuple[LatencyStage, ...]) -> None:
        """Show these."""
        self.latency, self.stages = latency, stages
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Figures and bars."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = self.width() - 2.0 * _MARGIN
        if self.latency is None:
            painter.setFont(self.theme.font("text"))
            painter.setPen(self.theme.color("muted"))
            room = QRectF(_MARGIN, 0, width, min(self.height(), 90))
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(room, flags, "Measured while the robot follows a hand.")
            painter.end()
            return
        self._paint_whole(painter, self.latency, width)
        longest = max((stage.p95_ms for stage in self.stages), default=1.0) or 1.0
        row = min(float(_ROW), (self.height() - _HEAD - 8.0) / max(len(self.stages), 1))
        for place, stage in enumerate(self.stages):
            self._paint_stage(painter, stage, QRectF(_MARGIN, _HEAD + place * row, width, row), longest)
        painter.end()

    def _paint_whole(self, painter: QPainter, latency: ControlLatency, width: float) -> None:
        theme, severity = self.theme, latency_severity(latency.whole_p95_ms)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("muted"))
        painter.drawText(QRectF(_MARGIN, 4, width, 16), Qt.AlignmentFlag.AlignLeft, "from hand to motion")
        left = float(_MARGIN)
        if severity:
            draw_sign(painter, severity, QRectF(left, 27, 14, 14), theme.severity_color(severity))
            left += 22
        painter.setFont(theme.font("state"))
        painter.setPen(theme.color(severity or "text"))
        words = f"{latency.whole_p50_ms:.0f} / {latency.whole_p95_ms:.0f} ms"
        painter.drawText(QRectF(left, 20, width, 28), Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_stage(self, painter: QPainter, stage: LatencyStage, rect: QRectF, longest_ms: float) -> None:
        theme = self.theme
        painter.setFont(theme.font("text"))
        painter.setPen(theme.color("text"))
        name = _WORDS.get(stage.name, stage.name.replace("_", " "))
        line = QRectF(rect.left(), rect.top(), rect.width(), rect.height() - 10)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        painter.setFont(theme.font("small_number"))
        figures = f"{stage.p50_ms:.1f} / {stage.p95_ms:.1f} ms"
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, figures)
        trough = QRectF(rect.left(), rect.bottom() - 10, rect.width(), 6)
        painter.fillRect(trough, theme.color("sunken"))
        bar = QRectF(trough)
        bar.setWidth(trough.width() * min(1.0, stage.p50_ms / longest_ms))
        painter.fillRect(bar, theme.color("measured"))
        mark = trough.left() + (trough.width() - 2) * min(1.0, stage.p95_ms / longest_ms)
        painter.fillRect(QRectF(mark, trough.top() - 2, 2, 10), theme.color("text"))
