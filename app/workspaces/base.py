"""What a workspace is: a title and the frames of its panels, in the order in which they shall be built."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.frame.panel_frame import PanelFrame


class Workspace(QWidget):
    """One page of the window."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = title
        self.frames: list[PanelFrame] = []
        self.setObjectName("workspace")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def close_ranks(self) -> None:
        """Give the room of absent frames to the others. A page whose frames may be absent says how."""
