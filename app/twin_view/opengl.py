"""What OpenGL this machine offers a window, asked once before anything is drawn with it."""

from dataclasses import dataclass
from functools import cache

from PySide6.QtGui import QOffscreenSurface, QOpenGLContext

from twin.errors import GraphicsError
from twin.render.drivers import is_software

_GL_RENDERER = 0x1F01
_LEAST_VERSION = (2, 1)


@dataclass(frozen=True)
class OpenGL:
    """What draws."""

    renderer: str  # its own name, e.g. "llvmpipe (LLVM 15.0.6, 256 bits)"
    version: tuple[int, int]
    is_software: bool


@cache
def offered_opengl() -> OpenGL:
    """What draws in a window of this process.

    Raises:
        GraphicsError: nothing that would suffice for the twin.
    """
    context = QOpenGLContext()
    surface = QOffscreenSurface()
    surface.create()
    if not context.create() or not context.makeCurrent(surface):
        raise GraphicsError(
            "the twin needs OpenGL, and this display offers none: install the packages libgl1 and libegl1 or "
            "the graphics driver, then start the window again. Everything else works without it"
        )
    try:
        format_ = context.format()
        version = format_.majorVersion(), format_.minorVersion()
        renderer = str(context.functions().glGetString(_GL_RENDERER))
    finally:
        context.doneCurrent()
    if version < _LEAST_VERSION:
        raise GraphicsError(
            f"the twin needs OpenGL 2.1, and {renderer} offers {version[0]}.{version[1]}: update the graphics "
            "driver. Everything else works without it"
        )
    return OpenGL(renderer, version, is_software(renderer))
