"""The buttons below the timeline, each with its key, and where the take is looked at."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from app.actions.registry import Actions
from app.review.playback import Playback
from app.takes.words import clock

_MOVE = (("review.picture.back", "◂   ,"), ("review.play", ""), ("review.picture.on", "▸   ."))
_PART = (("review.in", "In   I"), ("review.out", "Out   O"), ("review.whole", "All   W"))
_MARKS = (("review.good", "Good   G"), ("review.bad", "Bad   B"))
_NEIGHBOURS = (("review.previous", "Before   P"), ("review.next", "Next   N"))


class ControlLine(QWidget):
    """A button does the action whose id it has."""

    def __init__(self, attempt: Callable[[str], None]) -> None:
        """``attempt(action_id)`` does an action, or says why not."""
        super().__init__()
        self._attempt = attempt
        self._buttons: dict[str, QPushButton] = {}
        self._place = QLabel()
        self._place.setObjectName("number")
        self._place.setMinimumWidth(240)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(12, 4, 12, 10)
        self._line.setSpacing(6)
        self._add(_MOVE)
        self._line.addWidget(self._place)
        self._line.addStretch(1)
        for group in (_PART, _MARKS, _NEIGHBOURS):
            self._line.addSpacing(10)
            self._add(group)
        self._buttons["review.play"].setMinimumWidth(110)
        for rating in ("good", "bad"):
            self._buttons[f"review.{rating}"].setObjectName("mark")
            self._buttons[f"review.{rating}"].setCheckable(True)

    def _add(self, group: tuple[tuple[str, str], ...]) -> None:
        for action_id, label in group:
            button = self._buttons[action_id] = QPushButton(label)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(self._doing(action_id))
            self._line.addWidget(button)

    def _doing(self, action_id: str) -> Callable[[], None]:
        return lambda: self._attempt(action_id)

    def explain(self, actions: Actions) -> None:
        """Let every button tell the title of its action."""
        for action_id, button in self._buttons.items():
            button.setToolTip(actions[action_id].title)

    def show_place(self, playback: Playback, seconds: float) -> None:
        """Where the take of ``seconds`` is looked at, and whether it goes on."""
        speed = "" if playback.speed == 1.0 else f"   {playback.speed:g} x"
        self._place.setText(f"{clock(playback.position_s)} of {clock(seconds)}{speed}")
        self._buttons["review.play"].setText("Stand still   K" if playback.is_playing else "Play   K")

    def show_mark(self, rating: str) -> None:
        """Which mark the take has; empty for none."""
        for each in ("good", "bad"):
            self._buttons[f"review.{each}"].setChecked(rating == each)
