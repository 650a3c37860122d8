"""Calls each part of the window at its own rate, from one frame timer."""

from collections.abc import Callable
from dataclasses import dataclass

from twin.wire.clock import NS_PER_S

Call = Callable[[int], None]


@dataclass
class _Part:
    period_ns: int
    call: Call
    due_ns: int = 0


class Rounds:
    """Who is due. A part that was late is called once, not as often as it missed."""

    def __init__(self) -> None:
        self._parts: list[_Part] = []

    def add(self, rate_hz: float, call: Call) -> None:
        """Call ``call(now_ns)`` at ``rate_hz``, at most once per ``run``."""
        self._parts.append(_Part(int(NS_PER_S / rate_hz), call))

    def run(self, now_ns: int) -> None:
        """Call all that are due."""
        for part in tuple(self._parts):
            if now_ns >= part.due_ns:
                # Keep the grid while on time; start it anew after a stall.
                late_ns = now_ns - part.due_ns
                part.due_ns = now_ns + part.period_ns - (late_ns if late_ns < part.period_ns else 0)
                part.call(now_ns)
