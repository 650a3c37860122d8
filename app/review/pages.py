"""The two pages on which a take is looked at: its pictures beside the twin, and its joints with their curves."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSplitter, QVBoxLayout

from app.frame.panel_frame import PanelFrame
from app.workspaces.base import Workspace

_COLUMNS = 24
# panel, its part, title, row, columns; frames that the robot lacks give their room to the others of their row
_PLACES = (
    ("cameras", "head", "Head camera", 0, 14),
    ("twin", "", "Twin", 0, 10),
    ("cameras", "left_wrist", "Left wrist camera", 1, 7),
    ("cameras", "right_wrist", "Right wrist camera", 1, 7),
    ("limbs", "", "Limbs", 1, 10),
)
_STRETCH = (60, 40)


class PicturesPage(Workspace):
    """What the robot saw, and the robot."""

    def __init__(self) -> None:
        super().__init__("Pictures")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(8, 8, 8, 8)
        self._grid.setSpacing(8)
        self.frames += [PanelFrame(name, title, part) for name, part, title, *_ in _PLACES]
        for column in range(_COLUMNS):
            self._grid.setColumnStretch(column, 1)
        for row, stretch in enumerate(_STRETCH):
            self._grid.setRowStretch(row, stretch)
        self.close_ranks()

    def close_ranks(self) -> None:
        """Share each row among the frames that are not absent."""
        for frame in self.frames:
            self._grid.removeWidget(frame)
        for row in range(len(_STRETCH)):
            present = [
                (frame, place[4])
                for frame, place in zip(self.frames, _PLACES, strict=True)
                if place[3] == row and not frame.absent
            ]
            wanted = sum(columns for _, columns in present)
            first = taken = 0
            for frame, columns in present:
                taken += columns
                end = round(taken * _COLUMNS / wanted)
                self._grid.addWidget(frame, row, first, 1, end - first)
                first = end


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
