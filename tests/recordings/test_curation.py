"""Takes are measured, marked, done again, and counted for the task they were recorded for."""

import time
from pathlib import Path

import msgspec
import numpy as np
import pytest
from running_station import RecorderProcess, Voices, station_in

from recordings.checking.quality import Quality, jerk_m_s3, rate_hz, stale_s, suggest
from recordings.checking.verify import verify
from recordings.shift.rating import rate
from recordings.shift.task_queue import Task, TaskQueue, load_tasks
from recordings.take import load_manifest
from twin.errors import RecordingError, RequestRefused
from twin.wire.ask import Asker
from twin.wire.bus import Listener
from twin.wire.messages import RecorderStatus

MS = 1_000_000
TASKS = """
[[task]]
instruction = "stack the cups"
target = 2
reset = ["cups on the marks", "tote empty"]
time_limit_s = 40

[[task]]
instruction = "fold the cloth"
target = 1
"""


def quality(**changes):
    plain = Quality(
        seconds=20.0, driven_s=15.0, lost=0, lost_share=0.0, latency_ms_p95=20.0, camera_hz={"head": 30.0},
        limited_share=0.02, stale_s={"robot.state": 0.0, "camera.head": 0.1}, hand_jerk_m_s3={"right": 4.0},
    )  # fmt: skip
    return msgspec.structs.replace(plain, **changes)


# --- figures ---


def test_time_is_stale_only_beyond_what_is_allowed_and_also_before_the_first_and_after_the_last_sample():
    times = np.array([100, 200, 500], np.int64) * MS
    assert stale_s(times, 0, 1000 * MS, 100 * MS) == pytest.approx(0.2 + 0.4)
    assert stale_s(times[:0], 0, 1000 * MS, 100 * MS) == pytest.approx(0.9)


def test_a_rate_is_that_of_the_intervals():
    assert rate_hz(np.arange(31, dtype=np.int64) * 100 * MS) == pytest.approx(10)
    assert rate_hz(np.zeros(1, np.int64)) == 0


def test_a_hand_that_moves_evenly_has_no_jerk_and_one_that_trembles_has_much():
    times = np.arange(0, 2_000, 20, dtype=np.int64) * MS
    seconds = times / 1e9
    even = np.column_stack([seconds, 0.5 * seconds, 0 * seconds]).astype(np.float32)
    cubic = np.column_stack([seconds**3, 0 * seconds, 0 * seconds])
    trembling = even + 0.005 * np.sin(2 * np.pi * 2 * seconds)[:, None].astype(np.float32)
    assert jerk_m_s3([(times, even)]) == pytest.approx(0, abs=0.02)
    assert jerk_m_s3([(times, cubic)]) == pytest.approx(6, rel=0.15)
    assert jerk_m_s3([(times, trembling)]) > 4
    assert jerk_m_s3([(times[:3], even[:3])]) is None


@pytest.mark.parametrize(
    ("changes", "more", "words"),
    [
        ({"seconds": 0.4, "driven_s": 0.3}, {}, "only 0.4 s"),
        ({"driven_s": 1.0}, {}, "nobody drove in 95%"),
        ({"stale_s": {"camera.head": 1.25}}, {}, "camera.head was silent or late for 1.2 s"),
        ({"lost_share": 0.02}, {}, "2.0% of the messages"),
        ({"latency_ms_p95": 130.0}, {}, "took 130 ms"),
        ({"limited_share": 0.4}, {}, "held the robot back in 40%"),
        ({"camera_hz": {"head": 9.0}}, {"wanted_camera_hz": 30}, "head camera gave 9 of 30"),
        ({}, {"stops": ["HOLD"]}, "a stop was latched (HOLD)"),
        ({}, {"succeeded": False}, "not achieved"),
    ],
)
def test_a_take_with_something_wrong_is_to_be_done_again_and_the_reason_is_said(changes, more, words):
    suggestion = suggest(quality(**changes), **more)
    assert suggestion.word == "redo"
    assert words in suggestion.reason


def test_a_take_with_nothing_wrong_is_to_be_kept():
    assert suggest(quality(), succeeded=True, wanted_camera_hz=30).keep


# --- tasks ---


def test_a_queue_goes_on_when_a_task_has_its_takes_and_comes_back_to_what_was_passed_over():
    queue = TaskQueue((Task(instruction="a", target=2), Task(instruction="b", target=1)), {"a": 1})
    queue.step(1)
    assert not queue.count("a", 1)  # of another task than the current one
    queue.count("a", -1)
    assert queue.count("b", 1)
    assert (queue.current.instruction, queue.done, queue.is_finished) == ("a", 1, False)
    queue.count("a", 1)
    assert queue.is_finished


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[task]]\ninstruction = "a"\ntargt = 3', "task 1: unknown key 'targt'; did you mean 'target'"),
        ('[[task]]\ninstruction = "a"\n[[task]]\ntarget = 3', "task 2: .*instruction"),
        ('[[task]]\ninstruction = "a"\ntarget = 0', "task 1: 'target': expected a whole number >= 1"),
        ('[[task]]\ninstruction = "a"\n[[task]]\ninstruction = "a"', "two tasks have the instruction 'a'"),
        ("[task]\ninstruction = 'a'", "two brackets"),
        ("queue = 1", "unknown key 'queue'"),
        ("[[task", "not valid TOML"),
    ],
)
def test_a_mistake_in_the_file_of_tasks_is_named_by_its_key(tmp_path, text, words):
    (tmp_path / "tasks.toml").write_text(text)
    with pytest.raises(RecordingError, match=words):
        load_tasks(tmp_path / "tasks.toml")


# --- the recorder's process ---


@pytest.fixture
def station(station_folder):
    station = station_in(station_folder)
    takes = Path(station.takes_folder)
    takes.mkdir()
    (takes / "tasks.toml").write_text(TASKS)
    return station


@pytest.fixture
def recorder(station):
    with Voices(station):
        process = RecorderProcess(station)
        process.status_when("idle")
        yield process
        if process.process.poll() is None:
            assert "Traceback" not in process.end()


@pytest.fixture
def asker(station, recorder):
    asker = Asker(station, "recorder", "test")
    yield asker
    asker.close()


def start(asker):
    end = time.monotonic() + 10
    while True:
        try:
            return asker.ask("record.start")
        except RequestRefused:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def record(asker, seconds=1.3):
    path = Path(start(asker)["path"])
    time.sleep(seconds)
    asker.ask("record.stop")
    return path


def status_where(station, is_wanted, timeout_s=5.0):
    listener, newest = Listener(station, ["recorder.status"]), None
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        listener.socket.poll(50)
        for heard in listener.drain():
            newest = heard.read(RecorderStatus)
            if is_wanted(newest):
                listener.close()
                return newest
    listener.close()
    raise AssertionError(f"last status: {newest}")


@pytest.mark.serial
def test_good_takes_bring_the_queue_to_the_next_task_and_stay_counted(station, recorder, asker):
    first = record(asker)
    begun = status_where(station, lambda status: status.queue_task)
    assert (begun.task, begun.queue_place, begun.queue_length) == ("stack the cups", 1, 2)
    assert begun.queue_reset == ("cups on the marks", "tote empty")
    assert (begun.queue_done, begun.queue_target, begun.queue_time_limit_s) == (0, 2, 40)
    before = first.read_bytes()
    asker.ask("take.mark", rating="good", reason="smooth")
    marked = status_where(station, lambda status: status.rating == "good")
    assert (marked.queue_done, marked.rating_reason, marked.rated_take) == (1, "smooth", first.stem)
    second = record(asker)
    asker.ask("take.mark", rating="bad")
    asker.ask("take.mark", rating="good", take=second.stem)
    moved = status_where(station, lambda status: status.queue_place == 2)
    assert (moved.queue_task, moved.queue_done) == ("fold the cloth", 0)
    assert load_manifest(first).rating == "good"
    assert first.read_bytes() == before
    assert verify(first).faults == []
    asker.ask("record.discard")
    asker.ask("queue.previous")
    assert status_where(station, lambda status: status.queue_place == 1).queue_done == 1
    recorder.end()
    again = RecorderProcess(station)
    assert again.status_when("idle").queue_done == 1
    again.end()


@pytest.mark.serial
def test_a_take_is_measured_when_it_is_saved(station, recorder, asker):
    path = record(asker, 1.6)
    measured = load_manifest(path).quality
    assert measured.seconds == pytest.approx(1.6, abs=0.5)
    assert measured.driven_s > 0.7 * measured.seconds
    assert measured.latency_ms_p95 < 50
    assert set(measured.camera_hz) == {"head", "left_wrist", "right_wrist"}
    status = status_where(station, lambda status: status.suggestion)
    assert status.quality[0].startswith("lost=")
    assert status.suggestion_reason
    assert status.hand_jerk_m_s3 == (measured.jerk_m_s3 or 0.0)
    assert status.stop_to_saved_ms < 1000


@pytest.mark.serial
def test_a_redo_records_again_at_once_and_what_was_goes_to_the_trash(station, recorder, asker):
    open_take = Path(start(asker)["path"])
    time.sleep(0.5)
    asked = time.monotonic()
    again = Path(asker.ask("record.redo")["path"])
    status_where(station, lambda status: status.phase == "recording" and status.take == again.stem)
    assert time.monotonic() - asked < 0.5
    assert load_until(open_take.parent / "trash" / open_take.name).ended == "done again by the operator"
    assert not open_take.exists()
    asker.ask("record.stop")
    third = Path(asker.ask("record.redo")["path"])
    assert not again.exists()
    asker.ask("record.stop")
    asker.ask("take.mark", rating="good")
    with pytest.raises(RequestRefused, match="marked good"):
        asker.ask("record.redo")
    assert third.exists()


def load_until(path, timeout_s=5.0):
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if manifest := load_manifest(path):
            return manifest
        time.sleep(0.02)
    raise AssertionError(f"{path} never came")


@pytest.mark.serial
def test_the_next_take_is_armed_in_less_than_half_a_second(station, recorder, asker):
    start(asker)
    time.sleep(1.0)
    asked = time.monotonic()
    asker.ask("record.stop")
    begun = asker.ask("record.start")
    status_where(station, lambda status: status.phase == "recording" and status.take == begun["take"])
    assert time.monotonic() - asked < 0.5


@pytest.mark.serial
def test_marks_that_do_not_exist_and_takes_that_were_not_made_are_refused(station, recorder, asker):
    with pytest.raises(RequestRefused, match="no take was finished"):
        asker.ask("take.mark", rating="good")
    path = record(asker, 0.3)
    with pytest.raises(RequestRefused, match="good, bad, none"):
        asker.ask("take.mark", rating="splendid")
    asker.ask("take.mark", rating="good")
    asker.ask("take.mark", rating="none")
    assert load_manifest(path).rating == ""


def test_a_take_without_a_manifest_cannot_be_marked(tmp_path):
    (tmp_path / "x.mcap").touch()
    with pytest.raises(RecordingError, match="has no manifest"):
        rate(tmp_path / "x.mcap", "good")
