"""Paints the rows of the joint grid: 74 joints with bars, figures and ten seconds of history.

Grey is what the robot measures, cyan what it was told. Colour beyond that is a reason to look, and comes with a
shape and a word. A state that is too old to be called now loses its figures: a dash, never the last number.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from shiboken6 import VoidPtr

from app.frame.signs import draw_sign
from app.joints.grid_columns import ROW_PX, Column
from app.joints.grid_rows import NEAR_LIMIT, Concern, JointFigures, JointUse, Row
from app.joints.number_text import NumberText
from app.theme import Theme
from twin.robot import RobotSpec

HEAD_CONCERN_PX = 84  # from the right, the worst concern of a group
_TORQUE_TEXT_PX = 46
_BAR_DIGITS = 3
_DASH = "—"


class RowPainter:
    """Knows the robot and the theme; is handed the figures and the rows to paint."""

    def __init__(self, spec: RobotSpec, theme: Theme) -> None:
        """Paint joints of ``spec`` in the colours of ``theme``."""
        self._spec = spec
        self._range = np.maximum(spec.upper_rad - spec.lower_rad, 1e-6)
        self._zero = np.clip(-spec.lower_rad / self._range, 0.0, 1.0)
        self._color = {
            token: theme.color(token)
            for token in ("panel", "raised", "sunken", "line", "text", "muted", "measured", "commanded")
        }
        self._chosen = _blend(self._color["panel"], self._color["text"], 0.16)
        self._severity = {"warning": theme.color("warning"), "alarm": theme.color("alarm")}
        self._numbers = NumberText(theme.font("small_number"))
        self._words = NumberText(theme.font("small"))
        self._heads = NumberText(theme.font("title"))

    def head_row(self, painter: QPainter, row: Row, top: int, width: int, is_open: bool) -> None:
        """A group's name, and whether it is open."""
        painter.fillRect(0, top, width, ROW_PX, self._color["raised"])
        self._heads.begin(painter)
        painter.setPen(self._color["muted"])
        self._heads.left(painter, 8, top, ROW_PX, "▾" if is_open else "▸")
        painter.setPen(self._color["text"])
        self._heads.left(painter, 24, top, ROW_PX, row.group.replace("_", " ").upper())

    def head_concern(self, painter: QPainter, worst: Concern, top: int, width: int) -> None:
        """The worst concern among the joints of a group, or what else is to be said of it, at the end of its head."""
        if worst.text:
            self._concern(painter, worst, width - HEAD_CONCERN_PX, top)

    def name(self, painter: QPainter, row: Row, column: Column, top: int) -> None:
        """The joint's name."""
        painter.setPen(self._color["text"])
        self._words.begin(painter)
        self._words.left(painter, column.left + 4, top, ROW_PX, row.label, column.width - 10)

    def selection(self, painter: QPainter, top: int, width: int) -> None:
        """The ground of a chosen row."""
        painter.fillRect(0, top, width, ROW_PX, self._chosen)
        painter.fillRect(0, top, 3, ROW_PX, self._color["text"])

    def grooves(self, painter: QPainter, rows: list[tuple[int, int]], column: Column) -> None:
        """What bars run in: the range of each joint, or its torque from nothing to all."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._color["sunken"])
        if column.key == "torque":
            width = column.width - _TORQUE_TEXT_PX
            painter.drawRects([QRectF(column.left + 6, top + 7, width, ROW_PX - 14) for _, top in rows])
            return
        left, width = column.left + 4, column.width - 12
        painter.drawRects([QRectF(left, top + 6, width, ROW_PX - 12) for _, top in rows])

    def bars(
        self, painter: QPainter, rows: list[tuple[int, int]], column: Column, figures: JointFigures
    ) -> None:
        """The measured angle of each joint from zero in grey, the command as a cyan tick.

        Args:
            painter: where to paint.
            rows: (joint, top) of each row.
            column: where the bars stand.
            figures: what is known now.
        """
        left, width = column.left + 4, column.width - 12
        painter.setPen(Qt.PenStyle.NoPen)
        measured = self.share(figures.position_rad).tolist()
        grey = self._color["measured"] if figures.fresh else self._color["line"]
        painter.setBrush(grey)
        filled = []
        for joint, top in rows:
            start, end = self._zero[joint], measured[joint]
            if end == end:
                low, high = (start, end) if start < end else (end, start)
                # At least two pixels: a joint at zero is still somewhere.
                filled.append(QRectF(left + low * width - 1, top + 6, (high - low) * width + 2, ROW_PX - 12))
        painter.drawRects(filled)
        painter.setBrush(self._color["line"])
        painter.drawRects(
            [QRectF(left + self._zero[joint] * width, top + 4, 1, ROW_PX - 8) for joint, top in rows]
        )
        if figures.fresh:
            commanded = self.share(figures.commanded_rad).tolist()
            painter.setBrush(self._color["commanded"])
            painter.drawRects(
                [
                    QRectF(left + commanded[joint] * width - 1, top + 3, 2, ROW_PX - 6)
                    for joint, top in rows
                    if commanded[joint] == commanded[joint]
                ]
            )

    def share(self, angle_rad: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where in its range each joint is at ``angle_rad``, 0..1, as finely as a bar can tell."""
        place = (angle_rad - self._spec.lower_rad) / self._range
        return np.asarray(np.round(np.clip(place, 0.0, 1.0), _BAR_DIGITS))

    def numbers(
        self,
        painter: QPainter,
        rows: list[tuple[int, int]],
        column: Column,
        values: NDArray[np.float64],
        decimals: int,
        loud: NDArray[np.bool_],
    ) -> None:
        """One column of rounded figures, right-aligned; a dash where nothing is known, amber where ``loud``."""
        self._numbers.begin(painter)
        right = column.right - 8
        quiet, strong = self._color["text"], self._severity["warning"]
        painter.setPen(quiet)
        # Adding zero turns a rounded -0.0 into 0.0.
        listed, is_loud = (values + 0.0).tolist(), loud.tolist()
        for joint, top in rows:
            value = listed[joint]
            text = f"{value:.{decimals}f}" if value == value else _DASH
            if is_loud[joint]:
                painter.setPen(strong)
            self._numbers.right(painter, right, top, ROW_PX, text)
            if is_loud[joint]:
                painter.setPen(quiet)

    def torque(
        self, painter: QPainter, rows: list[tuple[int, int]], column: Column, use: JointUse, fresh: bool
    ) -> None:
        """The share of the torque limit as a small bar with its figure."""
        width = column.width - _TORQUE_TEXT_PX
        percent = np.round(100 * use.effort)
        share = np.clip(percent / 100, 0, 1).tolist()
        if fresh:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._color["measured"])
            painter.drawRects(
                [QRectF(column.left + 6, top + 7, width * share[joint], ROW_PX - 14) for joint, top in rows]
            )
        loud = (percent >= 100 * NEAR_LIMIT) & ~use.grips
        self.numbers(painter, rows, column, percent if fresh else percent * np.nan, 0, loud)

    def flags(
        self, painter: QPainter, rows: list[tuple[int, int]], column: Column, concerns: dict[int, Concern]
    ) -> None:
        """A shape and a word for each joint that wants to be looked at."""
        for joint, top in rows:
            found = concerns.get(joint)
            if found is not None:
                self._concern(painter, found, column.left + 4, top)

    def _concern(self, painter: QPainter, found: Concern, left: int, top: int) -> None:
        color = self._severity.get(found.severity, self._color["muted"])
        if found.severity:
            draw_sign(painter, found.severity, QRectF(left, top + 5, 10, 10), color)
        painter.setPen(color)
        self._words.begin(painter)
        self._words.left(painter, left + 15, top, ROW_PX, found.text)

    def sparks(
        self,
        painter: QPainter,
        rows: list[tuple[int, int]],
        column: Column,
        history_rad: NDArray[np.float32],
    ) -> None:
        """Ten seconds of each joint's angle, scaled to the joint's range but to no less than a tenth of it.

        Args:
            painter: where to paint.
            rows: (joint, top) of each row.
            column: where the lines stand.
            history_rad: (joints, points), NaN where nothing is known.
        """
        joints = np.array([joint for joint, _ in rows], np.intp)
        shown = history_rad[joints]
        points = shown.shape[1]
        known = np.isfinite(shown)
        low = np.min(shown, axis=1, where=known, initial=np.inf)
        high = np.max(shown, axis=1, where=known, initial=-np.inf)
        low[~known.any(axis=1)] = high[~known.any(axis=1)] = 0.0
        span = np.maximum(high - low, 0.1 * self._range[joints])
        middle = (low + high) / 2
        height = ROW_PX - 6
        tops = np.array([top for _, top in rows])
        with np.errstate(invalid="ignore"):
            down = tops[:, None] + 3 + height * (0.5 - (shown - middle[:, None]) / span[:, None])
        across = column.left + 6 + np.linspace(0, column.width - 14, points)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(self._color["muted"], 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        begins = points - known[:, ::-1].cumprod(axis=1).sum(axis=1)  # of the unbroken stretch up to now
        for place, begin in enumerate(begins.tolist()):
            if points - begin > 1:
                painter.drawPolyline(polygon(across[begin:], down[place, begin:]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def polygon(x: NDArray[np.float64], y: NDArray[np.float64]) -> QPolygonF:
    """The points (x, y) as Qt wants them, copied in one go."""
    made = QPolygonF()
    made.resize(len(x))
    pointer: Any = VoidPtr  # its stub knows only one of its constructors
    memory = pointer(made.data(), 16 * len(x), True)
    points = np.frombuffer(memory, np.float64).reshape(-1, 2)
    points[:, 0], points[:, 1] = x, y
    return made


def _blend(under: QColor, over: QColor, share: float) -> QColor:
    """``over`` upon ``under``, covering ``share`` of it."""

    def mix(a: float, b: float) -> float:
        return a + (b - a) * share

    return QColor.fromRgbF(
        mix(under.redF(), over.redF()), mix(under.greenF(), over.greenF()), mix(under.blueF(), over.blueF())
    )
