"""What goes down to the headset: the newest words, and pictures that never queue up."""

import asyncio
import struct
from collections import deque

from aiohttp import web

H264_KEY, H264, JPEG = 1, 2, 3
_HEAD = struct.Struct("<B7xd")  # kind; when the picture was true, in milliseconds of our monotonic clock
_MOST_WAITING = 5  # pictures; a link this far behind is skipped to the next keyframe


class Downlink:
    """The sending half of one socket. Lives in the server's event loop."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        """Send through ``socket``."""
        self._socket = socket
        self._pictures: deque[tuple[int, bytes]] = deque()
        self._words: deque[str] = deque(maxlen=20)
        self._something = asyncio.Event()
        self._needs_key = True
        self.skipped = 0

    def say(self, text: str) -> None:
        """Send ``text`` soon."""
        self._words.append(text)
        self._something.set()

    def show(self, kind: int, sampled_ms: float, data: bytes) -> None:
        """Send a picture, unless the link is behind."""
        if kind == JPEG:
            self._pictures.clear()
        elif kind == H264_KEY:
            self._needs_key = False
        elif self._needs_key:
            return
        if len(self._pictures) >= _MOST_WAITING:
            self.skipped += len(self._pictures) + 1
            self._pictures.clear()
            self._needs_key = True
            return
        self._pictures.append((kind, _HEAD.pack(kind, sampled_ms) + data))
        self._something.set()

    async def run(self) -> None:
        """Send until the socket closes."""
        while not self._socket.closed:
            await self._something.wait()
            self._something.clear()
            while self._words or self._pictures:
                if self._words:
                    await self._socket.send_str(self._words.popleft())
                else:
                    await self._socket.send_bytes(self._pictures.popleft()[1])
