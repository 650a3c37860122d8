"""The act that opens the last take in a window of its own."""

from collections.abc import Iterator

from PySide6.QtCore import QProcess

from app.actions.marks import may_mark_take
from app.actions.registry import Action
from app.actions.window import may_quit
from app.feed import Feed
from app.requests import ACCEPTED, REFUSED, Requests
from app.roles import executable
from twin.station import Station
from twin.wire.messages import RecorderStatus

_TITLE = "Look through the takes"


def may_review(feed: Feed) -> str | None:
    """There is a take, and nobody would lose the keys to another window while the robot moves."""
    return may_mark_take(feed) or may_quit(feed)


def review_command(station: Station, take: str) -> list[str]:
    """What shows ``take`` of ``station`` in a process of its own: the station's window has other work."""
    where = ["--takes", station.takes_folder, "--station-dir", station.folder]
    return [*executable(), "review", take, *where]


def review_actions(requests: Requests, station: Station, feed: Feed) -> Iterator[Action]:
    """The act on the last take of ``station``."""

    def show() -> None:
        recorder = feed.fresh("recorder.status", RecorderStatus)
        if recorder is None:
            return
        program, *arguments = review_command(station, recorder.rated_take)
        begun, _ = QProcess.startDetached(program, arguments)
        said = f"take {recorder.rated_take[-6:]} opens in a window of its own"
        requests.note(_TITLE, ACCEPTED if begun else REFUSED, said if begun else f"{program} does not start")

    yield Action(
        "take.review",
        _TITLE,
        show,
        "Ctrl+Shift+L",
        "Take",
        may_review,
        "replay play scrub see watch review last",
    )
