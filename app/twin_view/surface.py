"""Pictures of the twin drawn into memory, in a thread of their own, where the processor does the drawing.

An OpenGL widget makes Qt compose the whole window through OpenGL whenever any part of it changes: 12 ms of llvmpipe
for every blinking figure in a 1600x1000 window, twin or no twin. So where there is no graphics card the window
stays a plain one, and the twin comes as an image.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QOffscreenSurface, QOpenGLContext
from vispy import gloo
from vispy.gloo.context import FakeCanvas, forget_canvas, set_current_canvas

from app.twin_view.model import TwinModel
from twin.errors import GraphicsError
from twin.render.gl_memory import DEPTH_COMPONENT24
from twin.render.marks import Marks
from twin.render.palette import Palette
from twin.render.renderer import TwinRenderer
from twin.render.themes import RenderTheme
from twin.render.views import View

Pixels = NDArray[np.uint8]


class Order(NamedTuple):
    """One picture that is wanted; nothing in it changes while it is drawn."""

    rows: NDArray[np.float32]  # of the palette
    contacts: NDArray[Any]
    marks: Marks
    middle_m: tuple[float, float]
    view: View
    theme: RenderTheme
    width_px: int
    height_px: int
    oversampling: int  # drawn so many times as wide and high, then averaged


@cache
def _painter() -> ThreadPoolExecutor:
    # One thread for all twins of the process: gloo has one current canvas.
    return ThreadPoolExecutor(1, thread_name_prefix="twin-painter")


class TwinSurface:
    """Draws one geometry. Made in the thread of the window, used in the painter's thread alone."""

    def __init__(self, model: TwinModel) -> None:
        """Prepare for the geometry of ``model``; OpenGL is first used with the first picture."""
        self._geometry = model.geometry
        self._palette = Palette(model.geometry)
        self._surface = QOffscreenSurface()  # some platforms make a window of it: in the window's thread only
        self._surface.create()
        self._context: QOpenGLContext | None = None
        self._canvas: Any = None
        self._renderer: TwinRenderer | None = None
        self._theme: RenderTheme | None = None
        self._target: Any = None
        self._size = (0, 0)

    def order(self, order: Order) -> "Future[Pixels]":
        """The picture to come: (height, width, 4) RGBx, first row on top."""
        return _painter().submit(self._draw, order)

    def end(self) -> None:
        """Give the context back, after what has been ordered."""
        _painter().submit(self._forget).result()
        self._surface.destroy()

    # --- in the painter's thread --------------------------------------------------------------------------

    def _draw(self, order: Order) -> Pixels:
        renderer = self._ready(order)
        np.copyto(self._palette.rows, order.rows)
        size = (order.width_px * order.oversampling, order.height_px * order.oversampling)
        with self._target_of(size):
            renderer.draw(order.view, self._palette, size, order.contacts, order.middle_m, order.marks)
            pixels: Pixels = gloo.read_pixels((0, 0, *size), alpha=True)
        return _averaged(pixels, order.oversampling)

    def _ready(self, order: Order) -> TwinRenderer:
        if self._context is None:
            self._context = QOpenGLContext()
            if not self._context.create():
                raise GraphicsError("OpenGL gives no second context")
        if not self._context.makeCurrent(self._surface):
            raise GraphicsError("OpenGL's context cannot be made current")
        if self._canvas is None:
            self._canvas = FakeCanvas()
        set_current_canvas(self._canvas)
        if self._renderer is None:
            self._renderer = TwinRenderer(self._geometry, order.theme, shadows=False)
        elif self._theme is not order.theme:
            self._renderer.use_theme(order.theme)
        self._theme = order.theme
        return self._renderer

    def _target_of(self, size: tuple[int, int]) -> Any:
        if size != self._size:
            width, height = self._size = size
            color = gloo.Texture2D((height, width, 4), internalformat="rgba8", interpolation="nearest")
            self._target = gloo.FrameBuffer(color, gloo.RenderBuffer((height, width), DEPTH_COMPONENT24))
        return self._target

    def _forget(self) -> None:
        self._renderer = self._target = None
        if self._canvas is not None:
            forget_canvas(self._canvas)
            self._canvas = None
        if self._context is not None:
            self._context.doneCurrent()
            self._context = None


def _averaged(pixels: Pixels, factor: int) -> Pixels:
    """Means over ``factor`` x ``factor`` pixels, in one piece of memory."""
    if factor == 1:
        return np.ascontiguousarray(pixels)
    height, width, _ = pixels.shape
    tiles = pixels.reshape(height // factor, factor, width // factor, factor, 4)
    sums = tiles.astype(np.uint16).sum(axis=(1, 3), dtype=np.uint16)
    means: Pixels = (sums // (factor * factor)).astype(np.uint8)
    return means
