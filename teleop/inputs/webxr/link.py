"""The headset link as the inputs role sees it: opened and closed, and a queue of what arrived.

The server runs in a thread of its own. Nothing here waits for it: opening takes a while (certificate, imports),
and the other devices are polled on.
"""

import asyncio
import contextlib
import datetime
import logging
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import uvloop

from teleop.inputs.webxr.addresses import host_names
from teleop.inputs.webxr.door import Knock
from teleop.inputs.webxr.pairing import Doorkeeper, Invitation, Paired, PairedDevices
from teleop.inputs.xr.mailbox import Mailbox
from twin import places
from twin.errors import StationError
from twin.station import Station
from twin.wire.clock import NS_PER_S, now_ns

if TYPE_CHECKING:
    from teleop.inputs.webxr.server import Server

IDLE_NS = 600 * NS_PER_S
_LOOK_S = 0.25

log = logging.getLogger(__name__)


class Arrival(NamedTuple):
    """Something that came from the headset."""

    session: int
    what: str  # linked | frame | event | gone
    content: Any  # Paired, bytes, str, Paired
    at_ns: int


@dataclass(frozen=True)
class LinkState:
    """How the link is doing."""

    state: str = "off"  # off | opening | open | failed
    reason: str = ""  # why it is off or failed, for a person
    address: str = ""
    port: int = 0
    fingerprint: str = ""
    device: Paired | None = None  # that is linked now

    def url(self, token: str = "") -> str:
        """What the headset opens. What stands behind # stays in the browser and reaches no log."""
        host = "localhost" if self.address == "127.0.0.1" else self.address
        return f"https://{host}:{self.port}/" + (
            f"#{token}.{self.fingerprint.replace(':', '')}" if token else ""
        )


class HeadsetLink:
    """At most one open server."""

    def __init__(self, station: Station) -> None:
        """Off.

        Raises:
            StationError: the list of paired headsets cannot be used.
        """
        self._station = station
        self.folder = places.config_folder() / "headset"
        self.doorkeeper = Doorkeeper(PairedDevices(self.folder / "paired.json"))
        self.state = LinkState()
        self.mailbox: Mailbox[Arrival] = Mailbox()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: Server | None = None
        self._end: asyncio.Event | None = None
        self._wanted = False
        self._end_reason = ""

    def open(self, address: str, port: int, at_ns: int) -> Invitation:
        """Invite anew, and begin to listen on ``address`` if that is not done already.

        Raises:
            StationError: it listens elsewhere.
        """
        if self.state.state in ("opening", "open"):
            if (address, port) != (self.state.address, self.state.port):
                raise StationError(f"the headset link is open on {self.state.url()}: close it first")
            return self.doorkeeper.invite(at_ns)
        if self._thread is not None:
            self._thread.join(2.0)  # it is ending already
        self.state = LinkState("opening", "", address, port)
        self._wanted = True
        self._thread = threading.Thread(target=self._run, args=(address, port), name="headset", daemon=True)
        self._thread.start()
        return self.doorkeeper.invite(at_ns)

    def close(self, reason: str) -> None:
        """Close the link; ``reason`` is told to people."""
        self.doorkeeper.invitation = None
        self._end_reason, self._wanted = reason, False
        self._call(self._set_end)

    def end(self) -> None:
        """Close the link and wait until its thread is gone."""
        self.close("the inputs role ended")
        if self._thread is not None:
            self._thread.join(3.0)
        self.mailbox.close()

    def revoke(self, device_id: str) -> Paired | None:
        """Forget a paired headset, and close its session; None if there is none of this id."""
        revoked = self.doorkeeper.devices.revoke(device_id)
        if revoked is not None and self._server is not None and self._loop is not None:
            server, loop = self._server, self._loop
            self._call(lambda: loop.create_task(server.drop(device_id)))
        return revoked

    @property
    def knock(self) -> Knock | None:
        """The headset that waits to be let in, if one does."""
        server = self._server
        return server.door.knock if server is not None else None

    def answer_knock(self, knock_id: str, lets_in: bool) -> Knock | None:
        """Let in the headset that knocked with ``knock_id``, or turn it away; None if it does not wait any more."""
        knock, server = self.knock, self._server
        if knock is None or server is None or knock.id != knock_id:
            return None
        door = server.door
        self._call(lambda: door.answer(knock_id, lets_in))
        return knock

    # --- in the link's own thread ---------------------------------------------------------------------

    def _run(self, address: str, port: int) -> None:
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(self._serve(address, port))
        except (StationError, OSError) as error:
            reason = str(error)
            if isinstance(error, OSError) and not isinstance(error, StationError):
                reason = f"cannot listen on {address}:{port} ({error.strerror or error}): choose another port"
            log.error("the headset link is not open: %s", reason)
            self.state = replace(self.state, state="failed", reason=reason, device=None)
        else:
            log.info("the headset link is off: %s", self._end_reason)
            self.state = LinkState("off", self._end_reason)
        finally:
            self._loop = self._server = self._end = None

    async def _serve(self, address: str, port: int) -> None:
        from teleop.inputs.webxr.certificate import certificate_for
        from teleop.inputs.webxr.pictures import Pictures
        from teleop.inputs.webxr.screen import Screen
        from teleop.inputs.webxr.server import Server

        hosts = host_names(address)
        certificate = certificate_for(self.folder, hosts, datetime.datetime.now(datetime.UTC))
        server = Server(self.doorkeeper, hosts, self._arrive)
        end = asyncio.Event()
        await server.start(address, port, certificate)
        loop = asyncio.get_running_loop()
        self._loop, self._server, self._end = loop, server, end
        self.state = replace(self.state, state="open", fingerprint=certificate.fingerprint)
        log.info("the headset link listens on %s", self.state.url())
        pictures = Pictures(self._station, loop, server)
        screen = Screen(self._station, loop, server)
        try:
            await self._until_end(server, end)
        finally:
            await asyncio.to_thread(screen.end)
            pictures.close()
            await server.stop()

    async def _until_end(self, server: "Server", end: asyncio.Event) -> None:
        """Wait until the link is to be closed, or nobody used it for long."""
        while self._wanted:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(end.wait(), _LOOK_S)
            device = server.session.device if server.session else None
            if device != self.state.device:
                self.state = replace(self.state, device=device)
            if server.session is None and now_ns() - server.left_ns > IDLE_NS:
                self.doorkeeper.invitation = None
                self._end_reason = "nobody used it for ten minutes"
                return

    def _arrive(self, session: int, what: str, content: Any, at_ns: int) -> None:
        self.mailbox.put(Arrival(session, what, content, at_ns))

    def _set_end(self) -> None:
        if self._end is not None:
            self._end.set()

    def _call(self, what: Any) -> None:
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # it closed between the two lines
                loop.call_soon_threadsafe(what)
