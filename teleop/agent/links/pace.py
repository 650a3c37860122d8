"""Keeps a simulation at the wall clock's pace, and says so when it cannot."""

from collections import deque

from twin.wire.clock import NS_PER_MS, NS_PER_S

# Behind by more than this, time is given up instead of made up for: the robot would rush.
MOST_BEHIND_NS = 40 * NS_PER_MS


class Pace:
    """Which steps of a fixed length are due."""

    def __init__(self, period_ns: int, now_ns: int) -> None:
        """The first step is due one period after ``now_ns``."""
        self.period_ns = period_ns
        self.due_ns = now_ns + period_ns
        self._gaps: deque[tuple[int, int]] = deque()  # (when, how much time was given up)

    def step(self, now_ns: int) -> int | None:
        """The time of the next step if it is due by ``now_ns``, else None; every step is due once."""
        if now_ns < self.due_ns:
            return None
        behind_ns = now_ns - self.due_ns
        if behind_ns > MOST_BEHIND_NS:
            self._gaps.append((now_ns, behind_ns))
            self.due_ns = now_ns
        while self._gaps and self._gaps[0][0] < now_ns - NS_PER_S:
            self._gaps.popleft()
        sampled_ns = self.due_ns
        self.due_ns += self.period_ns
        return sampled_ns

    @property
    def real_time_factor(self) -> float:
        """Simulated time against wall time over about the last second."""
        given_up_ns = sum(gap_ns for _, gap_ns in self._gaps)
        return max(0.0, 1.0 - given_up_ns / NS_PER_S)
