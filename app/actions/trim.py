"""Acts on what counts of the last take: where it was driven, all of it, and half a second more or less at its ends."""

from collections.abc import Callable, Iterator

from app.actions.marks import may_mark_take
from app.actions.registry import Action
from app.feed import Feed
from app.panels.base import TakeDraft
from app.requests import Requests
from twin.wire.messages import RecorderStatus

_STEP_S = 0.5
_ENDS = (
    ("start.later", "Let the last take begin half a second later", "Ctrl+Shift+Right", _STEP_S, 0.0),
    ("start.earlier", "Let the last take begin half a second earlier", "Ctrl+Shift+Left", -_STEP_S, 0.0),
    ("end.earlier", "Let the last take end half a second earlier", "Alt+Shift+Left", 0.0, -_STEP_S),
    ("end.later", "Let the last take end half a second later", "Alt+Shift+Right", 0.0, _STEP_S),
)


def part_after(recorder: RecorderStatus, start_by_s: float, end_by_s: float) -> tuple[float, float]:
    """From and to, in seconds, when the ends of what counts are moved by so much, within the take."""
    from_s = min(max(0.0, recorder.part_from_s + start_by_s), recorder.rated_seconds)
    to_s = min(max(0.0, recorder.part_to_s + end_by_s), recorder.rated_seconds)
    return from_s, to_s


def trim_actions(requests: Requests, draft: TakeDraft, feed: Feed) -> Iterator[Action]:
    """Everything that can be done to the ends of the last take."""

    def keep(what: str, title: str) -> Callable[[], None]:
        return lambda: requests.post("recorder", "take.trim", title, keep=what)

    def count_only(from_s: float, to_s: float) -> None:
        requests.post("recorder", "take.trim", "Trim take", from_s=from_s, to_s=to_s)

    def move(start_by_s: float, end_by_s: float) -> Callable[[], None]:
        def act() -> None:
            recorder = feed.fresh("recorder.status", RecorderStatus)
            if recorder is not None:
                count_only(*part_after(recorder, start_by_s, end_by_s))

        return act

    yield Action(
        "take.trim.driving",
        "Trim the last take to where it was driven",
        keep("driving", "Trim take"),
        "Ctrl+Shift+T",
        "Take",
        may_mark_take,
        "cut idle ends",
    )
    yield Action(
        "take.trim.whole",
        "Let all of the last take count again",
        keep("whole", "Whole take"),
        "Ctrl+Alt+T",
        "Take",
        may_mark_take,
        "untrim undo cut",
    )
    yield Action(
        "take.trim.part",
        "Trim the last take to between its handles",
        lambda: count_only(*draft.part_s),
        "Ctrl+Alt+R",
        "Take",
        may_mark_take,
        "cut ends",
    )
    for name, title, shortcut, start_by_s, end_by_s in _ENDS:
        act = move(start_by_s, end_by_s)
        yield Action(f"take.trim.{name}", title, act, shortcut, "Take", may_mark_take, "cut trim")
