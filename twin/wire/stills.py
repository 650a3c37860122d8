"""Single pictures (JPEG), from the cameras straight to whoever asks for them, beside the topics that are recorded.

Who subscribes asks: while nobody does, no picture is encoded, and one that is encoded is so once, for all. A listener
that dies stops asking with its connection.
"""

import struct
from typing import NamedTuple

import zmq

from twin.station import Station
from twin.wire.bus import bind, context, waits
from twin.wire.clock import NS_PER_MS, now_ns

# The cameras that are a person's eyes: one for both, or one for each. Their stills come as often as their video.
EYES = ("head", "head_left", "head_right")
SMALL_EVERY_NS = 150 * NS_PER_MS  # of all other cameras, which are shown small

_HEADER = struct.Struct("<q")
_SNDMORE, _NOBLOCK = int(zmq.SNDMORE), int(zmq.NOBLOCK)
_HIGH_WATER_MARK = 16  # pictures; what a listener that falls behind skips are the newest ones
_ASKS = 1  # first byte of what XPUB says of a listener that comes


class Still(NamedTuple):
    """One picture."""

    camera: str
    sampled_ns: int  # monotonic; when it was true
    jpeg: bytes


class StillsSpeaker:
    """The cameras' side."""

    def __init__(self, station: Station) -> None:
        """Bind.

        Raises:
            StationError: another process shows this station's stills already.
        """
        self._socket = context().socket(zmq.XPUB)
        self._socket.sndhwm = _HIGH_WATER_MARK
        bind(self._socket, station.endpoint("cameras", "stills"))
        self._asked = False
        self._shown_ns: dict[str, int] = {}

    def is_due(self, camera: str, at_ns: int) -> bool:
        """Whether somebody wants a picture of ``camera`` at ``at_ns``."""
        self._hear()
        if not self._asked:
            return False
        return camera in EYES or at_ns - self._shown_ns.get(camera, -SMALL_EVERY_NS) >= SMALL_EVERY_NS

    def _hear(self) -> None:
        while waits(self._socket):
            said = self._socket.recv(zmq.NOBLOCK)
            self._asked = said[0] == _ASKS  # XPUB tells of the first that comes and the last that goes

    def show(self, camera: str, jpeg: bytes, sampled_ns: int) -> None:
        """Give the picture of ``camera`` that was true at ``sampled_ns`` to all who asked."""
        self._shown_ns[camera] = now_ns()
        self._socket.send(camera.encode(), _SNDMORE)
        self._socket.send(_HEADER.pack(sampled_ns), _SNDMORE)
        self._socket.send(jpeg)

    def close(self) -> None:
        """Fall silent."""
        self._socket.close()


class StillsListener:
    """The other side: asks for the stills of all cameras, or for none."""

    def __init__(self, station: Station) -> None:
        """Connect, and ask for none."""
        self._socket = context().socket(zmq.SUB)
        self._socket.linger = 0
        self._socket.rcvhwm = _HIGH_WATER_MARK
        self._socket.reconnect_ivl, self._socket.reconnect_ivl_max = 50, 200
        self._socket.connect(station.endpoint("cameras", "stills"))
        self._asks = False

    @property
    def socket(self) -> zmq.Socket[bytes]:
        """For ``Waiter``."""
        return self._socket

    def ask(self, asks: bool) -> None:
        """Ask from now on, or no longer."""
        if asks != self._asks:
            self._asks = asks
            (self._socket.subscribe if asks else self._socket.unsubscribe)(b"")

    def newest(self) -> list[Still]:
        """The newest picture of each camera that came since the last call, without waiting."""
        found: dict[str, Still] = {}
        receive = self._socket.recv
        while waits(self._socket):
            name, header, jpeg = receive(_NOBLOCK).decode(), receive(_NOBLOCK), receive(_NOBLOCK)
            (sampled_ns,) = _HEADER.unpack(header)
            found[name] = Still(name, sampled_ns, jpeg)
        return list(found.values())

    def close(self) -> None:
        """Stop asking."""
        self._socket.close()
