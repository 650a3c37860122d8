"""The picture of the joint grid, kept from one refresh to the next: only cells that look different are painted anew.

Beneath lies the ground, painted once for its rows: names, heads, grooves. A cell that changed gets its piece of
the ground back and is painted upon it. The lines of history move by little, so a third of them is drawn at a time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPixmap

from app.joints.grid_columns import HEAD_PX, ROW_PX, Column
from app.joints.grid_paint import HEAD_CONCERN_PX, RowPainter
from app.joints.grid_rows import NEAR_LIMIT, Concern, JointFigures, JointUse, Row
from app.joints.number_text import NumberText
from app.theme import Theme
from twin.robot import RobotSpec

_DEGREES = 180 / np.pi
_SPARKS_IN = 3  # refreshes until each line of history was drawn anew
_DECIMALS = {"position": 1, "error": 1, "speed": 0, "temperature": 0}

Rows = list[tuple[int, int]]  # joint, top


@dataclass(frozen=True)
class Layout:
    """What stands where; while it is the same, only figures change."""

    visible: tuple[tuple[Row, int], ...]  # each with its top
    closed: frozenset[str]
    chosen: tuple[int, ...]
    columns: tuple[Column, ...]
    width: int
    height: int
    pixel_ratio: float


class Board:
    """The picture. ``show`` brings it up to date."""

    def __init__(self, spec: RobotSpec, theme: Theme) -> None:
        """Show joints of ``spec`` in the colours of ``theme``."""
        self._spec, self._theme = spec, theme
        self._paint, self._titles = RowPainter(spec, theme), NumberText(theme.font("small"))
        self._layout: Layout | None = None
        self._ground, self._picture = QPixmap(), QPixmap()
        self._shown: dict[str, NDArray[np.float64]] = {}  # what each column's cells look like
        self._concerns: dict[int, Concern] = {}
        self._worst: dict[str, Concern] = {}
        self._turn, self._ratio = 0, 1.0

    def show(
        self,
        layout: Layout,
        figures: JointFigures,
        use: JointUse,
        history_rad: NDArray[np.float32],
        concerns: dict[int, Concern],
    ) -> QPixmap:
        """The picture with what is known now."""
        is_new = layout != self._layout
        if is_new:
            self._layout, self._shown, self._ratio = layout, {}, layout.pixel_ratio
            self._ground = self._painted_ground(layout)
            self._picture = QPixmap(self._ground)
        painter = QPainter(self._picture)
        joints = [(row.joint, top) for row, top in layout.visible if not row.is_head]
        for column in layout.columns[1:]:
            # Nothing reaches into the next cell, nor over the titles.
            painter.setClipRect(QRect(column.left, HEAD_PX, column.width, layout.height - HEAD_PX))
            if column.key == "flag":
                changed = [
                    each for each in joints if is_new or concerns.get(each[0]) != self._concerns.get(each[0])
                ]
                self._restore(painter, changed, column)
                self._paint.flags(painter, changed, column, concerns)
            elif column.key == "spark":
                self._show_sparks(painter, joints, column, history_rad)
            else:
                self._show_figures(painter, joints, column, figures, use)
        painter.setClipRect(QRect(0, HEAD_PX, layout.width, layout.height - HEAD_PX))
        self._show_heads(painter, layout, concerns, figures.balanced, is_new)
        painter.end()
        self._concerns = concerns
        return self._picture

    def forget(self) -> None:
        """Paint all of it the next time: it was not seen for a while, and its lines are of different moments."""
        self._layout = None

    def _show_figures(
        self, painter: QPainter, joints: Rows, column: Column, figures: JointFigures, use: JointUse
    ) -> None:
        look, paint = self._look(column, figures, use)
        before = self._shown.get(column.key)
        self._shown[column.key] = look
        if before is not None:
            same = ((look == before) | (np.isnan(look) & np.isnan(before))).all(axis=0).tolist()
            joints = [each for each in joints if not same[each[0]]]
        self._restore(painter, joints, column)
        paint(painter, joints)

    def _look(
        self, column: Column, figures: JointFigures, use: JointUse
    ) -> tuple[NDArray[np.float64], Callable[[QPainter, Rows], None]]:
        """What the cells of ``column`` look like, shape (k, n), and how rows of them are painted."""
        paint, fresh = self._paint, figures.fresh
        is_fresh = np.full(len(self._spec.joints), float(fresh))
        match column.key:
            case "bar":
                shares = paint.share(figures.position_rad), paint.share(figures.commanded_rad)
                return (
                    np.stack((*shares, is_fresh)),
                    lambda painter, rows: paint.bars(painter, rows, column, figures),
                )
            case "torque":
                look = np.stack((np.round(100 * use.effort), is_fresh))
                return look, lambda painter, rows: paint.torque(painter, rows, column, use, fresh)
        values, loud = self._numbers(column.key, figures, use)
        rounded = np.round(values, _DECIMALS[column.key])
        return (
            np.stack((rounded, loud)),
            lambda painter, rows: paint.numbers(painter, rows, column, rounded, _DECIMALS[column.key], loud),
        )

    def _numbers(
        self, key: str, figures: JointFigures, use: JointUse
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        unknown = 1.0 if figures.fresh else np.nan  # an old figure is no figure
        quiet = np.zeros(len(self._spec.joints), np.bool_)
        match key:
            case "position":
                return figures.position_rad * _DEGREES * unknown, quiet
            case "error":
                error = (figures.commanded_rad - figures.position_rad) * _DEGREES * unknown
                return error, (use.error >= 1) & ~use.grips & figures.fresh
            case "speed":
                return figures.velocity_rad_s * _DEGREES * unknown, quiet
        return figures.temperature_c, use.temperature >= NEAR_LIMIT

    def _show_sparks(
        self, painter: QPainter, joints: Rows, column: Column, history_rad: NDArray[np.float32]
    ) -> None:
        is_known = np.asarray(np.isfinite(history_rad).any(axis=1), np.float64)
        before = self._shown.get("spark")
        self._shown["spark"] = is_known
        self._turn = (self._turn + 1) % _SPARKS_IN
        if before is not None:
            appeared = (is_known != before).tolist()
            joints = [
                each
                for place, each in enumerate(joints)
                if place % _SPARKS_IN == self._turn or appeared[each[0]]
            ]
        self._restore(painter, joints, column)
        if joints:
            self._paint.sparks(painter, joints, column, history_rad)

    def _show_heads(
        self,
        painter: QPainter,
        layout: Layout,
        concerns: dict[int, Concern],
        balanced: frozenset[int],
        is_new: bool,
    ) -> None:
        for row, top in layout.visible:
            if not row.is_head:
                continue
            worst = self._worst_of(row.group, concerns, balanced)
            if not is_new and worst == self._worst.get(row.group):
                continue
            self._worst[row.group] = worst
            self._copy_ground(painter, layout.width - HEAD_CONCERN_PX, top, HEAD_CONCERN_PX, ROW_PX)
            self._paint.head_concern(painter, worst, top, layout.width)

    def _worst_of(self, group: str, concerns: dict[int, Concern], balanced: frozenset[int]) -> Concern:
        joints = self._spec.groups[group]
        found = [concerns[joint] for joint in joints if joint in concerns]
        none = Concern("", "balance" if balanced.issuperset(joints) else "")
        return min(found, key=lambda each: each.severity, default=none)  # "alarm" < "warning"

    def _restore(self, painter: QPainter, rows: Sequence[tuple[int, int]], column: Column) -> None:
        """Give cells of ``column`` their ground back; those that touch each other in one piece."""
        begin = end = 0
        for _, top in rows:
            if top != end:
                self._copy_ground(painter, column.left, begin, column.width, end - begin)
                begin = top
            end = top + ROW_PX
        self._copy_ground(painter, column.left, begin, column.width, end - begin)

    def _copy_ground(self, painter: QPainter, left: int, top: int, width: int, height: int) -> None:
        if height:
            place = left, top, width, height
            painter.drawPixmap(*place, self._ground, *(round(each * self._ratio) for each in place))

    def _painted_ground(self, layout: Layout) -> QPixmap:
        """All that does not change with the figures."""
        ratio = layout.pixel_ratio
        ground = QPixmap(round(layout.width * ratio), round(layout.height * ratio))
        ground.setDevicePixelRatio(ratio)
        ground.fill(self._theme.color("panel"))
        painter = QPainter(ground)
        painter.setClipRect(QRect(0, HEAD_PX, layout.width, layout.height - HEAD_PX))
        for row, top in layout.visible:
            if row.is_head:
                self._paint.head_row(painter, row, top, layout.width, row.group not in layout.closed)
                continue
            if row.joint in layout.chosen:
                self._paint.selection(painter, top, layout.width)
            self._paint.name(painter, row, layout.columns[0], top)
        joints = [(row.joint, top) for row, top in layout.visible if not row.is_head]
        for column in layout.columns:
            if column.key in ("bar", "torque"):
                self._paint.grooves(painter, joints, column)
        painter.setClipping(False)
        self._paint_titles(painter, layout)
        painter.end()
        return ground

    def _paint_titles(self, painter: QPainter, layout: Layout) -> None:
        painter.fillRect(0, 0, layout.width, HEAD_PX, self._theme.color("background"))
        painter.fillRect(0, HEAD_PX - 1, layout.width, 1, self._theme.color("line"))
        painter.setPen(self._theme.color("muted"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        self._titles.begin(painter)
        for column in layout.columns:
            if column.key in ("name", "bar", "spark", "flag"):
                self._titles.left(painter, column.left + 4, 0, HEAD_PX, column.title)
            else:
                self._titles.right(painter, column.right - 8, 0, HEAD_PX, column.title)
