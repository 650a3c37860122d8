"""What is lost, comes twice, or comes late, over real sockets: counted for each topic, and nothing old is handed on."""

import threading
import time

import pytest
import zmq
from hypothesis import given
from hypothesis import strategies as st

from app.commands.topics import listen
from twin.station import Station
from twin.wire import codec
from twin.wire.arrivals import Arrivals
from twin.wire.bus import _HEADER, Listener, bind, context
from twin.wire.messages import AgentStatus

TOPIC, MARK = "robot.status", "robot.health"
PATIENCE_S = 30


class Rogue:
    """Speaks as the robot with numbers of its own choice."""

    def __init__(self, station):
        self.socket = context().socket(zmq.PUB)
        bind(self.socket, station.endpoint("robot", "say"))
        self._marks = 0

    def say(self, *numbers, run=7, topic=TOPIC):
        for seq in numbers:
            payload = codec.encode(AgentStatus(rejected=seq))
            self.socket.send_multipart([topic.encode(), _HEADER.pack(run, seq, 1000 + seq), payload])

    def mark(self):
        """Say what comes after all that was said before."""
        self._marks += 1
        self.say(self._marks, topic=MARK)

    def close(self):
        self.socket.close()


@pytest.fixture
def station(station_folder):
    return Station(folder=str(station_folder), robot_folder="")


@pytest.fixture
def pair(station):
    rogue, listener = Rogue(station), Listener(station, ["robot."])
    until = time.monotonic() + PATIENCE_S
    while not listener.drain():
        assert time.monotonic() < until
        rogue.mark()
        time.sleep(0.01)
    drained(rogue, listener)
    yield rogue, listener
    rogue.close()
    listener.close()


def drained(rogue, listener):
    """All that was said until now, once it has arrived."""
    rogue.mark()
    found, until = [], time.monotonic() + PATIENCE_S
    while not any((each.topic, each.seq) == (MARK, rogue._marks) for each in found):
        assert time.monotonic() < until
        found += listener.drain()
    return found


def heard(rogue, listener):
    return [each.seq for each in drained(rogue, listener) if each.topic == TOPIC]


def counts(listener):
    found = listener.arrivals
    return tuple(each.get(TOPIC, 0) for each in (found.lost, found.duplicates, found.reordered))


def test_what_comes_twice_is_counted_and_heard_once(pair):
    rogue, listener = pair
    rogue.say(1, 2, 2, 3, 1, 3)
    assert heard(rogue, listener) == [1, 2, 3]
    assert counts(listener) == (0, 3, 0)


def test_what_comes_after_a_newer_one_is_late_and_not_lost_and_never_handed_on(pair):
    rogue, listener = pair
    rogue.say(1, 2, 5, 4)
    assert heard(rogue, listener) == [1, 2, 5]
    assert counts(listener) == (1, 0, 1)
    rogue.say(3, 6, 4)
    assert heard(rogue, listener) == [6]
    assert counts(listener) == (0, 1, 2)


def test_the_newest_is_the_one_with_the_highest_number_not_the_one_that_came_last(pair):
    rogue, listener = pair
    rogue.say(1, 3, 2)
    rogue.mark()
    newest, until = {}, time.monotonic() + PATIENCE_S
    while MARK not in newest:
        assert time.monotonic() < until
        newest |= listener.newest()
    assert newest[TOPIC].read(AgentStatus).rejected == 3


def test_what_is_skipped_is_lost_and_another_start_of_the_speaker_counts_anew(pair):
    rogue, listener = pair
    rogue.say(1, 4)
    rogue.say(1, 2, run=8)
    assert heard(rogue, listener) == [1, 4, 1, 2]
    assert counts(listener) == (2, 0, 0)
    assert listener.arrivals.restarts[TOPIC] == 1


@pytest.mark.serial
def test_the_command_line_tells_all_three(station):
    rogue = Rogue(station)

    def speak():
        time.sleep(0.3)
        rogue.say(10, 11, 11, 14, 13)

    speaker = threading.Thread(target=speak)
    speaker.start()
    row = next(row for row in listen(station, 0.8) if row.topic == TOPIC)
    speaker.join()
    rogue.close()
    assert (row.lost, row.twice, row.late) == (1, 1, 1)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=120))
def test_every_message_is_new_lost_twice_or_late_and_numbers_only_rise(numbers):
    arrivals = Arrivals()
    taken = [seq for seq in numbers if arrivals.take("a", 1, seq)]
    assert taken == sorted(set(taken))
    expected = set(range(numbers[0], max(numbers) + 1))
    assert arrivals.lost.get("a", 0) == len(expected - set(numbers))
    late = arrivals.reordered.get("a", 0)
    assert len(numbers) == len(taken) + arrivals.duplicates.get("a", 0) + late
    before_the_first = [seq for seq in numbers if seq < numbers[0]]
    assert late == len(set(numbers) & expected) - len(taken) + len(before_the_first)


def test_what_is_too_old_to_remember_is_late_and_takes_nothing_from_what_is_lost():
    arrivals = Arrivals()
    for seq in (1, 200, 2):
        arrivals.take("a", 1, seq)
    assert (arrivals.lost, arrivals.reordered, arrivals.duplicates) == ({"a": 198}, {"a": 1}, {})
