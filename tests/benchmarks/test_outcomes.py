"""Outcomes of long trials are kept as they come, and belong to the code that they were run with."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks import balance
from benchmarks.outcomes import Outcomes, Trial

_asked: list[int] = []


def is_even(seed: int, _speed: float) -> bool:
    _asked.append(seed)
    return seed % 2 == 0


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    _asked.clear()
    return tmp_path / "outcomes.jsonl"


def test_a_run_that_was_ended_goes_on_with_the_seeds_that_are_missing(kept: Path):
    trial = Trial(is_even, (0.4,))
    with ThreadPoolExecutor(1) as pool:
        assert Outcomes(kept).of(trial, (1, 2), pool) == {1: False, 2: True}
        assert Outcomes(kept).of(trial, (1, 2, 3), pool) == {1: False, 2: True, 3: False}
    assert _asked == [1, 2, 3]


def test_other_arguments_are_another_trial(kept: Path):
    with ThreadPoolExecutor(1) as pool:
        Outcomes(kept).of(Trial(is_even, (0.4,)), (1,), pool)
        Outcomes(kept).of(Trial(is_even, (0.5,)), (1,), pool)
    assert _asked == [1, 1]


def test_what_was_kept_of_other_code_does_not_count(kept: Path):
    with ThreadPoolExecutor(1) as pool:
        Outcomes(kept, ("benchmarks/balance.py",)).of(Trial(is_even, (0.4,)), (1,), pool)
        Outcomes(kept, ("benchmarks/figures.py",)).of(Trial(is_even, (0.4,)), (1,), pool)
    assert _asked == [1, 1]


def test_a_count_names_the_seeds_that_failed(kept: Path):
    row = balance.Count("stays up", Trial(is_even, (0.4,)), 4, needed=0.9)
    with ThreadPoolExecutor(1) as pool:
        (figure,) = row.figures(Outcomes(kept), pool)
    assert figure.name == "stays up (not seed 1, 3)"
    assert (figure.value, figure.bar, figure.met) == (2, 4.0, False)


def test_every_row_can_be_chosen_by_a_name_of_its_own():
    names = [row.name for row in balance.rows(quick=False)]
    assert len(set(names)) == len(names)
