"""Inspect: one joint among many, its curves above, all joints below, and sliders that turn the chosen ones."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout

from app.frame.panel_frame import PanelFrame
from app.workspaces.base import Workspace

TITLE = "Inspect"


def create() -> Workspace:
    """The workspace with its empty frames."""
    workspace = Workspace(TITLE)
    splitter = QSplitter(Qt.Orientation.Vertical)
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(8)
    plots, joints, sliders = (
        PanelFrame("plots", "Plots"),
        PanelFrame("joint_grid", "Joints"),
        PanelFrame("joint_sliders", "Drive joints"),
    )
    workspace.frames += [plots, joints, sliders]
    plots.setMinimumHeight(220)
    below = QSplitter(Qt.Orientation.Horizontal)
    below.setChildrenCollapsible(False)
    below.setHandleWidth(8)
    below.setMinimumHeight(200)
    for frame, least, share in ((joints, 480, 7), (sliders, 240, 3)):
        frame.setMinimumWidth(least)
        below.addWidget(frame)
        below.setStretchFactor(below.count() - 1, share)
    splitter.addWidget(plots)
    splitter.addWidget(below)
    splitter.setStretchFactor(0, 5)
    splitter.setStretchFactor(1, 6)
    layout = QVBoxLayout(workspace)
    layout.setContentsMargins(8, 8, 8, 8)
    layout.addWidget(splitter)
    return workspace
