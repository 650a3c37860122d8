"""STOP as the window presses it: levels, acknowledgement, and what the button says."""

import pytest

from app.stop.button import words
from app.stop.presses import ACKNOWLEDGED, IDLE, NOT_ACKNOWLEDGED, SENT, Stop, next_level
from twin.wire.messages import AgentStatus, StopAcknowledged, StopRequest

MS = 1_000_000


class Line:
    """A line to a robot that answers when the test says so."""

    def __init__(self) -> None:
        self.pending: StopRequest | None = None
        self.pressed: list[str] = []
        self.answer: StopAcknowledged | None = None

    def press(self, level: str, pressed_ns: int) -> StopRequest:
        self.pressed.append(level)
        self.pending = StopRequest(level=level, pressed_ns=pressed_ns, stop_id=len(self.pressed))
        return self.pending

    def tick(self, _at_ns: int) -> StopAcknowledged | None:
        answer, self.answer = self.answer, None
        if answer:
            self.pending = None
        return answer

    def acknowledge(self, latched_ns: int) -> None:
        level = self.pending.level
        self.answer = StopAcknowledged(level=level, latched_ns=latched_ns, stop_id=self.pending.stop_id)


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def stop(line) -> Stop:
    return Stop(line)


@pytest.mark.parametrize(
    ("latched", "cut", "level"),
    [
        ("NONE", False, "HOLD"),
        ("HOLD", False, "SETTLE"),
        ("SETTLE", False, "SETTLE"),
        ("CUT", False, "CUT"),
        ("NONE", True, "CUT"),
        ("HOLD", True, "CUT"),
    ],
)
def test_a_press_means_the_next_level(latched, cut, level):
    assert next_level(latched, cut) == level


def test_no_press_is_ever_less_restrictive_than_what_is_latched():
    order = ("NONE", "HOLD", "SETTLE", "CUT")
    for latched in order:
        for cut in (False, True):
            assert order.index(next_level(latched, cut)) >= order.index(latched)


def test_the_second_press_settles_even_before_the_first_was_acknowledged(stop, line):
    stop.press(0)
    stop.release()
    stop.press(100 * MS)
    assert line.pressed == ["HOLD", "SETTLE"]


def test_the_second_press_settles_once_the_robot_latched_the_first(stop, line):
    stop.press(0)
    stop.release()
    line.acknowledge(latched_ns=2 * MS)
    stop.tick(3 * MS)
    stop.press(500 * MS)
    assert line.pressed == ["HOLD", "SETTLE"]


def test_after_a_reset_a_press_is_a_first_press_again(stop, line):
    stop.press(0)
    stop.release()
    line.acknowledge(latched_ns=2 * MS)
    stop.tick(3 * MS)
    stop.hear(AgentStatus(stop_level="NONE"), sampled_ns=900 * MS)
    stop.press(1000 * MS)
    assert line.pressed == ["HOLD", "HOLD"]


def test_word_from_before_the_latch_does_not_undo_it(stop, line):
    stop.press(0)
    stop.release()
    line.acknowledge(latched_ns=5 * MS)
    stop.tick(6 * MS)
    stop.hear(AgentStatus(stop_level="NONE"), sampled_ns=4 * MS)
    assert stop.view(7 * MS).latched == "HOLD"


def test_a_press_held_for_a_second_cuts_once(stop, line):
    stop.press(0)
    for at_ms in range(0, 1500, 5):
        stop.tick(at_ms * MS)
    assert line.pressed == ["HOLD", "CUT"]


def test_a_press_let_go_before_a_second_does_not_cut(stop, line):
    stop.press(0)
    stop.tick(900 * MS)
    stop.release()
    stop.tick(1500 * MS)
    assert line.pressed == ["HOLD"]


def test_the_button_says_sent_then_not_acknowledged_within_a_quarter_second(stop):
    stop.press(0)
    stop.release()
    assert stop.view(10 * MS).state == SENT
    assert stop.view(249 * MS).state == SENT
    assert stop.view(251 * MS).state == NOT_ACKNOWLEDGED
    assert stop.busy


def test_only_the_robots_own_word_makes_it_acknowledged(stop, line):
    stop.press(0)
    stop.release()
    assert not stop.confirmed
    line.acknowledge(latched_ns=3 * MS)
    stop.tick(4 * MS)
    assert stop.view(5 * MS).state == ACKNOWLEDGED
    assert stop.confirmed
    assert words(stop.view(5 * MS), connected=True) == "HOLD acknowledged"
    assert stop.view(10_000 * MS).state == IDLE
    assert not stop.busy


def test_the_button_never_promises_more_than_a_software_stop():
    from app.stop import button as stop_button

    said = stop_button.TOOLTIP.lower()
    assert "emergency" not in said
    assert "software stop" in said


def test_without_a_robot_the_button_says_so():
    assert words(Stop(Line()).view(0), connected=False) == "no robot"
