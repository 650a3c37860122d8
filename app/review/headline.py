"""What stands above a take: what was to be done, which take it is, what it is worth, and that nothing here is live."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.review import words
from app.review.tape import Tape
from app.theme import Theme
from recordings.take import Manifest
from twin.robot import RobotSpec


class Headline(QWidget):
    """Four lines; the last one only where there is something to be careful about."""

    def __init__(self, tape: Tape, spec: RobotSpec) -> None:
        """About ``tape``, a take of ``spec``."""
        super().__init__()
        self._title, self._facts, self._worth = QLabel(words.title(tape)), QLabel(words.facts(tape)), QLabel()
        self._facts.setObjectName("muted")
        self._doubts = QLabel(words.doubts(tape, spec))
        self._doubts.setVisible(bool(self._doubts.text()))
        recorded = QLabel("RECORDED: nothing here moves a robot")
        recorded.setObjectName("muted")
        lines = QVBoxLayout()
        lines.setSpacing(2)
        for label in (self._title, self._facts, self._worth, self._doubts):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            lines.addWidget(label)
        self.said = QLabel()
        beside = QVBoxLayout()
        beside.setSpacing(2)
        for label in (recorded, self.said):
            beside.addWidget(label, 0, Qt.AlignmentFlag.AlignRight)
        beside.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 10, 16, 2)
        layout.addLayout(lines, 1)
        layout.addLayout(beside)

    def show_manifest(self, manifest: Manifest) -> None:
        """What is known and thought of the take now."""
        self._worth.setText(words.worth(manifest))

    def say(self, text: str) -> None:
        """One sentence about what was just done, or why it cannot be."""
        self.said.setText(text)

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._title.setFont(theme.font("state"))
        self._doubts.setStyleSheet(f"color: {theme.hex('warning')};")
