"""Starts the roles of a station, watches them, starts the fallen again, and ends them all together."""

import logging
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.role_process import Opening, claimed, start_role
from app.roles import DELIBERATE_END, last_words_file
from twin.station import Station
from twin.wire.bus import Heard, Listener, Speaker, Waiter
from twin.wire.clock import NS_PER_MS, NS_PER_S, now_ns
from twin.wire.messages import RoleRow, StationRoles

log = logging.getLogger(__name__)

STATION_ROLES = ("robot", "control", "inputs", "cameras", "recorder", "window")
# First those who ask for motion, then the robot, and the recorder last, so that it hears the end.
_ENDING_ORDER = ("inputs", "control", "window", "robot", "cameras", "recorder")

_SILENCE_NS = 20 * NS_PER_S  # no health for so long, once it had begun: it hangs, and is not just starved
_START_PATIENCE_NS = 90 * NS_PER_S  # until the first health
_FIRST_BACKOFF_S, _LONGEST_BACKOFF_S = 0.25, 8.0
_STEADY_NS = 30 * NS_PER_S  # having run for so long forgives earlier falls
_FALLS_BEFORE_GIVING_UP = 6
_PATIENCE_S = 4.0  # between asking a role to end and ending it


@dataclass
class _Child:
    """One row of the process table."""

    role: str
    process: subprocess.Popen[bytes] | None = None
    started_ns: int = 0
    heard_ns: int = 0
    falls: int = 0  # since it last ran steadily
    restarts: int = 0
    start_at_ns: int = 0
    state: str = "starting"
    note: str = ""

    @property
    def patience_ends_ns(self) -> int:
        """When it will have been silent for too long: later for one that is still starting."""
        return self.heard_ns + _SILENCE_NS if self.heard_ns else self.started_ns + _START_PATIENCE_NS


@dataclass
class Supervisor:
    """The process table of one station. Call ``tick`` in a loop; use as a context manager.

    A role that ends with ``DELIBERATE_END`` has said why and is not started again; one that dies is, after a
    pause that doubles with each fall. The window's orderly end is the station's end. The window starts first and
    has the processor to itself until it is heard: a person sees it at once, and the rest is there no later.
    """

    station: Station
    roles: Sequence[str] = STATION_ROLES
    environment: Mapping[str, str] = field(default_factory=dict)  # added to the children's
    window_first_s: float = 1.5  # the longest that the others wait for the window's first paint
    opening: Opening | None = None  # the station claimed before, its window started
    ended: bool = False  # the person closed the window

    def __post_init__(self) -> None:
        """Claim the station, unless it is already."""
        opening = self.opening or claimed(self.station)
        self._lock = opening.lock
        self._speaker = Speaker(self.station, "supervisor")
        self._listener = Listener(self.station, [f"{role}.health" for role in self.roles])
        self._waiter = Waiter()
        self._waiter.add(self._listener.socket)
        self._children = {role: _Child(role) for role in self.roles}
        if "window" in self._children:
            for child in self._children.values():
                child.start_at_ns = (
                    0 if child.role == "window" else now_ns() + int(self.window_first_s * NS_PER_S)
                )
            if window := opening.take_window():
                self._children["window"].process = window
                self._children["window"].started_ns = now_ns()
        self._next_words_ns = 0

    def __enter__(self) -> "Supervisor":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def rows(self) -> tuple[RoleRow, ...]:
        """The process table as it stands."""
        return tuple(
            RoleRow(
                role=child.role,
                pid=child.process.pid if child.process else 0,
                state=child.state,
                restarts=child.restarts,
                note=child.note,
            )
            for child in self._children.values()
        )

    def running(self) -> bool:
        """Whether every role has been heard and runs."""
        return all(child.state == "running" for child in self._children.values())

    def given_up(self) -> dict[str, str]:
        """Roles that will not be started again, with their last words."""
        return {child.role: child.note for child in self._children.values() if child.state == "given up"}

    def tick(self, until_ns: int) -> None:
        """Watch the roles until ``until_ns`` (monotonic) or until something happens."""
        self._waiter.wait(min(until_ns, now_ns() + 100 * NS_PER_MS))
        at_ns = now_ns()
        before = self.rows()
        for heard in self._listener.drain():
            self._heard(heard)
        for child in self._children.values():
            self._look_after(child, at_ns)
        rows = self.rows()
        changed = [(row.state, row.pid) for row in rows] != [(row.state, row.pid) for row in before]
        if changed or at_ns >= self._next_words_ns:
            self._next_words_ns = at_ns + NS_PER_S
            self._speaker.say("station.roles", StationRoles(rows=rows), at_ns)

    def stop(self) -> None:
        """End all roles, politely and then firmly, and let go of the station."""
        for role in _ENDING_ORDER:
            child = self._children.get(role)
            if child and child.process and child.process.poll() is None:
                child.process.send_signal(signal.SIGTERM)
        deadline_ns = now_ns() + int(_PATIENCE_S * NS_PER_S)
        for child in self._children.values():
            self._await_end(child, deadline_ns)
        self._listener.close()
        self._speaker.close()
        self._lock.close()

    def _await_end(self, child: _Child, deadline_ns: int) -> None:
        if child.process is None:
            return
        try:
            child.process.wait(max(0.05, (deadline_ns - now_ns()) / NS_PER_S))
        except subprocess.TimeoutExpired:
            log.warning("%s did not end within %.0f s; it is killed", child.role, _PATIENCE_S)
            child.process.kill()
            child.process.wait()
        if child.process.stdin:
            child.process.stdin.close()
        child.process, child.state = None, "ended"

    def _heard(self, heard: Heard) -> None:
        child = self._children.get(heard.topic.split(".")[0])
        if child and child.process:
            child.heard_ns = heard.received_ns
            if child.state != "running":
                log.info("%s runs (process %d)", child.role, child.process.pid)
                child.state, child.note = "running", ""
                if child.role == "window":
                    self._start_those_that_waited()

    def _start_those_that_waited(self) -> None:
        """The window stands: nobody waits for it any longer."""
        for child in self._children.values():
            if child.started_ns == 0:
                child.start_at_ns = 0

    def _look_after(self, child: _Child, at_ns: int) -> None:
        if child.state in ("given up", "ended"):
            return
        if child.process is None:
            if at_ns >= child.start_at_ns:
                self._start(child, at_ns)
            return
        code = child.process.poll()
        if code is not None:
            self._fell(child, code, at_ns)
        elif at_ns > child.patience_ends_ns:
            since_ns = child.heard_ns or child.started_ns
            log.error(
                "%s has been silent for %.0f s; it is killed", child.role, (at_ns - since_ns) / NS_PER_S
            )
            child.process.kill()
        elif child.falls and at_ns - child.started_ns > _STEADY_NS:
            child.falls = 0

    def _start(self, child: _Child, at_ns: int) -> None:
        child.process = start_role(child.role, self.station, self.environment)
        child.started_ns, child.heard_ns = at_ns, 0
        if child.state == "restarting":
            child.restarts += 1
        child.state = "starting"

    def _fell(self, child: _Child, code: int, at_ns: int) -> None:
        assert child.process is not None
        if child.process.stdin:
            child.process.stdin.close()
        child.process = None
        if child.role == "window" and code == 0:
            child.state, self.ended = "ended", True
            return
        last_words = last_words_file(self.station.path, child.role)
        words = last_words.read_text(encoding="utf-8") if last_words.exists() else _ending(code)
        child.falls += 1
        if code == DELIBERATE_END:
            child.state, child.note = "given up", words
            log.error("%s has ended for the reason above and is not started again", child.role)
            return
        if child.falls >= _FALLS_BEFORE_GIVING_UP:
            child.state, child.note = "given up", f"{words}, {child.falls} times in a row"
            log.error("%s is given up: %s", child.role, child.note)
            return
        pause_s = min(_LONGEST_BACKOFF_S, _FIRST_BACKOFF_S * 2 ** (child.falls - 1))
        child.state, child.note = "restarting", f"{words}; starting again"
        child.start_at_ns = at_ns + int(pause_s * NS_PER_S)
        log.warning("%s fell (%s); starting again in %.2f s", child.role, words, pause_s)


def _ending(code: int) -> str:
    """How a process ended that said nothing itself, from ``Popen``'s code."""
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
