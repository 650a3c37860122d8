"""Health: whether all is ready before the work begins, what is said how often, and how late the robot follows."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout

from app.frame.panel_frame import PanelFrame
from app.workspaces.base import Workspace

TITLE = "Health"


def create() -> Workspace:
    """The workspace with its empty frames."""
    workspace = Workspace(TITLE)
    splitter = QSplitter(Qt.Orientation.Horizontal)
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(8)
    frames = (
        PanelFrame("preflight", "Preflight"),
        PanelFrame("streams", "Streams"),
        PanelFrame("latency", "Latency"),
    )
    workspace.frames += frames
    for frame, least, share in zip(frames, (320, 400, 280), (4, 4, 3), strict=True):
        frame.setMinimumWidth(least)
        splitter.addWidget(frame)
        splitter.setStretchFactor(splitter.count() - 1, share)
    splitter.setSizes([560, 560, 420])
    layout = QVBoxLayout(workspace)
    layout.setContentsMargins(8, 8, 8, 8)
    layout.addWidget(splitter)
    return workspace
