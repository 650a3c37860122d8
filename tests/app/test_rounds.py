"""Parts of the window are called at their own rates."""

import pytest

from app.rounds import Rounds

MS = 1_000_000


@pytest.mark.parametrize("rate_hz", [4, 10, 15, 30, 60])
def test_each_part_gets_its_rate_from_a_sixty_hertz_frame(rate_hz):
    calls: list[int] = []
    rounds = Rounds()
    rounds.add(rate_hz, calls.append)
    for frame in range(600):
        rounds.run(int(frame * 1000 / 60 * MS))
    assert len(calls) == pytest.approx(rate_hz * 10, rel=0.05)


def test_a_part_that_wants_more_than_there_are_frames_gets_every_frame():
    calls: list[int] = []
    rounds = Rounds()
    rounds.add(1000, calls.append)
    for frame in range(60):
        rounds.run(frame * 16 * MS)
    assert len(calls) == 60


def test_after_a_stall_a_part_is_called_once_and_not_for_all_it_missed():
    calls: list[int] = []
    rounds = Rounds()
    rounds.add(30, calls.append)
    rounds.run(0)
    rounds.run(5000 * MS)
    rounds.run(5001 * MS)
    assert calls == [0, 5000 * MS]
