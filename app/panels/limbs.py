"""Limbs: six rows that say which part of the body is close to a limit, and by which joint."""

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.feed import Feed
from app.joints.commanded import BALANCE_MOVES, balanced_joints, commanded_rad
from app.joints.limb_use import Floats, Limb, LimbUse, finger_joints, limb_uses, limbs_of
from app.panels.base import PanelContext
from app.theme import Theme
from twin.robot import RobotSpec
from twin.wire.messages import EMPTY, MotorState, RobotState, Vector

_NOTHING = "\u2014"
_WARN_USE = 0.9


def create(context: PanelContext) -> "LimbsPanel":
    """The panel for the robot of ``context``."""
    return LimbsPanel(context)


class LimbsPanel:
    """Ten times a second the worst joint of each limb."""

    title = "Limbs"
    rate_hz = 10.0

    def __init__(self, context: PanelContext) -> None:
        """Make no widget yet."""
        self._spec, self._theme = context.spec, context.theme
        self._limbs = limbs_of(context.spec.groups)
        self._made: _Rows | None = None

    def widget(self) -> QWidget:
        """One painted table."""
        if self._made is None:
            self._made = _Rows(self._limbs, self._spec, self._theme)
        return self._made

    def refresh(self, feed: Feed, _now_ns: int) -> None:
        """Show the newest state, or dashes when it is old."""
        if self._made is None:
            return
        state = feed.fresh("robot.state", RobotState)
        count = len(self._spec.joints)
        sizes = (
            {array.size for array in (state.position_rad, state.velocity_rad_s, state.effort_nm)}
            if state
            else {}
        )
        if state is None or sizes != {count}:
            self._made.say(())
            return
        motors = feed.fresh("robot.motors", MotorState)
        self._made.setToolTip(BALANCE_MOVES if balanced_joints(feed, self._spec) else "")
        self._made.say(
            limb_uses(
                self._spec,
                self._limbs,
                np.asarray(state.position_rad, np.float64),
                np.asarray(state.velocity_rad_s, np.float64),
                np.asarray(state.effort_nm, np.float64),
                commanded_rad(feed, self._spec),
                _sized(motors.temperature_c if motors else EMPTY, count),
            )
        )

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        if self._made:
            self._made.set_theme(theme)


def _sized(values: Vector, count: int) -> Floats:
    return np.asarray(values, np.float64) if values.size == count else np.full(count, np.nan)


class _Rows(QWidget):
    """Name, bar with the worst joint's name, then load, error and temperature as numbers."""

    _COLUMNS = (("load", 62), ("error", 76), ("hottest", 62))  # right to left from the edge: title, width

    def __init__(self, limbs: tuple[Limb, ...], spec: RobotSpec, theme: Theme) -> None:
        super().__init__()
        self._limbs, self._spec, self._theme = limbs, spec, theme
        self._fingers = finger_joints(spec)
        self._uses: tuple[LimbUse, ...] = ()

    def say(self, uses: tuple[LimbUse, ...]) -> None:
        """Show ``uses``, one per limb, or nothing known."""
        if uses or self._uses:
            self._uses = uses
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Header and rows."""
        theme, painter = self._theme, QPainter(self)
        numbers = sum(width for _, width in self._COLUMNS)
        bar = QRectF(86, 0, max(60.0, self.width() - 86 - numbers - 12), 0)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("muted"))
        head = 16.0
        left = bar.right()
        for title, width in self._COLUMNS:
            painter.drawText(QRectF(left, 0, width, head), Qt.AlignmentFlag.AlignRight, title)
            left += width
        height = (self.height() - head - 6) / max(1, len(self._limbs))
        for row, limb in enumerate(self._limbs):
            use = self._uses[row] if row < len(self._uses) else None
            self._paint_row(painter, QRectF(0, head + row * height, self.width(), height), bar, limb, use)
        painter.end()

    def _paint_row(
        self, painter: QPainter, row: QRectF, bar: QRectF, limb: Limb, use: LimbUse | None
    ) -> None:
        theme = self._theme
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font("text"))
        painter.setPen(theme.color("text" if use else "muted"))
        painter.drawText(QRectF(10, row.top(), 76, row.height()), middle, limb.title)
        thick = min(18.0, row.height() - 4)
        trough = QRectF(bar.left(), row.center().y() - thick / 2, bar.width(), thick)
        painter.fillRect(trough, theme.color("sunken"))
        if use:
            self._paint_use(painter, trough, use)
        painter.setFont(theme.font("small_number"))
        painter.setPen(theme.color("text" if use else "muted"))
        left = bar.right()
        for text, (_, width) in zip(_numbers(use), self._COLUMNS, strict=True):
            painter.drawText(
                QRectF(left, row.top(), width, row.height()), middle | Qt.AlignmentFlag.AlignRight, text
            )
            left += width

    def _paint_use(self, painter: QPainter, trough: QRectF, use: LimbUse) -> None:
        theme = self._theme
        strained = use.use >= _WARN_USE and use.of != "range" and use.joint not in self._fingers
        tone = "warning" if strained else "measured"
        filled = QRectF(trough)
        filled.setWidth(trough.width() * min(1.0, use.use))
        painter.fillRect(filled, theme.color(tone, 120))
        limit = trough.left() + trough.width() * _WARN_USE
        painter.setPen(theme.color("line"))
        painter.drawLine(int(limit), int(trough.top()), int(limit), int(trough.bottom()))
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("text"))
        inner = trough.adjusted(6, 0, -6, 0)
        name = self._spec.joint_names[use.joint].replace("_", " ")
        text = painter.fontMetrics().elidedText(
            f"{name} · {use.use:.0%} of {use.of}", Qt.TextElideMode.ElideRight, int(inner.width())
        )
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, text)


def _numbers(use: LimbUse | None) -> tuple[str, str, str]:
    if use is None:
        return _NOTHING, _NOTHING, _NOTHING
    error = _NOTHING if use.error_rad is None else f"{use.error_rad * 1000:.0f} mrad"
    heat = _NOTHING if use.hottest_c is None else f"{use.hottest_c:.0f} °C"
    return f"{use.effort:.0%}", error, heat
