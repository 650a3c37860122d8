"""Input map: what the hand on the device does, and what control makes of it."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.feed import Feed
from app.frame.signs import draw_sign
from app.interventions import reason_from
from app.panels.base import PanelContext
from app.theme import Theme
from app.touch_row import HEIGHT_PX, Felt, felt_by, paint_touch
from twin.wire.messages import (
    ControlStatus,
    HandGoal,
    InputDevices,
    InputSample,
    RobotIdentity,
    RobotState,
)

_NOTHING = "\u2014"
_STICKS = 190  # pixels for the picture of the device
_NUMBERS, _SHORTEST_WORD = 92, 50  # pixels for a hand's two figures, and below which no word is legible


def create(context: PanelContext) -> "InputMapPanel":
    """The panel."""
    return InputMapPanel(context)


class InputMapPanel:
    """Thirty times a second the newest sample of the driving device."""

    title = "Input map"
    rate_hz = 30.0

    def __init__(self, context: PanelContext) -> None:
        """Make no widget yet."""
        self._theme = context.theme
        self._made: _Map | None = None
        self._samples: dict[str, InputSample] = {}  # newest of each device

    def widget(self) -> QWidget:
        """One painted picture."""
        if self._made is None:
            self._made = _Map(self._theme)
        return self._made

    def refresh(self, feed: Feed, _now_ns: int) -> None:
        """Show device and hands."""
        if self._made is None:
            return
        newest = feed.message("operator.input", InputSample)
        if newest:
            self._samples[newest[0].device] = newest[0]
        for heard in feed.all("operator.input"):
            sample = heard.read(InputSample)
            self._samples[sample.device] = sample
        control = feed.fresh("control.status", ControlStatus)
        silent = feed.is_stale("operator.input")
        self._made.control = control
        self._made.sample = None if silent or control is None else self._samples.get(control.device)
        devices = feed.fresh("inputs.devices", InputDevices)
        self._made.note = devices.note if devices else "the input devices are not heard"
        identity = feed.message("robot.identity", RobotIdentity)
        names = identity[0].touch_names if identity else ()
        state = feed.fresh("robot.state", RobotState)
        self._made.felt = {side: felt_by(state, names, side) for side in ("left", "right")}
        self._made.update()

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        if self._made:
            self._made.theme = theme
            self._made.update()


class _Map(QWidget):
    """Sticks and triggers on the left, words in the middle, one block per hand on the right."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.control: ControlStatus | None = None
        self.sample: InputSample | None = None
        self.note = ""
        self.felt: dict[str, tuple[Felt, ...]] = {}

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """All three parts."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = self.height() - 8.0
        self._paint_device(painter, QRectF(10, 0, _STICKS, height))
        hands = max(250.0, (self.width() - _STICKS - 40) * 0.5)
        middle = QRectF(_STICKS + 26, 0, self.width() - _STICKS - 26 - hands - 20, height)
        self._paint_words(painter, middle)
        self._paint_hands(painter, QRectF(self.width() - hands - 10, 0, hands, height))
        painter.end()

    # --- the device ------------------------------------------------------------------------------------

    def _paint_device(self, painter: QPainter, rect: QRectF) -> None:
        axes = self.sample.axes if self.sample is not None and self.sample.axes.size >= 6 else None
        radius = min(rect.height() / 2 - 6, 34.0)
        centre = rect.top() + rect.height() / 2
        for side, first, trigger in ((0, 0, 4), (1, 2, 5)):
            x = rect.left() + 16 + radius + side * (rect.width() - 2 * radius - 32)
            stick = (float(axes[first]), float(axes[first + 1])) if axes is not None else None
            self._paint_stick(painter, QPointF(x, centre), radius, stick)
            edge = rect.left() if side == 0 else rect.right() - 7
            pull = float(axes[trigger]) if axes is not None else None
            self._paint_trigger(painter, QRectF(edge, centre - radius, 7, 2 * radius), pull)

    def _paint_stick(
        self, painter: QPainter, centre: QPointF, radius: float, stick: tuple[float, float] | None
    ) -> None:
        theme = self.theme
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setBrush(theme.color("sunken"))
        painter.drawEllipse(centre, radius, radius)
        if stick is None:
            return
        # Left and up are positive on the wire, the other way round on a screen.
        knob = centre + QPointF(-stick[0], -stick[1]) * (radius - 9)
        painter.setPen(QPen(theme.color("measured"), 2))
        painter.drawLine(centre, knob)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("measured"))
        painter.drawEllipse(knob, 8, 8)

    def _paint_trigger(self, painter: QPainter, rect: QRectF, pull: float | None) -> None:
        painter.fillRect(rect, self.theme.color("sunken"))
        if pull is not None:
            filled = QRectF(rect)
            filled.setTop(rect.bottom() - rect.height() * min(1.0, max(0.0, pull)))
            painter.fillRect(filled, self.theme.color("measured"))

    # --- what control makes of it -----------------------------------------------------------------------

    def _paint_words(self, painter: QPainter, rect: QRectF) -> None:
        theme, control = self.theme, self.control
        line = min(20.0, rect.height() / 5)
        held = bool(control and control.hold_to_run)
        draw_sign(painter, "lamp", QRectF(rect.left(), 4, 12, 12), theme.color("text"), filled=held)
        painter.setFont(theme.font("text"))
        painter.setPen(theme.color("text" if held else "muted"))
        word = "hold-to-run held" if held else "hold-to-run released"
        self._line(painter, QRectF(rect.left() + 20, 0, rect.width() - 20, line), word)
        painter.setPen(theme.color("text" if control else "muted"))
        rows = [self.note] if control is None or not control.device_name else [control.device_name]
        if control:
            rows.append(f"layer {control.layer or _NOTHING} · scale {control.scale or _NOTHING}")
            held_back = map(reason_from, (*control.reasons, *control.limited_by))
            rows += [reason.sentence for reason in held_back if reason is not None][:1]
            if self.note and self.note not in rows:
                rows.append(self.note)
        for place, text in enumerate((row for row in rows if row), start=1):
            painter.setPen(theme.color("muted" if place != 1 else "text"))
            self._line(painter, QRectF(rect.left(), place * line + 4, rect.width(), line), text)

    def _line(self, painter: QPainter, rect: QRectF, text: str) -> None:
        elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(rect.width()))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, elided)

    def _paint_band(self, painter: QPainter, rect: QRectF, goal: HandGoal) -> None:
        """Whether the tracked hand is followed, slowed or was refused: three lamps, of which one is lit, and a word."""
        tones = {"followed": "measured", "slowed": "advisory", "refused": "warning"}
        for place, (band, tone) in enumerate(tones.items()):
            lit = band == goal.band
            lamp = QRectF(rect.left() + 12 * place, rect.center().y() - 4, 9, 8)
            painter.fillRect(lamp, self.theme.color(tone if lit else "sunken"))
        painter.setFont(self.theme.font("small"))
        painter.setPen(self.theme.color(tones.get(goal.band, "text")))
        word = rect.adjusted(42, 0, 0, 0)
        if word.width() > _SHORTEST_WORD:  # else the lamps tell
            self._line(painter, word, goal.band)

    def _paint_hands(self, painter: QPainter, rect: QRectF) -> None:
        goals = {goal.side: goal for goal in self.control.hands} if self.control else {}
        half = rect.height() / 2
        for row, side in enumerate(("left", "right")):
            place = QRectF(rect.left(), rect.top() + row * half, rect.width(), half - 4)
            self._paint_hand(painter, place, side, goals.get(side))

    def _paint_hand(self, painter: QPainter, rect: QRectF, side: str, goal: HandGoal | None) -> None:
        theme = self.theme
        driven = bool(goal and goal.driven)
        if driven:  # a bar at the edge: this hand listens
            painter.fillRect(
                QRectF(rect.left() - 8, rect.top() + 1, 3, rect.height() - 2), theme.color("text")
            )
        painter.setFont(theme.font("text"))
        painter.setPen(theme.color("text" if driven else "muted"))
        line = QRectF(rect.left(), rect.top(), rect.width(), 18)
        grasp = goal.grasp if goal and goal.grasp else _NOTHING
        name = f"{side} hand · {grasp}"
        self._line(painter, line, name)
        if goal and goal.band:
            left = painter.fontMetrics().horizontalAdvance(name) + 14.0
            self._paint_band(painter, line.adjusted(left, 0, -_NUMBERS, 0), goal)
        painter.setFont(theme.font("small_number"))
        felt = self.felt.get(side, ())
        painter.setPen(theme.color("text" if driven else "muted"))
        error = f"{(goal.error_m + goal.behind_m) * 1000:.0f} mm" if goal and driven else _NOTHING
        got = f"{sum(one.force_n for one in felt):.1f} N" if felt else _NOTHING
        painter.drawText(
            line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{error}   {got}"
        )
        if goal and not goal.grasp:  # no fingers to close
            return
        trough = QRectF(rect.left(), rect.top() + 20, rect.width(), 6)
        painter.fillRect(trough, theme.color("sunken"))
        if goal:
            filled = QRectF(trough)
            filled.setWidth(trough.width() * min(1.0, max(0.0, goal.closure)))
            painter.fillRect(filled, theme.color("commanded", 255 if driven else 110))
        paint_touch(painter, QRectF(rect.left(), trough.bottom() + 4, rect.width(), HEIGHT_PX), felt, theme)
