"""The window in which takes are looked through: nothing in it drives, and nothing in it is live but STOP."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.review.shelf import Loading, neighbour, next_unmarked
from app.review.stop_keys import StopKeys
from app.review.take_view import TakeView
from app.style_sheet import palette, style_sheet
from app.theme import Theme, load_theme
from recordings.shift.rating import rate
from recordings.take import Manifest
from recordings.trim import trim, trim_to_driving, whole
from twin.errors import UnderstudyError

_FRAME_MS = 16
_ANOTHER_WINDOW = (QEvent.Type.Show, QEvent.Type.WinIdChange, QEvent.Type.PlatformSurface)


class ReviewWindow(QWidget):
    """One take at a time, from the first press of a key to the next take."""

    closed = Signal()

    def __init__(self, path: Path, theme: Theme, station_folder: Path) -> None:
        """Open the take ``path``; STOP goes to the robot of the station in ``station_folder``, if one runs."""
        super().__init__()
        self.theme, self.path = theme, path
        self.view: TakeView | None = None
        self._loading: Loading | None = None
        self._work: tuple[str, Future[Manifest]] | None = None
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="take-writer")
        self.setObjectName("window")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(1024, 680)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self._make_note())
        self.stop_keys = StopKeys(station_folder, self._tell_stop, self._close_palette)
        self._wear(theme)
        self.open(path)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._frame)
        self._timer.start(_FRAME_MS)

    def _make_note(self) -> QWidget:
        self._note = QWidget()
        self.sentence = QLabel()
        self.sentence.setObjectName("sentence")
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence.setWordWrap(True)
        self._ways_out = QWidget()
        line = QHBoxLayout(self._ways_out)
        line.addStretch(1)
        for label, act in (
            ("The take before", lambda: self.open_neighbour(-1)),
            ("The next take", lambda: self.open_neighbour(1)),
            ("Close", self.close_window),
        ):
            button = QPushButton(label)
            button.clicked.connect(act)
            line.addWidget(button)
        line.addStretch(1)
        layout = QVBoxLayout(self._note)
        layout.addStretch(1)
        layout.addWidget(self.sentence)
        layout.addWidget(self._ways_out)
        layout.addStretch(1)
        return self._note

    # --- opening ---------------------------------------------------------------------------------------

    def open(self, path: Path) -> None:
        """Read the take ``path`` and show it in place of the one that is shown."""
        if self._loading is not None:
            self._loading.give_up()
        if self.view is not None:
            self._layout.removeWidget(self.view)
            self.view.end()
            self.view = None
        self.path = path
        self.setWindowTitle(f"{path.stem} · Understudy")
        self._loading = Loading(path)
        self._ways_out.hide()
        self._note.show()

    def _look_at_loading(self, loading: Loading) -> None:
        if not loading.is_done:
            self.sentence.setText(f"Reading {loading.path.name} … {100 * loading.share:.0f} %")
            return
        self._loading = None
        try:
            tape, spec = loading.result()
        except UnderstudyError as error:
            self.sentence.setText(str(error))
            self._ways_out.show()
            return
        self.view = TakeView(tape, spec, self.theme, self)
        self._note.hide()
        self._layout.addWidget(self.view, 1)

    # --- each frame ------------------------------------------------------------------------------------

    def _frame(self) -> None:
        if self._loading is not None:
            self._look_at_loading(self._loading)
        elif self.view is not None:
            self.view.advance()
        if self._work is not None and self._work[1].done():
            self._finish_work(*self._work)

    def _write(self, doing: str, write: Callable[[], Manifest]) -> None:
        """Measuring a part anew reads the take: it is done beside the window's thread, one after the other."""
        if self.view is None:
            return
        if self._work is not None:
            self.view.say("one moment: the change before is being written")
            self.view.show_manifest(self.view.tape.manifest)
            return
        self.view.say(f"{doing} …")
        self._work = doing, self._worker.submit(write)

    def _finish_work(self, doing: str, work: Future[Manifest]) -> None:
        self._work = None
        view = self.view
        try:
            manifest = work.result()
        except UnderstudyError as error:
            if view is not None:
                view.say(str(error))
                view.show_manifest(view.tape.manifest)
            return
        if view is not None and view.tape.manifest.take == manifest.take:
            view.show_manifest(manifest)
            view.say(f"{doing}: done")

    # --- what a view asks ------------------------------------------------------------------------------

    def trim(self, from_s: float, to_s: float) -> None:
        """Let only this part of the take count."""
        path = self.path
        self._write("trimming", lambda: trim(path, from_s, to_s))

    def trim_to_driving(self) -> None:
        """Let only what was driven count."""
        path = self.path
        self._write("trimming", lambda: trim_to_driving(path))

    def give_back(self) -> None:
        """Let all of the take count."""
        path = self.path
        self._write("giving all of it back", lambda: whole(path))

    def mark(self, rating: str) -> None:
        """Say what the take is worth."""
        path = self.path
        self._write("marking", lambda: rate(path, rating))

    def open_neighbour(self, ahead: int) -> None:
        """Show the next take of the folder, or the one before."""
        if (path := neighbour(self.path, ahead)) is not None:
            self.open(path)
        else:
            self.sentence.setText(f"{self.why_no_neighbour(ahead)}")

    def why_no_neighbour(self, ahead: int) -> str | None:
        """Why there is none; None if there is one."""
        if neighbour(self.path, ahead) is not None:
            return None
        return f"{self.path.stem} is the {'last' if ahead > 0 else 'first'} take in {self.path.parent}"

    def open_unmarked(self) -> None:
        """Show the next take that nobody has marked."""
        if (path := next_unmarked(self.path)) is not None:
            self.open(path)

    def why_no_unmarked(self) -> str | None:
        """Why there is none; None if there is one."""
        return None if next_unmarked(self.path) else f"every other take in {self.path.parent} has a mark"

    def toggle_theme(self) -> None:
        """Dark or light."""
        self._wear(load_theme("light" if self.theme.name == "dark" else "dark"))

    def close_window(self) -> None:
        """The end."""
        self.close()

    def _close_palette(self) -> None:
        if self.view is not None and self.view.palette_box.isVisible():
            self.view.palette_box.close_again()

    def _tell_stop(self, text: str) -> None:
        if self.view is not None:
            self.view.say(text)
        else:
            self.sentence.setText(text)

    def _wear(self, theme: Theme) -> None:
        self.theme = theme
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.setPalette(palette(theme))
        application.setStyleSheet(style_sheet(theme))
        if self.view is not None:
            self.view.set_theme(theme)

    def event(self, event: QEvent) -> bool:
        """Follow the native window: the first OpenGL panel makes Qt build another, and STOP's keys must work there."""
        handled = super().event(event)
        if event.type() in _ANOTHER_WINDOW and hasattr(self, "stop_keys"):
            self.stop_keys.watch(self)
        return handled

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """What is being written is written; what is being read is not wanted any more."""
        self._timer.stop()
        if self._loading is not None:
            self._loading.give_up()
        if self.view is not None:
            self.view.end()
        self._worker.shutdown(wait=True)
        self.stop_keys.close()
        event.accept()
        self.closed.emit()
