"""Which alarms stand, in what order, and which a person has acknowledged. Knows no Qt and no topics."""

from collections.abc import Iterable
from dataclasses import dataclass

from twin.wire.clock import NS_PER_MS, NS_PER_S

SEVERITIES = ("advisory", "warning", "alarm")

ON_DELAY_NS = 500 * NS_PER_MS  # against chatter
OFF_DELAY_NS = 2 * NS_PER_S
_EVENT_ADVISORY_NS = 8 * NS_PER_S  # an advisory that only happened, goes by itself


@dataclass(frozen=True)
class Condition:
    """Something that is wrong now."""

    code: str  # the same while it is the same trouble
    severity: str  # advisory | warning | alarm
    text: str  # what, with its number and limit
    first: str = ""  # what to do first
    at_once: bool = False  # skips the on-delay


@dataclass
class Alarm:
    """A condition as it stands in the alarm line."""

    condition: Condition
    since_ns: int
    seen_ns: int
    count: int = 1
    acknowledged: bool = False
    event: bool = False  # it happened once; nothing tells when it is over
    cleared: bool = False

    @property
    def severity(self) -> str:
        """Shorthand."""
        return self.condition.severity


class Alarms:
    """All alarms. Feed it what is wrong once per round."""

    def __init__(self) -> None:
        self._standing: dict[str, Alarm] = {}
        self._pending: dict[str, int] = {}  # code -> since when it has been seen, not yet shown

    def observe(self, conditions: Iterable[Condition], now_ns: int) -> None:
        """Take in everything that is wrong now; what is not named any more is over."""
        seen = {condition.code: condition for condition in conditions}
        for code in tuple(self._pending):
            if code not in seen:
                del self._pending[code]
        for code, condition in seen.items():
            self._see(code, condition, now_ns)
        self._clear(seen, now_ns)

    def _see(self, code: str, condition: Condition, now_ns: int) -> None:
        standing = self._standing.get(code)
        if standing and not standing.event:
            if SEVERITIES.index(condition.severity) > SEVERITIES.index(standing.severity) or standing.cleared:
                standing.acknowledged = False
            standing.condition, standing.seen_ns, standing.cleared = condition, now_ns, False
            return
        since_ns = self._pending.setdefault(code, now_ns)
        if condition.at_once or now_ns - since_ns >= ON_DELAY_NS:
            del self._pending[code]
            self._standing[code] = Alarm(condition, since_ns, now_ns)

    def _clear(self, seen: dict[str, Condition], now_ns: int) -> None:
        for code, alarm in tuple(self._standing.items()):
            if code in seen:
                continue
            silent_ns = now_ns - alarm.seen_ns
            if alarm.event:
                over = alarm.acknowledged or (
                    alarm.severity == "advisory" and silent_ns >= _EVENT_ADVISORY_NS
                )
            else:
                alarm.cleared = silent_ns >= OFF_DELAY_NS
                over = alarm.cleared and (alarm.acknowledged or alarm.severity == "advisory")
            if over:
                del self._standing[code]

    def happened(self, condition: Condition, now_ns: int) -> None:
        """Take in something that happened once; the same code again is counted, not repeated."""
        standing = self._standing.get(condition.code)
        if standing is None:
            self._standing[condition.code] = Alarm(condition, now_ns, now_ns, event=True)
            return
        standing.condition, standing.seen_ns = condition, now_ns
        standing.count += 1

    def standing(self) -> tuple[Alarm, ...]:
        """All alarms, the most severe first, and among equals the one that came first."""
        return tuple(
            sorted(
                self._standing.values(),
                key=lambda alarm: (
                    alarm.acknowledged,
                    -SEVERITIES.index(alarm.severity),
                    alarm.since_ns,
                ),
            )
        )

    @property
    def top(self) -> Alarm | None:
        """The one to show in the line: not yet acknowledged, else none."""
        standing = self.standing()
        return standing[0] if standing and not standing[0].acknowledged else None

    def acknowledge(self) -> None:
        """A person has seen the top one."""
        top = self.top
        if top:
            top.acknowledged = True
