"""How old the robot's state is when its picture is drawn: the last stage of the way from hand to eye."""

from collections import deque

from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.messages import LatencyStage

_KEPT_NS, _FORGOTTEN_NS = 2 * NS_PER_S, 60 * NS_PER_S


class DrawnMeter:
    """Remembers the last two seconds in which the twin was drawn, for a minute: not every page shows it."""

    def __init__(self) -> None:
        self._seen: deque[tuple[int, float]] = deque()

    def note(self, received_ns: int, drawn_ns: int) -> None:
        """A state that came in at ``received_ns`` was in a picture that was finished at ``drawn_ns``."""
        self._seen.append((drawn_ns, (drawn_ns - received_ns) / NS_PER_MS))
        while self._seen[0][0] < drawn_ns - _KEPT_NS:
            self._seen.popleft()

    def is_fresh(self, now_ns: int) -> bool:
        """Whether a picture was drawn within the last second."""
        return bool(self._seen) and self._seen[-1][0] > now_ns - NS_PER_S

    def read(self, now_ns: int) -> LatencyStage | None:
        """The stage "drawn"; None where nothing was drawn for a minute."""
        if not self._seen or self._seen[-1][0] < now_ns - _FORGOTTEN_NS:
            return None
        ordered = sorted(ms for _, ms in self._seen)
        last = len(ordered) - 1
        return LatencyStage(
            name="drawn",
            newest_ms=self._seen[-1][1],
            p50_ms=ordered[last // 2],
            p95_ms=ordered[round(last * 0.95)],
            samples=len(ordered),
        )
