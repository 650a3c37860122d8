"""The OpenXR link as the inputs role sees it: switched on and off, and a box with what came from the headset.

A thread of its own talks to the runtime, which may take long, or never come back: then the headset falls silent for
the inputs role, and lets go. A headset that is lost is looked for again until the link is switched off.
"""

import logging
import threading
from dataclasses import dataclass
from typing import Any, Literal

from teleop.inputs.openxr.pulses import Pulse, pulses
from teleop.inputs.openxr.runtime import AbsentHeadset, UnusableRuntime, load_library, words
from teleop.inputs.openxr.session import LostSession, OpenXrSession
from teleop.inputs.xr.direct import Arrival
from teleop.inputs.xr.mailbox import Mailbox
from teleop.inputs.xr.seen import SIDES
from twin.errors import WireError
from twin.station import Station
from twin.wire.bus import Listener
from twin.wire.clock import NS_PER_S, now_ns
from twin.wire.messages import ControlStatus

FRAME_NS = NS_PER_S // 90
_LOOK_AGAIN_S = 2.0
_FAREWELL_S = 3.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LinkState:
    """How the link is doing."""

    state: Literal["off", "looking", "open", "failed"] = "off"
    reason: str = ""  # why there is no headset, for a person
    runtime: str = ""
    headset: str = ""


class OpenXrLink:
    """At most one session."""

    def __init__(self, station: Station) -> None:
        """Off."""
        self._station = station
        self.state = LinkState()
        self.mailbox: Mailbox[Arrival] = Mailbox()
        self._off = threading.Event()
        self._thread: threading.Thread | None = None

    def switch_on(self) -> None:
        """Look for a headset until told not to."""
        if self._thread is not None and self._thread.is_alive():
            if not self._off.is_set():
                return
            self._thread.join(_FAREWELL_S)
        self.state = LinkState("looking", "looking for a runtime")
        self._off.clear()
        self._thread = threading.Thread(target=self._run, name="openxr", daemon=True)
        self._thread.start()

    def switch_off(self) -> None:
        """Let go of the headset."""
        self._off.set()

    def end(self) -> None:
        """Let go, and wait until the thread is gone."""
        self.switch_off()
        if self._thread is not None:
            self._thread.join(_FAREWELL_S)
        self.mailbox.close()

    # --- in the link's own thread ---------------------------------------------------------------------

    def _run(self) -> None:
        try:
            xr = load_library()
            while not self._off.is_set():
                try:
                    self._serve(OpenXrSession(xr))
                except AbsentHeadset as error:
                    self._look_again(str(error))
                self._off.wait(_LOOK_AGAIN_S)
        except UnusableRuntime as error:
            log.error("%s", error)
            self.state = LinkState("failed", str(error))
        else:
            self.state = LinkState("off", "it was switched off")

    def _look_again(self, reason: str) -> None:
        if reason != self.state.reason:
            log.info("OpenXR: %s", reason)
        self.state = LinkState("looking", reason)

    def _serve(self, session: OpenXrSession) -> None:
        """Hand on what the headset sees until it is lost, or the link is switched off."""
        self.state = LinkState("open", "", session.runtime, session.headset)
        self._put("linked", f"{session.headset} ({session.runtime})")
        reason = "it was switched off"
        try:
            self._hand_on(session)
        except LostSession as error:
            reason = str(error)
        except session.errors as error:
            reason = f"{session.runtime} was lost: {words(error)}"
        finally:
            self._look_again(reason)
            self._put("gone", reason)
            session.close()

    def _hand_on(self, session: OpenXrSession) -> None:
        listener = Listener(self._station, ("control.status",))
        phase, waiting, due_ns = "", list[Pulse](), now_ns()
        try:
            while not self._off.is_set():
                for what in session.events():
                    self._put("event", what)
                at_ns = now_ns()
                if session.runs:
                    self._put("frame", session.frame(at_ns), at_ns)
                before, phase = phase, _phase(listener, phase)
                if phase != before:
                    waiting = list(pulses(before, phase, at_ns))
                for pulse in [each for each in waiting if each.due_ns <= at_ns]:
                    waiting.remove(pulse)
                    for side in SIDES:
                        session.pulse(side, pulse.strength, pulse.seconds)
                due_ns = max(due_ns + FRAME_NS, now_ns())
                self._off.wait((due_ns - now_ns()) / NS_PER_S)
        finally:
            listener.close()

    def _put(self, what: Literal["linked", "frame", "event", "gone"], content: Any, at_ns: int = 0) -> None:
        self.mailbox.put(Arrival(what, content, at_ns or now_ns()))


def _phase(listener: Listener, before: str) -> str:
    """Control's newest phase; ``before`` if it said nothing."""
    heard = listener.newest().get("control.status")
    try:
        return heard.read(ControlStatus).phase if heard else before
    except WireError:
        return before
