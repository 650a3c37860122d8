"""The keyboard shortcuts of the window, made from the registry of actions."""

from collections.abc import Callable

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.actions.registry import Actions


class Shortcuts:
    """One for each action that names one; actions that come later get theirs then."""

    def __init__(self, window: QWidget, actions: Actions, attempt: Callable[[str], None]) -> None:
        """``attempt(action_id)`` does an action, or says why not."""
        self._window, self._actions, self._attempt = window, actions, attempt
        self._made: dict[str, QShortcut] = {}
        actions.when_changed(self._make)

    def _make(self) -> None:
        for action in self._actions:
            if not action.shortcut or action.id in self._made:
                continue
            keys = [action.shortcut]
            if action.shortcut.startswith("F"):
                keys.append(f"Shift+{action.shortcut}")  # Shift is held while the keyboard drives
            shortcut = QShortcut(self._window)
            shortcut.setKeys([QKeySequence(key) for key in keys])
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(self._doing(action.id))
            self._made[action.id] = shortcut

    def _doing(self, action_id: str) -> Callable[[], None]:
        return lambda: self._attempt(action_id)
