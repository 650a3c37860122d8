"""What a person asked of the roles, and what became of it: requested, accepted, refused, or no answer."""

from collections import deque
from dataclasses import dataclass, replace

from twin.station import Station
from twin.wire.ask import Asker
from twin.wire.clock import NS_PER_S

REQUESTED, ACCEPTED, REFUSED, UNANSWERED = "requested", "accepted", "refused", "no answer"

_PATIENCE_NS = 2 * NS_PER_S
_REMEMBERED = 50


@dataclass(frozen=True)
class Outcome:
    """One request and how far it got."""

    title: str  # the action's title
    state: str  # REQUESTED | ACCEPTED | REFUSED | UNANSWERED
    reason: str  # the other side's words
    changed_ns: int
    action: str = ""  # what the role was asked for
    results: tuple[tuple[str, str], ...] = ()  # what an accepted request brought, in the role's order


@dataclass(frozen=True)
class _Open:
    place: int  # of its outcome, counted since the start
    role: str
    until_ns: int


class Requests:
    """Posts requests and collects replies; never waits. Call ``tick`` once per frame."""

    def __init__(self, station: Station, sender: str) -> None:
        """Ask as ``sender``; each role is connected to at its first request."""
        self._station, self._sender = station, sender
        self._askers: dict[str, Asker] = {}
        self._open: dict[tuple[str, int], _Open] = {}
        self._outcomes: deque[tuple[int, Outcome]] = deque(maxlen=_REMEMBERED)
        self._count = 0
        self._now_ns = 0

    @property
    def latest(self) -> Outcome | None:
        """The newest request and its state."""
        return self._outcomes[-1][1] if self._outcomes else None

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The last requests, oldest first."""
        return tuple(outcome for _, outcome in self._outcomes)

    def post(
        self,
        role: str,
        action: str,
        title: str,
        **values: object,
    ) -> None:
        """Ask ``role`` for ``action``; ``title`` is shown with its state."""
        asker = self._askers.get(role)
        if asker is None:
            asker = self._askers[role] = Asker(self._station, role, self._sender)
        number = asker.post(action, **values)
        place = self._note(Outcome(title, REQUESTED, "", self._now_ns, action))
        self._open[(role, number)] = _Open(place, role, self._now_ns + _PATIENCE_NS)

    def note(self, title: str, state: str, reason: str) -> None:
        """Show the outcome of something that needed no role, such as a refusal by the window itself."""
        self._note(Outcome(title, state, reason, self._now_ns))

    def tick(self, now_ns: int) -> None:
        """Take in replies, and give up on questions older than two seconds."""
        self._now_ns = now_ns
        for role, asker in self._askers.items():
            for number, reply in asker.replies():
                waiting = self._open.pop((role, number), None)
                if waiting is None:
                    continue  # it came too late, and was shown as unanswered
                results = tuple((pair.name, pair.value) for pair in reply.results)
                self._change(waiting.place, ACCEPTED if reply.accepted else REFUSED, reply.reason, results)
        for key, waiting in tuple(self._open.items()):
            if now_ns >= waiting.until_ns:
                del self._open[key]
                self._change(waiting.place, UNANSWERED, f"{waiting.role} did not answer; is it running?")

    def _note(self, outcome: Outcome) -> int:
        self._count += 1
        self._outcomes.append((self._count, outcome))
        return self._count

    def _change(self, place: int, state: str, reason: str, results: tuple[tuple[str, str], ...] = ()) -> None:
        for index, (number, outcome) in enumerate(self._outcomes):
            if number == place:
                changed = replace(
                    outcome, state=state, reason=reason, changed_ns=self._now_ns, results=results
                )
                self._outcomes[index] = (number, changed)

    def close(self) -> None:
        """Hang up."""
        for asker in self._askers.values():
            asker.close()
