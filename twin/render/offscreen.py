"""Pictures of the twin without a window, an X server or Qt: VisPy's EGL backend, on no surface at all."""

import os
import struct
import zlib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vispy import app, gloo
from vispy.gloo import gl

from twin.errors import GraphicsError
from twin.render.geometry import Geometry
from twin.render.gl_memory import DEPTH_COMPONENT24
from twin.render.palette import Palette
from twin.render.renderer import TwinRenderer, gl_renderer
from twin.render.subject import Subject
from twin.render.themes import DARK, RenderTheme
from twin.render.views import View

Image = NDArray[np.uint8]


@cache
def application() -> Any:
    """VisPy's EGL application; one per process.

    Raises:
        GraphicsError: EGL does not work on this machine.
    """
    # EGL must not look for an X server or Wayland, where there may be none; it reads this when first asked.
    before = os.environ.get("EGL_PLATFORM")
    os.environ["EGL_PLATFORM"] = before or "surfaceless"
    try:
        return app.Application("egl")
    except Exception as error:  # VisPy raises whatever the missing library made it stumble over
        raise GraphicsError(
            "no picture can be drawn without a window, because EGL does not start here: install the packages "
            "libegl1 and libgl1, or check the graphics driver"
        ) from error
    finally:
        if before is None:
            del os.environ["EGL_PLATFORM"]


class OffscreenTwin:
    """A renderer with its own EGL context, drawing into memory. Use as a context manager."""

    def __init__(
        self,
        geometry: Geometry,
        width_px: int,
        height_px: int,
        theme: RenderTheme = DARK,
        shadows: bool = True,
        oversampling: int = 2,
    ) -> None:
        """Open a context.

        Args:
            geometry: what can be drawn.
            width_px: of the picture.
            height_px: of the picture.
            theme: how the surroundings look.
            shadows: cast shadows.
            oversampling: draw this many times as wide and high, and take means: smooth edges.

        Raises:
            GraphicsError: EGL does not work on this machine.
        """
        self._size = (width_px * oversampling, height_px * oversampling)
        self._oversampling = oversampling
        try:
            self._canvas = app.Canvas(app=application(), size=(16, 16), show=False, dpi=96)
            self._canvas.set_current()
            self.gl_renderer = gl_renderer()
        except RuntimeError as error:
            raise GraphicsError(
                f"no picture can be drawn without a window, because EGL gives no context ({error}): "
                "check the graphics driver, or install Mesa's software renderer (libegl1 libgl1)"
            ) from error
        width, height = self._size
        self._colour = gloo.Texture2D((height, width, 4), internalformat="rgba8", interpolation="nearest")
        self._target = gloo.FrameBuffer(self._colour, gloo.RenderBuffer((height, width), DEPTH_COMPONENT24))
        self.renderer = TwinRenderer(geometry, theme, shadows)

    def __enter__(self) -> "OffscreenTwin":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the context back."""
        self._canvas.close()

    def image(
        self,
        view: View,
        palette: Palette,
        contacts: NDArray[Any] | None = None,
        centre_m: tuple[float, float] = (0.0, 0.0),
        marks: NDArray[Any] | None = None,
    ) -> Image:
        """The picture, (height, width, 3) sRGB, first row on top; arguments as ``TwinRenderer.draw`` has them."""
        self._canvas.set_current()
        with self._target:
            self.renderer.draw(view, palette, self._size, contacts, centre_m, marks)
            pixels: Image = gloo.read_pixels((0, 0, *self._size), alpha=False)
        return _shrunk(pixels, self._oversampling)

    def draw(self, view: View, palette: Palette, contacts: NDArray[Any] | None = None) -> None:
        """Hand a picture to the driver and fetch nothing; for measuring."""
        self._canvas.set_current()
        with self._target:
            self.renderer.draw(view, palette, self._size, contacts)
        self._canvas.context.flush_commands()

    def finish(self) -> None:
        """Wait until the driver has drawn everything it was given."""
        gl.glFinish()


def _shrunk(pixels: Image, factor: int) -> Image:
    """Means over ``factor`` x ``factor`` pixels."""
    if factor == 1:
        return pixels
    height, width, channels = pixels.shape
    tiles = pixels.reshape(height // factor, factor, width // factor, factor, channels)
    means: Image = (tiles.mean(axis=(1, 3), dtype=np.float32) + 0.5).astype(np.uint8)
    return means


def png(image: Image) -> bytes:
    """The picture (h, w, 3) as a PNG file."""
    height, width, _ = image.shape

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    lines = np.zeros((height, 1 + 3 * width), np.uint8)  # each line begins with its filter: 0, none
    lines[:, 1:] = image.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = zlib.compress(lines.tobytes(), 6)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def write_png(path: Path, image: Image) -> None:
    """Write the picture (h, w, 3) to ``path``."""
    path.write_bytes(png(image))


def render_png(
    subject: Subject,
    path: Path,
    size_px: tuple[int, int] = (1280, 960),
    preset: str = "home",
    theme: RenderTheme = DARK,
) -> str:
    """Write a picture of the twin as it is posed now; OpenGL's own name for what drew it.

    Raises:
        GraphicsError: EGL does not work on this machine.
        KeyError: no view is called ``preset``; see ``standpoints.NAMES``.
    """
    camera = subject.camera()
    camera.go_to(preset, glide_s=0.0)
    width, height = size_px
    with OffscreenTwin(subject.geometry, width, height, theme) as offscreen:
        write_png(path, offscreen.image(camera.view(width / height), subject.palette))
        return offscreen.gl_renderer
