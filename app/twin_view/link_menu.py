"""The menu of a link: what a right click on the twin offers. Only actions that have a name of their own anyway."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QMenu

from app.actions.registry import Actions
from app.feed import Feed
from app.twin_view.view import TwinView

_CLICK_PX = 4  # a press that moved less is a click: the right button also shifts the camera


class TwinMenu(QObject):
    """Listens to the right button beside whoever else does; takes nothing away."""

    clicked = Signal(QPointF)  # where on the canvas, before ``open``

    def __init__(self, canvas: TwinView) -> None:
        """Open nothing by itself: whoever hears ``clicked`` does."""
        super().__init__(canvas.native)
        self._native = canvas.native
        self._pressed_at: QPointF | None = None
        canvas.native.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Never true: the camera wants the same events."""
        if isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.RightButton:
            if event.type() == QEvent.Type.MouseButtonPress:
                self._pressed_at = event.position()
            elif event.type() == QEvent.Type.MouseButtonRelease and self._pressed_at is not None:
                moved = (event.position() - self._pressed_at).manhattanLength()
                self._pressed_at = None
                if moved < _CLICK_PX:
                    self.clicked.emit(event.position())
        return False

    def open(self, title: str, offered: tuple[str, ...], actions: Actions, feed: Feed, at: QPointF) -> QMenu:
        """Offer the actions with the ids ``offered`` under ``title``; those not allowed are greyed and say why."""
        menu = QMenu(self._native)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        head = menu.addAction(title)
        head.setEnabled(False)
        menu.addSeparator()
        for action_id in offered:
            action = actions[action_id]
            reason = action.allowed_when(feed)
            entry: QAction = menu.addAction(f"{action.title}\t{QKeySequence(action.shortcut).toString()}")
            entry.setEnabled(reason is None)
            entry.setToolTip(reason or action.title)
            entry.triggered.connect(_doing(actions, action_id, feed))
        menu.popup(self._native.mapToGlobal(at).toPoint())
        return menu


def _doing(actions: Actions, action_id: str, feed: Feed) -> Callable[[], None]:
    def act() -> None:
        actions.attempt(action_id, feed)

    return act
