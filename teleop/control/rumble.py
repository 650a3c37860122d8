"""What a pad tells the hand that holds it: coupled, let go, held back, refused. Rare enough not to nag."""

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from teleop.control.clutch import COUPLED, Phase
from twin.reasons import Reason
from twin.wire.clock import NS_PER_MS, NS_PER_S

STANDS_NS = 150 * NS_PER_MS  # shorter than this a reason is the ordinary work of the limits
APART_NS = 1 * NS_PER_S  # between two reasons
AGAIN_NS = 5 * NS_PER_S  # between two tellings of one reason


class Pulse(NamedTuple):
    """One shake of the pad."""

    low: float  # 0..1, the heavy motor
    high: float  # 0..1, the light one
    duration_ms: int
    pause_ms: int = 60  # before the next one


COUPLES = (Pulse(0.0, 0.5, 80),)
LETS_GO = (Pulse(0.0, 0.5, 60), Pulse(0.0, 0.5, 60))
STOPPED = (Pulse(1.0, 1.0, 600),)
RECORDS = (Pulse(0.0, 0.3, 70), Pulse(0.0, 0.7, 90))
SAVED = (Pulse(0.0, 0.7, 70), Pulse(0.0, 0.3, 90))


class Rumble:
    """Decides when the pad shakes and how. Knows only times that it is given."""

    def __init__(self) -> None:
        """Calm."""
        self._phase, self._stopped, self._recording = Phase.IDLE, False, False
        self._since_ns: dict[Reason, int] = {}
        self._told_ns: dict[Reason, int] = {}
        self._reason_ns = -APART_NS
        self._queue: deque[Pulse] = deque()
        self._free_ns = 0

    def pulse(
        self, phase: Phase, stopped: bool, recording: bool, reasons: Iterable[Reason], now_ns: int
    ) -> Pulse | None:
        """The shake that begins at ``now_ns``, usually none.

        Args:
            phase: of the clutch.
            stopped: STOP is latched.
            recording: a take is open.
            reasons: why the robot does not do as it is asked, worst first.
            now_ns: never goes back.
        """
        self._hear_changes(phase, stopped, recording)
        self._hear_reasons(tuple(reasons), now_ns)
        if not self._queue or now_ns < self._free_ns:
            return None
        begun = self._queue.popleft()
        self._free_ns = now_ns + (begun.duration_ms + begun.pause_ms) * NS_PER_MS
        return begun

    def _hear_changes(self, phase: Phase, stopped: bool, recording: bool) -> None:
        was_coupled = self._phase in COUPLED
        if stopped and not self._stopped:
            self._queue.clear()
            self._queue.extend(STOPPED)
        elif phase is Phase.ENGAGED and self._phase is not Phase.ENGAGED:
            self._queue.extend(COUPLES)
        elif was_coupled and phase not in COUPLED:
            self._queue.extend(LETS_GO)
        if recording != self._recording:
            self._queue.extend(RECORDS if recording else SAVED)
        self._phase, self._stopped, self._recording = phase, stopped, recording

    def _hear_reasons(self, reasons: tuple[Reason, ...], now_ns: int) -> None:
        self._since_ns = {reason: self._since_ns.get(reason, now_ns) for reason in reasons}
        if self._queue or now_ns - self._reason_ns < APART_NS:
            return
        for reason, since_ns in self._since_ns.items():
            is_old = now_ns - self._told_ns.get(reason, -AGAIN_NS) < AGAIN_NS
            low, high, duration_ms = reason.kind.rumble
            if duration_ms and not is_old and now_ns - since_ns >= STANDS_NS:
                self._told_ns[reason] = self._reason_ns = now_ns
                self._queue.append(Pulse(low, high, duration_ms))
                return
