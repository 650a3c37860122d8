"""All that can be done while looking through takes, each with its key; nothing here drives, so letters are free."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from app.actions.registry import Action, always
from app.feed import Feed
from app.review.desk import Desk

if TYPE_CHECKING:
    from app.review.take_view import TakeView


def review_actions(view: "TakeView", desk: Desk) -> Iterator[Action]:
    """What is done to the take in ``view``, and to the window around it, in the order of the menus."""

    def neighbour(ahead: int) -> Callable[[Feed], str | None]:
        return lambda _feed: desk.why_no_neighbour(ahead)

    table: tuple[tuple[str, str, Callable[[], None], str, str], ...] = (
        ("play", "Play, or stand still", view.toggle_playing, "K", "pause stop"),
        ("picture.back", "One picture back", lambda: view.step(-1), ",", "frame step"),
        ("picture.on", "One picture on", lambda: view.step(1), ".", "frame step"),
        ("second.back", "A second back", lambda: view.go(-1.0), "J", "rewind"),
        ("second.on", "A second on", lambda: view.go(1.0), "L", "forward"),
        ("begin", "To the beginning", lambda: view.seek(0.0), "Home", "start first"),
        ("end", "To the end", lambda: view.seek(float("inf")), "End", "last"),
        ("slower", "Slower", lambda: view.change_speed(False), "-", "speed slow motion"),
        ("faster", "Faster", lambda: view.change_speed(True), "+", "speed"),
        ("in", "It counts from here on", view.count_from_here, "I", "in trim begin cut"),
        ("out", "It counts until here", view.count_until_here, "O", "out trim end cut"),
        ("driving", "Only what was driven counts", desk.trim_to_driving, "D", "trim"),
        ("whole", "All of it counts", desk.give_back, "W", "trim undo"),
        ("good", "The take is good", lambda: desk.mark("good"), "G", "keep rate accept"),
        ("bad", "The take is bad", lambda: desk.mark("bad"), "B", "reject rate"),
        ("unmark", "The take has no mark", lambda: desk.mark("none"), "U", "rate undo"),
    )
    for name, title, run, key, words in table:
        yield Action(f"review.{name}", title, run, key, "Take", always, words)
    yield Action("review.next", "The next take", lambda: desk.open_neighbour(1), "N", "Take", neighbour(1))
    yield Action(
        "review.previous", "The take before", lambda: desk.open_neighbour(-1), "P", "Take", neighbour(-1)
    )
    yield Action(
        "review.unmarked",
        "The next take without a mark",
        desk.open_unmarked,
        "Shift+N",
        "Take",
        lambda _feed: desk.why_no_unmarked(),
        "unreviewed next",
    )
    yield Action(
        "workspace.pictures", "Show pictures and twin", lambda: view.show_page(0), "F1", "View", always
    )
    yield Action("workspace.joints", "Show joints and plots", lambda: view.show_page(1), "F2", "View", always)
    yield Action(
        "theme.toggle", "Dark or light", desk.toggle_theme, "Ctrl+T", "View", always, "theme colours"
    )
    yield Action(
        "palette", "All actions", view.open_palette, "Ctrl+K", "View", always, "command palette search"
    )
    yield Action("close", "Close this window", desk.close_window, "Ctrl+Q", "View", always, "quit exit end")
