"""The frame around a panel: its title, and one sentence where the panel cannot be."""

import logging

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout

from app.feed import Feed
from app.panels.base import Panel, PanelContext, create_panel, has_own_title, keeps_history
from app.theme import Theme
from twin.errors import UnderstudyError

log = logging.getLogger(__name__)


class PanelFrame(QFrame):
    """Holds one panel, from before it is built until after it has failed.

    A panel that raises is taken out and says so in one sentence; STOP and all other panels go on.
    """

    def __init__(self, name: str, title: str, part: str = "") -> None:
        """``name`` is the panel's file, ``title`` what stands above it until it is built."""
        super().__init__()
        self.name, self.part = name, part
        self.panel: Panel | None = None
        self.failed = ""  # the sentence, once it has failed
        self.absent = False  # the robot has nothing that it could show
        self.setObjectName("panel")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._title = QLabel(title)
        self._title.setObjectName("panelTitle")
        self._title.setContentsMargins(10, 5, 10, 3)
        self._sentence = QLabel("")
        self._sentence.setObjectName("sentence")
        self._sentence.setWordWrap(True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(1, 1, 1, 1)
        self._layout.setSpacing(0)
        self._layout.addWidget(self._title)
        self._layout.addWidget(self._sentence, 1)

    def leave_out(self) -> None:
        """Be absent: the robot lacks what the panel would show."""
        self.absent = True
        self.hide()

    def build(self, context: PanelContext) -> None:
        """Make the panel and put it in."""
        try:
            panel = create_panel(self.name, context)
            widget = panel.widget()
        except UnderstudyError as error:
            log.warning("no %s: %s", self.name, error)
            self.fail(str(error))
            return
        except Exception:  # a broken panel must not take STOP away with it
            log.exception("the panel %s could not be built", self.name)
            self.fail(f"{self.name} could not be built; the log of the window role says why")
            return
        self.panel = panel
        self._title.setText(panel.title)
        self._title.setHidden(has_own_title(panel))
        self._sentence.hide()
        self._layout.addWidget(widget, 1)

    def refresh(self, feed: Feed, now_ns: int) -> None:
        """Let the panel show what the feed knows, if anybody can see it."""
        panel = self.panel
        if panel is None or not (self.isVisible() or keeps_history(panel)):
            return
        try:
            panel.refresh(feed, now_ns)
        except Exception:  # as above
            log.exception("the panel %s failed", self.name)
            panel.widget().hide()
            self.panel = None
            self.fail(f"{self.name} failed; the log of the window role says why")

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        if self.panel:
            self.panel.set_theme(theme)

    def fail(self, sentence: str) -> None:
        """Say why there is nothing to see."""
        self.failed = sentence
        self._sentence.setText(sentence)
        self._sentence.show()
