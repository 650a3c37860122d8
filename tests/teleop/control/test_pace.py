"""When control ticks."""

import pytest

from teleop.control.pace import Pace
from twin.wire.clock import NS_PER_MS

MS = NS_PER_MS


@pytest.fixture
def pace():
    """One that ticked at 100 ms."""
    made = Pace()
    assert made.begins(100 * MS)
    return made


def test_without_anything_it_ticks_every_ten_milliseconds(pace):
    assert pace.due_ns == 110 * MS
    assert not pace.begins(109 * MS)
    assert pace.begins(110 * MS)


def test_news_is_answered_at_once_but_not_more_often_than_every_six_milliseconds(pace):
    pace.hear_news()
    assert not pace.begins(105 * MS)
    assert pace.due_ns == 106 * MS
    assert pace.begins(106 * MS)
    assert not pace.begins(113 * MS), "what was heard belongs to the tick that answered it"


def test_what_is_no_news_changes_nothing(pace):
    pace.hear_news(False)
    assert not pace.begins(109 * MS)
    assert pace.due_ns == 110 * MS


def test_it_keeps_step_with_a_driver_that_repeats_itself(pace):
    ticked = []
    for at_ms in range(101, 150):
        if at_ms % 8 == 4:
            pace.hear_driver()
        if pace.begins(at_ms * MS):
            ticked.append(at_ms)
    assert ticked == [108, 116, 124, 132, 140, 148], "right after each sample, so that none is old"
