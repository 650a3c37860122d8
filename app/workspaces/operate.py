"""Operate: hands busy, eyes on the cameras, nothing to drag."""

from PySide6.QtWidgets import QGridLayout

from app.panel_frame import PanelFrame
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


def create() -> Workspace:
    """The workspace with its empty frames, largest first."""
    workspace = Workspace(TITLE)
    grid = QGridLayout(workspace)
    grid.setContentsMargins(8, 8, 8, 8)
    grid.setSpacing(8)
    for name, part, title, row, column, columns in _PLACES:
        frame = PanelFrame(name, title, part)
        workspace.frames.append(frame)
        grid.addWidget(frame, row, column, 1, columns)
    for row, stretch, least in _ROWS:
        grid.setRowStretch(row, stretch)
        grid.setRowMinimumHeight(row, least)
    for column in range(24):
        grid.setColumnStretch(column, 1)
    return workspace
