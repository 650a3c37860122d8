"""Speaking and hearing topics over ZeroMQ PUB/SUB, newest-only or all.

A message travels as three frames: topic, header, payload. The header is 20 bytes little-endian: ``run`` (u32,
random for each start of a speaker, so that a restart is not taken for a loss), ``seq`` (u64, stamped by the
speaker, per topic, from 1) and ``sampled_ns`` (i64, monotonic, when the content was true).
The log stores the payload unchanged and the header in MCAP's own ``sequence`` and ``publish_time``.

Newest-only is done here, by draining: ZMQ_CONFLATE tears multipart messages apart, and a high-water mark of 1
keeps the *oldest* message (measured; docs/decisions). What was lost, came twice or late is seen in ``seq`` and
counted (``twin.wire.arrivals``).
"""

import os
import secrets
import struct
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, TypeVar

import zmq

from twin.errors import StationError, WireError
from twin.station import Station
from twin.wire import codec
from twin.wire.arrivals import Arrivals
from twin.wire.clock import now_ns
from twin.wire.messages import Message
from twin.wire.topics import ROLES, topic

# As plain numbers: to join pyzmq's flags costs more than to send a message.
_EVENTS, _POLLIN = int(zmq.EVENTS), int(zmq.POLLIN)
_SNDMORE, _NOBLOCK = int(zmq.SNDMORE), int(zmq.NOBLOCK)
_HEADER = struct.Struct("<IQq")
_HIGH_WATER_MARK = 4000  # 8 s of 500 Hz: a slow listener loses and sees it, a speaker's memory stays bounded
_LARGEST_MESSAGE = 8 * 2**20

M = TypeVar("M", bound=Message)


class Heard(NamedTuple):
    """One message as it arrived."""

    topic: str
    seq: int
    sampled_ns: int  # monotonic; when the content was true
    received_ns: int  # monotonic; when this process took it from the socket
    payload: bytes

    def read(self, kind: type[M]) -> M:
        """The payload as the message ``kind``.

        Raises:
            WireError: it is not one.
        """
        return codec.decode(self.payload, kind)


def context() -> zmq.Context[zmq.Socket[bytes]]:
    """This process's ZeroMQ context."""
    made: zmq.Context[zmq.Socket[bytes]] = zmq.Context.instance()
    # A new thread of ZeroMQ reads its scheduling in two steps and aborts the process ("Invalid argument
    # (src/thread.cpp:315)") if ``be_urgent`` changes it in between; told what to take, it takes just that.
    made.set(zmq.THREAD_SCHED_POLICY, getattr(os, "SCHED_OTHER", 0))
    return made


def bind(socket: zmq.Socket[bytes], endpoint: str, largest_message: int = _LARGEST_MESSAGE) -> None:
    """Bind, or say who is in the way.

    Raises:
        StationError: the address is taken or may not be used.
    """
    socket.linger = 0
    socket.setsockopt(zmq.MAXMSGSIZE, largest_message)
    if endpoint.startswith("ipc://"):
        Path(endpoint.removeprefix("ipc://")).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        socket.bind(endpoint)
    except zmq.ZMQError as error:
        socket.close()
        raise StationError(
            f"cannot listen on {endpoint}: {os.strerror(error.errno or 0)}. Is another station running? "
            "Close it, or choose other ports with `base_port` in the settings"
        ) from error


def waits(socket: zmq.Socket[bytes]) -> bool:
    """Whether a message waits on ``socket``. To ask costs a tenth of the exception that finds none."""
    return bool(int(socket.get(_EVENTS)) & _POLLIN)


class Speaker:
    """A role's one voice. Owns the sequence numbers of everything it says. Any thread may speak."""

    def __init__(self, station: Station, role: str) -> None:
        """Bind the role's PUB socket.

        Raises:
            StationError: another process speaks for this role already.
        """
        self._role = role
        self._socket = context().socket(zmq.PUB)
        self._socket.sndhwm = _HIGH_WATER_MARK
        bind(self._socket, station.endpoint(role, "say"))
        self._seq: dict[str, int] = {}
        self._run = secrets.randbits(32)
        # A socket of ZeroMQ may go from thread to thread, but serves one at a time.
        self._speaking = threading.Lock()

    def say(self, name: str, message: Message, sampled_ns: int) -> int:
        """Say ``message`` on the topic ``name`` and return its sequence number."""
        return self.say_bytes(name, codec.encode(message), sampled_ns)

    def say_bytes(self, name: str, payload: bytes, sampled_ns: int) -> int:
        """Say an already encoded ``payload``; for command frames and pictures."""
        row = topic(name)
        if row.speaker != self._role:
            raise WireError(f"{self._role} may not speak on {name}: its speaker is {row.speaker}")
        with self._speaking:
            seq = self._seq.get(name, 0) + 1
            self._seq[name] = seq
            self._socket.send(name.encode(), _SNDMORE)
            self._socket.send(_HEADER.pack(self._run, seq, sampled_ns), _SNDMORE)
            self._socket.send(payload)
        return seq

    def close(self) -> None:
        """Fall silent."""
        self._socket.close()


class Listener:
    """Hears chosen topics of all roles, each message once and none after a newer one, and counts what was not so."""

    def __init__(self, station: Station, names: Iterable[str]) -> None:
        """Connect to the speakers of ``names``; a name that ends in "." hears all that begins with it."""
        self._socket = context().socket(zmq.SUB)
        self._socket.linger = 0
        self._socket.rcvhwm = _HIGH_WATER_MARK
        self._socket.setsockopt(zmq.MAXMSGSIZE, _LARGEST_MESSAGE)
        # A restarted role binds again within a second; do not wait longer and longer for it.
        self._socket.reconnect_ivl, self._socket.reconnect_ivl_max = 50, 200
        names = tuple(names)
        for name in names:
            self._socket.subscribe(name.encode())
        for role in sorted({role for name in names for role in _speakers(name)}):
            self._socket.connect(station.endpoint(role, "say"))
        self.arrivals = Arrivals()

    @property
    def socket(self) -> zmq.Socket[bytes]:
        """For ``Waiter``."""
        return self._socket

    def drain(self, at_most: int = 100_000) -> list[Heard]:
        """All that waits, oldest first, without waiting."""
        heard: list[Heard] = []
        # A speaker sends three frames, and ZeroMQ delivers all of a message or nothing: to ask after each frame
        # whether another follows, as recv_multipart does, costs three times as much as the frames.
        receive = self._socket.recv
        while len(heard) < at_most and waits(self._socket):
            try:
                about, header, payload = receive(_NOBLOCK), receive(_NOBLOCK), receive(_NOBLOCK)
            except zmq.Again:
                break
            received_ns, name = now_ns(), about.decode()
            run, seq, sampled_ns = _HEADER.unpack(header)
            if self.arrivals.take(name, run, seq):
                heard.append(Heard(name, seq, sampled_ns, received_ns, payload))
        return heard

    def newest(self) -> dict[str, Heard]:
        """The newest waiting message of each topic, without waiting."""
        return {heard.topic: heard for heard in self.drain()}

    def close(self) -> None:
        """Stop hearing."""
        self._socket.close()


def _speakers(name: str) -> tuple[str, ...]:
    if not name or name.endswith("."):
        from twin.wire.topics import TOPICS

        found = {row.speaker for row in TOPICS.values() if row.name.startswith(name)}
        if not name or name.startswith("camera"):
            found.add("cameras")
        return tuple(found & set(ROLES))
    return (topic(name).speaker,)


class Waiter:
    """Sleeps until one of several sockets or file descriptors has something, or until a time has come."""

    def __init__(self) -> None:
        self._poller = zmq.Poller()

    def add(self, source: zmq.Socket[bytes] | int) -> None:
        """Wake on ``source``: a socket, or a file descriptor such as the lifeline's."""
        self._poller.register(source, zmq.POLLIN)

    def wait(self, until_ns: int) -> list[zmq.Socket[bytes] | int]:
        """Return when anything arrived, or at ``until_ns`` (monotonic) at the latest; and where it did."""
        remaining_ns = until_ns - now_ns()
        # poll() counts whole milliseconds; round up and let the caller's clock decide what is due.
        found = self._poller.poll(-(-remaining_ns // 1_000_000) if remaining_ns > 0 else 0)
        return [source for source, _ in found]
