"""All that can be done while looking through takes, each with its key; nothing here drives, so letters are free."""

from collections.abc import Callable, Iterator
from typing import Protocol

from app.actions.registry import Action, always
from app.feed import Feed


class Acts(Protocol):
    """What the window does when it is asked."""

    def toggle_playing(self) -> None:
        """Play, or stand still."""

    def step(self, pictures: int) -> None:
        """Go on by so many pictures, or back."""

    def go(self, seconds: float) -> None:
        """Go on by so many seconds, or back."""

    def seek(self, seconds: float) -> None:
        """Go to a second of the take."""

    def change_speed(self, faster: bool) -> None:
        """Play the next faster or slower way."""

    def count_from_here(self) -> None:
        """What is before this place counts no more."""

    def count_until_here(self) -> None:
        """What is after this place counts no more."""

    def count_driving(self) -> None:
        """Only what was driven counts."""

    def count_all(self) -> None:
        """All of the take counts."""

    def mark(self, rating: str) -> None:
        """Say what the take is worth."""

    def open_neighbour(self, ahead: int) -> None:
        """The next take of the folder, or the one before."""

    def why_no_neighbour(self, ahead: int) -> str | None:
        """Why there is none; None if there is one."""

    def open_unmarked(self) -> None:
        """The next take that nobody has marked."""

    def why_no_unmarked(self) -> str | None:
        """Why there is none; None if there is one."""

    def show_page(self, page: int) -> None:
        """Pictures, or joints."""

    def toggle_theme(self) -> None:
        """Dark or light."""

    def open_palette(self) -> None:
        """Everything there is to do."""

    def close_window(self) -> None:
        """The end."""


def review_actions(acts: Acts) -> Iterator[Action]:
    """The acts, in the order of the menus."""

    def neighbour(ahead: int) -> Callable[[Feed], str | None]:
        return lambda _feed: acts.why_no_neighbour(ahead)

    table: tuple[tuple[str, str, Callable[[], None], str, str], ...] = (
        ("play", "Play, or stand still", acts.toggle_playing, "K", "pause stop"),
        ("picture.back", "One picture back", lambda: acts.step(-1), ",", "frame step"),
        ("picture.on", "One picture on", lambda: acts.step(1), ".", "frame step"),
        ("second.back", "A second back", lambda: acts.go(-1.0), "J", "rewind"),
        ("second.on", "A second on", lambda: acts.go(1.0), "L", "forward"),
        ("begin", "To the beginning", lambda: acts.seek(0.0), "Home", "start first"),
        ("end", "To the end", lambda: acts.seek(float("inf")), "End", "last"),
        ("slower", "Slower", lambda: acts.change_speed(False), "-", "speed slow motion"),
        ("faster", "Faster", lambda: acts.change_speed(True), "+", "speed"),
        ("in", "It counts from here on", acts.count_from_here, "I", "in trim begin cut"),
        ("out", "It counts until here", acts.count_until_here, "O", "out trim end cut"),
        ("driving", "Only what was driven counts", acts.count_driving, "D", "trim"),
        ("whole", "All of it counts", acts.count_all, "W", "trim undo"),
        ("good", "The take is good", lambda: acts.mark("good"), "G", "keep rate accept"),
        ("bad", "The take is bad", lambda: acts.mark("bad"), "B", "reject rate"),
        ("unmark", "The take has no mark", lambda: acts.mark("none"), "U", "rate undo"),
    )
    for name, title, run, key, words in table:
        yield Action(f"review.{name}", title, run, key, "Take", always, words)
    yield Action("review.next", "The next take", lambda: acts.open_neighbour(1), "N", "Take", neighbour(1))
    yield Action(
        "review.previous", "The take before", lambda: acts.open_neighbour(-1), "P", "Take", neighbour(-1)
    )
    yield Action(
        "review.unmarked",
        "The next take without a mark",
        acts.open_unmarked,
        "Shift+N",
        "Take",
        lambda _feed: acts.why_no_unmarked(),
        "unreviewed next",
    )
    yield Action(
        "workspace.pictures", "Show pictures and twin", lambda: acts.show_page(0), "F1", "View", always
    )
    yield Action("workspace.joints", "Show joints and plots", lambda: acts.show_page(1), "F2", "View", always)
    yield Action(
        "theme.toggle", "Dark or light", acts.toggle_theme, "Ctrl+T", "View", always, "theme colours"
    )
    yield Action(
        "palette", "All actions", acts.open_palette, "Ctrl+K", "View", always, "command palette search"
    )
    yield Action("close", "Close this window", acts.close_window, "Ctrl+Q", "View", always, "quit exit end")
