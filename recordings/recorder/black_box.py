"""The last half minute of everything that was heard, kept on disk when the robot falls or is stopped by a fault.

Such a recording is a take like any other, in a folder of its own beside the takes, so that no dataset is made of it.
It begins 30 s before the incident and goes on for 5 s after it. The newest twenty are kept.
"""

import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from recordings import take
from recordings.recorder.open_take import OpenTake, TakeOrder
from recordings.recorder.standing import Standing
from twin.errors import RecordingError, WireError
from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_S
from twin.wire.messages import AgentStatus, BalanceState

FOLDER = "black-box"  # beside the takes
BEFORE_NS = 30 * NS_PER_S
AFTER_NS = 5 * NS_PER_S
_MOST_BYTES = 192 * 2**20  # of memory; more than that is said in half a minute by nobody, yet shortens it
_KEPT = 20
_INCIDENTS = ("PROTECTIVE_HOLD", "FAULT")

log = logging.getLogger(__name__)


class IncidentWatch:
    """Notices the moment in which the robot falls, or goes into a protective hold or a fault."""

    def __init__(self) -> None:
        self._fall = ""
        self._state = ""

    def look(self, heard: Heard) -> str:
        """What happened with this message, in one sentence; empty if nothing did."""
        try:
            if heard.topic == "robot.balance":
                before, self._fall = self._fall, heard.read(BalanceState).fall
                return f"the robot fell: {self._fall}" if self._fall and not before else ""
            if heard.topic == "robot.status":
                status, before = heard.read(AgentStatus), self._state
                self._state = status.state
                is_new = status.state in _INCIDENTS and before not in ("", *_INCIDENTS)
                return f"{status.state}: {status.reason}" if is_new else ""
        except WireError:
            return ""  # the take marks it
        return ""


class BlackBox:
    """Remembers; and writes, at most one recording at a time."""

    def __init__(self, takes_folder: Path, before_ns: int = BEFORE_NS, after_ns: int = AFTER_NS) -> None:
        """Recordings go to a folder beside the takes in ``takes_folder``."""
        self.folder = takes_folder / FOLDER
        self._before_ns, self._after_ns = before_ns, after_ns
        self._heard: deque[Heard] = deque()
        self._bytes = 0
        self._standing = Standing()  # as it was when the oldest message above was heard
        self._watch = IncidentWatch()
        self._open: OpenTake | None = None
        self._until_ns = 0
        self.incident = ""  # what happened and is not being written yet

    def hear(self, batch: Sequence[Heard]) -> None:
        """Remember ``batch``, and write it too while a recording is open."""
        for heard in batch:
            self._heard.append(heard)
            self._bytes += len(heard.payload)
            if what := self._watch.look(heard):
                self._note(what)
        if self._open:
            self._open.put(batch)
        if self._heard:
            self._forget(self._heard[-1].received_ns)

    def _note(self, what: str) -> None:
        """One fall shows on two topics; what belongs to an open recording needs no other one."""
        if not self._open and not self.incident:
            self.incident = what

    def _forget(self, now_ns: int) -> None:
        heard = self._heard
        while heard and (now_ns - heard[0].received_ns > self._before_ns or self._bytes > _MOST_BYTES):
            oldest = heard.popleft()
            self._bytes -= len(oldest.payload)
            self._standing.note(oldest)

    def take_incident(self) -> str:
        """The incident, which is the caller's from now on."""
        what, self.incident = self.incident, ""
        return what

    def begin(self, order: TakeOrder) -> None:
        """Write what is remembered, and from now on what is heard, for a while.

        Args:
            order: of a take that would begin now; where it goes, when it began and what it starts with is replaced.

        Raises:
            RecordingError: the disk does not allow it.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RecordingError(
                f"{self.folder}: {error.strerror}, so that what came before the incident is not kept"
            ) from error
        self._until_ns = order.started_ns + self._after_ns
        self._open = OpenTake(_brought_forward(order, self.folder, self._standing.preamble(), [*self._heard]))
        log.warning("%s; what came before goes to %s", order.episode.task, self._open.path)

    def look_after(self, at_ns: int) -> str:
        """End and save in time; says, in one sentence, that a recording was saved or could not be."""
        if self._open is None:
            return ""
        self._open.keep_up(at_ns)
        if not self._open.ended_ns and (at_ns >= self._until_ns or self._open.trouble):
            self._open.end("the incident is over", at_ns)
        if not self._open.is_saved:
            return ""
        saved, self._open = self._open, None
        self._throw_oldest_away()
        if saved.manifest is None:
            return f"what came before the incident could not be kept: {saved.trouble}"
        return f"{saved.order.episode.task}; the {saved.seconds:.0f} s around it are kept in {saved.path}"

    def _throw_oldest_away(self) -> None:
        finished = sorted(self.folder.glob(f"*{take.FINISHED}"))
        for path in finished[:-_KEPT]:
            take.manifest_path(path).unlink(missing_ok=True)
            path.unlink(missing_ok=True)

    def close(self, at_ns: int) -> None:
        """Save what is open, because the recorder ends."""
        if self._open:
            if not self._open.ended_ns:
                self._open.end("the recorder ended", at_ns)
            self._open.wait_saved(timeout_s=10)


def _brought_forward(
    order: TakeOrder, folder: Path, stood: Sequence[Heard], heard: Sequence[Heard]
) -> TakeOrder:
    """``order`` as if it had been given when the oldest of ``heard`` came."""
    began_ns = heard[0].received_ns if heard else order.started_ns
    episode = msgspec.structs.replace(order.episode, started_utc_ns=began_ns + order.wall_offset_ns)
    return replace(order, folder=folder, started_ns=began_ns, episode=episode, preamble=[*stood, *heard])
