"""What the twin's panel and mouse want of a widget that draws the twin, whichever way it draws."""

from collections.abc import Callable
from typing import Any, Protocol

from app.theme import Theme
from twin.render.orbit import OrbitCamera
from twin.render.themes import DARK, LIGHT, RenderTheme
from twin.render.views import View

Drawn = Callable[[int], None]  # told what a picture cost, in ns
Failed = Callable[[str], None]  # told, in a sentence, why there will be no more pictures


class TwinView(Protocol):
    """A widget that draws one ``TwinModel`` through an orbit camera."""

    camera: OrbitCamera
    changed: bool  # the camera or the look did, since the last ``advance``
    broken: str  # why nothing is drawn any more
    drew: Drawn
    failed: Failed

    @property
    def native(self) -> Any:
        """The widget."""
        ...

    def set_theme(self, theme: RenderTheme) -> None:
        """Take on another look with the next picture."""
        ...

    def view(self) -> View:
        """What the camera sees."""
        ...

    def redraw(self, fine: bool = False) -> None:
        """Draw what the model holds now; ``fine``: with smooth edges, where that costs extra."""
        ...

    def end(self) -> None:
        """Draw no more, and give OpenGL back."""
        ...


def render_theme(theme: Theme) -> RenderTheme:
    """How the twin's surroundings look in ``theme``."""
    return LIGHT if theme.name == "light" else DARK


def advance(view: TwinView, dt_s: float) -> bool:
    """Let the camera of ``view`` glide on; whether a new picture is needed for the camera's or the look's sake."""
    moved = view.camera.advance(dt_s)
    changed, view.changed = view.changed or moved, False
    return changed


def cannot_draw(error: Exception) -> str:
    """One sentence for a person about a failure to draw."""
    reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
    return (
        f"the twin cannot be drawn ({reason}); the log of the window role says more. Update the graphics driver, "
        "or start with LIBGL_ALWAYS_SOFTWARE=1"
    )
