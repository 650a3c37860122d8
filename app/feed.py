"""The one door from the bus into the window: drained once per frame, decoded once per message and only on demand."""

from collections import deque
from collections.abc import Mapping
from typing import NamedTuple, Protocol, TypeVar, cast

from app.joints.history import JointHistory
from app.plots.balance_history import BalanceHistory
from twin.robot import RobotSpec
from twin.station import Station
from twin.wire.arrivals import Arrivals
from twin.wire.bus import Heard, Listener
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.messages import AppliedCommand, BalanceState, Message, RobotState
from twin.wire.topics import topic

M = TypeVar("M", bound=Message)

_LATENCIES_KEPT_NS = 2 * NS_PER_S
_INPUTS_REMEMBERED = 1024
_BALANCE_FORGOTTEN_AFTER_S = 0.5


class Ear(Protocol):
    """Where messages come from; ``twin.wire.bus.Listener`` is one."""

    arrivals: Arrivals

    def drain(self) -> list[Heard]:
        """All that waits, oldest first."""
        ...

    def close(self) -> None:
        """Stop hearing."""
        ...


class Latency(NamedTuple):
    """From reading the operator's hand to the setpoint at the motors, over the last two seconds."""

    p50_ms: float
    p95_ms: float
    samples: int


class Feed:
    """The newest message of every topic, and all messages of the current frame. GUI thread only."""

    def __init__(self, ear: Ear) -> None:
        """Hear through ``ear``; nothing is known before the first ``drain``."""
        self._ear = ear
        self._newest: dict[str, Heard] = {}
        self._frame: dict[str, list[Heard]] = {}
        self._decoded: dict[tuple[str, type[Message]], tuple[Heard, Message]] = {}
        self._latency = _LatencyMeter()
        self._joint_history: JointHistory | None = None
        self._balance_history: BalanceHistory | None = None
        self.now_ns = 0  # time of the newest drain; what ages are measured against

    def drain(self, now_ns: int) -> None:
        """Take in what arrived since the last frame. Called by the window alone, before it refreshes."""
        self.now_ns = now_ns
        self._frame = {}
        for heard in self._ear.drain():
            self._newest[heard.topic] = heard
            self._frame.setdefault(heard.topic, []).append(heard)
        self._latency.take(self._frame, now_ns)
        if self._joint_history is not None:
            self._joint_history.hear(*map(self.all, ("robot.state", "robot.applied", "robot.balance")))
        if self._balance_history is not None and (balances := self.all("robot.balance")):
            state = self.message("robot.state", RobotState)
            self._balance_history.hear(balances, state[0] if state else None)

    def newest(self, name: str) -> Heard | None:
        """The last message ever heard on topic ``name``, however old."""
        return self._newest.get(name)

    def message(self, name: str, kind: type[M]) -> tuple[M, float] | None:
        """The last message of ``name`` as ``kind``, and its age in seconds; None before the first.

        Raises:
            WireError: it is not of that kind.
        """
        heard = self._newest.get(name)
        if heard is None:
            return None
        known = self._decoded.get((name, kind))
        if known is None or known[0] is not heard:
            known = (heard, heard.read(kind))
            self._decoded[(name, kind)] = known
        return cast(M, known[1]), (self.now_ns - heard.sampled_ns) / NS_PER_S

    def fresh(self, name: str, kind: type[M]) -> M | None:
        """The last message of ``name`` unless it is older than the topic's ``stale_after_s``."""
        found = self.message(name, kind)
        return None if found is None or self.is_stale(name) else found[0]

    def all(self, name: str) -> list[Heard]:
        """The messages of topic ``name`` that arrived in this frame, oldest first."""
        return self._frame.get(name, [])

    def age_s(self, name: str) -> float | None:
        """Seconds since the content of the last message was true; None if there was none."""
        heard = self._newest.get(name)
        return None if heard is None else (self.now_ns - heard.sampled_ns) / NS_PER_S

    def is_stale(self, name: str) -> bool:
        """Whether topic ``name`` has been silent for longer than its row of the topic table allows."""
        age_s = self.age_s(name)
        limit_s = topic(name).stale_after_s
        return age_s is None or (limit_s > 0 and age_s > limit_s)

    def joint_history(self, spec: RobotSpec) -> JointHistory:
        """What each joint of ``spec`` did in the last minute, remembered from the first call on."""
        if self._joint_history is None:
            self._joint_history = JointHistory(spec.is_leg)
        return self._joint_history

    def limited(self, within_ns: int) -> dict[int, str]:
        """Why joints were not allowed what was asked of them lately; none before their history is remembered."""
        history = self._joint_history
        return {} if history is None else history.limited(self.now_ns - within_ns)

    @property
    def balance(self) -> BalanceState | None:
        """How the robot stands on its own feet; None while it hangs or rolls, or is not heard."""
        found = self.message("robot.balance", BalanceState)
        return found[0] if found and found[1] < _BALANCE_FORGOTTEN_AFTER_S else None

    def balance_history(self) -> BalanceHistory:
        """How the robot kept its balance in the last minute, remembered from the first call on."""
        if self._balance_history is None:
            self._balance_history = BalanceHistory()
        return self._balance_history

    @property
    def arrivals(self) -> Arrivals:
        """What was lost, came twice, or came late, by topic, since the window hears."""
        return self._ear.arrivals

    @property
    def latency(self) -> Latency | None:
        """Hand to motor over the last two seconds; None while nothing is driven."""
        return self._latency.read()

    def close(self) -> None:
        """Stop hearing."""
        self._ear.close()


def open_feed(station: Station) -> Feed:
    """A feed that hears every topic of ``station``."""
    return Feed(Listener(station, [""]))


class _LatencyMeter:
    """Matches applied commands with the operator's samples that caused them."""

    def __init__(self) -> None:
        self._sampled_ns: dict[int, int] = {}  # operator.input seq -> when it was read
        self._seen_input = 0
        self._measured: deque[tuple[int, float]] = deque()  # (applied_ns, ms)

    def take(self, frame: Mapping[str, list[Heard]], now_ns: int) -> None:
        for heard in frame.get("operator.input", []):
            self._sampled_ns[heard.seq] = heard.sampled_ns
        while len(self._sampled_ns) > _INPUTS_REMEMBERED:
            del self._sampled_ns[next(iter(self._sampled_ns))]
        for heard in frame.get("robot.applied", []):
            applied = heard.read(AppliedCommand)
            # Only the first command of a sample tells the latency; later ones repeat it.
            if applied.input_seq != self._seen_input and applied.input_seq in self._sampled_ns:
                self._seen_input = applied.input_seq
                age_ns = applied.applied_ns - self._sampled_ns[applied.input_seq]
                self._measured.append((applied.applied_ns, age_ns / NS_PER_MS))
        while self._measured and self._measured[0][0] < now_ns - _LATENCIES_KEPT_NS:
            self._measured.popleft()

    def read(self) -> Latency | None:
        if not self._measured:
            return None
        ordered = sorted(ms for _, ms in self._measured)
        last = len(ordered) - 1
        return Latency(ordered[last // 2], ordered[round(last * 0.95)], len(ordered))
