"""The list to go through before the work begins: what keeps from working stands first, with what to do about it."""

from html import escape

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from app.feed import Feed
from app.frame.signs import draw_sign
from app.panels.base import PanelContext
from app.preflight import OK, UNKNOWN, Check, Preflight, ready
from app.theme import Theme
from twin.wire.clock import NS_PER_S

_SHOWN_EVERY_NS = NS_PER_S // 2


def create(context: PanelContext) -> "PreflightPanel":
    """The panel."""
    return PreflightPanel(context)


class PreflightPanel:
    """Looks with every frame, so that no picture of a camera is missed; shows twice a second what is found."""

    title = "Preflight"
    rate_hz = 1000.0
    always = True  # so that the list is complete when it is opened

    def __init__(self, context: PanelContext) -> None:
        """Make no widget yet."""
        self._theme, self._stop_confirmed = context.theme, context.stop_confirmed
        self.preflight = Preflight(context.spec)
        self.checks: tuple[Check, ...] = ()
        self._rows: list[_Row] = []
        self._shown_ns = 0
        self._made: QWidget | None = None

    def widget(self) -> QWidget:
        """A verdict over rows of sign and words."""
        if self._made is None:
            self._made = QWidget()
            layout = QVBoxLayout(self._made)
            layout.setContentsMargins(12, 2, 12, 8)
            layout.setSpacing(10)
            self._head = QLabel("looking")
            self._head.setFont(self._theme.font("state"))
            layout.addWidget(self._head)
            self._grid = QGridLayout()
            self._grid.setHorizontalSpacing(10)
            self._grid.setVerticalSpacing(8)
            self._grid.setColumnStretch(1, 1)
            layout.addLayout(self._grid)
            layout.addStretch(1)
        return self._made

    def refresh(self, feed: Feed, now_ns: int) -> None:
        """Look, and now and then show."""
        self.preflight.hear(feed, now_ns)
        if self._made is None or now_ns - self._shown_ns < _SHOWN_EVERY_NS:
            return
        self._shown_ns = now_ns
        self.show_checks(self.preflight.checks(feed, self._stop_confirmed()))

    def show_checks(self, checks: tuple[Check, ...]) -> None:
        """Show these, in their order."""
        if checks == self.checks:
            return
        self.checks = checks
        open_ones = sum(check.verdict not in (OK, "advisory") for check in checks)
        self._head.setText("ready" if ready(checks) else f"{open_ones} of {len(checks)} not ready")
        while len(self._rows) < len(checks):
            self._rows.append(_Row(self._theme, self._grid, len(self._rows)))
        for row, check in zip(self._rows, checks, strict=False):
            row.say(check)
        for row in self._rows[len(checks) :]:
            row.say(None)

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        if self._made is not None:
            self._head.setFont(theme.font("state"))
        for row in self._rows:
            row.set_theme(theme)


class _Row:
    """One check: its sign, and beside it what was found and what to do."""

    def __init__(self, theme: Theme, grid: QGridLayout, number: int) -> None:
        self._check: Check | None = None
        self._sign, self._words = _Sign(theme), QLabel()
        self._words.setTextFormat(Qt.TextFormat.RichText)
        self._words.setWordWrap(True)
        grid.addWidget(self._sign, number, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._words, number, 1)
        self.set_theme(theme)

    def say(self, check: Check | None) -> None:
        """Show ``check``, or nothing."""
        self._check = check
        for part in (self._sign, self._words):
            part.setVisible(check is not None)
        if check is None:
            return
        self._sign.show_verdict(check.verdict)
        muted = self._theme.color("muted").name()
        first = f"<br><span style='color:{muted}'>{escape(check.first)}</span>" if check.first else ""
        self._words.setText(f"<b>{escape(check.what)}</b>&nbsp; {escape(check.text)}{first}")

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        self._words.setFont(theme.font("text"))
        self._sign.theme = theme
        self._sign.update()
        self.say(self._check)


class _Sign(QWidget):
    """The shape of a severity; a tick for what is ready, a ring for what was not seen yet."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme, self._verdict = theme, UNKNOWN
        self.setFixedSize(QSize(16, 18))

    def show_verdict(self, verdict: str) -> None:
        """Show another one."""
        if verdict != self._verdict:
            self._verdict = verdict
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw it."""
        painter, rect, theme = QPainter(self), QRectF(1, 3, 13, 13), self.theme
        match self._verdict:
            case "ok":
                painter.setFont(theme.font("text"))
                painter.setPen(theme.color("text"))
                painter.drawText(QRectF(0, 0, 16, 18), Qt.AlignmentFlag.AlignCenter, "\u2713")
            case "unknown":
                draw_sign(painter, "lamp", rect, theme.color("muted"), filled=False)
            case severity:
                draw_sign(painter, severity, rect, theme.severity_color(severity))
        painter.end()
