"""How far two clocks are apart, asked over real sockets of a role whose clock is another and whose way is slow."""

import threading
import time

import pytest

from app.clock_words import clock_words
from teleop.agent import clock_request
from twin.station import Station
from twin.wire.ask import Answerer, Asker, arguments, named
from twin.wire.clock import NS_PER_MS, NS_PER_S, now_ns
from twin.wire.clock_offset import (
    ENOUGH,
    EVERY_NS,
    FIRST_EVERY_NS,
    FORGOTTEN_NS,
    ClockOffset,
    Exchange,
    exchange,
)
from twin.wire.messages import ControlStatus, Reply

HOUR_NS = 3600 * NS_PER_S


class Elsewhere:
    """The robot role on another machine: its clock is ahead, and answers are held up on their way back."""

    def __init__(self, station, ahead_ns, back_s):
        self._answerer = Answerer(station, "robot")
        self._ahead_ns, self._back_s, self._ends = ahead_ns, back_s, False
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        while not self._ends:
            if self._answerer.socket.poll(20):
                self._answerer.answer_all(self._answer)

    def _answer(self, _request):
        stamp_ns = now_ns() + self._ahead_ns
        time.sleep(self._back_s)
        return Reply(accepted=True, results=arguments({"heard_ns": stamp_ns, "answered_ns": stamp_ns}))

    def close(self):
        self._ends = True
        self._thread.join()
        self._answerer.close()


def asked(station, times=10):
    found, asker = ClockOffset(), Asker(station, "robot", "test")
    for _ in range(times):
        asked_ns = now_ns()
        answer = asker.ask("clock", timeout_s=30)
        found.take(exchange(asked_ns, answer, now_ns()))
    asker.close()
    return found.best(now_ns())


@pytest.mark.serial  # the way is compared with milliseconds
@pytest.mark.parametrize(("ahead_ns", "back_s"), [(HOUR_NS, 0.0), (-HOUR_NS, 0.0), (HOUR_NS, 0.03)])
def test_the_true_offset_lies_within_what_is_told_however_uneven_the_way(station_folder, ahead_ns, back_s):
    station = Station(folder=str(station_folder), robot_folder="")
    elsewhere = Elsewhere(station, ahead_ns, back_s)
    try:
        best = asked(station)
    finally:
        elsewhere.close()
    assert abs(best.offset_ns - ahead_ns) <= best.way_ns / 2
    assert best.way_ns >= back_s * NS_PER_S
    assert best.way_ns < (back_s + 0.02) * NS_PER_S


def test_the_robots_own_answer_tells_when_it_heard_and_when_it_wrote():
    heard_ns = now_ns()
    told = exchange(heard_ns, named(clock_request.answer(heard_ns).results), now_ns())
    assert told.heard_ns == heard_ns <= told.answered_ns <= told.received_ns


def test_the_quickest_of_the_last_exchanges_counts_and_old_ones_are_forgotten():
    offset = ClockOffset()
    assert offset.best(0) is None
    for way_ms in (9, 3, 6):
        offset.take(Exchange(0, 5 * NS_PER_MS, 5 * NS_PER_MS, way_ms * NS_PER_MS))
    assert offset.best(10 * NS_PER_MS).way_ns == 3 * NS_PER_MS
    assert offset.best(FORGOTTEN_NS + 20 * NS_PER_MS) is None


@pytest.mark.parametrize("answer", [{}, {"heard_ns": "noon", "answered_ns": "1"}, {"heard_ns": "1"}])
def test_an_answer_that_does_not_tell_the_time_is_none(answer):
    assert exchange(0, answer, 1) is None


def test_stamps_that_contradict_each_other_count_for_nothing():
    offset = ClockOffset()
    offset.take(Exchange(0, 20, 10, 40))  # answered before it was heard
    offset.take(Exchange(0, 0, 50, 40))  # took longer there than on the whole way
    assert offset.best(40) is None


def test_it_asks_often_at_first_and_then_once_a_second():
    offset = ClockOffset()
    for count in range(ENOUGH):
        assert offset.due_ns(7) == 7 + FIRST_EVERY_NS, count
        offset.take(Exchange(0, 1, 1, 2))
    assert offset.due_ns(7) == 7 + EVERY_NS


def test_it_is_told_in_one_line():
    assert "not known" in clock_words(ControlStatus())
    told = clock_words(ControlStatus(clock_offset_ms=-0.0123, clock_within_ms=0.4))
    assert told == "the robot's clock: -0.01 ms from ours, known to \u00b10.40 ms"
