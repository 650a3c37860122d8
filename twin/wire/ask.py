"""Asking a role for something and being answered: yes, or no with a reason, or no answer in time."""

import contextlib
from collections.abc import Callable, Mapping

import zmq

from twin.errors import NoAnswer, RequestRefused, WireError
from twin.station import Station
from twin.wire import codec
from twin.wire.bus import bind, context, waits
from twin.wire.messages import Answered, Argument, Reply, Request

Answer = Callable[[Request], Reply]


def arguments(values: Mapping[str, object]) -> tuple[Argument, ...]:
    """Named values as a message carries them."""
    return tuple(Argument(name=name, value=str(value)) for name, value in values.items())


def named(pairs: tuple[Argument, ...]) -> dict[str, str]:
    """The values of ``pairs`` by name."""
    return {pair.name: pair.value for pair in pairs}


def answered(request: Request, reply: Reply) -> Answered:
    """What was asked and answered, to be said aloud so that a take holds it."""
    return Answered(
        action=request.action,
        sender=request.sender,
        arguments=request.arguments,
        accepted=reply.accepted,
        reason=reply.reason,
    )


class Answerer:
    """A role's ear for requests."""

    def __init__(self, station: Station, role: str) -> None:
        """Bind the role's request socket."""
        self._socket = context().socket(zmq.ROUTER)
        bind(self._socket, station.endpoint(role, "request"))

    @property
    def socket(self) -> zmq.Socket[bytes]:
        """For ``Waiter``."""
        return self._socket

    def answer_all(self, answer: Answer) -> list[tuple[Request, Reply]]:
        """Answer everything that waits with ``answer``; returns what was asked and said."""
        done: list[tuple[Request, Reply]] = []
        while waits(self._socket):
            try:
                sender, number, payload = self._socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                break
            except ValueError:
                continue  # not three frames: not one of ours, and there is nobody to answer
            try:
                request = codec.decode(payload, Request)
            except WireError as error:
                self._socket.send_multipart((sender, number, codec.encode(Reply(reason=str(error)))))
                continue
            reply = answer(request)
            self._socket.send_multipart((sender, number, codec.encode(reply)))
            done.append((request, reply))
        return done

    def close(self) -> None:
        """Stop answering."""
        self._socket.close()


class Asker:
    """Asks one role. Not for threads; make one per asker."""

    def __init__(self, station: Station, role: str, sender: str, client_id: bytes = b"") -> None:
        """Connect to ``role``; ``sender`` is who asks, for people to read."""
        self._role, self._sender, self._client_id = role, sender, client_id
        self._socket = context().socket(zmq.DEALER)
        self._socket.linger = 0
        self._socket.reconnect_ivl, self._socket.reconnect_ivl_max = 20, 200
        self._socket.connect(station.endpoint(role, "request"))
        self._number = 0

    @property
    def socket(self) -> zmq.Socket[bytes]:
        """For ``Waiter``; replies are fetched with ``replies``."""
        return self._socket

    def post(self, action: str, **values: object) -> int:
        """Ask without waiting; returns the number under which the reply will come.

        While nobody is there to hear it, questions queue up to ZeroMQ's mark and are lost beyond it: who asks
        may drive a robot, and must not stand still for it.
        """
        self._number += 1
        request = Request(
            action=action, sender=self._sender, client_id=self._client_id, arguments=arguments(values)
        )
        with contextlib.suppress(zmq.Again):
            self._socket.send_multipart(
                (self._number.to_bytes(8, "little"), codec.encode(request)), zmq.NOBLOCK
            )
        return self._number

    def replies(self) -> list[tuple[int, Reply]]:
        """All replies that wait, with the numbers of their requests."""
        found: list[tuple[int, Reply]] = []
        while waits(self._socket):
            try:
                number, payload = self._socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                break
            found.append((int.from_bytes(number, "little"), codec.decode(payload, Reply)))
        return found

    def ask(self, action: str, timeout_s: float = 2.0, **values: object) -> dict[str, str]:
        """Ask and wait for a yes; returns the reply's results.

        Raises:
            RequestRefused: the answer is no; the text is the reason.
            NoAnswer: there was none within ``timeout_s``.
        """
        mine = self.post(action, **values)
        while self._socket.poll(int(timeout_s * 1000)):
            for number, reply in self.replies():
                if number != mine:
                    continue  # a late answer to an earlier question
                if not reply.accepted:
                    raise RequestRefused(reply.reason)
                return named(reply.results)
        raise NoAnswer(
            f"{self._role} did not answer {action!r} within {timeout_s:g} s; is the station running?"
        )

    def close(self) -> None:
        """Stop asking."""
        self._socket.close()
