"""What a thread that talks to a headset hands to the inputs role, and how it wakes it."""

import contextlib
import socket
from collections import deque
from typing import Generic, TypeVar

_MOST_WAITING = 500  # a stalled inputs role must not grow without end

Letter = TypeVar("Letter")


class Mailbox(Generic[Letter]):
    """One thread puts, another waits on ``source`` and takes."""

    def __init__(self) -> None:
        """Empty."""
        self._letters: deque[Letter] = deque(maxlen=_MOST_WAITING)
        self.source, self._waker = socket.socketpair()
        self.source.setblocking(False)
        self._waker.setblocking(False)

    def put(self, letter: Letter) -> None:
        """Hand over ``letter`` and wake whoever waits."""
        self._letters.append(letter)
        with contextlib.suppress(BlockingIOError, OSError):
            self._waker.send(b"\0")

    def take(self) -> list[Letter]:
        """All that was put since the last call, oldest first."""
        with contextlib.suppress(BlockingIOError):
            while self.source.recv(4096):
                pass
        taken: list[Letter] = []
        while self._letters:
            taken.append(self._letters.popleft())
        return taken

    def close(self) -> None:
        """Nobody waits any more."""
        self.source.close()
        self._waker.close()
