"""What goes down to the headset: the newest words, and pictures that never queue up."""

import asyncio
import struct
from collections import deque

from aiohttp import web

H264_KEY, H264, JPEG, FIGURE = 1, 2, 3, 4
# Kind; place of the camera; when the picture was true, in milliseconds of our monotonic clock.
_HEAD = struct.Struct("<BB6xd")
_MOST_WAITING = 5  # pictures of one camera; a link this far behind is skipped to the next keyframe


class _Stream:
    """The pictures of one camera that wait."""

    def __init__(self) -> None:
        self.waiting: deque[bytes] = deque()
        self.needs_key = True

    def put(self, kind: int, packed: bytes) -> int:
        """Take in a picture; returns how many were skipped for it."""
        if kind in (JPEG, FIGURE):
            self.waiting.clear()
        elif kind == H264_KEY:
            self.needs_key = False
        elif self.needs_key:
            return 0
        if len(self.waiting) >= _MOST_WAITING:
            skipped = len(self.waiting) + 1
            self.waiting.clear()
            self.needs_key = True
            return skipped
        self.waiting.append(packed)
        return 0


class Downlink:
    """The sending half of one socket. Lives in the server's event loop."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        """Send through ``socket``."""
        self._socket = socket
        self._streams: dict[int, _Stream] = {}
        self._words: deque[str] = deque(maxlen=20)
        self._something = asyncio.Event()
        self.skipped = 0

    def say(self, text: str) -> None:
        """Send ``text`` soon."""
        self._words.append(text)
        self._something.set()

    def show(self, kind: int, sampled_ms: float, data: bytes, place: int = 0) -> None:
        """Send a picture of the camera at ``place``, unless the link is behind."""
        stream = self._streams.setdefault(place, _Stream())
        self.skipped += stream.put(kind, _HEAD.pack(kind, place, sampled_ms) + data)
        self._something.set()

    async def run(self) -> None:
        """Send until the socket closes: words first, then the cameras in turn, the first place first."""
        while not self._socket.closed:
            await self._something.wait()
            self._something.clear()
            while self._words or any(stream.waiting for stream in self._streams.values()):
                while self._words:
                    await self._socket.send_str(self._words.popleft())
                for place in sorted(self._streams):
                    if self._streams[place].waiting:
                        await self._socket.send_bytes(self._streams[place].waiting.popleft())
