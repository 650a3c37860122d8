"""One plot over time whose right edge is now: thin curves that are envelopes, on ranges that are set.

Pens are one pixel wide, ranges are set and not searched for, and every curve is an envelope kept as samples
arrived: then a refresh costs about half a millisecond on a processor that draws everything itself.
"""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen
from PySide6.QtWidgets import QFrame, QGraphicsRectItem

from app.plots.value_range import Range, levels
from app.theme import Theme

_AXIS_PX = 52
_FAR = 1e4  # beyond anything that is drawn

Key = TypeVar("Key")


class TimeAxis(pg.AxisItem):  # type: ignore[misc]
    """Seconds before now, each with its unit."""

    def tickStrings(self, values: list[float], scale: float, _spacing: float) -> list[str]:  # noqa: N802
        """What stands at each tick."""
        return [f"{value * scale:g} s" if value else "now" for value in values]


def stacked_plots(count: int) -> tuple[Any, tuple[Any, ...]]:
    """A ``pyqtgraph.GraphicsLayoutWidget`` with ``count`` bare plots below each other, and these plot items."""
    view = pg.GraphicsLayoutWidget()
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    view.ci.layout.setContentsMargins(0, 8, 14, 2)
    view.ci.layout.setVerticalSpacing(6)
    items = (view.addPlot(row=row, col=0, axisItems={"bottom": TimeAxis("bottom")}) for row in range(count))
    return view, tuple(items)


class TimePlot(Generic[Key]):
    """Dresses a ``pyqtgraph.PlotItem`` and draws curves into it."""

    def __init__(self, item: Any, label: str, tokens: Mapping[Key, str], has_times: bool) -> None:
        """Take over ``item``.

        Args:
            item: of the plot.
            label: what it shows, and its unit.
            tokens: of the colour of each curve, by the curve's name, in the order in which they are drawn.
            has_times: its time axis carries numbers.
        """
        self.item, self._text, self._tokens = item, label, dict(tokens)
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
        self._time.setStyle(showValues=has_times)
        self._time.setHeight(26 if has_times else 6)
        self._levels = _Levels()
        self._bands = [QGraphicsRectItem(), QGraphicsRectItem()]
        self.curves = {name: pg.PlotCurveItem(connect="finite", skipFiniteCheck=True) for name in tokens}
        for part in (self._levels, *self._bands, *self.curves.values()):
            item.addItem(part, ignoreBounds=True)

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        for axis in (self._axis, self._time):
            axis.setPen(QPen(theme.color("line")))
            axis.setTextPen(QPen(theme.color("muted")))
            axis.setTickFont(theme.font("small"))
        self._label.setText(self._text, color=theme.hex("muted"), size="8pt")
        self._levels.set_color(theme.color("line", 110))
        for band in self._bands:
            band.setBrush(QBrush(theme.color("warning", 26)))
            band.setPen(QPen(Qt.PenStyle.NoPen))
        for name, curve in self.curves.items():
            curve.setPen(pg.mkPen(theme.color(self._tokens[name]), width=1))

    def shade_outside(self, limits: Range) -> None:
        """Shade what should not be, and choose the range anew."""
        self._bands[0].setRect(QRectF(-_FAR, limits.low - _FAR, 2 * _FAR, _FAR))
        self._bands[1].setRect(QRectF(-_FAR, limits.high, 2 * _FAR, _FAR))
        self.shown = None

    def put(
        self, name: Key, ages_s: NDArray[np.float64], values: NDArray[np.float32], late_s: float
    ) -> tuple[float, float]:
        """Draw a curve, and return its smallest and largest value; inf and -inf of an empty one.

        Args:
            name: of the curve.
            ages_s: where the values stand, <= 0.
            values: in the plot's unit, nan for a gap.
            late_s: how long before now the newest stands.
        """
        curve = self.curves[name]
        curve.setData(ages_s, values)
        if curve.pos().x() != -late_s:
            curve.setPos(-late_s, 0)
        known = values[np.isfinite(values)]
        return (float(known.min()), float(known.max())) if len(known) else (np.inf, -np.inf)

    def show_range(self, wanted: Range) -> None:
        """Let the vertical axis reach over ``wanted``."""
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
