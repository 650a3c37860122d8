"""The two channels that go straight to the robot agent: commands, and STOP. Single frames, never queued for later.

Commands: DEALER to ROUTER with IMMEDIATE, so that nothing waits for a robot that is not there; the routing id
is the client id the lease was given to, so the agent knows the sender of every frame.
STOP: its own socket, three sendings 5 ms apart, repeated until the agent acknowledges (SAFETY STOP-4).
"""

import contextlib
import secrets
from typing import NamedTuple

import zmq

from twin.errors import WireError
from twin.station import Station
from twin.wire import codec
from twin.wire.bus import bind, context, waits
from twin.wire.clock import NS_PER_MS, now_ns
from twin.wire.messages import StopAcknowledged, StopRequest

_LARGEST_COMMAND = 65_536


def new_client_id() -> bytes:
    """16 random bytes; the first is not zero, because ZeroMQ keeps ids that begin with zero for itself."""
    return bytes([secrets.randbelow(255) + 1]) + secrets.token_bytes(15)


class CommandSender:
    """Control's line to the robot."""

    def __init__(self, station: Station, client_id: bytes) -> None:
        """Connect as ``client_id``, under which the lease is asked for."""
        self._socket = context().socket(zmq.DEALER)
        self._socket.linger = 0
        self._socket.immediate = True
        self._socket.sndhwm = 10
        self._socket.setsockopt(zmq.ROUTING_ID, client_id)
        self._socket.reconnect_ivl, self._socket.reconnect_ivl_max = 20, 200
        self._socket.connect(station.endpoint("robot", "command"))

    def send(self, frame: bytes) -> bool:
        """Send, or say False if the robot is not there; the frame is then gone for good."""
        try:
            self._socket.send(frame, zmq.NOBLOCK)
        except zmq.Again:
            return False
        return True

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


class ReceivedFrame(NamedTuple):
    """A frame, from whom, and when."""

    client_id: bytes
    frame: bytes
    received_ns: int


class CommandReceiver:
    """The robot agent's ear for commands."""

    def __init__(self, station: Station) -> None:
        """Bind the command socket."""
        self._socket = context().socket(zmq.ROUTER)
        bind(self._socket, station.endpoint("robot", "command"), _LARGEST_COMMAND)

    @property
    def socket(self) -> zmq.Socket[bytes]:
        """For ``Waiter``."""
        return self._socket

    def drain(self, at_most: int = 200) -> list[ReceivedFrame]:
        """Frames that wait, oldest first; a flood is left for the next tick after ``at_most``."""
        received: list[ReceivedFrame] = []
        while len(received) < at_most and waits(self._socket):
            try:
                parts = self._socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                break
            # Anything but one frame is refused by its length like any other malformed command.
            received.append(ReceivedFrame(parts[0], b"".join(parts[1:]), now_ns()))
        return received

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()


class StopReceiver:
    """The robot agent's ear for STOP."""

    def __init__(self, station: Station) -> None:
        """Bind the stop socket."""
        self._socket = context().socket(zmq.ROUTER)
        bind(self._socket, station.endpoint("robot", "stop"), _LARGEST_COMMAND)

    @property
    def socket(self) -> zmq.Socket[bytes]:
        """For ``Waiter``."""
        return self._socket

    def drain(self, at_most: int = 200) -> list[tuple[bytes, StopRequest]]:
        """Stops that wait, each with the id to acknowledge to. A malformed one is still a stop: HOLD."""
        stops: list[tuple[bytes, StopRequest]] = []
        while len(stops) < at_most and waits(self._socket):
            try:
                parts = self._socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                break
            try:
                stop = codec.decode(b"".join(parts[1:]), StopRequest)
            except WireError:
                stop = StopRequest(source="unreadable stop message")
            stops.append((parts[0], stop))
        return stops

    def acknowledge(self, client_id: bytes, acknowledged: StopAcknowledged) -> None:
        """Tell the sender what is latched now."""
        self._socket.send_multipart((client_id, codec.encode(acknowledged)), zmq.NOBLOCK)

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()


class StopSender:
    """One button's line to the robot agent. ``press`` at once, then ``tick`` often until acknowledged."""

    REPEAT_NS = 5 * NS_PER_MS
    FIRST_BURST = 3

    def __init__(self, station: Station, source: str) -> None:
        """Connect; ``source`` is named in the robot's log, e.g. "window"."""
        self._socket = context().socket(zmq.DEALER)
        self._socket.linger = 0
        self._socket.reconnect_ivl, self._socket.reconnect_ivl_max = 20, 200
        self._socket.sndhwm = 100
        self._socket.connect(station.endpoint("robot", "stop"))
        self._source = source
        self._pending: StopRequest | None = None
        self._sent = 0
        self._next_ns = 0

    @property
    def socket(self) -> zmq.Socket[bytes]:
        """For ``Waiter``."""
        return self._socket

    @property
    def pending(self) -> StopRequest | None:
        """The press that no robot has acknowledged yet."""
        return self._pending

    def press(self, level: str, pressed_ns: int) -> StopRequest:
        """Send a stop of ``level`` now; keep calling ``tick``."""
        self._pending = StopRequest(
            level=level, source=self._source, stop_id=secrets.randbits(62), pressed_ns=pressed_ns
        )
        self._sent, self._next_ns = 0, 0
        self.tick(now_ns())
        return self._pending

    def tick(self, at_ns: int) -> StopAcknowledged | None:
        """Repeat what is pending (3 times at 5 ms, then each 50 ms) and return its acknowledgement once it came."""
        acknowledged: StopAcknowledged | None = None
        while waits(self._socket):
            try:
                said = codec.decode(self._socket.recv(zmq.NOBLOCK), StopAcknowledged)
            except zmq.Again:
                break
            if self._pending and said.stop_id == self._pending.stop_id:
                acknowledged, self._pending = said, None
        if self._pending and at_ns >= self._next_ns:
            # With nobody there to hear it, it stays pending and is shown as not acknowledged.
            with contextlib.suppress(zmq.Again):
                self._socket.send(codec.encode(self._pending), zmq.NOBLOCK)
            self._sent += 1
            self._next_ns = at_ns + (self.REPEAT_NS if self._sent < self.FIRST_BURST else 50 * NS_PER_MS)
        return acknowledged

    def close(self) -> None:
        """Hang up."""
        self._socket.close()
