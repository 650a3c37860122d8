"""Plays sounds and speaks, in processes of their own; never waits, and is quiet where nothing can sound."""

import logging
import tempfile
from pathlib import Path
from typing import cast

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer

from app.audio.cue import sounds_folder
from app.audio.happenings import Happening
from app.audio.programs import HEARD, player, speaker
from app.audio.tones import scaled

log = logging.getLogger(__name__)

_AT_ONCE = 3  # sounds; more is noise
_LONGEST_MS = 15_000  # a program that has not ended by then hangs
_PATIENCE = 3  # failures in a row after which there is no device to play on


class Audio(QObject):
    """Sound and speech of one window."""

    def __init__(self, sounds: bool, speech: bool, volume: float, silent: tuple[str, ...] = ()) -> None:
        """Nothing sounds yet.

        Args:
            sounds: whether cues sound; those of priority 1 always do.
            speech: whether they are spoken too.
            volume: 0..1.
            silent: names of cues that shall not sound.
        """
        super().__init__()
        self.sounds, self.speech = sounds, speech
        self._volume, self._silent = volume, frozenset(silent)
        self._player, self._speaker = player(), speaker()
        self._playing: list[QProcess] = []
        self._speaking: QProcess | None = None
        self._next = ""
        self._failures = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._files: dict[str, Path] = {}

    @property
    def lack(self) -> str:
        """Why nothing can be heard; empty if something can."""
        if self._player is None:
            return "no program that plays sounds is installed (pipewire, pulseaudio-utils or alsa-utils)"
        return "no sound device answers" if self._failures >= _PATIENCE else ""

    @property
    def speech_lack(self) -> str:
        """Why nothing can be spoken; empty if something can."""
        return "" if self._speaker else "no program that speaks is installed (speech-dispatcher or espeak-ng)"

    def tell(self, happening: Happening) -> None:
        """Let it be heard, as far as that is switched on."""
        is_urgent = happening.cue.priority == 1
        if is_urgent or (self.sounds and happening.name not in self._silent):
            self._play(happening)
        if self.speech and happening.spoken:
            self._speak(happening.spoken)

    # --- sounds -------------------------------------------------------------------------------------------

    def _play(self, happening: Happening) -> None:
        if self._player is None or not happening.cue.notes or self._failures >= _PATIENCE:
            return
        if len(self._playing) >= _AT_ONCE:
            return
        file = self._file(happening.name)
        if file is None:
            return
        process = self._start(self._player, str(file))
        self._playing.append(process)
        process.finished.connect(self._played)
        process.errorOccurred.connect(self._not_played)

    def _file(self, name: str) -> Path | None:
        if name not in self._files:
            made = sounds_folder() / f"{name}.wav"
            if not made.is_file():
                log.warning("%s is missing: `make sounds` makes it", made)
                return None
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="understudy-sounds-")
            file = Path(self._folder.name) / made.name
            file.write_bytes(scaled(made.read_bytes(), self._volume))
            self._files[name] = file
        return self._files[name]

    def _not_played(self) -> None:
        self._played(-1)

    def _played(self, code: int) -> None:
        process = self._sender()
        if process not in self._playing:
            return
        self._playing.remove(process)
        process.deleteLater()
        self._failures = 0 if code == 0 else self._failures + 1
        if self._failures == _PATIENCE:
            log.warning("sounds are off: %s cannot play here", (self._player or ("",))[0])

    # --- speech -------------------------------------------------------------------------------------------

    def _speak(self, sentence: str) -> None:
        if self._speaker is None:
            return
        if self._speaking is not None:
            self._next = sentence  # the newest is worth hearing, not a queue of old news
            return
        process = self._start(self._speaker, sentence)
        self._speaking = process
        process.finished.connect(self._spoken)
        process.errorOccurred.connect(self._spoken)

    def _spoken(self) -> None:
        process = self._sender()
        if process is not self._speaking:
            return
        self._speaking = None
        process.deleteLater()
        sentence, self._next = self._next, ""
        if sentence:
            self._speak(sentence)

    # Programs that ended are told by the signal's sender. A lambda that knew the program would keep us alive as long as
    # its connection, and die within the program's own destructor, which would then be entered by ours once more.
    def _sender(self) -> QProcess:
        return cast(QProcess, self.sender())

    def _start(self, command: tuple[str, ...], heard: str) -> QProcess:
        process = QProcess(self)
        process.setProgram(command[0])
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert(HEARD, heard)
        process.setProcessEnvironment(environment)
        appended = [] if command[0] == "powershell" else [heard]
        process.setArguments([*command[1:], *appended])
        process.setStandardOutputFile(QProcess.nullDevice())
        process.setStandardErrorFile(QProcess.nullDevice())
        process.start()
        QTimer.singleShot(_LONGEST_MS, process, process.kill)
        return process

    def close(self) -> None:
        """Be quiet, and leave nothing behind."""
        for process in (*self._playing, *([self._speaking] if self._speaking else [])):
            process.blockSignals(True)
            process.kill()
            process.waitForFinished(500)
        self._playing, self._speaking = [], None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder, self._files = None, {}
