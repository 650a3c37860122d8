"""The row of workspaces on the left, menus and the palette's button on the right."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QMenuBar, QPushButton, QWidget

from app.actions.registry import Actions
from app.feed import Feed

HEIGHT = 36
MENUS = ("Robot", "Take", "View", "Twin", "Station")


class TabRow(QWidget):
    """Made from the registry; a menu is filled when it is opened, so that it knows what is allowed then."""

    def __init__(
        self,
        titles: Sequence[str],
        actions: Actions,
        feed: Feed,
        run: Callable[[str], None],
        menus: Sequence[str] = MENUS,
    ) -> None:
        """A tab does the action ``workspace.<title>``."""
        super().__init__()
        self._actions, self._feed, self._run = actions, feed, run
        self.setFixedHeight(HEIGHT)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 0)
        layout.setSpacing(2)
        self._tabs = QButtonGroup(self)
        for index, title in enumerate(titles):
            tab = QPushButton(title)
            tab.setObjectName("tab")
            tab.setCheckable(True)
            tab.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            tab.clicked.connect(_running(run, f"workspace.{title.lower()}"))
            self._tabs.addButton(tab, index)
            layout.addWidget(tab)
        layout.addStretch(1)
        self.menus = QMenuBar()
        self.menus.setNativeMenuBar(False)
        for name in menus:
            self._add_menu(name)
        layout.addWidget(self.menus, 0, Qt.AlignmentFlag.AlignVCenter)
        button = QPushButton("All actions   Ctrl+K")
        button.setObjectName("flat")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(_running(run, "palette"))
        layout.addWidget(button)

    def _add_menu(self, name: str) -> None:
        menu = self.menus.addMenu(name)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(lambda: self.fill(menu, name))

    def fill(self, menu: QMenu, name: str) -> None:
        """Put the actions of the menu ``name`` into ``menu``, those that are not allowed greyed with the reason."""
        menu.clear()
        for action in self._actions.menus().get(name, ()):
            reason = action.allowed_when(self._feed)
            entry = menu.addAction(action.title)
            if action.shortcut:
                # Shown only; the window's own shortcuts do the work, also while Shift is held.
                entry.setText(f"{action.title}\t{QKeySequence(action.shortcut).toString()}")
            entry.setEnabled(reason is None)
            entry.setToolTip(reason or action.title)
            entry.triggered.connect(_running(self._run, action.id))

    def show_tab(self, index: int) -> None:
        """Mark the workspace that is shown."""
        self._tabs.button(index).setChecked(True)


def _running(run: Callable[[str], None], action_id: str) -> Callable[[bool], None]:
    return lambda _checked: run(action_id)
