"""Operate: hands busy, eyes on the cameras, nothing to drag."""

from PySide6.QtWidgets import QGridLayout

from app.frame.panel_frame import PanelFrame
from app.workspaces.base import Workspace

TITLE = "Operate"

# panel, its part, title, row, column, columns; 24 columns
_PLACES = (
    ("cameras", "head", "Head camera", 0, 0, 14),
    ("twin", "", "Twin", 0, 14, 10),
    ("cameras", "left_wrist", "Left wrist camera", 1, 0, 7),
    ("cameras", "right_wrist", "Right wrist camera", 1, 7, 7),
    ("limbs", "", "Limbs", 1, 14, 10),
    ("input_map", "", "Input map", 2, 0, 14),
    ("episode", "", "Episode", 2, 14, 10),
)
_ROWS = ((0, 52, 200), (1, 26, 140), (2, 22, 160))  # row, stretch, least height


_COLUMNS = 24


class OperateWorkspace(Workspace):
    """The frames in their grid; those that the robot has share the width of their row."""

    def __init__(self) -> None:
        super().__init__(TITLE)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(8, 8, 8, 8)
        self._grid.setSpacing(8)
        for name, part, title, *_ in _PLACES:
            self.frames.append(PanelFrame(name, title, part))
        for column in range(_COLUMNS):
            self._grid.setColumnStretch(column, 1)
        self._place()

    def close_ranks(self) -> None:
        """Share each row among the frames that are not absent."""
        for frame in self.frames:
            self._grid.removeWidget(frame)
        self._place()

    def _place(self) -> None:
        for row, stretch, least in _ROWS:
            present = [
                (frame, place[5])
                for frame, place in zip(self.frames, _PLACES, strict=True)
                if place[3] == row and not frame.absent
            ]
            self._grid.setRowStretch(row, stretch if present else 0)
            self._grid.setRowMinimumHeight(row, least if present else 0)
            wanted = sum(columns for _, columns in present)
            first = taken = 0
            for frame, columns in present:
                taken += columns
                end = round(taken * _COLUMNS / wanted)
                self._grid.addWidget(frame, row, first, 1, end - first)
                first = end


def create() -> Workspace:
    """The workspace with its empty frames, largest first."""
    return OperateWorkspace()
