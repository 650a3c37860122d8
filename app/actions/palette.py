"""The command palette: every action by its name, with its shortcut, and why it cannot be done now."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.actions.registry import Action, Actions
from app.feed import Feed
from app.theme import Theme

_WIDTH = 620
_ROW = 34
_ACTION_ROLE = Qt.ItemDataRole.UserRole
_REASON_ROLE = Qt.ItemDataRole.UserRole + 1


def rank(action: Action, wanted: str) -> int | None:
    """How well ``action`` answers ``wanted``; smaller is better, None is not at all.

    Every letter must occur in the title in order; words that begin the title, or a word of it, go first.
    """
    title, text = action.title.lower(), wanted.lower()
    if not text:
        return 0
    if title.startswith(text):
        return 1
    if any(word.startswith(text) for word in title.split()):
        return 2
    if text in title:
        return 3
    if any(word.startswith(text) for word in action.words.lower().split()):
        return 4
    letters = iter(title)
    return 5 if all(letter in letters for letter in text) else None


class _Row(QStyledItemDelegate):
    """Title left; shortcut or the reason against it right."""

    def __init__(self, palette: "Palette") -> None:
        super().__init__(palette)
        self._palette = palette

    def sizeHint(self, _option: QStyleOptionViewItem, _index: object) -> QSize:  # noqa: N802 - Qt's name
        return QSize(_WIDTH - 20, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: object) -> None:
        theme = self._palette.theme
        action: Action = index.data(_ACTION_ROLE)  # type: ignore[attr-defined]
        reason: str | None = index.data(_REASON_ROLE)  # type: ignore[attr-defined]
        rect = QRectF(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("raised"))
        inner = rect.adjusted(14, 0, -14, 0)
        painter.setFont(theme.font("text"))
        painter.setPen(theme.color("muted" if reason else "text"))
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, action.title)
        used = painter.fontMetrics().horizontalAdvance(action.title) + 24
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("muted"))
        right = painter.fontMetrics().elidedText(
            reason or action.shortcut, Qt.TextElideMode.ElideRight, int(inner.width() - used)
        )
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, right)


class Palette(QFrame):
    """Lies over the window and never stops anything else from being used."""

    def __init__(self, parent: QWidget, actions: Actions, theme: Theme, run: Callable[[str], None]) -> None:
        """``run(action_id)`` does the chosen action."""
        super().__init__(parent)
        self.theme, self._actions, self._run = theme, actions, run
        self._feed: Feed | None = None
        self.setObjectName("panel")
        self._field = QLineEdit()
        self._field.setPlaceholderText("What shall be done?   Space and Esc stop the robot, here too")
        self._field.textChanged.connect(self._fill)
        self._field.installEventFilter(self)
        self._list = QListWidget()
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setItemDelegate(_Row(self))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.itemClicked.connect(lambda _item: self._choose())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(8)
        layout.addWidget(self._field)
        layout.addWidget(self._list)
        self.hide()

    def open(self, feed: Feed) -> None:
        """Show all actions, ready to be searched."""
        self._feed = feed
        self._field.clear()
        self._fill("")
        parent = self.parentWidget()
        assert parent is not None
        width = min(_WIDTH, parent.width() - 40)
        self.setGeometry((parent.width() - width) // 2, 110, width, min(480, parent.height() - 160))
        self.show()
        self.raise_()
        self._field.setFocus()

    def close_again(self) -> None:
        """Go away; the keyboard drives again."""
        self.hide()
        parent = self.parentWidget()
        if parent is not None:
            parent.setFocus()

    def toggle(self, feed: Feed) -> None:
        """Open or close."""
        if self.isVisible():
            self.close_again()
        else:
            self.open(feed)

    def titles(self) -> list[str]:
        """What is listed, from the top."""
        return [self._list.item(row).data(_ACTION_ROLE).title for row in range(self._list.count())]

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self.theme = theme
        self.update()

    def _fill(self, wanted: str) -> None:
        ranked = [(rank(action, wanted.strip()), action) for action in self._actions]
        found = [(place, action) for place, action in ranked if place is not None]
        found.sort(key=lambda pair: pair[0])
        self._list.clear()
        for _, action in found:
            item = QListWidgetItem()
            item.setData(_ACTION_ROLE, action)
            item.setData(_REASON_ROLE, action.allowed_when(self._feed) if self._feed else None)
            self._list.addItem(item)
        self._list.setCurrentRow(0)

    def _choose(self) -> None:
        item = self._list.currentItem()
        if item is None:
            return
        action: Action = item.data(_ACTION_ROLE)
        self.close_again()
        self._run(action.id)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Up, down and Enter in the field belong to the list."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        row, last = self._list.currentRow(), self._list.count() - 1
        match event.key():
            case Qt.Key.Key_Down:
                self._list.setCurrentRow(min(last, row + 1))
            case Qt.Key.Key_Up:
                self._list.setCurrentRow(max(0, row - 1))
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._choose()
            case _:
                return False
        return True
