"""A headset that links over the network: its page, its controllers, and the requests about the link."""

import logging
from collections.abc import Sequence

from teleop.inputs.base import Reading
from teleop.inputs.webxr.addresses import checked
from teleop.inputs.webxr.link import Arrival, HeadsetLink
from teleop.inputs.webxr.packet import unpack
from teleop.inputs.webxr.pairing import Paired
from teleop.inputs.xr.linked import LinkedHeadset
from teleop.inputs.xr.reading import ASKS, KIND
from teleop.inputs.xr.worn import Worn
from twin.errors import StationError, WireError
from twin.station import Station
from twin.wire.ask import arguments, named
from twin.wire.clock import now_ns
from twin.wire.messages import InputDevice, Reply, Request

log = logging.getLogger(__name__)


class Headsets(LinkedHeadset[Arrival]):
    """The link, and the one headset on it."""

    def __init__(self, station: Station) -> None:
        """The link is off until it is asked for."""
        self._link = HeadsetLink(station)
        super().__init__(self._link.mailbox)
        self._session = 0  # in which it is worn
        self._paired: Paired | None = None
        self._hard_squeeze_lets_go = False

    def _hear(self, arrival: Arrival) -> Reading | None:
        """Take in what arrived; a reading that must be said even if a newer one follows at once."""
        worn = self._worn
        if arrival.what == "linked":
            gone = worn.gone(arrival.at_ns) if worn else None
            self._session, self._paired = arrival.session, arrival.content
            self._worn = Worn(
                f"{KIND}:{arrival.session}",
                arrival.content.name,
                self.stops_pressed,
                self._hard_squeeze_lets_go,
            )
            log.info("headset %s is linked", arrival.content.name)
            return gone
        if worn is None or self._session != arrival.session:
            return None
        match arrival.what:
            case "frame":
                try:
                    return worn.frame(unpack(arrival.content), arrival.at_ns, self.pedal_held)
                except WireError as error:
                    worn.unreadable(str(error), arrival.at_ns)
            case "event":
                return worn.event(arrival.content, arrival.at_ns)
            case "gone":
                log.info("headset %s is gone", worn.name)
                self._worn = None
                return worn.gone(arrival.at_ns)
        return None

    def devices(self) -> Sequence[InputDevice]:
        """The linked headset, or one that waits to be let in."""
        knock = self._link.knock
        if knock is None:
            return super().devices()
        note = f"wants to link from {knock.address}: let it in?"
        return [InputDevice(device=f"{KIND}:{ASKS}", kind=KIND, name=knock.name, note=note)]

    def lack(self) -> str:
        """Why no headset drives."""
        return "" if self._worn else "no headset is linked"

    def answer(self, request: Request) -> Reply | None:
        """Open, close and describe the link; forget a headset."""
        values = named(request.arguments)
        match request.action:
            case "headset.link":
                return self._switch(values)
            case "headset.status":
                return Reply(accepted=True, reason=self._link.state.reason, results=arguments(self._facts()))
            case "headset.allow" | "headset.deny":
                return self._answer_knock(values.get("id", ""), request.action == "headset.allow")
            case "headset.revoke":
                revoked = self._link.revoke(values.get("id", ""))
                if revoked is None:
                    return Reply(reason=f"no paired headset has the id {values.get('id', '')!r}")
                return Reply(accepted=True, reason=f"{revoked.name} ({revoked.id}) is no longer paired")
        return None

    def _answer_knock(self, knock_id: str, lets_in: bool) -> Reply:
        waits = self._link.knock
        knock = self._link.answer_knock(knock_id or (waits.id if waits else ""), lets_in)
        if knock is None:
            return Reply(reason="no headset waits to be let in; link it anew")
        log.info("headset %s at %s was %s", knock.name, knock.address, "let in" if lets_in else "turned away")
        return Reply(accepted=True, reason=f"{knock.name} is {'let in' if lets_in else 'turned away'}")

    def _switch(self, values: dict[str, str]) -> Reply:
        if values.get("switch", "on") == "off":
            self._link.close("it was switched off")
            return Reply(accepted=True, reason="the headset link is being closed")
        try:
            address, port = checked(values.get("address", ""), values.get("port", ""))
            self._hard_squeeze_lets_go = values.get("hard_squeeze", "") == "lets_go"
            self._link.open(address, port, now_ns())
        except StationError as error:
            return Reply(reason=str(error))
        return Reply(
            accepted=True, reason="the headset link is being opened", results=arguments(self._facts())
        )

    def _facts(self) -> dict[str, object]:
        """What people may know of the link; the invitation is theirs to pass on."""
        state, invitation = self._link.state, self._link.doorkeeper.invitation
        facts: dict[str, object] = {"state": state.state, "reason": state.reason}
        if state.state in ("opening", "open"):
            facts |= {"address": state.address, "port": state.port, "fingerprint": state.fingerprint}
            facts["url"] = state.url()
        if state.state == "open" and invitation is not None and invitation.until_ns > now_ns():
            facts |= {"code": invitation.code, "invitation_url": state.url(invitation.token)}
        if knock := self._link.knock:
            facts |= {"asking": f"{knock.name} at {knock.address}", "asking_id": knock.id}
        if self._worn is not None:
            xr = self._worn.reading.xr
            facts |= {"linked": self._worn.name, "linked_id": self._paired.id if self._paired else ""}
            facts |= {"link_ms": round(xr.link_ms, 2), "lost_frames": xr.lost_frames} if xr else {}
            facts |= {"fault": self._worn.fault} if self._worn.fault else {}
        for device in self._link.doorkeeper.devices.all:
            facts[f"paired.{device.id}"] = f"{device.name}, {device.paired}, from {device.address}"
        return facts

    def close(self) -> None:
        """Close the link."""
        self._link.end()


def open_input(station: Station) -> Headsets:
    """The headset link of the station, off.

    Raises:
        StationError: the list of paired headsets cannot be used.
    """
    return Headsets(station)
