"""The life of one role's process: its voice, its log, its end, its health; and the lost parent.

A supervised role has the supervisor's pipe as standard input. The kernel closes it when the supervisor ends,
however it ends, so a role that reads end-of-file there has lost its parent and leaves.
"""

import gc
import logging
import os
import signal
import sys
import types
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from twin.station import Station, claim
from twin.wire.bus import Speaker, Waiter
from twin.wire.clock import NS_PER_MS, NS_PER_S, now_ns
from twin.wire.messages import RoleHealth, RoleLog

_REMEMBERED_TICKS = 1000
_REAL_TIME_PRIORITY = 10  # of 1..99: above everything ordinary, below the kernel's own threads


class _SayLog(logging.Handler):
    """Says every log line on ``<role>.log``, so that takes and the window have it."""

    def __init__(self, role: str, speaker: Speaker) -> None:
        super().__init__(logging.INFO)
        self._role, self._speaker = role, speaker

    def emit(self, record: logging.LogRecord) -> None:
        line = RoleLog(role=self._role, level=record.levelname.lower(), text=record.getMessage())
        self._speaker.say(f"{self._role}.log", line, now_ns())


class RoleLife:
    """What every role needs around its loop.

    Use as a context manager; the loop runs ``while not life.ending``, waits with ``life.waiter`` and calls
    ``life.ticked`` once per turn.
    """

    def __init__(self, station: Station, role: str, period_ms: float, supervised: bool = False) -> None:
        """Claim the role in its station and bind its voice.

        Args:
            station: where.
            role: name from ``topics.ROLES``.
            period_ms: the loop's nominal period at first, against which lateness is measured.
            supervised: watch standard input for the supervisor's end.

        Raises:
            StationError: this role is already running in this station.
        """
        self.station, self.role = station, role
        self._lock = claim(station.path, role)
        self.speaker = Speaker(station, role)
        self.waiter = Waiter()
        self.ending = False
        self.note = ""  # goes into the role's health
        self.period_ns = int(period_ms * NS_PER_MS)  # a loop that rests sets a longer one
        self._ticks: deque[int] = deque(maxlen=_REMEMBERED_TICKS)
        self._late: deque[int] = deque([0], maxlen=_REMEMBERED_TICKS)
        self._last_tick_ns = 0
        self._missed = 0
        self._next_health_ns = 0
        self._process = psutil.Process()
        self._process.cpu_percent()
        self._supervised, self._lifeline = supervised, sys.stdin.fileno() if supervised else -1
        if supervised:
            self.waiter.add(self._lifeline)
            os.set_blocking(self._lifeline, False)
        self._log = _SayLog(role, self.speaker)
        logging.getLogger().addHandler(self._log)

    def __enter__(self) -> "RoleLife":
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGINT, self._end)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self._log)
        self.speaker.close()
        self._lock.close()

    def _end(self, _signal: int, _frame: types.FrameType | None) -> None:
        self.ending = True

    def wait(self, until_ns: int) -> Sequence[Any]:
        """Sleep until something arrives on the waiter's sources, or ``until_ns``; notices a lost parent.

        Returns the sources on which something waits.
        """
        woke = self.waiter.wait(until_ns)
        if self._supervised and self._lifeline in woke and self._parent_is_gone():
            logging.getLogger(__name__).warning("the supervisor is gone; %s ends", self.role)
            self.ending = True
        return woke

    def _parent_is_gone(self) -> bool:
        try:
            return os.read(self._lifeline, 1) == b""
        except BlockingIOError:
            return False

    def ticked(self, at_ns: int) -> None:
        """Note that the loop did its work at ``at_ns``, and say the role's health once a second."""
        if self._last_tick_ns:
            period_ns = at_ns - self._last_tick_ns
            self._ticks.append(period_ns)
            self._late.append(max(0, period_ns - self.period_ns))
            self._missed += max(0, period_ns // self.period_ns - 1)
        self._last_tick_ns = at_ns
        if at_ns >= self._next_health_ns:
            self._next_health_ns = at_ns + NS_PER_S
            self.speaker.say(f"{self.role}.health", self.health(), at_ns)

    def health(self) -> RoleHealth:
        """How this process is doing, over its last thousand ticks."""
        periods_ms = np.asarray(self._ticks or [0], np.float64) / NS_PER_MS
        p50, p99 = np.percentile(periods_ms, (50, 99))
        return RoleHealth(
            role=self.role,
            pid=os.getpid(),
            period_ms_p50=float(p50),
            period_ms_p99=float(p99),
            late_ms_p99=float(np.percentile(self._late, 99)) / NS_PER_MS,
            ticks_missed=self._missed,
            cpu_share=self._process.cpu_percent() / 100,
            memory_mb=self._process.memory_info().rss / 2**20,
            note=self.note,
        )


def calm_memory() -> None:
    """Take start-up garbage out of the collector's sight, so that it never walks it in a control loop."""
    gc.collect()
    gc.freeze()


def be_urgent(niceness: int) -> str:
    """Ask the kernel for real-time priority, else for ``niceness`` (< 0 is more urgent), for all threads there are.

    All of them: Linux gives priorities to threads, and a message waits for ZeroMQ's own thread as well.

    Returns:
        "real-time", "nice <n>" or "normal": what was granted.
    """
    try:
        for thread in _threads():
            os.sched_setscheduler(thread, os.SCHED_FIFO, os.sched_param(_REAL_TIME_PRIORITY))
    except (OSError, AttributeError):
        return be_nice(niceness)
    return "real-time"


def be_nice(niceness: int) -> str:
    """Ask for ``niceness`` only; what was granted, as in ``be_urgent``."""
    try:
        for thread in _threads():
            os.setpriority(os.PRIO_PROCESS, thread, niceness)
    except OSError:
        return "normal"
    return f"nice {niceness}"


def _threads() -> list[int]:
    """The kernel's ids of this process's threads; 0, which means the calling one, where it does not list them."""
    try:
        return [int(entry.name) for entry in Path("/proc/self/task").iterdir()]
    except OSError:
        return [0]
