"""A simulation keeps the wall clock's pace, or says by how much it does not."""

import pytest

from teleop.agent.links.pace import Pace

MS = 1_000_000


def test_every_step_is_due_once_and_on_its_own_time():
    pace = Pace(2 * MS, 0)
    assert pace.step(1 * MS) is None
    assert [pace.step(7 * MS) for _ in range(4)] == [2 * MS, 4 * MS, 6 * MS, None]
    assert pace.real_time_factor == 1.0


def test_a_short_stall_is_made_up_for():
    pace = Pace(2 * MS, 0)
    steps = 0
    while pace.step(30 * MS) is not None:
        steps += 1
    assert steps == 15
    assert pace.real_time_factor == 1.0


def test_a_long_stall_is_given_up_and_said():
    pace = Pace(2 * MS, 0)
    assert pace.step(502 * MS) == 502 * MS
    assert pace.step(503 * MS) is None
    assert pace.real_time_factor == pytest.approx(0.5)


def test_the_factor_recovers_a_second_later():
    pace = Pace(2 * MS, 0)
    pace.step(502 * MS)
    at_ms = 503
    while at_ms < 1600:
        pace.step(at_ms * MS)
        at_ms += 1
    assert pace.real_time_factor == 1.0
