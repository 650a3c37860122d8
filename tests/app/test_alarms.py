"""Alarms: delayed against chatter, ordered by weight and then by who came first, kept until acknowledged."""

import pytest

from app.alarms import OFF_DELAY_NS, ON_DELAY_NS, Alarms, Condition
from app.frame.alarm_line import alarm_words

MS = 1_000_000

HOT = Condition("hot", "warning", "elbow 78 °C (limit 80)", "reduce the load")
SILENT = Condition("silent", "alarm", "the robot is silent")
SLOW = Condition("slow", "advisory", "camera 12 of 30 Hz")


@pytest.fixture
def alarms() -> Alarms:
    return Alarms()


def stand(alarms: Alarms, *conditions: Condition, from_ns: int = 0, to_ns: int = 2 * ON_DELAY_NS) -> int:
    """What is wrong from one time to another, looked at every 50 ms; returns the last look."""
    last_ns = from_ns
    for at_ns in range(from_ns, to_ns + 1, 50 * MS):
        alarms.observe(conditions, at_ns)
        last_ns = at_ns
    return last_ns


def test_a_flicker_is_no_alarm(alarms):
    alarms.observe([HOT], 0)
    alarms.observe([], 200 * MS)
    alarms.observe([HOT], 400 * MS)
    alarms.observe([HOT], 600 * MS)
    assert alarms.top is None


def test_what_lasts_half_a_second_is_one(alarms):
    stand(alarms, HOT)
    assert alarms.top.condition is HOT


def test_what_must_be_known_at_once_is_not_delayed(alarms):
    alarms.observe([Condition("stop", "alarm", "not acknowledged", at_once=True)], 0)
    assert alarms.top is not None


def test_the_heaviest_is_on_top_and_among_equals_the_first(alarms):
    stand(alarms, HOT)
    later = Condition("hot2", "warning", "knee")
    stand(alarms, HOT, later, SLOW, from_ns=1000 * MS, to_ns=2000 * MS)
    assert [alarm.condition.code for alarm in alarms.standing()] == ["hot", "hot2", "slow"]
    stand(alarms, HOT, later, SLOW, SILENT, from_ns=2000 * MS, to_ns=3000 * MS)
    assert alarms.top.condition is SILENT


def test_a_warning_that_is_over_stays_until_it_is_acknowledged(alarms):
    last_ns = stand(alarms, HOT)
    stand(alarms, from_ns=last_ns, to_ns=last_ns + 2 * OFF_DELAY_NS)
    assert alarms.top.cleared
    alarms.acknowledge()
    alarms.observe([], last_ns + 3 * OFF_DELAY_NS)
    assert alarms.standing() == ()


def test_an_advisory_goes_by_itself(alarms):
    last_ns = stand(alarms, SLOW)
    stand(alarms, from_ns=last_ns, to_ns=last_ns + 2 * OFF_DELAY_NS)
    assert alarms.standing() == ()


def test_what_was_acknowledged_comes_back_when_it_gets_worse(alarms):
    last_ns = stand(alarms, HOT)
    alarms.acknowledge()
    assert alarms.top is None
    stand(alarms, Condition("hot", "alarm", "elbow 81 °C"), from_ns=last_ns, to_ns=last_ns + 1000 * MS)
    assert alarms.top.severity == "alarm"


def test_what_was_acknowledged_comes_back_when_it_was_over_and_began_anew(alarms):
    last_ns = stand(alarms, HOT)
    alarms.acknowledge()
    last_ns = stand(alarms, from_ns=last_ns, to_ns=last_ns + 2 * OFF_DELAY_NS)
    stand(alarms, HOT, from_ns=last_ns, to_ns=last_ns + 1000 * MS)
    assert alarms.top is not None


def test_an_event_that_repeats_is_counted_in_one_line(alarms):
    for at_ms in range(3):
        alarms.happened(Condition("event.reject", "warning", f"refused {at_ms}"), at_ms * MS)
    assert len(alarms.standing()) == 1
    assert alarms.top.count == 3
    assert alarms.top.condition.text == "refused 2"


def test_what_to_do_first_is_said_only_until_it_is_over(alarms):
    last_ns = stand(alarms, HOT)
    assert "first: reduce the load" in alarm_words(alarms.top, last_ns)
    last_ns = stand(alarms, from_ns=last_ns, to_ns=last_ns + 2 * OFF_DELAY_NS)
    assert "over" in alarm_words(alarms.top, last_ns)
    assert "first" not in alarm_words(alarms.top, last_ns)
