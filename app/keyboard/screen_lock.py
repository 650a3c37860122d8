"""Learns from the desktop that the screen was locked, because a locked screen swallows the release of a held key."""

from PySide6.QtCore import SLOT, QObject, Signal, Slot
from PySide6.QtDBus import QDBusConnection

_SAVERS = ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver")
_SESSION = "org.freedesktop.login1.Session"


class ScreenLock(QObject):
    """Emits ``locked``. Where there is no D-Bus there is no desktop that would lock."""

    locked = Signal()

    def __init__(self, session: QDBusConnection, system: QDBusConnection | None = None) -> None:
        """Listen on the ``session`` bus to the screen saver, on the ``system`` bus to the login manager."""
        super().__init__()
        if session.isConnected():
            for saver in _SAVERS:
                self._hear(session, saver, "ActiveChanged", "saver_changed(bool)")
        if system is not None and system.isConnected():
            self._hear(system, _SESSION, "Lock", "session_locked()")

    def _hear(self, bus: QDBusConnection, interface: str, name: str, slot: str) -> None:
        # The binding's own description asks for bytes, but the call takes nothing but what SLOT returns: text.
        bus.connect("", "", interface, name, self, SLOT(slot))  # type: ignore[call-overload]

    @Slot(bool)
    def saver_changed(self, active: bool) -> None:
        """The screen saver began or ended."""
        if active:
            self.locked.emit()

    @Slot()
    def session_locked(self) -> None:
        """The login manager asked for the lock."""
        self.locked.emit()


def watch_screen_lock() -> ScreenLock:
    """A watch on this desktop's own buses."""
    return ScreenLock(QDBusConnection.sessionBus(), QDBusConnection.systemBus())
