"""The acts of the window itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.actions.registry import Action, Allowed
from app.feed import Feed
from app.frame.mode import mode_of
from twin.wire.messages import AgentStatus

_PAGE_KEYS = ("F1", "F2", "F4", "Ctrl+F1")  # F3 asks why
_PAGE_WORDS = {
    "Inspect": "plots curves joints grid sliders",
    "Setup": "controls bindings operator",
    "Health": "preflight checklist ready streams rates latency",
}


def may_quit(feed: Feed) -> str | None:
    """The robot does not move."""
    live = mode_of(feed.fresh("robot.status", AgentStatus)).live
    return "the robot moves: release the hold-to-run first" if live else None


@dataclass(frozen=True)
class WindowActs:
    """What the window can do to itself."""

    open_palette: Callable[[], None]
    show_workspace: Callable[[int], None]
    toggle_theme: Callable[[], None]
    toggle_full_screen: Callable[[], None]
    take_screenshot: Callable[[], None]
    acknowledge: Callable[[], None]
    may_acknowledge: Allowed
    quit: Callable[[], None]


def window_actions(acts: WindowActs, workspaces: tuple[str, ...]) -> Iterator[Action]:
    """Acts on the window."""
    yield Action(
        "palette", "All actions", acts.open_palette, "Ctrl+K", "View", words="command palette search"
    )
    for index, title in enumerate(workspaces):
        words = _PAGE_WORDS.get(title, "")
        yield Action(
            f"workspace.{title.lower()}",
            f"Show {title}",
            _with(acts.show_workspace, index),
            _PAGE_KEYS[index],
            "View",
            words=words,
        )
    yield Action("theme.toggle", "Dark or light", acts.toggle_theme, "Ctrl+T", "View", words="theme colours")
    yield Action("full_screen", "Full screen", acts.toggle_full_screen, "F11", "View")
    yield Action("screenshot", "Take a screenshot", acts.take_screenshot, "F12", "View", words="picture png")
    yield Action(
        "acknowledge", "Acknowledge", acts.acknowledge, "F8", "Robot", acts.may_acknowledge, "alarm ack"
    )
    yield Action("quit", "End the station", acts.quit, "Ctrl+Q", "Station", may_quit, "exit close")


def _with(act: Callable[[int], None], index: int) -> Callable[[], None]:
    return lambda: act(index)
