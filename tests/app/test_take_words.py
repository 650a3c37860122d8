"""What the episode panel says about the queue and the last take."""

from app.takes.words import last_take_words, quality_words, queue_words, timer_words
from twin.wire.messages import RecorderStatus

QUEUE = {
    "queue_task": "stack the cups",
    "queue_place": 2,
    "queue_length": 5,
    "queue_done": 3,
    "queue_target": 20,
    "queue_reset": ("cups on the marks", "tote empty"),
    "queue_time_limit_s": 40.0,
}


def test_the_queue_tells_task_count_and_what_to_lay_out_again():
    words = queue_words(RecorderStatus(**QUEUE))
    assert words.startswith("Task 2 of 5: stack the cups")
    assert "3 of 20 good" in words
    assert words.endswith("reset: cups on the marks, tote empty")


def test_without_a_queue_there_is_nothing_to_say_and_a_faulty_one_says_what_is_wrong():
    assert queue_words(RecorderStatus()) == ""
    assert queue_words(RecorderStatus(queue_fault="tasks.toml: task 1: ...")) == "tasks.toml: task 1: ..."


def test_the_timer_counts_down_the_task_of_the_queue_and_then_up():
    running = RecorderStatus(phase="recording", task="stack the cups", seconds=15.0, **QUEUE)
    assert timer_words(running) == "00:15.0 (25 s left)"
    late = RecorderStatus(phase="recording", task="stack the cups", seconds=65.0, **QUEUE)
    assert timer_words(late) == "01:05.0 (25 s over)"
    other = RecorderStatus(phase="recording", task="wave", seconds=15.0, **QUEUE)
    assert timer_words(other) == "00:15.0"


def test_a_mark_of_a_person_goes_before_the_advice_of_the_figures():
    measured = {"rated_take": "01ABCDEF", "suggestion": "redo", "suggestion_reason": "it is only 0.4 s long"}
    assert last_take_words(RecorderStatus(**measured)) == "Take ABCDEF: redo — it is only 0.4 s long"
    marked = RecorderStatus(**measured, rating="good", rating_reason="smooth")
    assert last_take_words(marked) == "Take ABCDEF: marked good, smooth"
    assert last_take_words(RecorderStatus()) == ""


def test_figures_stand_in_one_line():
    assert quality_words(RecorderStatus(quality=("lost=0", "idle=12%"))) == "lost 0  idle 12%"
