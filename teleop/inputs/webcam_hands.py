"""Bare hands that a webcam sees, as those of a headset: off until the operator asks for it."""

from teleop.inputs.webcam.joints import ORDINARY_HAND_M
from teleop.inputs.webcam.link import Watched, WebcamLink
from teleop.inputs.webcam.networks import lack
from teleop.inputs.xr.direct import DirectHeadset
from teleop.operators import load_operator
from twin.errors import SettingsError
from twin.station import Station
from twin.wire.ask import arguments, named
from twin.wire.clock import now_ns
from twin.wire.messages import Reply, Request

CAMERA, VIEW_DEG = "/dev/video0", 65.0  # of most webcams, across
_NARROWEST_DEG, _WIDEST_DEG = 20.0, 130.0


class WebcamHands(DirectHeadset):
    """The webcam, and the hands before it."""

    def __init__(self, station: Station) -> None:
        """Off."""
        self._operator = station.operator
        self._link = WebcamLink()
        super().__init__("webcam", self._link.mailbox)

    def lack(self) -> str:
        """Why no hands drive."""
        return "" if self._worn else self._link.state.reason or "the webcam is off"

    def answer(self, request: Request) -> Reply | None:
        """Switch the webcam on and off, and describe it."""
        if request.action != "headset.webcam":
            return None
        values = named(request.arguments)
        match values.get("switch", ""):
            case "on":
                if reason := self._switch_on(values):
                    return Reply(reason=reason)
            case "off":
                self._link.switch_off()
            case "":
                pass
            case other:
                return Reply(reason=f"the webcam can be switched on or off, not {other!r}")
        return Reply(accepted=True, reason=self._link.state.reason, results=arguments(self._facts(now_ns())))

    def _switch_on(self, values: dict[str, str]) -> str:
        """Why it cannot be switched on; empty if it was."""
        if missing := lack():
            return missing
        try:
            return self._link.switch_on(self._wanted(values))
        except SettingsError as error:
            return str(error)

    def _wanted(self, values: dict[str, str]) -> Watched:
        try:
            view_deg = float(values.get("view_deg") or VIEW_DEG)
        except ValueError:
            view_deg = 0.0
        if not _NARROWEST_DEG <= view_deg <= _WIDEST_DEG:
            raise SettingsError(
                f"a camera's view is {_NARROWEST_DEG:g} to {_WIDEST_DEG:g} degrees wide, not {values['view_deg']}"
            )
        length_m = load_operator(self._operator).hand_length_m
        return Watched(values.get("camera") or CAMERA, view_deg, length_m or ORDINARY_HAND_M)

    def _facts(self, at_ns: int) -> dict[str, object]:
        """What people may know of the link."""
        state, watched = self._link.state, self._link.state.watched
        facts: dict[str, object] = {"state": state.state, "reason": state.reason}
        if watched is not None:
            facts |= {"camera": watched.camera, "view_deg": watched.view_deg, "hand_m": watched.hand_m}
        if self._worn is not None and self._worn.reading.xr is not None:
            xr = self._worn.reading.xr
            facts |= {hand.side: hand.fault or "seen" for hand in xr.hands}
            facts |= {"fault": xr.fault, "link_ms": round(xr.link_ms, 1)}
            facts["age_ms"] = round((at_ns - self._worn.reading.changed_ns) / 1e6, 1)
        return facts

    def close(self) -> None:
        """Let go of the camera."""
        self._link.end()


def open_input(station: Station) -> WebcamHands:
    """The webcam, off. Neither it nor the hand tracker is touched before it is switched on."""
    return WebcamHands(station)
