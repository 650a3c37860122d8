"""Puts streams of different rates onto one clock, looking only backwards: a row never sees the future.

All times are nanoseconds of one clock; arrays of times are int64, rising, shape (n,).
"""

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.int64]
Indices = NDArray[np.int64]

_NS_PER_S = 1_000_000_000
_PHASES = 20  # how many places within a period are tried for the grid


def hold_last(rows_ns: Times, seen_ns: Times, max_age_s: float = np.inf) -> Indices:
    """For each row, which sample was the newest one known then.

    Args:
        rows_ns: times of the rows, shape (n,).
        seen_ns: times of the samples, rising, shape (m,).
        max_age_s: a sample older than this does not count.

    Returns:
        Indices into ``seen_ns``, shape (n,); -1 where there was no sample yet, or only one too old.
    """
    index = np.searchsorted(seen_ns, rows_ns, side="right").astype(np.int64) - 1
    if not len(seen_ns):
        return np.full(len(rows_ns), -1, np.int64)
    age_ns = rows_ns - seen_ns[np.maximum(index, 0)]
    if np.isfinite(max_age_s):
        index[age_ns > int(max_age_s * _NS_PER_S)] = -1
    return index


def measured_fps(seen_ns: Times) -> int:
    """The whole number of pictures per second nearest to the rate of a camera, at least 1.

    The median interval, so that a picture that is missing or late does not count.
    """
    if len(seen_ns) < 2:
        return 1
    return max(1, round(_NS_PER_S / float(np.median(np.diff(seen_ns)))))


def grid(first_ns: int, last_ns: int, fps: int) -> Times:
    """Times ``first_ns + k / fps`` up to ``last_ns``; no rounding error is carried along."""
    if last_ns < first_ns:
        return np.zeros(0, np.int64)
    count = (last_ns - first_ns) * fps // _NS_PER_S + 1
    return first_ns + np.arange(count, dtype=np.int64) * _NS_PER_S // fps


def steady_grid(seen_ns: Times, fps: int) -> Times:
    """A grid of ``fps`` over the samples ``seen_ns`` on which as few as possible are repeated or left out.

    Cameras jitter by some milliseconds. A grid that ticks exactly when the first picture was taken would miss
    every later one that is a little late, and repeat its predecessor; a grid that ticks a little after it
    takes each exactly once. Which pictures a row shows stays a matter of ``hold_last``: only the past.

    Returns:
        Times of the rows, the first not before the first sample and the last within one period after the last
        one; empty without samples.
    """
    if not len(seen_ns):
        return np.zeros(0, np.int64)
    first_ns, last_ns = int(seen_ns[0]), int(seen_ns[-1])
    period_ns = _NS_PER_S // fps
    lateness_ns = seen_ns - grid_times(first_ns, len(seen_ns), fps)
    # Just late enough for the latest picture, if that is less than a period.
    phases = [0, int(lateness_ns.max()), *(period_ns * step // _PHASES for step in range(1, _PHASES))]
    best: Times | None = None
    fewest = None
    for phase_ns in phases:
        if not 0 <= phase_ns < period_ns:
            continue
        rows = grid(first_ns + phase_ns, last_ns + period_ns - 1, fps)
        steps = np.diff(hold_last(rows, seen_ns), prepend=-1)
        off = int(np.count_nonzero(steps != 1)) + abs(len(rows) - len(seen_ns))
        if fewest is None or off < fewest:
            best, fewest = rows, off
    assert best is not None
    return best


def grid_times(first_ns: int, count: int, fps: int) -> Times:
    """The first ``count`` times of a grid."""
    return first_ns + np.arange(count, dtype=np.int64) * _NS_PER_S // fps


def is_one_to_one(index: Indices) -> bool:
    """Whether the rows take consecutive samples, each once: then pictures need not be encoded again."""
    return bool(len(index)) and bool(index[0] >= 0) and bool(np.all(np.diff(index) == 1))
