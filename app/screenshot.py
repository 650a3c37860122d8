"""The whole window as a PNG."""

import contextlib
import time
from pathlib import Path

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from twin import places
from twin.errors import GraphicsError


def window_to_image(window: QWidget) -> QImage:
    """The window as it would be drawn now, hidden behind others or not, its OpenGL parts included."""
    for part in window.findChildren(QWidget):
        if hasattr(part, "catch_up") and part.isVisibleTo(window):
            part.catch_up()  # its picture is drawn beside the window's thread, and would come too late
    return window.grab().toImage()


def window_to_png(window: QWidget, path: Path) -> None:
    """Write the window to ``path``.

    Raises:
        GraphicsError: it cannot be written there.
    """
    with contextlib.suppress(OSError):  # the attempt to write says whether it was needed
        path.parent.mkdir(parents=True, exist_ok=True)
    if not window_to_image(window).save(str(path), "PNG"):  # type: ignore[call-overload]
        raise GraphicsError(
            f"the screenshot cannot be written to {path}; is the folder writable, the disk full?"
        )


def keep_screenshot(window: QWidget) -> Path:
    """Write the window into the data folder, named by the time; returns where.

    Raises:
        GraphicsError: it cannot be written there.
    """
    path = places.data_folder() / "screenshots" / time.strftime("understudy-%Y%m%d-%H%M%S.png")
    window_to_png(window, path)
    return path
