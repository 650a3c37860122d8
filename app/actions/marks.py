"""The acts on what was recorded: marks of the last take, bringing one back, and the queue of tasks."""

from collections.abc import Callable, Iterator

from app.actions.registry import Action
from app.feed import Feed
from app.requests import Requests
from twin.wire.messages import RecorderStatus


def recorder_here(feed: Feed) -> str | None:
    """The recorder is heard."""
    return None if feed.fresh("recorder.status", RecorderStatus) else "the recorder is not heard"


def may_mark_take(feed: Feed) -> str | None:
    """There is a take that was finished since the recorder started."""
    recorder = feed.fresh("recorder.status", RecorderStatus)
    if recorder is None:
        return "the recorder is not heard"
    return None if recorder.rated_take else "no take was finished yet"


def may_redo_take(feed: Feed) -> str | None:
    """The recorder is there, and the last take is not one that somebody called good."""
    recorder = feed.fresh("recorder.status", RecorderStatus)
    if recorder is None:
        return "the recorder is not heard"
    is_good = recorder.phase != "recording" and recorder.rating == "good"
    return "the last take is marked good: record the next one" if is_good else None


def has_queue(feed: Feed) -> str | None:
    """There are tasks to step through."""
    recorder = feed.fresh("recorder.status", RecorderStatus)
    if recorder is None:
        return "the recorder is not heard"
    missing = recorder.queue_fault or "there is no queue of tasks: write tasks.toml beside the takes"
    return None if recorder.queue_task else missing


def mark_actions(requests: Requests) -> Iterator[Action]:
    """What is said about the take that was finished last, and the queue of tasks."""

    def mark(rating: str, title: str) -> Callable[[], None]:
        return lambda: requests.post("recorder", "take.mark", title, rating=rating)

    def ask(action: str, title: str) -> Callable[[], None]:
        return lambda: requests.post("recorder", action, title)

    yield Action(
        "take.good",
        "The last take is good",
        mark("good", "Good take"),
        "Ctrl+G",
        "Take",
        may_mark_take,
        "keep rate",
    )
    yield Action(
        "take.bad",
        "The last take is bad",
        mark("bad", "Bad take"),
        "Ctrl+B",
        "Take",
        may_mark_take,
        "reject rate",
    )
    yield Action(
        "take.unmark",
        "Take the mark off the last take",
        mark("none", "No mark"),
        "Ctrl+M",
        "Take",
        may_mark_take,
        "undo",
    )
    yield Action(
        "queue.next", "Next task", ask("queue.next", "Next task"), "Ctrl+Right", "Take", has_queue, "queue"
    )
    yield Action(
        "queue.previous",
        "Previous task",
        ask("queue.previous", "Previous task"),
        "Ctrl+Left",
        "Take",
        has_queue,
        "queue",
    )
    yield Action(
        "record.restore",
        "Bring the discarded take back",
        ask("record.restore", "Restore take"),
        "Ctrl+Z",
        "Take",
        recorder_here,
        "undo trash",
    )
