"""STOP as the window presses it: at once, past every queue, repeated until the robot itself acknowledges.

First press HOLD, the next SETTLE; Shift or one second of pressing is CUT. It is a software stop.
"""

from dataclasses import dataclass
from typing import Protocol

from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.messages import AgentStatus, StopAcknowledged, StopRequest

LEVELS = ("NONE", "HOLD", "SETTLE", "CUT")  # each more restrictive than the one before

CUT_AFTER_NS = NS_PER_S
ACKNOWLEDGE_WITHIN_NS = 250 * NS_PER_MS
_SHOW_ACKNOWLEDGED_NS = 4 * NS_PER_S

IDLE, SENT, ACKNOWLEDGED, NOT_ACKNOWLEDGED = "idle", "sent", "acknowledged", "NOT ACKNOWLEDGED"


class Sender(Protocol):
    """The line to the robot; ``twin.wire.direct.StopSender`` is one."""

    @property
    def pending(self) -> StopRequest | None:
        """The press that is not acknowledged yet."""
        ...

    def press(self, level: str, pressed_ns: int, /) -> StopRequest:
        """Send a stop now."""
        ...

    def tick(self, at_ns: int, /) -> StopAcknowledged | None:
        """Repeat what is pending; returns its acknowledgement once it came."""
        ...


@dataclass(frozen=True)
class StopView:
    """What the button shows."""

    state: str = IDLE  # IDLE | SENT | ACKNOWLEDGED | NOT_ACKNOWLEDGED
    asked: str = "NONE"  # level of the last press
    latched: str = "NONE"  # the robot's own word


def next_level(latched: str, cut: bool) -> str:
    """The level that a press means when ``latched`` is in force already."""
    if cut or latched == "CUT":
        return "CUT"
    return "HOLD" if latched == "NONE" else "SETTLE"


def _stricter(one: str, other: str) -> str:
    return max(one, other, key=LEVELS.index)


class Stop:
    """The presses of one window and what became of them."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._latched, self._latched_at_ns = "NONE", 0
        self._asked, self._acknowledged_ns = "NONE", 0
        self._held_since_ns: int | None = None
        self.confirmed = False  # the robot has acknowledged a press of this session

    def hear(self, status: AgentStatus, sampled_ns: int) -> None:
        """Take in the robot's own account of what is latched."""
        if sampled_ns >= self._latched_at_ns and status.stop_level in LEVELS:
            self._latched, self._latched_at_ns = status.stop_level, sampled_ns

    def press(self, now_ns: int, cut: bool = False) -> str:
        """Send a stop at once; returns its level. ``cut``: Shift is held."""
        pending = self._sender.pending
        level = next_level(_stricter(self._latched, pending.level if pending else "NONE"), cut)
        self._send(level, now_ns)
        self._held_since_ns = now_ns
        return level

    def press_level(self, level: str, now_ns: int) -> None:
        """Send a stop of ``level``, chosen by name."""
        self._send(level, now_ns)

    def release(self) -> None:
        """The key or button is up."""
        self._held_since_ns = None

    def _send(self, level: str, now_ns: int) -> None:
        self._asked, self._acknowledged_ns = level, 0
        self._sender.press(level, now_ns)

    def tick(self, now_ns: int) -> None:
        """Repeat, listen for the acknowledgement, and turn a press held for a second into CUT."""
        acknowledged = self._sender.tick(now_ns)
        if acknowledged is not None:
            self._acknowledged_ns, self.confirmed = now_ns, True
            if acknowledged.level in LEVELS:
                self._latched = acknowledged.level
                self._latched_at_ns = max(self._latched_at_ns, acknowledged.latched_ns)
        if self.held_share(now_ns) >= 1.0 and self._asked != "CUT":
            self._send("CUT", now_ns)

    def held_share(self, now_ns: int) -> float:
        """How much of the second until CUT the press has lasted, 0..1."""
        if self._held_since_ns is None:
            return 0.0
        return min(1.0, (now_ns - self._held_since_ns) / CUT_AFTER_NS)

    @property
    def busy(self) -> bool:
        """Whether ``tick`` is wanted every few milliseconds."""
        return self._sender.pending is not None or self._held_since_ns is not None

    def view(self, now_ns: int) -> StopView:
        """What to show now."""
        pending = self._sender.pending
        if pending is not None:
            late = now_ns - pending.pressed_ns > ACKNOWLEDGE_WITHIN_NS
            return StopView(NOT_ACKNOWLEDGED if late else SENT, pending.level, self._latched)
        if self._acknowledged_ns and now_ns - self._acknowledged_ns < _SHOW_ACKNOWLEDGED_NS:
            return StopView(ACKNOWLEDGED, self._asked, self._latched)
        return StopView(IDLE, "NONE", self._latched)
