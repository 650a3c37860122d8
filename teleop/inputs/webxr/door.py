"""A headset that showed the invitation waits here until a person at the station lets it in, or does not."""

import asyncio
import contextlib
import secrets
from dataclasses import dataclass

from aiohttp import WSMsgType, web

WAIT_S = 60.0
_TURNED_AWAY = "the station did not let this headset in"


@dataclass(frozen=True)
class Knock:
    """Somebody waits."""

    id: str  # of this knock, so that a late answer opens to nobody else
    name: str
    address: str


class Door:
    """At most one headset waits at a time: an invitation is used up by knocking. Lives in the server's event loop."""

    def __init__(self) -> None:
        """Nobody waits."""
        self.knock: Knock | None = None
        self._answer: asyncio.Future[bool] | None = None

    async def wait(self, socket: web.WebSocketResponse, name: str, address: str) -> str:
        """Wait for an answer on behalf of ``socket``; empty if it is let in, else why it is not."""
        if self.knock is not None:
            return "another headset waits to be let in"
        self.knock = Knock(secrets.token_hex(3), name, address)
        answer = self._answer = asyncio.get_running_loop().create_future()
        with contextlib.suppress(ConnectionError):
            await socket.send_json({"type": "wait", "seconds": WAIT_S})
        gone = asyncio.create_task(_until_closed(socket))
        try:
            await asyncio.wait({answer, gone}, timeout=WAIT_S, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                return "it left"
            if not answer.done():
                return f"nobody at the station answered within {WAIT_S:.0f} s"
            return "" if answer.result() else _TURNED_AWAY
        finally:
            self.knock = self._answer = None
            gone.cancel()
            await asyncio.gather(gone, return_exceptions=True)

    def answer(self, knock_id: str, lets_in: bool) -> None:
        """Answer the headset that knocked with ``knock_id``; nobody else."""
        waiting = self.knock is not None and self.knock.id == knock_id
        if waiting and self._answer is not None and not self._answer.done():
            self._answer.set_result(lets_in)


async def _until_closed(socket: web.WebSocketResponse) -> None:
    """Read on, so that heartbeats are answered; what it says while it waits is nothing to us."""
    while not socket.closed:
        if (await socket.receive()).type in (
            WSMsgType.CLOSE,
            WSMsgType.CLOSING,
            WSMsgType.CLOSED,
            WSMsgType.ERROR,
        ):
            return
