"""One clock for all processes of a machine: monotonic nanoseconds, and the wall clock only for names and files.

``time.monotonic_ns`` is the same clock in every process of one boot (CLOCK_MONOTONIC), so stamps taken in
one role may be subtracted from stamps taken in another. Another machine needs the offset exchange of the
safety specification (TIME) before its stamps mean anything here.
"""

import time

NS_PER_S = 1_000_000_000
NS_PER_MS = 1_000_000


def now_ns() -> int:
    """Monotonic time in nanoseconds. Only loops ask; everything else is handed its time."""
    return time.monotonic_ns()


def wall_offset_ns() -> int:
    """What to add to a monotonic stamp to get nanoseconds since 1970 UTC, as the two clocks stand now.

    The narrowest of a few readings, so that a descheduled reading between the two clocks does not count.
    """
    best_width, best_offset = None, 0
    for _ in range(5):
        before = time.monotonic_ns()
        wall = time.time_ns()
        after = time.monotonic_ns()
        if best_width is None or after - before < best_width:
            best_width, best_offset = after - before, wall - (before + after) // 2
    return best_offset
