"""A panel that lies over the window while it is wanted, and takes no keys: driving and STOP go on below it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.feed import Feed
from app.panels.base import Panel
from app.theme import Theme

_WIDTH, _BELOW_HEAD = 640, 110  # px; below the strip and the button STOP


class FloatingPanel(QFrame):
    """Makes its panel when it is opened for the first time."""

    def __init__(self, window: QWidget, title: str, make: Callable[[], Panel]) -> None:
        """``make()`` gives the panel, at the first opening."""
        super().__init__(window)
        self._window, self._make = window, make
        self.panel: Panel | None = None
        self.setObjectName("panel")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        heading = QLabel(title)
        heading.setObjectName("panelTitle")
        close = QPushButton("Close")
        close.setObjectName("flat")
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(self.hide)
        head = QHBoxLayout()
        head.setContentsMargins(14, 8, 6, 0)
        head.addWidget(heading, 1)
        head.addWidget(close)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(1, 1, 1, 1)
        self._layout.addLayout(head)
        self.hide()

    def toggle(self) -> None:
        """Open or close."""
        if self.isVisible():
            self.hide()
        else:
            self.open()

    def open(self) -> None:
        """Lie over the window."""
        if self.panel is None:
            self.panel = self._make()
            self._layout.addWidget(self.panel.widget(), 1)
        self._fit()
        self.show()
        self.raise_()

    def refresh(self, feed: Feed, now_ns: int) -> None:
        """Bring the panel up to date while it can be seen."""
        if self.panel is not None and self.isVisible():
            self.panel.refresh(feed, now_ns)
            self._fit()

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        if self.panel is not None:
            self.panel.set_theme(theme)

    def _fit(self) -> None:
        """As high as what is in it, within the window."""
        width = min(_WIDTH, self._window.width() - 40)
        wanted = (
            self._layout.heightForWidth(width)
            if self._layout.hasHeightForWidth()
            else self.sizeHint().height()
        )
        height = min(wanted, self._window.height() - _BELOW_HEAD - 48)
        self.setGeometry((self._window.width() - width) // 2, _BELOW_HEAD, width, height)
