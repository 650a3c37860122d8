"""Rows look only backwards."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recordings.dataset.align import grid, hold_last, is_one_to_one, measured_fps, steady_grid

MS = 1_000_000
times = st.lists(st.integers(0, 5_000), min_size=0, max_size=60).map(
    lambda each: np.array(sorted(each), np.int64) * MS
)


def test_a_row_never_sees_the_future_and_never_the_stale():
    rows, seen = np.array([0, 10, 20, 90]) * MS, np.array([5, 15]) * MS
    np.testing.assert_array_equal(hold_last(rows, seen, max_age_s=0.02), [-1, 0, 1, -1])


def test_what_is_known_at_the_very_moment_of_the_row_counts():
    np.testing.assert_array_equal(hold_last(np.array([10 * MS]), np.array([10 * MS])), [0])


def test_without_samples_nothing_is_known():
    np.testing.assert_array_equal(hold_last(np.array([1, 2]), np.zeros(0, np.int64)), [-1, -1])


@given(times, times)
def test_the_sample_of_a_row_is_the_newest_that_is_not_later(rows, seen):
    for row_ns, index in zip(rows, hold_last(rows, seen), strict=True):
        past = seen[seen <= row_ns]
        assert index == len(past) - 1
        assert index < 0 or seen[index] <= row_ns


def test_a_grid_of_thirty_does_not_drift_in_an_hour():
    rows = grid(0, 3600 * 1_000_000_000, 30)
    assert len(rows) == 3600 * 30 + 1
    assert rows[-1] == 3600 * 1_000_000_000


def test_one_missing_picture_does_not_change_the_rate():
    seen = np.delete(np.arange(60) * 33_333_333, [7, 8, 30])
    assert measured_fps(seen) == 30


@given(st.integers(0, 2**32 - 1), st.floats(0, 14))
def test_jittering_pictures_are_each_taken_once(seed, jitter_ms):
    random = np.random.default_rng(seed)
    seen = (
        10**12 + grid(0, 4 * 10**9, 30) + (random.uniform(-jitter_ms, jitter_ms, 121) * MS).astype(np.int64)
    )
    rows = steady_grid(seen, 30)
    index = hold_last(rows, seen)
    assert is_one_to_one(index)
    assert len(rows) >= len(seen) - 1


def test_a_lost_picture_is_shown_as_the_one_before_it():
    seen = np.delete(np.arange(10) * 33_333_333, 5).astype(np.int64)
    rows = steady_grid(seen, 30)
    np.testing.assert_array_equal(hold_last(rows, seen), [0, 1, 2, 3, 4, 4, 5, 6, 7, 8])


def test_a_camera_at_half_the_rate_repeats_every_picture():
    seen = (np.arange(10) * 66_666_667).astype(np.int64)
    index = hold_last(steady_grid(seen, 30), seen)
    assert not is_one_to_one(index)
    assert set(np.bincount(index)[:-1]) == {2}
