"""The two pages on which a take is looked at: its pictures beside the twin, and its joints with their curves."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout

from app.frame.panel_frame import PanelFrame
from app.workspaces.base import Workspace
from app.workspaces.rows import Place, Row, RowsWorkspace

_PLACES = (
    Place("cameras", "head", "Head camera", 0, 14),
    Place("twin", "", "Twin", 0, 10),
    Place("cameras", "left_wrist", "Left wrist camera", 1, 7),
    Place("cameras", "right_wrist", "Right wrist camera", 1, 7),
    Place("limbs", "", "Limbs", 1, 10),
)
_ROWS = (Row(60, 200), Row(40, 140))


def pictures_page() -> Workspace:
    """What the robot saw, and the robot."""
    return RowsWorkspace("Pictures", _PLACES, _ROWS)


class JointsPage(Workspace):
    """Curves above, all joints and what the operator's hands did below."""

    def __init__(self) -> None:
        super().__init__("Joints")
        plots, joints, inputs = (
            PanelFrame("plots", "Plots"),
            PanelFrame("joint_grid", "Joints"),
            PanelFrame("input_map", "Input map"),
        )
        self.frames += [plots, joints, inputs]
        down = QSplitter(Qt.Orientation.Vertical)
        for frame, least, share in ((plots, 200, 5), (joints, 180, 5), (inputs, 150, 2)):
            frame.setMinimumHeight(least)
            down.addWidget(frame)
            down.setStretchFactor(down.indexOf(frame), share)
        down.setChildrenCollapsible(False)
        down.setSizes([300, 320, 150])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(down)
