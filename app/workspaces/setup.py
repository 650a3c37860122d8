"""Setup: before the work begins, what the controls mean, how late the robot follows, and who drives."""

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
    controls, latency, operator = (
        PanelFrame("bindings", "Controls"),
        PanelFrame("latency", "Latency"),
        PanelFrame("operator", "Operator"),
    )
    workspace.frames += [controls, latency, operator]
    controls.setMinimumWidth(700)
    beside = QSplitter(Qt.Orientation.Vertical)
    beside.setChildrenCollapsible(False)
    beside.setHandleWidth(8)
    beside.setMinimumWidth(280)
    for frame, least in ((latency, 340), (operator, 250)):
        frame.setMinimumHeight(least)
        beside.addWidget(frame)
    splitter.addWidget(controls)
    splitter.addWidget(beside)
    splitter.setStretchFactor(0, 7)
    splitter.setStretchFactor(1, 3)
    layout = QVBoxLayout(workspace)
    layout.setContentsMargins(8, 8, 8, 8)
    layout.addWidget(splitter)
    return workspace
