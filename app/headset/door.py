"""The headset's door in the window: its panel, which opens by itself when a headset waits to be let in."""

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget

from app.frame.floating_panel import FloatingPanel
from app.headset.words import asking
from app.panels.base import Panel
from app.session import Session
from app.theme import Theme


class HeadsetDoor:
    """A floating panel over the window."""

    def __init__(self, window: QWidget, session: Session, closed: SignalInstance) -> None:
        """Closed; the panel is made when it is first shown, and ends when the window has ``closed``."""
        self._session, self._closed = session, closed
        self._asked = ""  # who waits to be let in, as last seen
        self.box = FloatingPanel(window, "Headset link", self._make)

    def _make(self) -> Panel:
        from app.panels.headset_link import HeadsetLinkPanel

        panel = HeadsetLinkPanel(self._session.station)
        self._closed.connect(panel.close)
        return panel

    def toggle(self) -> None:
        """Show the panel, or hide it."""
        self.box.toggle()

    def watch(self, at_ns: int) -> None:
        """A headset at the door is answered here: the question comes by itself, once for each knock."""
        found = asking(self._session.feed)
        asks = f"{found.name} {found.note}" if found else ""
        if asks and asks != self._asked:
            self.box.open()
        self._asked = asks
        self.box.refresh(self._session.feed, at_ns)

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self.box.set_theme(theme)
