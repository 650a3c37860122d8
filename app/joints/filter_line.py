"""The line in which joints are searched; its arrow keys walk through what was found."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

_WALKING = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown})


class JointFilter(QLineEdit):
    """A search line that keeps the letters and hands the arrow keys to the grid below it.

    While it has the focus, no key drives the robot; Enter gives the keys back.
    """

    def __init__(self, grid: QWidget) -> None:
        """Search for rows of ``grid``."""
        super().__init__()
        self._grid = grid
        self.setObjectName("joint_filter")
        self.setPlaceholderText("Filter joints, e.g. left wrist")
        self.setClearButtonEnabled(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Write, walk, or leave."""
        if event.key() in _WALKING:
            self._grid.keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.clearFocus()
        else:
            super().keyPressEvent(event)
