"""Inspect: one joint among many, its curves above and all joints below."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout

from app.panel_frame import PanelFrame
from app.workspaces.base import Workspace

TITLE = "Inspect"


def create() -> Workspace:
    """The workspace with its empty frames."""
    workspace = Workspace(TITLE)
    splitter = QSplitter(Qt.Orientation.Vertical)
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(8)
    for name, title, least in (("plots", "Plots", 220), ("joint_grid", "Joints", 200)):
        frame = PanelFrame(name, title)
        frame.setMinimumHeight(least)
        workspace.frames.append(frame)
        splitter.addWidget(frame)
    splitter.setStretchFactor(0, 5)
    splitter.setStretchFactor(1, 6)
    layout = QVBoxLayout(workspace)
    layout.setContentsMargins(8, 8, 8, 8)
    layout.addWidget(splitter)
    return workspace
