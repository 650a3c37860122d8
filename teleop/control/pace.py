"""When control ticks: at once for news, in step with a driver that repeats itself, and otherwise every 10 ms."""

from twin.wire.clock import NS_PER_MS

PERIOD_NS = 10 * NS_PER_MS
SHORTEST_NS = 6 * NS_PER_MS  # pads report every 4 ms or less: not every report is worth a command
REPEATED_NS = 7 * NS_PER_MS  # a driver at rest repeats itself every 8 ms


class Pace:
    """Told what was heard since the last tick, knows when the next one is due."""

    def __init__(self) -> None:
        """The first tick is due at once."""
        self.due_ns = 0
        self._ticked_ns = -PERIOD_NS
        self._news = self._repeated = False

    def hear_news(self, is_news: bool = True) -> None:
        """Something may have come that changes the decision."""
        self._news |= is_news

    def hear_driver(self) -> None:
        """Whoever drives said something, new or not: a command made now is made of a sample that is not old."""
        self._repeated = True

    def begins(self, at_ns: int) -> bool:
        """Whether a tick begins now; if so, it has begun, and what was heard belongs to it."""
        after_ns = SHORTEST_NS if self._news else REPEATED_NS if self._repeated else PERIOD_NS
        self.due_ns = self._ticked_ns + after_ns
        if at_ns < self.due_ns:
            return False
        self._ticked_ns, self.due_ns = at_ns, at_ns + PERIOD_NS
        self._news = self._repeated = False
        return True
