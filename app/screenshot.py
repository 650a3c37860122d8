"""The whole window as a PNG, its OpenGL parts included."""

from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage, QPainter, QRegion
from PySide6.QtWidgets import QWidget

from twin.errors import GraphicsError


def window_to_image(window: QWidget) -> QImage:
    """The window as it would be drawn now, hidden behind others or not."""
    image = window.grab().toImage()
    painter = QPainter(image)
    for canvas in _canvases(window):
        if canvas.isVisibleTo(window):
            painter.drawImage(canvas.mapTo(window, QPoint(0, 0)), canvas.grabFramebuffer())  # type: ignore[attr-defined]
            for child in canvas.findChildren(QWidget):
                if child.parentWidget() is canvas and child.isVisibleTo(window):
                    # Without its own ground: what lies on a canvas may let the canvas through.
                    at = child.mapTo(window, QPoint(0, 0))
                    child.render(painter, at, QRegion(), QWidget.RenderFlag.DrawChildren)
    painter.end()
    return image


def window_to_png(window: QWidget, path: Path) -> None:
    """Write the window to ``path``.

    Raises:
        GraphicsError: it cannot be written there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not window_to_image(window).save(str(path), "PNG"):  # type: ignore[call-overload]
        raise GraphicsError(
            f"the screenshot cannot be written to {path}; is the folder writable, the disk full?"
        )


def _canvases(window: QWidget) -> list[QWidget]:
    # QWidget.grab leaves OpenGL children empty on some platforms; each is asked for its own framebuffer.
    return [child for child in window.findChildren(QWidget) if child.inherits("QOpenGLWidget")]
