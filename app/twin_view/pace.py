"""How often the twin is drawn: as the screen does, but never at the cost of the rest of the window."""

from twin.wire.clock import NS_PER_MS, NS_PER_S

_FASTEST_HZ, _SOFTWARE_HZ, _SLOWEST_HZ = 60, 30, 5
_LARGEST_SHARE = 0.5  # of the window's thread
_EASE = 0.2  # of a new measurement in the mean
_EARLY_NS = 3 * NS_PER_MS  # the window's frames come in steps; one that is this early is on time


class TwinPace:
    """Spaces pictures by what they cost. 30 Hz at most where the processor draws: it has other work."""

    def __init__(self, is_software: bool) -> None:
        """Pictures are drawn by the processor, or by a graphics card."""
        self._shortest_ns = NS_PER_S // (_SOFTWARE_HZ if is_software else _FASTEST_HZ)
        self._cost_ns = 0.0
        self._last_ns = -NS_PER_S

    @property
    def interval_ns(self) -> int:
        """Time between two pictures now."""
        wanted = int(self._cost_ns / _LARGEST_SHARE)
        return min(max(wanted, self._shortest_ns), NS_PER_S // _SLOWEST_HZ)

    def is_due(self, now_ns: int) -> bool:
        """Whether the next picture may be drawn; if so, it is taken to be."""
        if now_ns - self._last_ns < self.interval_ns - _EARLY_NS:
            return False
        self._last_ns = now_ns
        return True

    def drew(self, cost_ns: int) -> None:
        """A picture took this long on the window's thread."""
        self._cost_ns += _EASE * (cost_ns - self._cost_ns)
