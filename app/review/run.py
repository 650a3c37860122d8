"""The process in which takes are looked through."""

import logging
from pathlib import Path

from app.displays import why_no_display
from app.review.window import ReviewWindow
from app.run_window import WANTED_SIZE, listen_to_qt, make_application
from app.settings import load_settings
from app.theme import load_theme
from twin.errors import GraphicsError

log = logging.getLogger(__name__)


def run(path: Path, station_folder: Path) -> None:
    """Show the take ``path`` until the window is closed.

    Raises:
        GraphicsError: there is no display to show it on.
    """
    if reason := why_no_display():
        raise GraphicsError(reason)
    application = make_application()
    window = ReviewWindow(path, load_theme(load_settings().theme), station_folder)
    window.resize(WANTED_SIZE.boundedTo(application.primaryScreen().availableSize()))
    window.closed.connect(application.quit)
    listen_to_qt()
    window.show()
    application.exec()
