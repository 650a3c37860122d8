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
        self._rang = False  # set after the waker's byte was sent, cleared before it is read
        self.source, self._waker = socket.socketpair()
        self.source.setblocking(False)
        self._waker.setblocking(False)

    def put(self, letter: Letter) -> None:
        """Hand over ``letter`` and wake whoever waits."""
        self._letters.append(letter)
        if not self._rang:
            with contextlib.suppress(BlockingIOError, OSError):
                self._waker.send(b"\0")
            self._rang = True

    def take(self) -> list[Letter]:
        """All that was put since the last call, oldest first."""
        if not self._rang:
            return []
        self._rang = False
        with contextlib.suppress(BlockingIOError):
            self.source.recv(4096)
        taken: list[Letter] = []
        while self._letters:
            taken.append(self._letters.popleft())
        return taken

    def close(self) -> None:
        """Nobody waits any more."""
        self.source.close()
        self._waker.close()
