"""Acts on the take, asked of the recorder, and when they are allowed."""

from collections.abc import Callable, Iterator

from app.actions.marks import mark_actions, may_redo_take
from app.actions.registry import Action
from app.actions.trim import trim_actions
from app.feed import Feed
from app.panels.base import TakeDraft
from app.requests import REQUESTED, Requests
from twin.wire.clock import NS_PER_S, now_ns
from twin.wire.messages import RecorderStatus

_AGAIN_WITHIN_NS = 2 * NS_PER_S


def may_start_take(feed: Feed) -> str | None:
    """The recorder is there and idle."""
    recorder = feed.fresh("recorder.status", RecorderStatus)
    if recorder is None:
        return "the recorder is not heard"
    return "a take is being recorded already" if recorder.phase == "recording" else None


def may_end_take(feed: Feed) -> str | None:
    """A take is open."""
    recorder = feed.fresh("recorder.status", RecorderStatus)
    if recorder is None:
        return "the recorder is not heard"
    return None if recorder.phase == "recording" else "no take is being recorded"


class _Twice:
    """Does something only when asked twice in a short while."""

    def __init__(self, requests: Requests, title: str, act: Callable[[], None]) -> None:
        self._requests, self._title, self._act = requests, title, act
        self._asked_ns = 0

    def __call__(self) -> None:
        at_ns = now_ns()
        if self._asked_ns and at_ns - self._asked_ns <= _AGAIN_WITHIN_NS:
            self._asked_ns = 0
            self._act()
        else:
            self._asked_ns = at_ns
            self._requests.note(self._title, REQUESTED, "once more within 2 s")


def take_actions(requests: Requests, draft: TakeDraft, feed: Feed) -> Iterator[Action]:
    """Acts on the take."""

    def start() -> None:
        values = {"task": draft.task} if draft.task else {}
        requests.post("recorder", "record.start", "Record", **values)

    def end(action: str, title: str) -> Callable[[], None]:
        return lambda: requests.post("recorder", action, title)

    discard = _Twice(requests, "Discard take", end("record.discard", "Discard take"))
    yield Action("record.start", "Start recording", start, "F9", "Take", may_start_take, "take episode")
    yield Action(
        "record.stop", "Stop and save the take", end("record.stop", "Save take"), "F10", "Take", may_end_take
    )
    yield Action(
        "record.discard", "Discard the take", discard, "Ctrl+D", "Take", may_end_take, "delete throw"
    )
    redo = _Twice(requests, "Redo take", end("record.redo", "Redo take"))
    yield Action(
        "record.redo", "Redo the take at once", redo, "Ctrl+R", "Take", may_redo_take, "again repeat discard"
    )
    yield from mark_actions(requests)
    yield from trim_actions(requests, draft, feed)
