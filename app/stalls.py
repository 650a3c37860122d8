"""Notices when the window stood still, and says so in one line per ten seconds."""

import logging

from twin.wire.clock import NS_PER_MS, NS_PER_S

log = logging.getLogger(__name__)

STALL_NS = 200 * NS_PER_MS
_TELL_EVERY_NS = 10 * NS_PER_S


class Stalls:
    """Call ``frame`` at every frame; the time between two of them is what a person would see as a stall."""

    def __init__(self) -> None:
        self._last_ns = 0
        self._count, self._longest_ns, self._told_ns = 0, 0, 0

    def forgive(self) -> None:
        """The time until the next frame does not count: it was spent on something that was asked for."""
        self._last_ns = 0

    def frame(self, at_ns: int) -> None:
        """A frame began."""
        if self._last_ns and at_ns - self._last_ns > STALL_NS:
            self._count += 1
            self._longest_ns = max(self._longest_ns, at_ns - self._last_ns)
        self._last_ns = at_ns
        if self._count and at_ns - self._told_ns >= _TELL_EVERY_NS:
            self._told_ns = at_ns
            log.warning(
                "the window stood still %d times, %.0f ms at most; is the machine busy?",
                self._count,
                self._longest_ns / NS_PER_MS,
            )
            self._count, self._longest_ns = 0, 0
