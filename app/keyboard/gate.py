"""Where all keys of the window pass first: STOP before everything, then the keys that drive."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from app.keyboard.keys import STOP_KEYS, HeldKeys, drives, key_name, place_of
from app.stop.presses import Stop
from twin.wire.clock import now_ns

_TEXT = (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox, QComboBox)
_LET_GO = frozenset({QEvent.Type.FocusOut, QEvent.Type.Hide, QEvent.Type.Close})


def writing() -> bool:
    """Whether keys belong to a text field or a menu, and therefore drive nothing."""
    if QApplication.activePopupWidget() is not None:
        return True
    return isinstance(QApplication.focusWidget(), _TEXT)


class KeyGate(QObject):
    """An event filter on the native window, ahead of every widget."""

    def __init__(
        self, held: HeldKeys, stop: Stop, shift_cuts: Callable[[], bool], stopped: Callable[[str], None]
    ) -> None:
        """See nothing before ``watch``.

        Args:
            held: learns of every key that drives.
            stop: pressed within the key's own event.
            shift_cuts: whether Shift is free to mean CUT, and is not the hold-to-run of a driving keyboard.
            stopped: told which key stopped, after it was sent.
        """
        super().__init__()
        self._held, self._stop, self._shift_cuts, self._stopped = held, stop, shift_cuts, stopped
        self._widget: QWidget | None = None
        self._window: QWindow | None = None
        self._other: QWindow | None = None  # the last one besides

    def watch(self, widget: QWidget) -> None:
        """See the keys of ``widget``'s native window from now on.

        Call it again whenever that window is another one: Qt makes a new one when the first OpenGL child comes.
        """
        self._widget = widget
        window = widget.windowHandle()
        if window is not None and window is not self._window:
            self._window = window
            window.installEventFilter(self)
            for menu in widget.findChildren(QMenu):
                menu.winId()  # makes its native window: one that is found once it is open has missed a STOP till then
                menu.windowHandle().installEventFilter(self)

    def look(self, at_ns: int) -> None:
        """Once per frame: whether keys count at all."""
        self._watch_others()
        active = self._widget is not None and self._widget.isActiveWindow() and self._widget.isVisible()
        self._held.focus(active and not writing(), at_ns)
        self._held.tick(at_ns)

    def _watch_others(self) -> None:
        """Menus and lists are native windows of their own; STOP's keys must work there too."""
        popup = QApplication.activePopupWidget()
        for window in (popup.windowHandle() if popup else None, QGuiApplication.focusWindow()):
            if window is not None and window != self._window and window != self._other:
                self._other = window
                window.removeEventFilter(self)  # never twice
                window.installEventFilter(self)

    def let_go(self) -> None:
        """Whatever was held is held no longer: the screen was locked, the window left."""
        self._held.focus(False, now_ns())
        self._stop.release()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """True for keys that go no further."""
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress:
                return self._pressed(event)
            if event.type() == QEvent.Type.KeyRelease:
                return self._released(event)
        elif event.type() in _LET_GO and watched == self._window:
            self.let_go()
        return False

    def _pressed(self, event: QKeyEvent) -> bool:
        at_ns = now_ns()
        name = key_name(event.key(), event.nativeScanCode(), QGuiApplication.platformName())
        stops = name in STOP_KEYS
        if stops and name and not event.isAutoRepeat():
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._stop.press(at_ns, cut=shift and self._shift_cuts())
            self._stopped(name)
        if name is None or writing() or not drives(event):
            return stops
        if not event.isAutoRepeat():
            self._held.press(name, place_of(event), at_ns)
        return True

    def _released(self, event: QKeyEvent) -> bool:
        name = key_name(event.key(), event.nativeScanCode(), QGuiApplication.platformName())
        if name is None or event.isAutoRepeat():
            return False
        if name in STOP_KEYS:
            self._stop.release()
        self._held.release(name, place_of(event), now_ns())
        return name in STOP_KEYS or not writing()
