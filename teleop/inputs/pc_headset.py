"""A headset that this PC drives itself, through OpenXR: off until the operator asks for it."""

import logging

from teleop.inputs.base import Reading
from teleop.inputs.openxr.link import Arrival, OpenXrLink
from teleop.inputs.xr.linked import LinkedHeadset
from teleop.inputs.xr.reading import KIND
from teleop.inputs.xr.worn import Worn
from twin.station import Station
from twin.wire.ask import arguments, named
from twin.wire.clock import now_ns
from twin.wire.messages import Reply, Request

log = logging.getLogger(__name__)


class PcHeadsets(LinkedHeadset[Arrival]):
    """The OpenXR link, and the headset on it."""

    def __init__(self, station: Station) -> None:
        """Off."""
        self._link = OpenXrLink(station)
        super().__init__(self._link.mailbox)
        self._count = 0

    def _hear(self, arrival: Arrival) -> Reading | None:
        """Take in what arrived; a reading that must be said even if a newer one follows at once."""
        worn = self._worn
        if arrival.what == "linked":
            self._count += 1
            self._worn = Worn(f"{KIND}:openxr.{self._count}", arrival.content, self.stops_pressed)
            return worn.gone(arrival.at_ns) if worn else None
        if worn is None:
            return None
        match arrival.what:
            case "frame":
                return worn.frame(arrival.content, arrival.at_ns, self.pedal_held)
            case "event":
                return worn.event(arrival.content, arrival.at_ns)
            case "gone":
                log.info("headset %s is gone: %s", worn.name, arrival.content)
                self._worn = None
                return worn.gone(arrival.at_ns)
        return None

    def lack(self) -> str:
        """Why no headset drives."""
        return "" if self._worn else self._link.state.reason or "OpenXR is off"

    def answer(self, request: Request) -> Reply | None:
        """Switch the link on and off, and describe it."""
        if request.action != "headset.openxr":
            return None
        match named(request.arguments).get("switch", ""):
            case "on":
                self._link.switch_on()
            case "off":
                self._link.switch_off()
            case "":
                pass
            case other:
                return Reply(reason=f"OpenXR can be switched on or off, not {other!r}")
        return Reply(accepted=True, reason=self._link.state.reason, results=arguments(self._facts(now_ns())))

    def _facts(self, at_ns: int) -> dict[str, object]:
        """What people may know of the link."""
        state = self._link.state
        facts: dict[str, object] = {"state": state.state, "reason": state.reason}
        if state.state == "open":
            facts |= {"runtime": state.runtime, "headset": state.headset}
        if self._worn is not None:
            facts["fault"] = self._worn.fault
            facts["age_ms"] = round((at_ns - self._worn.reading.changed_ns) / 1e6, 1)
        return facts

    def close(self) -> None:
        """Let go of the headset."""
        self._link.end()


def open_input(station: Station) -> PcHeadsets:
    """The OpenXR link of the station, off. Nothing of OpenXR is loaded before it is switched on."""
    return PcHeadsets(station)
