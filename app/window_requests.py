"""What others may ask of the window: a picture of itself."""

from pathlib import Path
from typing import TYPE_CHECKING

from app.screenshot import window_to_png
from app.theme import load_theme
from twin.errors import UnderstudyError
from twin.wire.ask import arguments, named
from twin.wire.messages import Reply, Request

if TYPE_CHECKING:
    from app.window import Window


def answer(window: "Window", request: Request) -> Reply:
    """The window's answer to ``request``.

    ``window.screenshot``: ``path`` of the PNG to write; ``theme`` (dark, light) and ``workspace`` (its title)
    for this picture alone. Panels that are not built yet are built first.
    """
    if request.action != "window.screenshot":
        return Reply(reason=f"the window does not know {request.action!r}; it answers window.screenshot")
    values = named(request.arguments)
    if not values.get("path"):
        return Reply(reason="window.screenshot needs a path")
    try:
        size = _picture(window, Path(values["path"]), values.get("theme", ""), values.get("workspace", ""))
    except UnderstudyError as error:
        return Reply(reason=str(error))
    return Reply(accepted=True, results=arguments({"path": values["path"], "size": size}))


def _picture(window: "Window", path: Path, theme: str, workspace: str) -> str:
    window.builder.finish()
    worn, shown = window.theme, window.stack.currentIndex()
    titles = [page.title.lower() for page in window.workspaces]
    if theme:
        window.set_theme(load_theme(theme))
    if workspace.lower() in titles:
        window.show_workspace(titles.index(workspace.lower()))
    try:
        window.refresh_all()
        window_to_png(window, path)
    finally:
        window.set_theme(worn)
        window.show_workspace(shown)
        window.forgive_stall()
    return f"{window.width()}x{window.height()}"
