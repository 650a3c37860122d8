"""A headset that this PC drives itself, through OpenXR: off until the operator asks for it."""

from teleop.inputs.openxr.link import OpenXrLink
from teleop.inputs.xr.direct import DirectHeadset
from twin.station import Station
from twin.wire.ask import arguments, named
from twin.wire.clock import now_ns
from twin.wire.messages import Reply, Request


class PcHeadsets(DirectHeadset):
    """The OpenXR link, and the headset on it."""

    def __init__(self, station: Station) -> None:
        """Off."""
        self._link = OpenXrLink(station)
        super().__init__("openxr", self._link.mailbox)

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
