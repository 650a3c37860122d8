"""The line beneath the strip: the highest alarm or why the robot does not follow, the last request, the next act."""

from collections.abc import Callable, Container

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from app.alarms import Alarm, Alarms
from app.frame.signs import draw_sign
from app.requests import ACCEPTED, REFUSED, REQUESTED, UNANSWERED, Outcome
from app.theme import Theme
from twin.wire.clock import NS_PER_MS, NS_PER_S

HEIGHT = 40

_SHOW_OUTCOME_NS = 6 * NS_PER_S
_FLASH_HALF_NS = 250 * NS_PER_MS  # 2 Hz, the border only
_OUTCOME_SIGN = {REQUESTED: "hollow", ACCEPTED: "filled", REFUSED: "warning", UNANSWERED: "warning"}


def alarm_words(alarm: Alarm, now_ns: int) -> str:
    """What, how often, how long ago, and what to do first, until it is over."""
    ago_s = max(0, now_ns - alarm.since_ns) // NS_PER_S
    parts = [alarm.condition.text]
    if alarm.count > 1:
        parts.append(f"{alarm.count} times")
    if alarm.cleared:
        parts.append("over")
    parts.append(f"{ago_s // 60}:{ago_s % 60:02d} ago")
    if alarm.condition.first and not alarm.cleared:
        parts.append(f"first: {alarm.condition.first}")
    return " · ".join(parts)


def outcome_words(outcome: Outcome) -> str:
    """The request, its state and the reason."""
    if outcome.state == ACCEPTED and outcome.reason:
        return f"{outcome.title}: {outcome.reason}"  # the filled lamp says that it was accepted
    return f"{outcome.title}: {outcome.state}" + (f" · {outcome.reason}" if outcome.reason else "")


# Each has a place of its own that stays empty while it is not allowed: what is pressed twice never does two things.
_NEXT_ACTS = (("disarm", "Disarm   F6"), ("reset", "Reset   F7"), ("arm", "Arm   F5"))


class AlarmLine(QWidget):
    """Painted text on the left, the last request beside the buttons on the right."""

    def __init__(self, theme: Theme, run: Callable[[str], None]) -> None:
        """``run(action_id)`` does what a button says."""
        super().__init__()
        self._theme = theme
        self._alarm: Alarm | None = None
        self._more = 0
        self._words, self._reason, self._dark_border = "", "", False
        self._severity = self._heard = ""
        self._outcome: Outcome | None = None
        self.setFixedHeight(HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 5, 12, 5)
        layout.setSpacing(8)
        layout.addStretch(1)
        self.buttons: dict[str, QPushButton] = {}
        for action, title in (("acknowledge", "Acknowledge   F8"), *_NEXT_ACTS):
            button = QPushButton(title)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(_running(run, action))
            button.hide()
            if action != "acknowledge":
                kept = button.sizePolicy()
                kept.setRetainSizeWhenHidden(True)
                button.setSizePolicy(kept)
            self.buttons[action] = button
            layout.addWidget(button)

    @property
    def text(self) -> str:
        """What stands on the left."""
        return self._words or self._reason

    def refresh(
        self,
        alarms: Alarms,
        outcome: Outcome | None,
        reason: str,
        allowed: Container[str],
        now_ns: int,
        severity: str = "",
        heard: str = "",
    ) -> None:
        """Show the state of affairs.

        Args:
            alarms: the top one is shown.
            outcome: of the last request; shown for six seconds.
            reason: why the robot does not follow, or what there is to do.
            allowed: ids of the actions that have a button here and may be done now.
            now_ns: the time.
            severity: of the reason, which puts its sign before it; empty for none.
            heard: what sounded a moment ago, in words; shown where no request is.
        """
        self._severity, self._heard = severity, heard
        self._alarm = alarms.top
        unseen = [alarm for alarm in alarms.standing() if not alarm.acknowledged]
        self._more = max(0, len(unseen) - 1)
        self._words = alarm_words(self._alarm, now_ns) if self._alarm else ""
        self._reason = reason
        recent = outcome and now_ns - outcome.changed_ns < _SHOW_OUTCOME_NS
        self._outcome = outcome if recent else None
        self._dark_border = (now_ns // _FLASH_HALF_NS) % 2 == 0
        for action, button in self.buttons.items():
            button.setVisible(action in allowed)
        self.setToolTip("\n".join(alarm_words(alarm, now_ns) for alarm in alarms.standing()))
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Sign, words, request."""
        theme, painter = self._theme, QPainter(self)
        painter.fillRect(self.rect(), theme.color("panel"))
        shown = [button.x() for button in self.buttons.values() if button.isVisible()]
        right = min(shown, default=self.width()) - 14.0
        if self._outcome:
            right = self._paint_outcome(painter, self._outcome, right)
        elif self._heard and not self._alarm:
            right = self._paint_heard(painter, self._heard, right)
        left = 14.0
        if self._alarm:
            left = self._paint_sign(painter, self._alarm, left)
        elif self._severity:
            color = theme.severity_color(self._severity)
            draw_sign(painter, self._severity, QRectF(left, HEIGHT / 2 - 7, 14, 14), color)
            left += 22
        painter.setFont(theme.font("text"))
        painter.setPen(theme.color("text" if self._alarm or self._severity else "muted"))
        width = right - left - 12
        text = painter.fontMetrics().elidedText(self.text, Qt.TextElideMode.ElideRight, int(width))
        painter.drawText(QRectF(left, 0, width, HEIGHT), Qt.AlignmentFlag.AlignVCenter, text)
        if self._alarm and self._alarm.severity == "alarm" and self._dark_border:
            painter.setPen(theme.color("alarm"))
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))
        painter.end()

    def _paint_sign(self, painter: QPainter, alarm: Alarm, left: float) -> float:
        color = self._theme.severity_color(alarm.severity)
        draw_sign(painter, alarm.severity, QRectF(left, HEIGHT / 2 - 8, 16, 16), color)
        left += 24
        painter.setFont(self._theme.font("title"))
        painter.setPen(color)
        word = alarm.severity.upper() + (f" +{self._more}" if self._more else "")
        painter.drawText(QRectF(left, 0, 200, HEIGHT), Qt.AlignmentFlag.AlignVCenter, word)
        return left + painter.fontMetrics().horizontalAdvance(word) + 14

    def _paint_heard(self, painter: QPainter, words: str, right: float) -> float:
        """Returns where the rest of the line has to end."""
        painter.setFont(self._theme.font("text"))
        metrics = painter.fontMetrics()
        text = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(right * 0.4))
        width = metrics.horizontalAdvance(text)
        place = QRectF(right - width - 22, HEIGHT / 2 - 6, 12, 12)
        draw_sign(painter, "sound", place, self._theme.color("muted"))
        painter.setPen(self._theme.color("muted"))
        painter.drawText(QRectF(right - width, 0, width + 1, HEIGHT), Qt.AlignmentFlag.AlignVCenter, text)
        return place.left() - 8

    def _paint_outcome(self, painter: QPainter, outcome: Outcome, right: float) -> float:
        """Returns where the rest of the line has to end."""
        painter.setFont(self._theme.font("text"))
        metrics = painter.fontMetrics()
        widest = right * (0.4 if self._alarm else 0.75)
        text = metrics.elidedText(outcome_words(outcome), Qt.TextElideMode.ElideRight, int(widest))
        width = metrics.horizontalAdvance(text)
        sign = _OUTCOME_SIGN[outcome.state]
        failed = sign == "warning"
        color = self._theme.color("warning" if failed else "measured")
        lamp = QRectF(right - width - 20, HEIGHT / 2 - 6, 12, 12)
        draw_sign(painter, "warning" if failed else "lamp", lamp, color, filled=sign != "hollow")
        painter.setPen(self._theme.color("text"))
        painter.drawText(QRectF(right - width, 0, width + 1, HEIGHT), Qt.AlignmentFlag.AlignVCenter, text)
        return lamp.left() - 8


def _running(run: Callable[[str], None], action: str) -> Callable[[], None]:
    return lambda: run(action)
