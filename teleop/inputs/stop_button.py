"""From a pressed STOP control to the robot's acknowledgement: HOLD, pressed again SETTLE, held for a second CUT."""

import logging
from collections.abc import Sequence

from twin.station import Station
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.direct import StopSender

LEVELS = ("NONE", "HOLD", "SETTLE", "CUT")  # each includes what stands before it

AGAIN_WITHIN_NS = 2 * NS_PER_S
CUT_AFTER_NS = NS_PER_S
ANSWER_WITHIN_NS = 250 * NS_PER_MS

log = logging.getLogger(__name__)


def level_of_press(at_ns: int, last_press_ns: int, latched: str) -> str:
    """What a press means: SETTLE if it repeats one of the last 2 s and the robot is stopped already, else HOLD."""
    is_repeated = last_press_ns > 0 and at_ns - last_press_ns <= AGAIN_WITHIN_NS
    return "SETTLE" if is_repeated and latched != "NONE" else "HOLD"


class StopButton:
    """All STOP controls of all devices as one button with one line to the robot."""

    def __init__(self, station: Station) -> None:
        """Connect to the robot's stop socket."""
        self.note = ""  # one sentence while the robot has not acknowledged
        self.latched = "NONE"  # as the robot last said
        self._line = StopSender(station, "inputs")
        self._last_press_ns = 0
        self._held_since_ns = 0
        self._cut_sent = False

    @property
    def line(self) -> StopSender:
        """For waiting on the acknowledgement."""
        return self._line

    def tick(self, at_ns: int, pressed: Sequence[str], cut_held: bool) -> None:
        """Send what was pressed, repeat what the robot has not acknowledged.

        Args:
            at_ns: now.
            pressed: controls pressed since the last tick, named for people.
            cut_held: whether a control is held that means CUT after a second.
        """
        for control in pressed:
            self._send(level_of_press(at_ns, self._last_press_ns, self.latched), control, at_ns)
            self._last_press_ns = at_ns
        self._watch_hold(at_ns, cut_held)
        self._watch_answer(at_ns)

    def _watch_hold(self, at_ns: int, cut_held: bool) -> None:
        if not cut_held:
            self._held_since_ns, self._cut_sent = 0, False
            return
        self._held_since_ns = self._held_since_ns or at_ns
        if not self._cut_sent and at_ns - self._held_since_ns >= CUT_AFTER_NS:
            self._cut_sent = True
            self._send("CUT", "held for 1 s", at_ns)

    def _send(self, level: str, control: str, at_ns: int) -> None:
        pending = self._line.pending
        if pending is not None and LEVELS.index(pending.level) > LEVELS.index(level):
            return  # the stronger one is still being repeated
        self._line.press(level, at_ns)
        log.info("STOP %s sent: %s", level, control)

    def _watch_answer(self, at_ns: int) -> None:
        pending = self._line.pending
        if pending is None:
            return
        answer = self._line.tick(at_ns)
        if answer is not None:
            self.latched, self.note = answer.level, ""
            delay_ms = (at_ns - pending.pressed_ns) / NS_PER_MS
            log.info(
                "STOP %s acknowledged after %.1f ms: %s latched, %s",
                pending.level,
                delay_ms,
                answer.level,
                answer.state,
            )
        elif not self.note and at_ns - pending.pressed_ns > ANSWER_WITHIN_NS:
            self.note = f"STOP {pending.level} is not acknowledged by the robot: use the hardware stop"
            log.error("%s; it is repeated until the robot answers", self.note)

    def close(self) -> None:
        """Hang up."""
        self._line.close()
