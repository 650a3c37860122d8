"""By how much another machine's clock is ahead of ours, and how well that is known: an exchange of four stamps.

The method is that of NTP (RFC 5905, section 8): asked, heard, answered, heard back. Of the last eight exchanges the
one that took least time on the way counts: the error is at most half of that time, however unevenly it was spent.
"""

from collections import deque
from collections.abc import Mapping
from typing import NamedTuple

from twin.wire.clock import NS_PER_S

_KEPT = 8
FORGOTTEN_NS = 10 * NS_PER_S  # clocks drift apart: an older exchange says nothing about now
FIRST_EVERY_NS, EVERY_NS = NS_PER_S // 5, NS_PER_S  # until there are ``ENOUGH``, and from then on
ENOUGH = 5


class Exchange(NamedTuple):
    """One question for the time, and its answer."""

    asked_ns: int  # our clock
    heard_ns: int  # their clock
    answered_ns: int  # their clock
    received_ns: int  # our clock

    @property
    def way_ns(self) -> int:
        """Time that was spent on the way, there and back."""
        return self.received_ns - self.asked_ns - (self.answered_ns - self.heard_ns)

    @property
    def offset_ns(self) -> int:
        """Their clock less ours, if both ways took the same time."""
        return (self.heard_ns - self.asked_ns + self.answered_ns - self.received_ns) // 2


def exchange(asked_ns: int, answer: Mapping[str, str], received_ns: int) -> Exchange | None:
    """The exchange of a question asked at ``asked_ns`` with ``answer``; None if that does not tell the time."""
    try:
        return Exchange(asked_ns, int(answer["heard_ns"]), int(answer["answered_ns"]), received_ns)
    except (KeyError, ValueError):
        return None


class ClockOffset:
    """Their clock against ours. Knows only times that it is given."""

    def __init__(self) -> None:
        """Nothing is known."""
        self._exchanges: deque[Exchange] = deque(maxlen=_KEPT)

    def take(self, found: Exchange | None) -> None:
        """Take in one answer; one whose stamps contradict each other is no answer."""
        if found is not None and found.way_ns >= 0 and found.answered_ns >= found.heard_ns:
            self._exchanges.append(found)

    def best(self, now_ns: int) -> Exchange | None:
        """The exchange that tells most at ``now_ns``: ``offset_ns``, known to half of ``way_ns``. None: not known."""
        fresh = [each for each in self._exchanges if now_ns - each.received_ns <= FORGOTTEN_NS]
        return min(fresh, key=lambda each: each.way_ns, default=None)

    def due_ns(self, asked_ns: int) -> int:
        """When to ask again, having asked at ``asked_ns``."""
        return asked_ns + (FIRST_EVERY_NS if len(self._exchanges) < ENOUGH else EVERY_NS)
