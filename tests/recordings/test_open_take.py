"""A take that is being written: room on the disk, a slow disk, what is counted."""

import os
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spoken_station import Script, make_take

from recordings.checking.verify import verify
from recordings.latency import measure
from recordings.log import read_take
from recordings.recorder import disk
from recordings.recorder.backlog import Backlog
from recordings.recorder.disk import GIB, Room, SpaceLimits
from recordings.recorder.ledger import Ledger, from_metadata
from recordings.recorder.open_take import OpenTake, TakeOrder
from recordings.take import Episode, new_take_id
from twin.wire.arrivals import Arrivals
from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_S


def picture(seq, at_s=0.0, size=1000):
    return Heard("camera.head", seq, int(at_s * NS_PER_S), int(at_s * NS_PER_S), bytes(size))


def joints(seq, at_s=0.0):
    return Heard("robot.state", seq, int(at_s * NS_PER_S), int(at_s * NS_PER_S), bytes(100))


def test_ids_sort_by_time_and_differ():
    earlier, later = new_take_id(1_700_000_000_000_000_000), new_take_id(1_700_000_000_001_000_000)
    assert len(earlier) == len(later) == 26
    assert earlier < later
    assert new_take_id(1_700_000_000_000_000_000) != earlier


@given(st.sets(st.integers(1, 300), min_size=1))
def test_what_is_missing_is_exactly_what_was_not_heard(heard):
    ledger = Ledger()
    for seq in sorted(heard):
        ledger.note("robot.state", seq)
    count = ledger.topics["robot.state"]
    assert (count.messages, count.lost) == (len(heard), max(heard) - min(heard) + 1 - len(heard))
    assert from_metadata(ledger.as_metadata()) == ledger.topics


def test_a_speaker_that_began_anew_has_lost_nothing():
    ledger = Ledger()
    for seq in (7, 8, 9, 1, 2, 3):
        ledger.note("robot.state", seq)
    assert (ledger.lost, ledger.topics["robot.state"].restarts) == (0, 1)


def test_when_the_disk_is_slow_pictures_give_way_and_joints_never():
    backlog = Backlog(most_bytes=5_000, longest_ns=60 * NS_PER_S)
    for number in range(1, 21):
        backlog.put([picture(number), joints(number)])
    backlog.close()
    written, dropped = [], []
    while (batch := backlog.get(0.0)) is not None:
        written += batch[0]
        dropped += batch[1]
    assert [heard.seq for heard in written if heard.topic == "robot.state"] == list(range(1, 21))
    shown = [heard.seq for heard in written if heard.topic == "camera.head"]
    assert 0 < len(shown) < 20
    assert sorted(shown + [heard.seq for heard in dropped]) == list(range(1, 21))


def test_what_has_waited_too_long_lets_pictures_give_way_too():
    backlog = Backlog(longest_ns=5 * NS_PER_S)
    backlog.put([joints(1, at_s=0)])
    backlog.put([picture(1, at_s=4), joints(2, at_s=4)])
    backlog.put([picture(2, at_s=6), joints(3, at_s=6)])
    assert [len(backlog.get(0)[1]) for _ in range(3)] == [0, 0, 1]


def test_dropped_pictures_are_counted_in_the_take():
    ledger = Ledger()
    ledger.note("camera.head", 1)
    ledger.note_dropped("camera.head", 2)
    ledger.note("camera.head", 3)
    count = ledger.topics["camera.head"]
    assert (count.messages, count.lost, count.dropped) == (2, 0, 1)


def test_the_room_for_a_take_is_judged_by_its_rate(tmp_path):
    limits = SpaceLimits()
    rate = 10e6  # 10 min need 6 GB
    assert "free some space" in disk.refusal(4 * GIB, 1e6, limits, tmp_path)
    assert "free some space" in disk.refusal(int(5.5 * GIB), rate, limits, tmp_path)
    assert disk.refusal(6 * GIB, rate, limits, tmp_path) == ""
    assert disk.room(int(rate * 301), rate, limits) is Room.ENOUGH
    assert disk.room(int(rate * 299), rate, limits) is Room.SHORT
    assert disk.room(int(rate * 119), rate, limits) is Room.ENDING


def test_latencies_are_read_from_the_causes_in_the_messages(tmp_path):
    figures = measure(make_take(tmp_path, Script(seconds=2)))
    assert figures.input_to_wire.p50 == pytest.approx(2.0)
    assert figures.wire_to_applied.p95 == pytest.approx(2.0)
    assert figures.control_period.p99 == pytest.approx(10.0)
    assert figures.wire_to_applied.samples == 200


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 12 MiB, to be filled."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting a small disk needs rights this user does not have")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_fills_up_ends_the_take_and_keeps_what_was_written(small_disk):
    messages = Script(seconds=4).messages()
    episode = Episode(take=new_take_id(messages[0].received_ns), started_utc_ns=messages[0].received_ns)
    opened = OpenTake(
        TakeOrder(folder=small_disk, episode=episode, wall_offset_ns=0, started_ns=messages[0].received_ns)
    )
    opened.put(messages[:500])
    fill_up(small_disk / "filler")
    for begin in range(500, len(messages), 50):
        opened.put(messages[begin : begin + 50])
        if opened.trouble:
            break
        time.sleep(0.005)
    assert "is full" in opened.trouble
    assert "Free some space" in opened.trouble
    opened.end(opened.trouble, messages[begin].received_ns)
    assert opened.wait_saved(20)
    assert opened.manifest is not None
    verdict = verify(opened.path, decode_pictures=True)
    assert verdict.faults == []
    kept = [(heard.topic, heard.seq) for heard in read_take(opened.path)]
    assert len(kept) >= 500
    assert kept == [(heard.topic, heard.seq) for heard in messages[: len(kept)]]


def test_what_was_heard_last_is_written_though_nothing_new_comes(tmp_path):
    few = Script(seconds=1).messages()[:5]
    began_ns = few[0].received_ns
    episode = Episode(take=new_take_id(began_ns), started_utc_ns=began_ns)
    opened = OpenTake(TakeOrder(folder=tmp_path, episode=episode, wall_offset_ns=0, started_ns=began_ns))
    opened.put(few)
    opened.keep_up(began_ns + NS_PER_S // 4)
    deadline_s = time.monotonic() + 10
    while opened.ledger.messages < len(few) and time.monotonic() < deadline_s:
        time.sleep(0.005)
    assert opened.ledger.messages == len(few)
    opened.end("enough", few[-1].received_ns)
    assert opened.wait_saved(20)
    assert [heard.seq for heard in read_take(opened.path)] == [heard.seq for heard in few]


def fill_up(path: Path):
    fd = os.open(path, os.O_WRONLY | os.O_CREAT)
    for size in (2**20, 2**14, 2**9, 1):
        try:
            while True:
                os.write(fd, bytes(size))
        except OSError:
            continue
    os.close(fd)


def test_a_take_tells_what_came_twice_or_late_while_it_was_open_and_not_before():
    arrivals, ledger = Arrivals(), Ledger()
    for seq in (1, 2, 2):
        arrivals.take("robot.state", 1, seq)
    before = arrivals.copy()
    for seq in (3, 5, 5, 4):
        if arrivals.take("robot.state", 1, seq):
            ledger.note("robot.state", seq)
    ledger.note_arrivals(before, arrivals)
    count = from_metadata(ledger.as_metadata())["robot.state"]
    assert (count.lost, count.duplicates, count.reordered) == (1, 1, 1)
