"""The joint grid as a widget: scrolls, is clicked, follows the arrow keys; what it shows is handed to it."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from app.joints.grid_board import Board, Layout
from app.joints.grid_columns import HEAD_PX, ROW_PX, Column, columns_for
from app.joints.grid_rows import NEAR_LIMIT, Concern, JointFigures, JointUse, Row, concern, joint_use
from app.theme import Theme
from twin.robot import RobotSpec


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
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(320, HEAD_PX + 4 * ROW_PX)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of ``theme`` from now on."""
        self._board = Board(self._spec, theme)
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
        """Paint the rows in view."""
        viewport = self.viewport()
        layout = Layout(
            visible=tuple(self._visible(viewport.height())),
            closed=self._closed,
            chosen=self._chosen,
            columns=self._columns,
            width=viewport.width(),
            height=viewport.height(),
            pixel_ratio=self.devicePixelRatioF(),
        )
        picture = self._board.show(layout, self._figures, self._use, self._history_rad, self._concerns())
        painter = QPainter(viewport)
        painter.drawPixmap(0, 0, picture)
        painter.end()

    def _concerns(self) -> dict[int, Concern]:
        if not self._figures.fresh:
            return {}
        near = np.flatnonzero(self._use.worst >= NEAR_LIMIT).tolist()
        found = {
            joint: concern(self._use, self._figures.limited, joint)
            for joint in {*near, *self._figures.limited}
        }
        return {joint: each for joint, each in found.items() if each.severity}

    # --- scrolling, pointing, keys ------------------------------------------------------------------------

    def _visible(self, height: int) -> list[tuple[Row, int]]:
        scrolled = self.verticalScrollBar().value()
        first = scrolled // ROW_PX
        last = (scrolled + height - HEAD_PX) // ROW_PX + 1
        return [
            (self._rows[place], HEAD_PX + place * ROW_PX - scrolled)
            for place in range(first, min(last, len(self._rows)))
        ]

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Come into view."""
        super().showEvent(event)
        self._board.forget()

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
