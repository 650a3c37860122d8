"""A webcam as the inputs role sees it: switched on and off, and a box with what was seen of the hands.

A process of its own looks at the pictures (``watch``), and a thread here reads what it reports. If either hangs, the
hands fall silent for the inputs role, and let go.
"""

import logging
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from teleop.inputs.webcam.report import RECORD, unpacked
from teleop.inputs.xr.direct import Arrival
from teleop.inputs.xr.mailbox import Mailbox
from twin.errors import WireError
from twin.wire.clock import now_ns

_FAREWELL_S = 3.0

log = logging.getLogger(__name__)


class Watched(NamedTuple):
    """What is looked at."""

    camera: str  # a device, or a film
    view_deg: float  # from the left edge of the picture to its right one
    hand_m: float  # length of the operator's hand


@dataclass(frozen=True)
class LinkState:
    """How the camera is doing."""

    state: Literal["off", "opening", "open", "failed"] = "off"
    reason: str = ""  # why there are no hands, for a person
    watched: Watched | None = None


class WebcamLink:
    """At most one camera."""

    def __init__(self) -> None:
        """Off."""
        self.state = LinkState()
        self.mailbox: Mailbox[Arrival] = Mailbox()
        self._off = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None

    def switch_on(self, watched: Watched) -> str:
        """Watch ``watched``; why not, if something is watched already."""
        if self._thread is not None and self._thread.is_alive():
            on = self.state.watched
            return "" if on == watched else f"{on.camera if on else 'a camera'} is on: switch it off first"
        self._off.clear()
        self.state = LinkState("opening", f"{watched.camera} is being opened", watched)
        self._thread = threading.Thread(target=self._run, args=(watched,), name="webcam", daemon=True)
        self._thread.start()
        return ""

    def switch_off(self) -> None:
        """Let go of the camera."""
        self._off.set()
        if self._process is not None:
            self._process.terminate()

    def end(self) -> None:
        """Let go, and wait until process and thread are gone."""
        self.switch_off()
        if self._thread is not None:
            self._thread.join(_FAREWELL_S)
        self.mailbox.close()

    # --- in the link's own thread ---------------------------------------------------------------------

    def _run(self, watched: Watched) -> None:
        command = [sys.executable, "-m", "teleop.inputs.webcam.watch", watched.camera]
        command += ["--view-deg", f"{watched.view_deg:g}", "--hand-m", f"{watched.hand_m:g}"]
        with tempfile.TemporaryFile() as said:
            process = self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said
            )
            if self._off.is_set():
                process.terminate()
            was_seen = self._hand_on(process, watched)
            code = process.wait()
            said.seek(0)
            last = said.read().decode(errors="replace").strip().splitlines()[-1:]
        if self._off.is_set():
            self.state = LinkState("off", "it was switched off", watched)
        else:
            reason = last[0] if last else f"the hand tracker ended with code {code}"
            self.state = LinkState("failed", reason, watched)
            log.warning("webcam: %s", reason)
        if was_seen:
            self._put("gone", self.state.reason)

    def _hand_on(self, process: "subprocess.Popen[bytes]", watched: Watched) -> bool:
        """Hand on what the process reports until it ends; whether it reported anything."""
        assert process.stdout is not None
        was_seen = False
        with process.stdout as records:
            while len(record := records.read(RECORD.itemsize)) == RECORD.itemsize:
                if not was_seen:
                    was_seen = True
                    log.info("webcam: %s is watched", watched.camera)
                    self.state = LinkState("open", "", watched)
                    self._put("linked", f"Webcam {watched.camera}")
                try:
                    self._put("frame", unpacked(record))
                except WireError as error:
                    log.warning("webcam: %s", error)
        return was_seen

    def _put(self, what: Literal["linked", "frame", "gone"], content: Any) -> None:
        self.mailbox.put(Arrival(what, content, now_ns()))
