"""Episode: the take that is open or will be next, its task, its counters, and the three buttons for it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.feed import Feed
from app.panels.base import PanelContext
from app.takes.trim_bar import TrimBar
from app.takes.words import last_take_words, quality_words, queue_words, timer_words
from app.theme import Theme
from twin.wire.messages import RecorderStatus, SceneState

_NOTHING = "\u2014"
_BUTTONS = (
    ("record.start", "Start", "F9"),
    ("record.stop", "Save", "F10"),
    ("record.discard", "Discard", "Ctrl+D"),
)
_FIGURES = ("time", "pictures", "messages", "lost", "on disk", "saved")


def create(context: PanelContext) -> "EpisodePanel":
    """The panel."""
    return EpisodePanel(context)


def figures(recorder: RecorderStatus | None) -> tuple[str, ...]:
    """The values under ``_FIGURES``."""
    if recorder is None:
        return (_NOTHING,) * len(_FIGURES)
    return (
        timer_words(recorder),
        f"{recorder.video_frames}",
        f"{recorder.messages}",
        f"{recorder.lost}",
        f"{recorder.bytes_written / 1e6:.1f} MB",
        f"{recorder.takes_saved}",
    )


def attempt_words(scene: SceneState) -> str:
    """How the task stands: its steps where it has several, success, failure, or what is missing."""
    steps = f" ({scene.subgoals_done} of {scene.subgoals_total})" if scene.subgoals_total > 1 else ""
    if scene.task_succeeded:
        return f"{scene.task}{steps}: done"
    how = f"failed, {scene.task_note}" if scene.task_failed else (scene.task_note or "not yet")
    return f"{scene.task}{steps}: {how}"


class TaskField(QLineEdit):
    """A line of text in which Space stops the robot, as everywhere; an underscore stands for a space."""

    def __init__(self, changed: Callable[[str], None]) -> None:
        super().__init__()
        self.setPlaceholderText("task of the next take; _ writes a space, because Space is STOP")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.textEdited.connect(self._spell)
        self.textChanged.connect(lambda text: changed(text.strip()))
        self.returnPressed.connect(self.clearFocus)

    def _spell(self, text: str) -> None:
        if "_" in text:
            place = self.cursorPosition()
            self.setText(text.replace("_", " "))
            self.setCursorPosition(place)


class EpisodePanel:
    """Five times a second what the recorder says."""

    title = "Episode"
    rate_hz = 5.0

    def __init__(self, context: PanelContext) -> None:
        """Make no widget yet."""
        self._context, self._theme = context, context.theme
        self._made: QWidget | None = None
        self._values: list[QLabel] = []
        self._buttons: dict[str, QPushButton] = {}
        self._feed: Feed | None = None

    def widget(self) -> QWidget:
        """Task, figures, buttons."""
        if self._made is not None:
            return self._made
        self._made = QWidget()
        self._task = TaskField(self._name_task)
        self._task.setText(self._context.station.task)
        self._note = QLabel("")
        self._note.setObjectName("muted")
        self._note.setWordWrap(True)  # it may name a file
        self._counters = QLabel("")
        self._counters.setObjectName("small")
        self._counters.setToolTip(
            "Since this window was opened. In hand: the robot follows. Idle: neither driven nor recorded"
        )
        self._queue, self._last = QLabel(""), QLabel("")
        self._queue.setWordWrap(True)
        self._last.setWordWrap(True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(0)
        for column, title in enumerate(_FIGURES):
            caption = QLabel(title)
            caption.setObjectName("small")
            value = QLabel(_NOTHING)
            value.setObjectName("number")
            self._values.append(value)
            grid.addWidget(caption, 0, column)
            grid.addWidget(value, 1, column)
            grid.setColumnStretch(column, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for action, title, key in _BUTTONS:
            button = QPushButton(f"{title}   {key}")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(self._doing(action))
            self._buttons[action] = button
            buttons.addWidget(button)
        layout = QVBoxLayout(self._made)
        layout.setContentsMargins(10, 0, 10, 8)
        layout.setSpacing(4)
        layout.addWidget(self._task)
        layout.addWidget(self._queue)
        layout.addLayout(grid)
        layout.addWidget(self._last)
        self._trim = TrimBar(self._theme)
        self._trim.trimmed.connect(self._ask_part)
        self._trim.given_back.connect(self._doing("take.trim.whole"))
        layout.addWidget(self._trim)
        layout.addStretch(1)
        layout.addWidget(self._counters)
        layout.addWidget(self._note)
        layout.addLayout(buttons)
        return self._made

    def _name_task(self, task: str) -> None:
        self._context.draft.task = task

    def _doing(self, action: str) -> Callable[[], None]:
        def act() -> None:
            if self._feed is not None:
                self._context.actions.attempt(action, self._feed)

        return act

    def refresh(self, feed: Feed, _now_ns: int) -> None:
        """Show the recorder's newest word; buttons that would be refused are greyed and say why."""
        self._feed = feed
        recorder = feed.fresh("recorder.status", RecorderStatus)
        for label, text in zip(self._values, figures(recorder), strict=True):
            label.setText(text)
        for action, button in self._buttons.items():
            reason = self._context.actions[action].allowed_when(feed)
            button.setEnabled(reason is None)
            button.setToolTip(reason or "")
        words = self._words(recorder, feed)
        self._note.setText(words)
        self._note.setToolTip(words)
        self._show_curation(recorder)
        counters = self._context.shift.counters
        self._counters.setText(counters.break_due or counters.words)

    def _show_curation(self, recorder: RecorderStatus | None) -> None:
        """The queue and the last take; each is there only while there is something to say."""
        queue = queue_words(recorder) if recorder else ""
        last = last_take_words(recorder) if recorder else ""
        for label, text in ((self._queue, queue), (self._last, last)):
            label.setText(text)
            label.setVisible(bool(text))
        self._trim.show_take(recorder)
        self._last.setToolTip(quality_words(recorder) if recorder else "")
        if recorder and recorder.queue_task and self._task.text() == self._context.station.task:
            self._task.clear()  # the queue names the take, unless something is written here

    def _words(self, recorder: RecorderStatus | None, feed: Feed) -> str:
        if recorder is None:
            return "the recorder is not heard"
        if recorder.note:
            return recorder.note
        scene = feed.fresh("robot.scene", SceneState)
        return attempt_words(scene) if scene and scene.task else ""

    def _ask_part(self, from_s: float, to_s: float) -> None:
        self._context.draft.part_s = from_s, to_s
        self._doing("take.trim.part")()

    def set_theme(self, theme: Theme) -> None:
        """The style sheet does all but the bar."""
        self._theme = theme
        if self._made is not None:
            self._trim.set_theme(theme)
