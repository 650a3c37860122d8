"""What the recorder says about the queue of tasks and the last take, in words for a person."""

from twin.wire.messages import RecorderStatus


def clock(seconds: float) -> str:
    """Minutes and seconds with tenths, e.g. 01:05.3."""
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes):02d}:{rest:04.1f}"


def queue_words(recorder: RecorderStatus) -> str:
    """The task that is next, how far it is, and what to lay out again for it; empty without a queue."""
    if recorder.queue_fault:
        return recorder.queue_fault
    if not recorder.queue_task:
        return ""
    place = f"Task {recorder.queue_place} of {recorder.queue_length}: {recorder.queue_task}"
    count = f"{recorder.queue_done} of {recorder.queue_target} good"
    reset = f"  \u2022  reset: {', '.join(recorder.queue_reset)}" if recorder.queue_reset else ""
    return f"{place}  \u2022  {count}{reset}"


def timer_words(recorder: RecorderStatus) -> str:
    """How long the take is and, while it is open, how much of its time is left or how far it is over."""
    if (
        not recorder.queue_time_limit_s
        or recorder.phase != "recording"
        or recorder.task != recorder.queue_task
    ):
        return clock(recorder.seconds)
    left_s = recorder.queue_time_limit_s - recorder.seconds
    return f"{clock(recorder.seconds)} ({abs(left_s):.0f} s {'left' if left_s >= 0 else 'over'})"


def last_take_words(recorder: RecorderStatus) -> str:
    """The mark of the last take, else what its figures speak for; empty if there is none."""
    if not recorder.rated_take:
        return ""
    name = f"Take {recorder.rated_take[-6:]}"
    if recorder.rating:
        why = f", {recorder.rating_reason}" if recorder.rating_reason else ""
        return f"{name}: marked {recorder.rating}{why}"
    if recorder.suggestion:
        return f"{name}: {recorder.suggestion} \u2014 {recorder.suggestion_reason}"
    return f"{name}: not measured"


def quality_words(recorder: RecorderStatus) -> str:
    """The figures of the last take in one line."""
    return "  ".join(text.replace("=", " ") for text in recorder.quality)
