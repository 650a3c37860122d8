"""The window role: one Qt application around the window, from the first paint to the station's end."""

import faulthandler
import logging
import sys
import time
import types

import psutil
from PySide6.QtCore import QCoreApplication, QMessageLogContext, QSize, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from app.audio.audio import Audio
from app.displays import why_no_display
from app.session import Session
from app.settings import load_settings
from app.theme import load_theme
from app.window import FRAME_MS, Window
from teleop.operators import load_operator
from twin import places
from twin.errors import GraphicsError, SettingsError
from twin.role import RoleLife
from twin.station import Station

log = logging.getLogger(__name__)

WANTED_SIZE = QSize(1600, 1000)

_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def run(station: Station, supervised: bool) -> None:
    """Show the window of ``station`` until it is closed or the supervisor is gone.

    Raises:
        GraphicsError: there is no display to show it on.
        StationError: this station has a window already.
    """
    if reason := why_no_display():
        raise GraphicsError(reason)
    with RoleLife(station, "window", period_ms=FRAME_MS, supervised=supervised) as life:
        faulthandler.enable()
        application = make_application()
        sys.excepthook = _log_exception
        session = Session(life)
        settings = load_settings()
        speech = settings.speech or _wants_voice(station.operator)
        audio = Audio(settings.sounds, speech, settings.sound_volume, settings.silent_sounds)
        window = Window(session, load_theme(settings.theme), audio)
        window.resize(WANTED_SIZE.boundedTo(application.primaryScreen().availableSize()))
        window.closed.connect(application.quit)
        listen_to_qt()
        window.painted.connect(lambda: log.info("first paint %.0f ms after the start", _age_ms()))
        window.builder.built.connect(lambda: log.info("all panels %.0f ms after the start", _age_ms()))
        window.builder.built.connect(listen_to_qt)
        window.start()
        application.exec()
        audio.close()
        session.close()


def _wants_voice(operator: str) -> bool:
    """Whether the person who drives has asked for speech."""
    try:
        return bool(operator) and load_operator(operator).voice
    except SettingsError as error:
        log.warning("%s", error)
        return False


def make_application() -> QApplication:
    """The application, with one OpenGL context shared by all canvases, so that a canvas survives a new parent."""
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    application = QApplication(["understudy"])
    application.setApplicationName("Understudy")
    application.setStyle("Fusion")
    application.setWindowIcon(QIcon(str(places.assets_folder() / "icons" / "understudy.svg")))
    return application


def listen_to_qt() -> None:
    """Put what Qt says into our log. VisPy installs its own handler when it is imported; ours goes before it."""
    qInstallMessageHandler(_log_qt)


def _age_ms() -> float:
    """How old this process is."""
    return (time.time() - psutil.Process().create_time()) * 1000


def _log_qt(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    logging.getLogger("qt").log(_QT_LEVELS.get(kind, logging.WARNING), "%s", text)


def _log_exception(
    kind: type[BaseException], error: BaseException, trace: types.TracebackType | None
) -> None:
    log.critical("a slot of the window failed", exc_info=(kind, error, trace))
