"""How often each topic is said, by its own count of messages: what was lost on the way counts as said."""

from collections import deque
from collections.abc import Iterable

from app.feed import Feed
from twin.wire.clock import NS_PER_S

_OVER_NS, _LEAST_NS = 2 * NS_PER_S, NS_PER_S


class StreamRates:
    """Rates over the last two seconds. Call ``note`` whenever the feed was drained; more often is more exact."""

    def __init__(self, topics: Iterable[str]) -> None:
        """Watch ``topics``."""
        self._seen: dict[str, deque[tuple[int, int]]] = {name: deque() for name in topics}  # (at_ns, seq)

    def note(self, feed: Feed, now_ns: int) -> None:
        """Take in what the feed knows."""
        for name, seen in self._seen.items():
            newest = feed.newest(name)
            if newest is None:
                continue
            if seen and newest.seq < seen[-1][1]:
                seen.clear()  # a speaker that was started again counts anew
            seen.append((now_ns, newest.seq))
            while seen[0][0] < now_ns - _OVER_NS:
                seen.popleft()

    def hz(self, name: str) -> float | None:
        """The rate of a topic that is watched; None until it was watched for a second."""
        seen = self._seen[name]
        if not seen or seen[-1][0] - seen[0][0] < _LEAST_NS:
            return None
        (first_ns, first), (last_ns, last) = seen[0], seen[-1]
        return (last - first) * NS_PER_S / (last_ns - first_ns)
