"""The HTTPS and WebSocket server that a headset's browser meets. Lives in one event loop."""

import asyncio
import contextlib
import datetime
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from aiohttp import WSMessage, WSMsgType, web

from teleop.inputs.webxr.certificate import Certificate
from teleop.inputs.webxr.door import Door
from teleop.inputs.webxr.downlink import Downlink
from teleop.inputs.webxr.pages import headers, load_pages
from teleop.inputs.webxr.pairing import Doorkeeper, Paired, printable
from twin.wire.clock import NS_PER_MS, NS_PER_S, now_ns

LARGEST_MESSAGE = 1 << 16
HELLO_WITHIN_S = 5.0
MOST_STRANGERS = 8  # sockets that have not said who they are
FASTEST_HZ = 400  # messages of one headset
HEARTBEAT_S = 2.0
FAREWELL_S = 1.0  # so long a headset has to answer that the socket is closed
# Close codes that the page tells people about.
NOT_PAIRED, BUSY, TOO_FAST, REVOKED, TAKEN_OVER = 4401, 4409, 4429, 4403, 4410

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
# Number of the session, what ("linked", "frame", "event", "gone"), content, when.
Arrived = Callable[[int, str, Any, int], None]


class Session:
    """The one headset that is linked."""

    def __init__(self, number: int, device: Paired, socket: web.WebSocketResponse, video: str) -> None:
        """Begin."""
        self.number = number
        self.device, self.socket, self.video = device, socket, video
        self.downlink = Downlink(socket)


class Server:
    """Serves the page, judges who may link, and hands on what the linked headset says."""

    def __init__(self, doorkeeper: Doorkeeper, hosts: tuple[str, ...], arrived: Arrived) -> None:
        """Serve browsers that came to one of ``hosts`` (without port); frames go to ``arrived``."""
        self._doorkeeper, self._names, self._arrived = doorkeeper, hosts, arrived
        self._hosts: frozenset[str] = frozenset()
        self._pages = load_pages()
        self._authority = b""
        self._strangers = self._sessions = 0
        self.session: Session | None = None
        self.session_changed: Callable[[], None] = lambda: (
            None
        )  # is called after another, or other wishes of it
        self.door = Door()
        self.left_ns = now_ns()  # when the last headset left
        self._runner: web.AppRunner | None = None

    async def start(self, address: str, port: int, certificate: Certificate) -> None:
        """Listen.

        Raises:
            OSError: the address cannot be listened on.
        """
        self._hosts = frozenset(f"{name}:{port}" for name in self._names) | (
            frozenset(self._names) if port == 443 else frozenset()
        )
        self._authority = certificate.authority.read_bytes()
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.minimum_version = ssl.TLSVersion.TLSv1_2
        tls.load_cert_chain(certificate.chain, certificate.key)
        application = web.Application(middlewares=[self._guarded], client_max_size=LARGEST_MESSAGE)
        application.add_routes([web.get("/link", self._link), web.get("/{name:.*}", self._page)])
        self._runner = web.AppRunner(application, access_log=None, keepalive_timeout=15)
        await self._runner.setup()
        await web.TCPSite(self._runner, address, port, ssl_context=tls, backlog=16).start()

    async def stop(self) -> None:
        """Close everything."""
        if self.session is not None:
            await self.session.socket.close(code=1001, message=b"the link was closed")
        if self._runner is not None:
            await self._runner.cleanup()

    async def drop(self, device_id: str) -> None:
        """Close the session of a headset that was revoked."""
        if self.session is not None and self.session.device.id == device_id:
            await self.session.socket.close(code=REVOKED, message=b"revoked")

    @web.middleware
    async def _guarded(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        # A name that is not ours: another site's name was made to point here (DNS rebinding).
        if request.host not in self._hosts:
            raise web.HTTPMisdirectedRequest(text="this address is not served here")
        return await handler(request)

    async def _page(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/authority.pem":
            return web.Response(
                body=self._authority,
                content_type="application/x-x509-ca-cert",
                headers=headers(request.host),
            )
        page = self._pages.get(request.path)
        if page is None:
            raise web.HTTPNotFound(headers=headers(request.host))
        return web.Response(
            body=page.content,
            content_type=page.content_type,
            charset="utf-8",
            headers=headers(request.host),
        )

    async def _link(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Origin") != f"https://{request.host}":
            raise web.HTTPForbidden(text="only the page itself may link")
        if self._strangers >= MOST_STRANGERS:
            raise web.HTTPServiceUnavailable(text="too many at the door")
        socket = web.WebSocketResponse(
            timeout=FAREWELL_S, heartbeat=HEARTBEAT_S, compress=False, max_msg_size=LARGEST_MESSAGE
        )
        self._strangers += 1
        try:
            await socket.prepare(request)
            session, secret = await self._welcomed(socket, request.remote or "")
        finally:
            self._strangers -= 1
        if session is not None:
            await self._serve(session, secret)
        return socket

    async def _welcomed(self, socket: web.WebSocketResponse, address: str) -> tuple[Session | None, str]:
        """The session of whoever could show that it may link, and its new secret; else the socket is closed."""
        hello = await _hello(socket)
        if hello is None:
            await socket.close(code=NOT_PAIRED, message=b"not paired")
            return None, ""
        before = self.session
        if before is not None:
            known = self._doorkeeper.devices.with_secret(hello.get("secret", ""))
            if known is None or known.id != before.device.id:
                await socket.close(code=BUSY, message=b"another headset is linked")
                return None, ""
            # The same headset again: its old socket died unnoticed, as Wi-Fi roams.
            await before.socket.close(code=TAKEN_OVER, message=b"linked again")
            if self.session is not None and self.session is not before:
                await socket.close(code=BUSY, message=b"another headset is linked")
                return None, ""
        device, secret, reason = await self._judged(socket, hello, address)
        if device is None:
            await socket.close(code=NOT_PAIRED, message=reason.encode()[:120])
            return None, ""
        if self.session is not None and self.session is not before:  # while this one waited at the door
            await socket.close(code=BUSY, message=b"another headset is linked")
            return None, ""
        self._sessions += 1
        self.session = Session(
            self._sessions, device, socket, "jpeg" if hello.get("video") == "jpeg" else "h264"
        )
        return self.session, secret

    async def _judged(
        self, socket: web.WebSocketResponse, hello: dict[str, str], address: str
    ) -> tuple[Paired | None, str, str]:
        """The device that may link, its secret if it was paired just now, and else why it may not."""
        verdict = self._doorkeeper.judge(hello, address, now_ns())
        if not verdict.is_invited:
            return verdict.device, "", verdict.reason
        name = printable(hello.get("name", ""))
        if reason := await self.door.wait(socket, name, address):
            return None, "", reason
        written = datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
        return *self._doorkeeper.devices.add(name, address, written), ""

    async def _serve(self, session: Session, secret: str) -> None:
        """Hand on what the headset says until it is gone."""
        self._arrived(session.number, "linked", session.device, now_ns())
        sending = asyncio.create_task(session.downlink.run())
        try:
            session.downlink.say(_json(type="welcome", secret=secret, name=session.device.name))
            self.session_changed()
            await self._listen(session)
        finally:
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await sending
            if self.session is session:
                self.session = None
                self.left_ns = now_ns()
                self.session_changed()
            self._arrived(session.number, "gone", session.device, now_ns())

    async def _listen(self, session: Session) -> None:
        second_ns, count = 0, 0
        async for message in session.socket:
            at_ns = now_ns()
            if at_ns - second_ns > NS_PER_S:
                second_ns, count = at_ns, 0
            count += 1
            if count > FASTEST_HZ:
                await session.socket.close(code=TOO_FAST, message=b"too many messages")
                return
            if message.type is WSMsgType.BINARY:
                self._arrived(session.number, "frame", message.data, at_ns)
            elif message.type is WSMsgType.TEXT:
                self._hear(session, _read(message), at_ns)

    def _hear(self, session: Session, said: dict[str, Any], at_ns: int) -> None:
        match said.get("type"):
            case "ping":
                received, sent = at_ns / NS_PER_MS, now_ns() / NS_PER_MS
                session.downlink.say(_json(type="pong", sent=said.get("sent"), received=received, now=sent))
            case "event":
                self._arrived(session.number, "event", str(said.get("what", ""))[:200], at_ns)
            case "video":
                session.video = "jpeg" if said.get("codec") == "jpeg" else "h264"
                self.session_changed()


async def _hello(socket: web.WebSocketResponse) -> dict[str, str] | None:
    """What a stranger says first, if it says anything of the right form in time."""
    try:
        said = _read(await asyncio.wait_for(socket.receive(), HELLO_WITHIN_S))
    except TimeoutError:
        return None
    if said.get("type") != "hello":
        return None
    return {name: value for name, value in said.items() if isinstance(value, str)}


def _read(message: WSMessage) -> dict[str, Any]:
    if message.type is not WSMsgType.TEXT:
        return {}
    try:
        said = msgspec.json.decode(message.data)
    except (msgspec.DecodeError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _json(**values: object) -> str:
    return msgspec.json.encode(values).decode()
