"""What a thread that talks to a headset hands to the inputs role: taken at once by that thread, or by the role's own.

To wake another thread of Python costs a fifth of a millisecond; so whoever brings a letter may open it as well.
"""

import contextlib
import os
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

_MOST_WAITING = 500  # a stalled inputs role must not grow without end

Letter = TypeVar("Letter")


class Mailbox(Generic[Letter]):
    """One thread puts, another waits on ``source`` and takes, unless ``at_once`` took already."""

    def __init__(self) -> None:
        """Empty."""
        # Takes and uses what there is, in the thread that put it; False if that cannot be now.
        self.at_once: Callable[[], bool] = lambda: False
        self._letters: deque[Letter] = deque(maxlen=_MOST_WAITING)
        self._rang = False  # set after the bell was rung, cleared before it is silenced
        self.source = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)  # half as dear as a pair of sockets

    def put(self, letter: Letter) -> None:
        """Hand over ``letter``, and wake whoever waits if it is not taken at once."""
        self._letters.append(letter)
        if not self.at_once() and not self._rang:
            with contextlib.suppress(OSError):
                os.eventfd_write(self.source, 1)
            self._rang = True

    def take(self) -> list[Letter]:
        """All that was put since the last call, oldest first."""
        if self._rang:
            self._rang = False
            with contextlib.suppress(BlockingIOError):
                os.eventfd_read(self.source)
        taken: list[Letter] = []
        while self._letters:
            taken.append(self._letters.popleft())
        return taken

    def close(self) -> None:
        """Nobody waits any more."""
        source, self.source = self.source, -1
        if source >= 0:
            os.close(source)
