"""The twin on the screen: an OpenGL canvas inside Qt that is turned, shifted, zoomed and pointed at with the mouse.

VisPy swallows what goes wrong while drawing unless it is told not to; here it is told, and the first failure
ends the drawing with one sentence instead of repeating itself sixty times a second.
"""

import logging
from collections.abc import Callable
from typing import Any

from vispy import app
from vispy.gloo import gl

from app.twin_model import TwinModel
from twin.render.orbit import OrbitCamera
from twin.render.palette import Palette
from twin.render.renderer import TwinRenderer
from twin.render.themes import RenderTheme
from twin.render.views import View
from twin.wire.clock import now_ns

log = logging.getLogger(__name__)

_LEFT, _RIGHT, _MIDDLE = 1, 2, 3
_CLICK_PX = 4  # a press that moved less is a click, not a drag
_HOME = "home"

Joints = tuple[int, ...]


class TwinCanvas(app.Canvas):  # type: ignore[misc]
    """Draws one ``TwinModel``. ``native`` is the widget."""

    def __init__(self, model: TwinModel, theme: RenderTheme, is_software: bool) -> None:
        """Make the widget; OpenGL is first used when it is first drawn.

        Args:
            model: what is drawn.
            theme: how its surroundings look.
            is_software: no multisampling and no shadows, which a processor cannot afford.
        """
        config = {"depth_size": 24, "double_buffer": True, "samples": 0 if is_software else 4}
        super().__init__(app="pyside6", size=(640, 480), dpi=96, config=config, autoswap=False, keys=None)
        for emitter in self.events.emitters.values():
            emitter.ignore_callback_errors = False
        self._model, self._theme, self._is_software = model, theme, is_software
        self.camera = OrbitCamera(model.standpoints[_HOME], model.standpoints)
        self._renderer: TwinRenderer | None = None
        self._pressed_at: tuple[float, float] | None = None
        self._dragged_from: tuple[float, float] | None = None
        self._changed = True
        self.broken = ""  # why nothing is drawn any more
        self.hovered: Joints = ()
        self.clicked: Callable[[Joints, bool], None] = lambda _joints, _added: None
        self.drew: Callable[[int], None] = lambda _cost_ns: None
        self.failed: Callable[[str], None] = lambda _sentence: None

    def set_theme(self, theme: RenderTheme) -> None:
        """Take on another look with the next picture."""
        self._theme, self._changed = theme, True

    def advance(self, dt_s: float) -> bool:
        """Let the camera glide on; whether a new picture is needed for the camera's sake."""
        moved = self.camera.advance(dt_s)
        changed, self._changed = self._changed or moved, False
        return changed

    def view(self) -> View:
        """What the camera sees."""
        width, height = self.size
        return self.camera.view(width / max(height, 1))

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
            self.broken = (
                f"the twin cannot be drawn ({str(error).splitlines()[0][:120]}); the log of the window role "
                "says more. Update the graphics driver, or start with LIBGL_ALWAYS_SOFTWARE=1"
            )
            self.failed(self.broken)
            return
        self.drew(now_ns() - began_ns)

    def _draw(self, palette: Palette) -> None:
        if self._renderer is None:
            self._renderer = TwinRenderer(self._model.geometry, self._theme, shadows=not self._is_software)
            self._used_theme = self._theme
        if self._used_theme is not self._theme:
            self._renderer.use_theme(self._theme)
            self._used_theme = self._theme
        self._model.drawn()
        width, height = self.physical_size
        self._renderer.draw(
            self.view(), palette, (max(width, 1), max(height, 1)), self._model.contacts, self._model.middle_m
        )
        if self._is_software:
            gl.glFinish()  # or the cost shows up where it cannot be told from other work

    def on_resize(self, _event: Any) -> None:
        """The shape of the picture changed."""
        self._changed = True

    # --- mouse --------------------------------------------------------------------------------------------

    def on_mouse_press(self, event: Any) -> None:
        """Begin a drag, or what may become a click."""
        self._pressed_at = self._dragged_from = tuple(event.pos)

    def on_mouse_move(self, event: Any) -> None:
        """Turn (left), shift (right, middle, or left with Shift), or see what is under the pointer."""
        here = (float(event.pos[0]), float(event.pos[1]))
        if self._dragged_from is None:
            self._hover(here)
            return
        right = (here[0] - self._dragged_from[0]) / max(self.size[1], 1)
        down = (here[1] - self._dragged_from[1]) / max(self.size[1], 1)
        if not self._is_click(here):
            self._pressed_at = None
        if self._pressed_at is not None:
            return
        self._dragged_from = here
        shifts = event.button in (_RIGHT, _MIDDLE) or any(key.name == "Shift" for key in event.modifiers)
        (self.camera.pan if shifts else self.camera.orbit)(right, down)
        self._changed = True

    def on_mouse_release(self, event: Any) -> None:
        """End a drag; a click chooses the joints that move what is under the pointer."""
        here = (float(event.pos[0]), float(event.pos[1]))
        clicked = self._pressed_at is not None and self._is_click(here) and event.button == _LEFT
        self._pressed_at = self._dragged_from = None
        if clicked:
            joints = self._model.joints_at(self._picked(here))
            self.clicked(joints, any(key.name == "Control" for key in event.modifiers))

    def on_mouse_double_click(self, event: Any) -> None:
        """Look at what is under the pointer."""
        picked = self._picked((float(event.pos[0]), float(event.pos[1])))
        if picked is not None:
            self.camera.look_towards(picked.point_m)

    def on_mouse_wheel(self, event: Any) -> None:
        """Go nearer to what is under the pointer, or away from it."""
        picked = self._picked((float(event.pos[0]), float(event.pos[1])))
        self.camera.zoom(float(event.delta[1]), None if picked is None else picked.point_m)
        self._changed = True

    def leave(self) -> None:
        """The pointer is elsewhere."""
        if self.hovered:
            self.hovered, self._changed = (), True

    def _is_click(self, here: tuple[float, float]) -> bool:
        if self._pressed_at is None:
            return False
        return max(abs(here[0] - self._pressed_at[0]), abs(here[1] - self._pressed_at[1])) < _CLICK_PX

    def _hover(self, here: tuple[float, float]) -> None:
        joints = self._model.joints_at(self._picked(here))
        if joints != self.hovered:
            self.hovered, self._changed = joints, True

    def _picked(self, here: tuple[float, float]) -> Any:
        width, height = self.size
        return self._model.pick(self.view(), here[0] / max(width, 1), here[1] / max(height, 1))
