"""The work of a day: how many takes, how many good, how much of the time was driven, how calm the hands were."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from recordings import take
from recordings.catalog import takes_in
from recordings.shift.calm import jerk_change
from recordings.shift.rating import BAD, GOOD
from recordings.take import Manifest

_HOUR_S = 3600.0


@dataclass(frozen=True)
class Worked:
    """One take of the day."""

    manifest: Manifest
    discarded: bool

    @property
    def begun(self) -> datetime.datetime:
        """When it began, in the local time of this machine."""
        return datetime.datetime.fromtimestamp(self.manifest.started_utc_ns / 1e9).astimezone()

    @property
    def jerk_m_s3(self) -> float | None:
        """Of the hand that jerked most; None if it was not measured."""
        quality = self.manifest.quality
        return quality.jerk_m_s3 if quality else None


@dataclass(frozen=True)
class Counters:
    """Figures of some takes. Time is that of the takes; what lies between them counts as idle in ``span_s``."""

    name: str
    takes: int  # kept, without the discarded
    good: int
    bad: int
    discarded: int
    span_s: float  # from the begin of the first take to the end of the last
    recorded_s: float
    driven_s: float  # in the clutch

    @property
    def takes_per_hour(self) -> float:
        """Kept takes over the span; 0 if there is none."""
        return self.takes * _HOUR_S / self.span_s if self.span_s else 0.0

    @property
    def success_share(self) -> float | None:
        """Good among the marked; None if nobody marked any."""
        marked = self.good + self.bad
        return self.good / marked if marked else None

    @property
    def idle_s(self) -> float:
        """Time of the span in which nobody drove into a take."""
        return max(0.0, self.span_s - self.driven_s)


@dataclass(frozen=True)
class Shift:
    """A day's takes and their figures."""

    day: datetime.date
    takes: tuple[Worked, ...]  # in the order in which they were begun
    whole: Counters
    per_task: tuple[Counters, ...]
    per_operator: tuple[Counters, ...]
    jerk_change: float | None  # median of the last third over that of the first, minus 1; None: too few


def read_shift(folder: Path, day: datetime.date) -> Shift:
    """The takes in ``folder``, and among those discarded, that were begun on ``day`` (local time)."""
    found = [Worked(manifest, False) for manifest in _manifests(folder)]
    found += [Worked(manifest, True) for manifest in _manifests(folder / take.TRASH)]
    return summarise(day, found)


def _manifests(folder: Path) -> list[Manifest]:
    return [entry.manifest for entry in takes_in(folder) if entry.manifest]


def summarise(day: datetime.date, takes: Iterable[Worked]) -> Shift:
    """The figures of those of ``takes`` that were begun on ``day``."""
    mine = sorted((each for each in takes if each.begun.date() == day), key=lambda each: each.begun)
    tasks = dict.fromkeys(each.manifest.task for each in mine)
    operators = dict.fromkeys(each.manifest.operator for each in mine)
    return Shift(
        day=day,
        takes=tuple(mine),
        whole=count("all", mine),
        per_task=tuple(
            count(task or "no task", [each for each in mine if each.manifest.task == task]) for task in tasks
        ),
        per_operator=tuple(
            count(name or "nobody named", [each for each in mine if each.manifest.operator == name])
            for name in operators
        ),
        jerk_change=jerk_change([each.jerk_m_s3 for each in mine if each.jerk_m_s3 is not None]),
    )


def count(name: str, takes: Sequence[Worked]) -> Counters:
    """The figures of ``takes``, which are in their order."""
    kept = [each.manifest for each in takes if not each.discarded]
    ends = [each.manifest.started_utc_ns / 1e9 + each.manifest.seconds for each in takes]
    span_s = max(ends) - takes[0].manifest.started_utc_ns / 1e9 if takes else 0.0
    every = [each.manifest for each in takes]
    return Counters(
        name=name,
        takes=len(kept),
        good=sum(each.rating == GOOD for each in kept),
        bad=sum(each.rating == BAD for each in kept),
        discarded=len(takes) - len(kept),
        span_s=span_s,
        recorded_s=sum(each.seconds for each in every),
        driven_s=sum(each.quality.driven_s for each in every if each.quality),
    )
