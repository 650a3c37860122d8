"""How calm the hands are over a shift. Jerk rises before a person feels tired."""

import statistics
from collections.abc import Sequence

JERKIER = 0.25  # a change of the hands' jerk from which a break is suggested

_LEAST_THIRD = 2


def jerk_change(jerks_m_s3: Sequence[float]) -> float | None:
    """How much jerkier the hands were in the last third of the takes than in the first: 0.25 is a quarter more.

    None with fewer than six takes: a trend of less says nothing.
    """
    third = len(jerks_m_s3) // 3
    if third < _LEAST_THIRD:
        return None
    first, last = statistics.median(jerks_m_s3[:third]), statistics.median(jerks_m_s3[-third:])
    return last / first - 1 if first > 0 else None
