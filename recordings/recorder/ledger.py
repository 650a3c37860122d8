"""Counts what was heard on each topic and what is missing, from the speakers' sequence numbers."""

import msgspec

from twin.wire.arrivals import Arrivals

_SEQUENCE_BITS = 32  # what MCAP keeps of a sequence number


class TopicCount(msgspec.Struct, kw_only=True):
    """What a take holds of one topic, and what it lacks."""

    messages: int = 0
    lost: int = 0  # numbers that never arrived
    dropped: int = 0  # pictures left out because the disk was too slow
    duplicates: int = 0  # came again, and were left out
    reordered: int = 0  # came after a newer one, and were left out: they count as lost too
    restarts: int = 0  # how often the speaker began to count anew
    first_seq: int = 0
    last_seq: int = 0


def log_sequence(seq: int) -> int:
    """``seq`` as MCAP's 32-bit sequence field holds it."""
    return seq & (1 << _SEQUENCE_BITS) - 1


class Ledger:
    """The counts of one take. One thread notes; others may look."""

    def __init__(self) -> None:
        self.topics: dict[str, TopicCount] = {}

    def note(self, topic: str, seq: int) -> None:
        """A message with this number was written."""
        count = self.topics.get(topic)
        if count is None:
            self.topics[topic] = TopicCount(messages=1, first_seq=seq, last_seq=seq)
            return
        self._gap(count, seq)
        count.messages += 1

    def note_dropped(self, topic: str, seq: int) -> None:
        """A message with this number arrived and was left out on purpose."""
        count = self.topics.setdefault(topic, TopicCount(first_seq=seq, last_seq=seq - 1))
        self._gap(count, seq)
        count.dropped += 1

    def note_arrivals(self, before: Arrivals, after: Arrivals) -> None:
        """What came twice or late between two moments of the listener that was written from."""
        for name, count in self.topics.items():
            count.duplicates += after.duplicates.get(name, 0) - before.duplicates.get(name, 0)
            count.reordered += after.reordered.get(name, 0) - before.reordered.get(name, 0)

    @staticmethod
    def _gap(count: TopicCount, seq: int) -> None:
        if seq > count.last_seq:
            count.lost += seq - count.last_seq - 1
        else:
            count.restarts += 1
        count.last_seq = seq

    @property
    def messages(self) -> int:
        """Written in all."""
        return sum(count.messages for count in list(self.topics.values()))

    @property
    def lost(self) -> int:
        """Missing in all; pictures dropped on purpose count too."""
        return sum(count.lost + count.dropped for count in list(self.topics.values()))

    def as_metadata(self) -> dict[str, str]:
        """One entry per topic, for an MCAP metadata record."""
        return {name: msgspec.json.encode(count).decode() for name, count in sorted(self.topics.items())}


def from_metadata(values: dict[str, str]) -> dict[str, TopicCount]:
    """The counts in a metadata record written by ``Ledger.as_metadata``.

    Raises:
        msgspec.MsgspecError: it is not one.
    """
    return {name: msgspec.json.decode(text, type=TopicCount) for name, text in values.items()}
