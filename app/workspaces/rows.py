"""A page of panels in rows, whose frames share the width of their row; those that the robot lacks leave their room."""

from typing import NamedTuple

from PySide6.QtWidgets import QGridLayout

from app.frame.panel_frame import PanelFrame
from app.workspaces.base import Workspace

_COLUMNS = 24


class Place(NamedTuple):
    """Where a panel stands."""

    panel: str
    part: str
    title: str
    row: int
    columns: int  # its share of the row, of 24


class Row(NamedTuple):
    """How high a row is."""

    stretch: int
    least_px: int


class RowsWorkspace(Workspace):
    """The frames in their grid, in the order in which they shall be built."""

    def __init__(self, title: str, places: tuple[Place, ...], rows: tuple[Row, ...]) -> None:
        """Empty frames at ``places``."""
        super().__init__(title)
        self._places, self._rows = places, rows
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(8, 8, 8, 8)
        self._grid.setSpacing(8)
        self.frames += [PanelFrame(place.panel, place.title, place.part) for place in places]
        for column in range(_COLUMNS):
            self._grid.setColumnStretch(column, 1)
        self._lay()

    def close_ranks(self) -> None:
        """Share each row among the frames that are not absent."""
        for frame in self.frames:
            self._grid.removeWidget(frame)
        self._lay()

    def _lay(self) -> None:
        for number, row in enumerate(self._rows):
            present = [
                (frame, place.columns)
                for frame, place in zip(self.frames, self._places, strict=True)
                if place.row == number and not frame.absent
            ]
            self._grid.setRowStretch(number, row.stretch if present else 0)
            self._grid.setRowMinimumHeight(number, row.least_px if present else 0)
            wanted = sum(columns for _, columns in present)
            first = taken = 0
            for frame, columns in present:
                taken += columns
                end = round(taken * _COLUMNS / wanted)
                self._grid.addWidget(frame, number, first, 1, end - first)
                first = end
