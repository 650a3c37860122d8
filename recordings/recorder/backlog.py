"""What waits to be written. When the disk is too slow, pictures give way; joints and events never do."""

import threading
from collections import deque
from collections.abc import Sequence

from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_S

_MOST_BYTES = 256 * 2**20
_LONGEST_NS = 5 * NS_PER_S

Batch = tuple[list[Heard], list[Heard]]  # to be written, dropped


class Backlog:
    """A queue of messages from the recorder's loop to the thread that writes."""

    def __init__(self, most_bytes: int = _MOST_BYTES, longest_ns: int = _LONGEST_NS) -> None:
        self._most_bytes, self._longest_ns = most_bytes, longest_ns
        self._batches: deque[tuple[Batch, int]] = deque()
        self._bytes = 0
        self._closed = False
        self._changed = threading.Condition()

    def put(self, batch: Sequence[Heard]) -> None:
        """Hand ``batch`` over; pictures in it are dropped while the backlog is too long."""
        if not batch:
            return
        with self._changed:
            written, dropped = list(batch), []
            if self._too_long(batch[-1].received_ns):
                written = [heard for heard in batch if not heard.topic.startswith("camera.")]
                dropped = [heard for heard in batch if heard.topic.startswith("camera.")]
            size = sum(len(heard.payload) for heard in written)
            self._batches.append(((written, dropped), size))
            self._bytes += size
            self._changed.notify()

    def _too_long(self, newest_ns: int) -> bool:
        if not self._batches:
            return False
        (written, _), _ = self._batches[0]
        waited_ns = newest_ns - written[0].received_ns if written else 0
        return self._bytes > self._most_bytes or waited_ns > self._longest_ns

    def close(self) -> None:
        """Nothing more will come."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def get(self, timeout_s: float) -> Batch | None:
        """The oldest batch; empty lists after ``timeout_s`` without any; None once closed and empty."""
        with self._changed:
            if not self._batches and not self._closed:
                self._changed.wait(timeout_s)
            if self._batches:
                batch, size = self._batches.popleft()
                self._bytes -= size
                return batch
            return None if self._closed else ([], [])
