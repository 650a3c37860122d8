"""The registry of everything a person can do: one table for menus, palette, shortcuts and buttons."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.feed import Feed

Allowed = Callable[[Feed], str | None]


def always(_feed: Feed) -> str | None:
    """Allowed at any time."""
    return None


@dataclass(frozen=True)
class Action:
    """One act. ``allowed_when`` answers None, or one sentence why it cannot be done now."""

    id: str  # e.g. "record.start"
    title: str  # what it does, as a person says it: "Start recording"
    run: Callable[[], None]
    shortcut: str = ""  # as QKeySequence reads it, e.g. "Ctrl+K"; never a plain letter: those drive
    menu: str = ""  # in which menu it stands; empty: only in the palette
    allowed_when: Allowed = always
    words: str = ""  # other words by which a person may look for it


class Actions:
    """All actions by id, in the order in which they were added."""

    def __init__(self) -> None:
        self._actions: dict[str, Action] = {}
        self._listeners: list[Callable[[], None]] = []
        self._refused: Callable[[Action, str], None] = lambda _action, _reason: None

    def add(self, *actions: Action) -> None:
        """Add ``actions``; panels add their own when they are made.

        Raises:
            ValueError: an id or a shortcut is taken.
        """
        for action in actions:
            if action.id in self._actions:
                raise ValueError(f"two actions are called {action.id!r}")
            for other in self._actions.values():
                if action.shortcut and action.shortcut == other.shortcut:
                    raise ValueError(f"{action.id} and {other.id} both want the shortcut {action.shortcut}")
            self._actions[action.id] = action
        for listener in self._listeners:
            listener()

    def when_changed(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` whenever actions were added."""
        self._listeners.append(listener)

    def when_refused(self, listener: Callable[[Action, str], None]) -> None:
        """Tell ``listener`` of an action that was asked for but is not allowed, and why."""
        self._refused = listener

    def __iter__(self) -> Iterator[Action]:
        return iter(tuple(self._actions.values()))

    def __contains__(self, action_id: str) -> bool:
        return action_id in self._actions

    def __getitem__(self, action_id: str) -> Action:
        return self._actions[action_id]

    def menus(self) -> dict[str, tuple[Action, ...]]:
        """The actions of each menu, in order."""
        found: dict[str, tuple[Action, ...]] = {}
        for action in self:
            if action.menu:
                found[action.menu] = (*found.get(action.menu, ()), action)
        return found

    def attempt(self, action_id: str, feed: Feed) -> str | None:
        """Do ``action_id`` if it is allowed now; returns why not, or None."""
        action = self._actions[action_id]
        reason = action.allowed_when(feed)
        if reason is None:
            action.run()
        else:
            self._refused(action, reason)
        return reason
