"""A headset that somebody wears: from what it saw to readings that may be believed, whichever way it is connected."""

import logging

from teleop.inputs.base import Reading
from teleop.inputs.xr.guard import Guard
from teleop.inputs.xr.reading import GRIPS, STOP, Controls
from teleop.inputs.xr.seen import SeenFrame
from twin.wire.clock import NS_PER_S, now_ns
from twin.wire.messages import XrSample

log = logging.getLogger(__name__)


class Worn:
    """One headset for as long as it is connected; one that comes back is another, and holds nothing."""

    def __init__(
        self, device: str, name: str, stops_pressed: list[str], hard_squeeze_lets_go: bool = False
    ) -> None:
        """Nothing was seen yet.

        Args:
            device: its name on the wire.
            name: what people call it.
            stops_pressed: where each press of a STOP control is written down.
            hard_squeeze_lets_go: see ``Grip``.
        """
        self.device, self.name = device, name
        self._stops_pressed = stops_pressed
        self._guard = Guard(device, hard_squeeze_lets_go)
        self._controls = Controls(device, name)
        self._sticks_down = False
        self._is_silent = True  # and was said to be
        self._was_doubtful = False
        self._taken_ns = 0  # the moment of the newest reading
        self.reading = self._controls.read(
            self._guard.without_hands("no session runs in the headset"), now_ns()
        )

    @property
    def has_bare_hands(self) -> bool:
        """True while a hand without a controller is seen: a key or pedal of another device is its grip."""
        return self._guard.has_bare_hands

    @property
    def fault(self) -> str:
        """Why nothing of the newest frame may move anything; empty if each hand says for itself."""
        return self.reading.xr.fault if self.reading.xr else ""

    def frame(self, frame: SeenFrame, at_ns: int, pedal_held: bool = False) -> Reading | None:
        """Take in a frame that arrived at ``at_ns``, with the key or pedal for bare hands held or not.

        Returns the reading if a hand lets go by it: to be said, with its reason, also when a newer one follows.
        """
        sample = self._guard.sample(frame, at_ns, pedal_held)
        if sample is None:
            return None
        before = self.reading
        self._is_silent = self._was_doubtful = False
        self._take(sample, min(at_ns, max(frame.sent_ns, at_ns - NS_PER_S)))
        sticks_down = STOP in self.reading.buttons
        if sticks_down and not self._sticks_down:
            self._stops_pressed.append(f"{self.device} both sticks")
        self._sticks_down = sticks_down
        if not before.buttons:
            return None
        lets_go = any(grip in before.buttons and grip not in self.reading.buttons for grip in GRIPS.values())
        return self.reading if lets_go else None

    def event(self, what: str, at_ns: int) -> Reading:
        """Something happened after which nothing may go on; a reading to be said, also when a newer one follows."""
        log.info("headset: %s", what)
        self._take(self._guard.without_hands(what), at_ns)
        return self.reading

    def unreadable(self, why: str, at_ns: int) -> None:
        """A frame came that is none."""
        if not self._was_doubtful:
            log.warning("%s", why)
        self._was_doubtful = True
        self._take(self._guard.without_hands(why), at_ns)

    def look(self, at_ns: int) -> Reading:
        """The newest reading; without hands once the headset has been silent for too long at ``at_ns``."""
        if not self._is_silent:
            silent = self._guard.silent(at_ns)
            if silent is not None:
                self._is_silent = True
                self._take(silent, at_ns)
        return self.reading

    def gone(self, at_ns: int) -> Reading:
        """The last word about it."""
        return self._controls.gone(at_ns)

    def _take(self, sample: XrSample, at_ns: int) -> None:
        # A frame that was still on its way when its absence was told is no older than that: time runs one way.
        self._taken_ns = max(self._taken_ns, at_ns)
        self.reading = self._controls.read(sample, self._taken_ns)
