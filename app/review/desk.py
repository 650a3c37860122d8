"""What a view of one take asks of the window around it: what is written beside the take, and other takes."""

from typing import Protocol


class Desk(Protocol):
    """The window, as a view sees it."""

    def trim(self, from_s: float, to_s: float) -> None:
        """Let only this part of the take count."""

    def trim_to_driving(self) -> None:
        """Let only what was driven count."""

    def give_back(self) -> None:
        """Let all of the take count."""

    def mark(self, rating: str) -> None:
        """Say what the take is worth: good, bad or none."""

    def open_neighbour(self, ahead: int) -> None:
        """Show the next take of the folder, or the one before."""

    def why_no_neighbour(self, ahead: int) -> str | None:
        """Why there is none; None if there is one."""

    def open_unmarked(self) -> None:
        """Show the next take that nobody has marked."""

    def why_no_unmarked(self) -> str | None:
        """Why there is none; None if there is one."""

    def toggle_theme(self) -> None:
        """Dark or light."""

    def close_window(self) -> None:
        """The end."""
