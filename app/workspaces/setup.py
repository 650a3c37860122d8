"""Setup: before the work begins, what the controls mean and how late the robot follows."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout

from app.panel_frame import PanelFrame
from app.workspaces.base import Workspace

TITLE = "Setup"


def create() -> Workspace:
    """The workspace with its empty frames."""
    workspace = Workspace(TITLE)
    splitter = QSplitter(Qt.Orientation.Horizontal)
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(8)
    for name, title, least, share in (("bindings", "Controls", 700, 7), ("latency", "Latency", 280, 3)):
        frame = PanelFrame(name, title)
        frame.setMinimumWidth(least)
        workspace.frames.append(frame)
        splitter.addWidget(frame)
        splitter.setStretchFactor(splitter.count() - 1, share)
    layout = QVBoxLayout(workspace)
    layout.setContentsMargins(8, 8, 8, 8)
    layout.addWidget(splitter)
    return workspace
