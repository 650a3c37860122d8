"""In which order messages arrive: what was lost, came twice, or came after a newer one, told by the speakers' numbers.

A message that is late or came before is not handed on: nobody may act on the older of two samples because it came last.
"""

_REMEMBERED = 64  # numbers before the newest of which is known whether they came
_ALL = (1 << _REMEMBERED) - 1


class Arrivals:
    """The counts of one listener, by topic; a topic with nothing to tell is absent."""

    def __init__(self) -> None:
        """Nothing was heard."""
        self.lost: dict[str, int] = {}  # numbers that never came, since the first one heard
        self.duplicates: dict[str, int] = {}  # came again
        self.reordered: dict[str, int] = {}  # came after a newer one; not lost, but too late to count
        self.restarts: dict[str, int] = {}  # how often a speaker began to count anew
        self._seen: dict[str, _Seen] = {}

    def take(self, name: str, run: int, seq: int) -> bool:
        """Count message ``seq`` of the topic ``name``; returns whether it is newer than all before.

        Args:
            name: the topic.
            run: which start of its speaker it is of.
            seq: its number, counted from 1 by that start.
        """
        seen = self._seen.get(name)
        if seen is None or run != seen.run:
            if seen is not None:
                _count(self.restarts, name)
            self._seen[name] = _Seen(run, seq)
            return True
        ahead = seq - seen.newest
        if ahead == 1:
            seen.newest, seen.came = seq, (seen.came << 1 | 1) & _ALL
            return True
        if ahead > 1:
            _count(self.lost, name, ahead - 1)
            seen.newest, seen.came = seq, (seen.came << min(ahead, _REMEMBERED) | 1) & _ALL
            return True
        self._take_late(name, seen, seq)
        return False

    def copy(self) -> "Arrivals":
        """The counts as they are now."""
        copied = Arrivals()
        for name in ("lost", "duplicates", "reordered", "restarts"):
            setattr(copied, name, dict(getattr(self, name)))
        return copied

    def _take_late(self, name: str, seen: "_Seen", seq: int) -> None:
        age = seen.newest - seq
        if seq < seen.first or age >= _REMEMBERED:
            # Nobody waited for it, or it is too long ago to tell whether it came before.
            _count(self.reordered, name)
        elif seen.came >> age & 1:
            _count(self.duplicates, name)
        else:
            _count(self.reordered, name)
            _count(self.lost, name, -1)
            seen.came |= 1 << age


class _Seen:
    """What was heard of one topic."""

    __slots__ = ("came", "first", "newest", "run")

    def __init__(self, run: int, seq: int) -> None:
        self.run, self.first, self.newest = run, seq, seq
        self.came = 1  # bit i: the message i before the newest came


def _count(counts: dict[str, int], name: str, by: int = 1) -> None:
    counts[name] = counts.get(name, 0) + by
    if not counts[name]:
        del counts[name]
