"""One plot of one joint: angle with its command, or speed, or torque; limits shaded.

Pens are one pixel wide, ranges are set and not searched for, and every curve is an envelope kept as samples
arrived: then a refresh costs about half a millisecond on a processor that draws everything itself.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsRectItem

from app.joint_history import JointHistory, Signal
from app.plot_range import Range, fitted, levels
from app.theme import Theme
from twin.robot import JointSpec

_AXIS_PX = 52
_FAR = 1e4  # beyond anything that is drawn
_MARGIN_SHARE = 0.06  # beyond the limits, when the whole range is shown
_DEGREES = 180 / np.pi


@dataclass(frozen=True)
class PlotKind:
    """What a plot shows."""

    name: str
    unit: str
    signals: tuple[Signal, ...]  # drawn in this order
    scale: float  # from the wire's unit to the axis
    least_span: float


ANGLE = PlotKind("angle", "°", (Signal.POSITION_RAD, Signal.COMMANDED_RAD), _DEGREES, 4.0)
SPEED = PlotKind("speed", "°/s", (Signal.VELOCITY_RAD_S,), _DEGREES, 20.0)
TORQUE = PlotKind("torque", "N·m", (Signal.EFFORT_NM,), 1.0, 1.0)
KINDS = (ANGLE, SPEED, TORQUE)


def limits_of(joint: JointSpec, kind: PlotKind) -> Range:
    """What ``joint`` may do, in the unit of ``kind``."""
    if kind is ANGLE:
        return Range(joint.lower_rad * kind.scale, joint.upper_rad * kind.scale)
    most = (joint.max_speed_rad_s if kind is SPEED else joint.max_effort_nm) * kind.scale
    return Range(-most, most)


class JointPlot:
    """Dresses a ``pyqtgraph.PlotItem`` and draws one kind of signal of one joint into it."""

    def __init__(self, item: Any, kind: PlotKind, has_times: bool) -> None:
        """Take over ``item``; ``has_times``: its time axis carries numbers."""
        self.item, self.kind = item, kind
        self._shown: Range | None = None
        item.setMenuEnabled(False)
        item.setMouseEnabled(x=False, y=False)
        item.hideButtons()
        item.disableAutoRange()
        self._axis, self._time = item.getAxis("left"), item.getAxis("bottom")
        self._axis.setWidth(_AXIS_PX)
        self._label = pg.LabelItem(justify="left")
        self._label.setParentItem(item.getViewBox())
        self._label.anchor(itemPos=(0, 0), parentPos=(0, 0), offset=(6, 0))
        self._time.setStyle(showValues=has_times)
        self._time.setHeight(26 if has_times else 6)
        self._levels = _Levels()
        self._bands = [QGraphicsRectItem(), QGraphicsRectItem()]
        self.curves = {
            signal: pg.PlotCurveItem(connect="finite", skipFiniteCheck=True) for signal in kind.signals
        }
        for part in (self._levels, *self._bands, *self.curves.values()):
            item.addItem(part, ignoreBounds=True)

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        for axis in (self._axis, self._time):
            axis.setPen(QPen(theme.color("line")))
            axis.setTextPen(QPen(theme.color("muted")))
            axis.setTickFont(theme.font("small"))
        self._label.setText(f"{self.kind.name} {self.kind.unit}", color=theme.hex("muted"), size="8pt")
        self._levels.set_color(theme.color("line", 110))
        for band in self._bands:
            band.setBrush(QBrush(theme.color("warning", 26)))
            band.setPen(QPen(Qt.PenStyle.NoPen))
        for signal, curve in self.curves.items():
            token = "commanded" if signal is Signal.COMMANDED_RAD else "measured"
            curve.setPen(pg.mkPen(theme.color(token), width=1))

    def show_joint(self, joint: JointSpec) -> None:
        """Shade what ``joint`` may not do."""
        limits = limits_of(joint, self.kind)
        self._bands[0].setRect(QRectF(-_FAR, limits.low - _FAR, 2 * _FAR, _FAR))
        self._bands[1].setRect(QRectF(-_FAR, limits.high, 2 * _FAR, _FAR))
        self._shown = None

    def draw(self, history: JointHistory, joint: JointSpec, window_s: int, late_s: float, full: bool) -> None:
        """Draw what ``history`` knows of ``joint``.

        Args:
            history: of all joints.
            joint: the one of ``show_joint``.
            window_s: how far back, one of ``joint_history.WINDOWS_S``.
            late_s: how long before now the history ends.
            full: show the whole range between the limits, not only what was used of it.
        """
        low, high = np.inf, -np.inf
        ages_s = history.ages_s(window_s)
        for signal, curve in self.curves.items():
            values = history.envelope(signal, joint.index, window_s) * self.kind.scale
            known = values[np.isfinite(values)]
            if len(known):
                low, high = min(low, float(known.min())), max(high, float(known.max()))
            self._put(curve, ages_s, values, late_s)
        limits = limits_of(joint, self.kind)
        if full or low > high:
            pad = _MARGIN_SHARE * limits.span
            self._show_range(Range(limits.low - pad, limits.high + pad))
        else:
            self._show_range(fitted(low, high, self.kind.least_span, self._shown))

    @staticmethod
    def _put(curve: Any, ages_s: NDArray[np.float64], values: NDArray[np.float32], late_s: float) -> None:
        curve.setData(ages_s, values)
        if curve.pos().x() != -late_s:
            curve.setPos(-late_s, 0)

    def _show_range(self, wanted: Range) -> None:
        if wanted != self._shown:
            self._shown = wanted
            self.item.setYRange(wanted.low, wanted.high, padding=0)
            at = levels(wanted)
            self._axis.setTicks([[(level, f"{level:g}") for level in at]])
            self._levels.show(at, wanted)


class _Levels(pg.GraphicsObject):  # type: ignore[misc]
    """Thin lines across the plot at its ticks.

    An axis can draw them too, but then it paints itself whole with every curve: 28 ms a refresh instead of 3.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[QLineF] = []
        self._rect = QRectF()
        self._pen = QPen()

    def set_color(self, color: QColor) -> None:
        self._pen = QPen(color, 0)
        self.update()

    def show(self, at: list[float], over: Range) -> None:
        self.prepareGeometryChange()
        self._rect = QRectF(-_FAR, over.low, 2 * _FAR, over.span)
        self._lines = [QLineF(-_FAR, level, 0, level) for level in at]

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._rect

    def paint(self, painter: QPainter, *_: object) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(self._pen)
        painter.drawLines(self._lines)
