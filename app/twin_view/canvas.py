"""The twin on the screen: an OpenGL canvas inside Qt, with a camera that orbits.

VisPy swallows what goes wrong while drawing unless it is told not to; here it is told, and the first failure
ends the drawing with one sentence instead of repeating itself sixty times a second.
"""

import logging
from typing import Any

from vispy import app

from app.twin_view.model import TwinModel
from app.twin_view.view import Drawn, Failed, cannot_draw
from twin.render.palette import Palette
from twin.render.renderer import TwinRenderer
from twin.render.themes import RenderTheme
from twin.render.views import View
from twin.wire.clock import now_ns

log = logging.getLogger(__name__)


class TwinCanvas(app.Canvas):  # type: ignore[misc]
    """A ``TwinView`` for a graphics card: Qt composes the window of what the card drew."""

    def __init__(self, model: TwinModel, theme: RenderTheme) -> None:
        """Show ``model``; OpenGL is first used when it is first drawn."""
        config = {"depth_size": 24, "double_buffer": True, "samples": 4}
        super().__init__(app="pyside6", size=(640, 480), dpi=96, config=config, autoswap=False, keys=None)
        for emitter in self.events.emitters.values():
            emitter.ignore_callback_errors = False
        self._model, self._theme = model, theme
        self.camera = model.camera()
        self._renderer: TwinRenderer | None = None
        self.changed = True  # the camera or the look did, since the last picture
        self.broken = ""  # why nothing is drawn any more
        self.drew: Drawn = lambda _cost_ns: None
        self.failed: Failed = lambda _sentence: None

    def set_theme(self, theme: RenderTheme) -> None:
        """Take on another look with the next picture."""
        self._theme, self.changed = theme, True

    def view(self) -> View:
        """What the camera sees."""
        width, height = self.size
        return self.camera.view(width / max(height, 1))

    def redraw(self, fine: bool = False) -> None:
        """Draw what the model holds now, with the next frame of the window. Its edges are smooth anyhow."""
        if not fine:
            self.update()

    def end(self) -> None:
        """Draw no more, and give OpenGL back."""
        self.close()

    # --- drawing ------------------------------------------------------------------------------------------

    def on_draw(self, _event: Any) -> None:
        """Draw one picture into the widget's framebuffer."""
        if self.broken:
            return
        began_ns = now_ns()
        try:
            self._draw(self._model.palette)
        except Exception as error:  # whatever a driver may do must not take the window with it
            log.exception("the twin cannot be drawn")
            self.broken = cannot_draw(error)
            self.failed(self.broken)
            return
        self.drew(now_ns() - began_ns)

    def _draw(self, palette: Palette) -> None:
        if self._renderer is None:
            self._renderer = TwinRenderer(self._model.geometry, self._theme, shadows=True)
            self._used_theme = self._theme
        if self._used_theme is not self._theme:
            self._renderer.use_theme(self._theme)
            self._used_theme = self._theme
        self._model.drawn()
        width, height = self.physical_size
        model, size = self._model, (max(width, 1), max(height, 1))
        self._renderer.draw(self.view(), palette, size, model.contacts, model.middle_m, model.marks)

    def on_resize(self, _event: Any) -> None:
        """The shape of the picture changed."""
        self.changed = True
