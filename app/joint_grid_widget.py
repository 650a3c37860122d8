"""The joint grid as a widget: scrolls, is clicked, follows the arrow keys; what it shows is handed to it."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from app.joint_grid_columns import HEAD_PX, ROW_PX, Column, columns_for
from app.joint_grid_paint import RowPainter
from app.joint_grid_rows import NEAR_LIMIT, Concern, JointFigures, JointUse, Row, concern, joint_use
from app.number_text import NumberText
from app.theme import Theme
from twin.robot import RobotSpec

_DEGREES = 180 / np.pi


class JointGrid(QAbstractScrollArea):
    """Rows of joints. Signals a click or a key; holds no choice of its own."""

    joint_chosen = Signal(int, bool)  # joint, whether it is added to the choice
    group_clicked = Signal(str)

    def __init__(self, spec: RobotSpec, theme: Theme, parent: QWidget | None = None) -> None:
        """Show joints of ``spec``; nothing is known of them until ``show_figures``."""
        super().__init__(parent)
        self.setObjectName("joint_grid")
        self._spec = spec
        self._rows: tuple[Row, ...] = ()
        self._closed: frozenset[str] = frozenset()
        self._chosen: tuple[int, ...] = ()
        self._figures = JointFigures.unknown(len(spec.joints))
        self._use = joint_use(spec, self._figures)
        self._history_rad: NDArray[np.float32] = np.full((len(spec.joints), 2), np.nan, np.float32)
        self._columns: tuple[Column, ...] = ()
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportMargins(0, 0, 0, 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(320, HEAD_PX + 4 * ROW_PX)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of ``theme`` from now on."""
        self._theme = theme
        self._painter = RowPainter(self._spec, theme)
        self._titles = NumberText(theme.font("small"))
        self.viewport().update()

    def show_rows(self, rows: tuple[Row, ...], closed: frozenset[str]) -> None:
        """Show ``rows`` in this order."""
        if (rows, closed) != (self._rows, self._closed):
            self._rows, self._closed = rows, closed
            self._fit_scroll_bar()
            self.viewport().update()

    def show_choice(self, joints: tuple[int, ...]) -> None:
        """Mark ``joints`` as chosen, and bring the last one into view."""
        if joints != self._chosen:
            self._chosen = joints
            if joints:
                self._bring_into_view(joints[-1])
            self.viewport().update()

    def show_figures(self, figures: JointFigures, use: JointUse, history_rad: NDArray[np.float32]) -> None:
        """Show what is known now; ``history_rad`` has shape (joints, points)."""
        self._figures, self._use, self._history_rad = figures, use, history_rad
        self.viewport().update()

    # --- painting ---------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint the rows in view; all of them change with every state, so all are painted."""
        painter = QPainter(self.viewport())
        width, height = self.viewport().width(), self.viewport().height()
        painter.fillRect(0, 0, width, height, self._theme.color("panel"))
        visible = self._visible(height)
        joints = [(row.joint, top) for row, top in visible if not row.is_head]
        concerns = self._concerns()
        painter.setClipRect(QRect(0, HEAD_PX, width, height - HEAD_PX))
        for row, top in visible:
            if row.is_head:
                self._painter.head_row(
                    painter,
                    row,
                    top,
                    width,
                    row.group not in self._closed,
                    self._worst_of(row.group, concerns),
                )
            else:
                if row.joint in self._chosen:
                    self._painter.selection(painter, top, width)
                self._painter.name(painter, row, self._columns[0], top)
        for column in self._columns[1:]:
            self._paint_column(painter, column, joints, concerns)
        painter.setClipping(False)
        self._paint_titles(painter, width)
        painter.end()

    def _paint_column(
        self, painter: QPainter, column: Column, rows: list[tuple[int, int]], concerns: dict[int, Concern]
    ) -> None:
        figures, use, paint = self._figures, self._use, self._painter
        unknown = np.nan if not figures.fresh else 1.0  # an old figure is no figure
        quiet = np.zeros(len(self._spec.joints), np.bool_)
        match column.key:
            case "bar":
                paint.bars(painter, rows, column, figures)
            case "position":
                paint.numbers(painter, rows, column, figures.position_rad * _DEGREES * unknown, 1, quiet)
            case "error":
                error = (figures.commanded_rad - figures.position_rad) * _DEGREES * unknown
                paint.numbers(painter, rows, column, error, 1, (use.error >= 1) & ~use.grips & figures.fresh)
            case "speed":
                paint.numbers(painter, rows, column, figures.velocity_rad_s * _DEGREES * unknown, 0, quiet)
            case "torque":
                paint.torque(painter, rows, column, use, figures.fresh)
            case "temperature":
                paint.numbers(painter, rows, column, figures.temperature_c, 0, use.temperature >= NEAR_LIMIT)
            case "flag":
                paint.flags(painter, rows, column, concerns)
            case "spark" if rows:
                paint.sparks(painter, rows, column, self._history_rad)

    def _paint_titles(self, painter: QPainter, width: int) -> None:
        painter.fillRect(0, 0, width, HEAD_PX, self._theme.color("background"))
        painter.fillRect(0, HEAD_PX - 1, width, 1, self._theme.color("line"))
        painter.setPen(self._theme.color("muted"))
        self._titles.begin(painter)
        for column in self._columns:
            if column.key in ("name", "bar", "spark", "flag"):
                self._titles.left(painter, column.left + 4, 0, HEAD_PX, column.title)
            else:
                self._titles.right(painter, column.right - 8, 0, HEAD_PX, column.title)

    def _concerns(self) -> dict[int, Concern]:
        if not self._figures.fresh:
            return {}
        near = np.flatnonzero(self._use.worst >= NEAR_LIMIT).tolist()
        found = {
            joint: concern(self._use, self._figures.limited, joint)
            for joint in {*near, *self._figures.limited}
        }
        return {joint: each for joint, each in found.items() if each.severity}

    def _worst_of(self, group: str, concerns: dict[int, Concern]) -> Concern:
        found = [concerns[joint] for joint in self._spec.groups[group] if joint in concerns]
        return min(found, key=lambda each: each.severity, default=Concern("", ""))  # "alarm" < "warning"

    # --- scrolling, pointing, keys ------------------------------------------------------------------------

    def _visible(self, height: int) -> list[tuple[Row, int]]:
        scrolled = self.verticalScrollBar().value()
        first = scrolled // ROW_PX
        last = (scrolled + height - HEAD_PX) // ROW_PX + 1
        return [
            (self._rows[place], HEAD_PX + place * ROW_PX - scrolled)
            for place in range(first, min(last, len(self._rows)))
        ]

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Place the columns anew."""
        super().resizeEvent(event)
        self._columns = columns_for(self.viewport().width())
        self._fit_scroll_bar()

    def _fit_scroll_bar(self) -> None:
        room = self.viewport().height() - HEAD_PX
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, len(self._rows) * ROW_PX - room))
        bar.setPageStep(max(ROW_PX, room - ROW_PX))
        bar.setSingleStep(ROW_PX)

    def row_at(self, y: int) -> Row | None:
        """The row at ``y`` pixels from the top of the viewport."""
        place = (y - HEAD_PX + self.verticalScrollBar().value()) // ROW_PX
        return self._rows[place] if y >= HEAD_PX and 0 <= place < len(self._rows) else None

    def top_of(self, joint: int) -> int | None:
        """Where the row of ``joint`` begins, in pixels from the top of the viewport; None if it is not shown."""
        for place, row in enumerate(self._rows):
            if row.joint == joint:
                return HEAD_PX + place * ROW_PX - self.verticalScrollBar().value()
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Choose a joint; with Ctrl, add it or take it away. A group's head opens and closes it."""
        row = self.row_at(int(event.position().y()))
        if row is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if row.is_head:
            self.group_clicked.emit(row.group)
        else:
            self.joint_chosen.emit(row.joint, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Move the choice with the arrow, page, home and end keys."""
        joints = [row.joint for row in self._rows if not row.is_head]
        page = max(1, (self.viewport().height() - HEAD_PX) // ROW_PX - 1)
        moves = {
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -len(joints),
            Qt.Key.Key_End: len(joints),
        }
        move = moves.get(Qt.Key(event.key()))
        if move is None or not joints:
            super().keyPressEvent(event)
            return
        chosen = self._chosen[-1] if self._chosen else -1
        place = joints.index(chosen) + move if chosen in joints else 0
        self.joint_chosen.emit(joints[min(max(place, 0), len(joints) - 1)], False)

    def _bring_into_view(self, joint: int) -> None:
        top, bar = self.top_of(joint), self.verticalScrollBar()
        if top is None:
            return
        if top < HEAD_PX:
            bar.setValue(bar.value() + top - HEAD_PX)
        elif top + ROW_PX > self.viewport().height():
            bar.setValue(bar.value() + top + ROW_PX - self.viewport().height())
