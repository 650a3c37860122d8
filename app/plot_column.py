"""Three plots of one joint on one time axis: angle with its command, speed, torque; limits shaded.

Pens are one pixel wide, ranges are set and not searched for, and every curve is an envelope kept as samples
arrived: then a refresh costs about a millisecond for each plot on a processor that draws everything itself.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from app.joint_history import JointHistory, Signal
from app.plot_range import Range, fitted, levels
from app.theme import Theme
from twin.robot import JointSpec
from twin.wire.clock import NS_PER_S

_AXIS_PX = 52
_FAR = 1e4  # beyond anything that is drawn


@dataclass(frozen=True)
class _Kind:
    """What one of the three plots shows."""

    name: str
    unit: str
    signals: tuple[Signal, ...]  # drawn in this order
    scale: float  # from the wire's unit to the axis
    least_span: float


_DEGREES = 180 / np.pi
_KINDS = (
    _Kind("angle", "°", (Signal.POSITION_RAD, Signal.COMMANDED_RAD), _DEGREES, 4.0),
    _Kind("speed", "°/s", (Signal.VELOCITY_RAD_S,), _DEGREES, 20.0),
    _Kind("torque", "N·m", (Signal.EFFORT_NM,), 1.0, 1.0),
)


def _limits(joint: JointSpec, kind: _Kind) -> Range:
    match kind.name:
        case "angle":
            return Range(joint.lower_rad * _DEGREES, joint.upper_rad * _DEGREES)
        case "speed":
            return Range(-joint.max_speed_rad_s * _DEGREES, joint.max_speed_rad_s * _DEGREES)
        case _:
            return Range(-joint.max_effort_nm, joint.max_effort_nm)


class _TimeAxis(pg.AxisItem):  # type: ignore[misc]
    """Seconds before now, each with its unit."""

    def tickStrings(self, values: list[float], scale: float, _spacing: float) -> list[str]:  # noqa: N802
        """The texts of the ticks."""
        return [f"{value * scale:g} s" if value else "now" for value in values]


class _Plot:
    """One of the three."""

    def __init__(self, item: Any, kind: _Kind, is_last: bool) -> None:
        self.item, self.kind = item, kind
        self.shown: Range | None = None
        item.setMenuEnabled(False)
        item.setMouseEnabled(x=False, y=False)
        item.hideButtons()
        item.disableAutoRange()
        self._axis, self._time = item.getAxis("left"), item.getAxis("bottom")
        self._axis.setWidth(_AXIS_PX)
        self._label = pg.LabelItem(justify="left")
        self._label.setParentItem(item.getViewBox())
        self._label.anchor(itemPos=(0, 0), parentPos=(0, 0), offset=(6, 0))
        self._time.setStyle(showValues=is_last)
        self._time.setHeight(26 if is_last else 6)
        self._levels = _Levels()
        item.addItem(self._levels, ignoreBounds=True)
        self._bands = [_Band(), _Band()]
        for band in self._bands:
            item.addItem(band, ignoreBounds=True)
        self.curves = {
            signal: pg.PlotCurveItem(connect="finite", skipFiniteCheck=True) for signal in kind.signals
        }
        for curve in self.curves.values():
            item.addItem(curve, ignoreBounds=True)

    def set_theme(self, theme: Theme) -> None:
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

    def show_limits(self, limits: Range) -> None:
        self._bands[0].setRect(QRectF(-_FAR, limits.low - _FAR, 2 * _FAR, _FAR))
        self._bands[1].setRect(QRectF(-_FAR, limits.high, 2 * _FAR, _FAR))

    def show_range(self, wanted: Range) -> None:
        if wanted != self.shown:
            self.shown = wanted
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


class _Band(pg.QtWidgets.QGraphicsRectItem):  # type: ignore[misc]
    """Ground that a joint may not enter."""


class PlotColumn:
    """Owns three stacked plots in one column of a graphics layout; shows one joint at a time."""

    def __init__(self, layout: Any, column: int, theme: Theme) -> None:
        """Add the plots to ``layout`` (``pyqtgraph.GraphicsLayout``) in ``column``."""
        last = len(_KINDS) - 1
        self._plots = [
            _Plot(
                layout.addPlot(row=row, col=column, axisItems={"bottom": _TimeAxis("bottom")}),
                kind,
                row == last,
            )
            for row, kind in enumerate(_KINDS)
        ]
        self._joint: JointSpec | None = None
        self._window_s = 0
        self._ages_s: NDArray[np.float64] = np.zeros(0)
        self.set_theme(theme)

    @property
    def plots(self) -> tuple[Any, ...]:
        """The three plot items: angle, speed, torque."""
        return tuple(plot.item for plot in self._plots)

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        for plot in self._plots:
            plot.set_theme(theme)

    def show_joint(self, joint: JointSpec) -> None:
        """Show ``joint`` from the next refresh on."""
        if self._joint is None or joint.index != self._joint.index:
            self._joint = joint
            for plot in self._plots:
                plot.show_limits(_limits(joint, plot.kind))
                plot.shown = None

    def show_visible(self, visible: bool) -> None:
        """Take the column's plots out of the picture, or back into it."""
        for plot in self._plots:
            plot.item.setVisible(visible)

    def show_window(self, history: JointHistory, window_s: int) -> None:
        """Let the time axis reach ``window_s`` back."""
        if window_s != self._window_s:
            self._window_s = window_s
            self._ages_s = history.ages_s(window_s)
            for plot in self._plots:
                plot.item.setXRange(-window_s, 0, padding=0)

    def refresh(self, history: JointHistory, now_ns: int, full: bool) -> None:
        """Draw what ``history`` knows.

        Args:
            history: of all joints.
            now_ns: what stands at the right edge; older data stands further left.
            full: show the whole range between the limits, not only what was used of it.
        """
        if self._joint is None:
            return
        end_ns = history.end_ns(self._window_s)
        late_s = (now_ns - end_ns) / NS_PER_S if end_ns is not None else 0.0
        step_s = 2 * self._window_s / len(self._ages_s)
        if late_s < 2 * step_s:
            late_s = 0.0  # the newest step is still being filled: that is "now"
        for plot in self._plots:
            self._draw(plot, history, self._joint, late_s, full)

    def _draw(self, plot: _Plot, history: JointHistory, joint: JointSpec, late_s: float, full: bool) -> None:
        low, high = np.inf, -np.inf
        for signal, curve in plot.curves.items():
            values = history.envelope(signal, joint.index, self._window_s) * plot.kind.scale
            known = values[np.isfinite(values)]
            if len(known):
                low, high = min(low, float(known.min())), max(high, float(known.max()))
            curve.setData(self._ages_s, values)
            if curve.pos().x() != -late_s:
                curve.setPos(-late_s, 0)
        limits = _limits(joint, plot.kind)
        if full or low > high:
            pad = 0.06 * limits.span
            plot.show_range(Range(limits.low - pad, limits.high + pad))
        else:
            plot.show_range(fitted(low, high, plot.kind.least_span, plot.shown))
