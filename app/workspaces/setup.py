"""Setup: what the controls mean, and who drives."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout

from app.frame.panel_frame import PanelFrame
from app.workspaces.base import Workspace

TITLE = "Setup"


def create() -> Workspace:
    """The workspace with its empty frames."""
    workspace = Workspace(TITLE)
    splitter = QSplitter(Qt.Orientation.Horizontal)
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(8)
    controls, operator = PanelFrame("bindings", "Controls"), PanelFrame("operator", "Operator")
    workspace.frames += [controls, operator]
    controls.setMinimumWidth(700)
    operator.setMinimumWidth(280)
    splitter.addWidget(controls)
    splitter.addWidget(operator)
    splitter.setStretchFactor(0, 7)
    splitter.setStretchFactor(1, 3)
    layout = QVBoxLayout(workspace)
    layout.setContentsMargins(8, 8, 8, 8)
    layout.addWidget(splitter)
    return workspace
