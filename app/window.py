"""The window: the strip and STOP above, one workspace at a time, the hint bar below; one timer drives it all."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QStackedWidget, QVBoxLayout, QWidget

from app.actions.palette import Palette
from app.actions.registry import Actions
from app.actions.shortcuts import Shortcuts
from app.audio.audio import Audio
from app.frame.alarm_line import AlarmLine
from app.frame.hint_bar import HintBar
from app.frame.mode import OFFLINE, Mode
from app.frame.panel_builder import PanelBuilder
from app.frame.strip import Strip
from app.frame.tab_row import TabRow
from app.frame.why_card import WhyCard
from app.headset.door import HeadsetDoor
from app.keyboard.screen_lock import watch_screen_lock
from app.panels.base import TakeDraft
from app.requests import ACCEPTED, REFUSED
from app.rounds import Rounds
from app.screenshot import keep_screenshot
from app.session import Session
from app.settings import save_settings
from app.stalls import Stalls
from app.stop.stopping import Stopping
from app.style_sheet import palette, style_sheet
from app.theme import Theme, load_theme
from app.window_acts import register_actions
from app.window_requests import answer
from app.window_sounds import WindowSounds
from app.workspaces import health, inspect, operate, setup
from twin.errors import SettingsError, UnderstudyError
from twin.wire.clock import now_ns

FRAME_MS = 16
_UNPAINTED_MS = 1000  # minimised or covered, a window is not painted; its panels are built all the same
_BORDER = 5  # the frame that shines while the robot may move


class Window(QWidget):
    """Owns no data: it shows what the session hears, and passes on what the person wants."""

    closed = Signal()
    painted = Signal()  # for the first time

    def __init__(self, session: Session, theme: Theme, audio: Audio | None = None) -> None:
        """Everything but the panels, which are built one per idle slot after the first paint.

        Without ``audio`` nothing sounds; what would is written all the same.
        """
        super().__init__()
        self.session, self.theme = session, theme
        self.actions_table = Actions()
        self.draft = TakeDraft()
        self._was_painted = False
        self._mode: Mode = OFFLINE
        self._must_close = False
        self.sounds = WindowSounds(session, audio)
        self._rounds = Rounds()
        self._stalls = Stalls()
        self.setObjectName("window")
        self.setWindowTitle("Understudy")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(1024, 680)
        self._build_frame()
        self._shortcuts = Shortcuts(self, self.actions_table, self.attempt)
        register_actions(self)
        self.builder = PanelBuilder(
            session,
            self.frames,
            self.actions_table,
            self.draft,
            self._rounds,
            self._stalls,
            lambda: self.theme,
        )
        self.headset_door = HeadsetDoor(self, session, self.closed)
        self._wear(theme)
        self._plan_rounds()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._frame)

    # --- making ----------------------------------------------------------------------------------------

    def _build_frame(self) -> None:
        session = self.session
        self.strip = Strip(self.theme, session.station)
        self.alarm_line = AlarmLine(self.theme, self.attempt)
        self.workspaces = [operate.create(), inspect.create(), setup.create(), health.create()]
        self.frames = [frame for workspace in self.workspaces for frame in workspace.frames]
        titles = [workspace.title for workspace in self.workspaces]
        self.tab_row = TabRow(titles, self.actions_table, session.feed, self.attempt)
        self.stack = QStackedWidget()
        for workspace in self.workspaces:
            self.stack.addWidget(workspace)
        self.hint_bar = HintBar(self.theme)
        self.palette_box = Palette(self, self.actions_table, self.theme, self.attempt)
        self.stopping = Stopping(session, self.theme, self.palette_box)
        self.stop_button = self.stopping.button
        self.why_card = WhyCard(self, self.theme)
        head = QGridLayout()
        head.setSpacing(0)
        head.addWidget(self.strip, 0, 0)
        head.addWidget(self.alarm_line, 1, 0)
        head.addWidget(self.stop_button, 0, 1, 2, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_BORDER, _BORDER, _BORDER, _BORDER)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.tab_row)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.hint_bar)
        self.tab_row.show_tab(0)

    def _plan_rounds(self) -> None:
        self._rounds.add(15, self._refresh_head)
        self._rounds.add(4, self.session.observe)
        self._rounds.add(5, self.session.tell_drawn)
        self._rounds.add(20, self.sounds.look)
        self._rounds.add(20, self._watch_lifeline)
        self._rounds.add(4, self.headset_door.watch)

    def start(self) -> None:
        """Show the window, watch its keys, and build the panels when there is time."""
        self.show()
        self.stopping.watch(self)
        self._timer.start(FRAME_MS)
        self.builder.built.connect(self._watch_screen)  # the desktop's buses may take their time to answer
        self.painted.connect(self.builder.begin)
        QTimer.singleShot(_UNPAINTED_MS, self.builder.begin)

    def _watch_screen(self) -> None:
        self._screen_lock = watch_screen_lock()
        self._screen_lock.locked.connect(self.stopping.let_go)

    # --- each frame ------------------------------------------------------------------------------------

    def _frame(self) -> None:
        at_ns = now_ns()
        self._stalls.frame(at_ns)
        self.stopping.look(at_ns)
        self.session.tick(at_ns)
        self._rounds.run(at_ns)
        self.session.answerer.answer_all(lambda request: answer(self, request))
        self.stopping.show(at_ns)

    def _refresh_head(self, at_ns: int) -> None:
        session = self.session
        mode = self.strip.refresh(session.feed, session.fingers, at_ns)
        allowed = {
            action
            for action in self.alarm_line.buttons
            if self.actions_table[action].allowed_when(session.feed) is None
        }
        self.alarm_line.refresh(
            session.alarms,
            session.requests.latest,
            session.reason,
            allowed,
            at_ns,
            session.reason_severity,
            self.sounds.words(at_ns),
        )
        self.why_card.refresh(session.requests.latest, at_ns)
        self.hint_bar.refresh(session.feed)
        if mode.live != self._mode.live:
            self.update()
        self._mode = mode

    def refresh_all(self) -> None:
        """Bring every visible panel up to date, whatever its rate."""
        at_ns = self.session.feed.now_ns
        self._refresh_head(at_ns)
        for frame in self.frames:
            frame.refresh(self.session.feed, at_ns)

    def forgive_stall(self) -> None:
        """What was just done was asked for and took its time."""
        self._stalls.forgive()

    def _watch_lifeline(self, _at_ns: int) -> None:
        self.session.life.wait(0)
        if self.session.life.ending:
            self.end()

    def end(self) -> None:
        """Close, whatever the robot does: the station ends, and the robot holds when the keys fall silent."""
        self._must_close = True
        self.close()

    # --- what a person does ----------------------------------------------------------------------------

    def attempt(self, action_id: str) -> None:
        """Do an action by its id, or show why it cannot be done."""
        self.actions_table.attempt(action_id, self.session.feed)
        self._refresh_head(now_ns())

    def show_workspace(self, index: int) -> None:
        """Show the workspace at ``index``."""
        self.stack.setCurrentIndex(index)
        self.tab_row.show_tab(index)

    def toggle_theme(self) -> None:
        """Dark becomes light, light becomes dark, and is remembered."""
        name = "light" if self.theme.name == "dark" else "dark"
        self.set_theme(load_theme(name))
        try:
            save_settings({"theme": name})
        except SettingsError as error:
            self.session.requests.note("Remember the theme", REFUSED, str(error))

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        if theme.name != self.theme.name:
            self._wear(theme)

    def _wear(self, theme: Theme) -> None:
        self.theme = theme
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.setPalette(palette(theme))
        application.setStyleSheet(style_sheet(theme))
        for part in (
            self.strip,
            self.alarm_line,
            self.stop_button,
            self.hint_bar,
            self.palette_box,
            self.why_card,
        ):
            part.set_theme(theme)
        self.headset_door.set_theme(theme)
        for frame in self.frames:
            frame.set_theme(theme)
        self.update()

    def toggle_full_screen(self) -> None:
        """The whole screen, or a window again."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def take_screenshot(self) -> None:
        """Keep a picture of the window."""
        try:
            self.session.requests.note("Screenshot", ACCEPTED, str(keep_screenshot(self)))
        except UnderstudyError as error:
            self.session.requests.note("Screenshot", REFUSED, str(error))

    def event(self, event: QEvent) -> bool:
        """Follow the native window: the first OpenGL panel makes Qt build another, and STOP's keys must work there."""
        handled = super().event(event)
        if event.type() in (QEvent.Type.WinIdChange, QEvent.Type.PlatformSurface) and hasattr(
            self, "stopping"
        ):
            self.stopping.watch(self)
        return handled

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """The window's end is the station's end; not while the robot moves, unless the station says so."""
        reason = None if self._must_close else self.actions_table["quit"].allowed_when(self.session.feed)
        if reason:
            self.session.requests.note("End the station", REFUSED, reason)
            event.ignore()
            return
        self._timer.stop()
        self.stopping.end()
        event.accept()
        self.closed.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The frame around everything: it shines while the robot may move, and only then."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.theme.color("live" if self._mode.live else "background"))
        inside = self.rect().adjusted(_BORDER, _BORDER, -_BORDER, -_BORDER)
        painter.fillRect(inside, self.theme.color("background"))
        painter.end()
        if not self._was_painted:
            self._was_painted = True
            self.painted.emit()
