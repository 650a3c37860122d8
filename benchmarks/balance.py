"""The humanoid on its own feet: how often it stays up, on the estimated state with noisy sensors, seeds fixed."""

import os
import sys
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from benchmarks import balance_trials as trials
from benchmarks.figures import Figure
from benchmarks.outcomes import Outcomes, Trial
from benchmarks.standing_robots import FOREIGN_MODEL

TITLE = "standing and walking: falls counted, on the estimated state"
_DECIDED_BY = (
    "twin/balance",
    "twin/simulation",
    "twin/scenery",
    "benchmarks/balance_trials.py",
    "benchmarks/standing_robots.py",
    "benchmarks/waving_arms.py",
    "assets/robots/optimus",
)
_LOOP = "whole robot loop, share of one core"


@dataclass(frozen=True)
class Count:
    """How many seeds come through, against the share of them that is needed."""

    name: str
    trial: Trial
    seeds: int  # 1, 2, ...
    needed: float = 1.0

    def figures(self, outcomes: Outcomes, pool: Executor) -> list[Figure]:
        """One figure; it names the seeds that failed."""
        found = outcomes.of(self.trial, range(1, self.seeds + 1), pool)
        failed = ", ".join(str(seed) for seed, passed in found.items() if not passed)
        name = f"{self.name} (not seed {failed})" if failed else self.name
        bar = float(np.ceil(self.needed * self.seeds))
        return [Figure(name, sum(found.values()), f"of {self.seeds}", self.seeds, bar, at_least=True)]


@dataclass(frozen=True)
class Way:
    """Mean speed and drift to the side of a walk straight on."""

    name: str
    seeds: int
    asked_m_s: float
    way_m: float

    def figures(self, outcomes: Outcomes, pool: Executor) -> list[Figure]:
        """The worst seed's; nan after a fall."""
        trial = Trial(trials.mean_speed, (self.asked_m_s, self.way_m))
        walked = np.array(list(outcomes.of(trial, range(1, self.seeds + 1), pool).values()))
        off = float(np.abs(walked[:, 0] / self.asked_m_s - 1.0).max() * 100.0)
        drift = float(walked[:, 1].max())
        return [
            Figure(f"{self.name}: speed, largest error", off, "%", self.seeds, 5.0),
            Figure(f"{self.name}: drift to the side, largest", drift, "m", self.seeds, 0.3),
        ]


@dataclass(frozen=True)
class Cost:
    """Processor time of the whole loop."""

    name: str
    seconds: float

    def figures(self, _outcomes: Outcomes, _pool: Executor) -> list[Figure]:
        """Measured anew each time, in a process that has the machine to itself."""
        with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as alone:
            share, physics = alone.submit(trials.share_of_core, self.seconds).result()
        peer = "MuJoCo's step alone"
        return [Figure(self.name, share, "%", 1, 25.0, peer=peer, peer_value=physics)]


Row = Count | Way | Cost


def measure(quick: bool, only: str = "", kept: Path | None = None) -> list[Figure]:
    """Every row on fixed seeds.

    Args:
        quick: fewer and shorter trials.
        only: just the rows in whose name this is.
        kept: a file that keeps the outcome of every trial, so that a run that was ended goes on where it was.
    """
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # small matrices: threads only wait for each other
    chosen = [row for row in rows(quick) if only in row.name]
    outcomes = Outcomes(kept, _DECIDED_BY)
    workers = len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(max_workers=workers, mp_context=get_context("spawn")) as pool:
        return [figure for row in chosen for figure in row.figures(outcomes, pool)]


def rows(quick: bool) -> list[Row]:
    """All that is measured."""
    return [
        Cost(_LOOP, 5.0 if quick else 30.0),
        *_standing(quick),
        *_pushes(quick),
        *_walking(quick),
        *_ground(quick),
        *_foreign(quick),
    ]


def _standing(quick: bool) -> Sequence[Row]:
    seconds, seeds = (10.0, 3) if quick else (600.0, 20)
    name = f"stands, arms at full teleop speed, {seconds:.0f} s"
    return (
        Count(name, Trial(trials.stands, (seconds,)), seeds),
        Count("squats of 20 cm at 0.3 m/s, 2 kg a hand", Trial(trials.squats), 2 if quick else 10),
        Count("carries 5 kg a hand 20 s, arms moving", Trial(trials.carries, (5.0,)), 2 if quick else 10),
        Count(
            "palm to 15 cm above the floor beside the foot",
            Trial(trials.reaches_floor, (0.15,)),
            2 if quick else 10,
        ),
    )


def _pushes(quick: bool) -> Sequence[Row]:
    pushes: list[tuple[str, tuple[float, float], float, float]] = [
        ("front 25 N s, standing", (-25.0, 0.0), 0.0, 1.0),
        ("back 25 N s, standing", (25.0, 0.0), 0.0, 1.0),
        ("side 20 N s, standing", (0.0, 20.0), 0.0, 1.0),
        ("along 20 N s, walking 0.4 m/s", (20.0, 0.0), 0.4, 0.9),
        ("against 20 N s, walking 0.4 m/s", (-20.0, 0.0), 0.4, 0.9),
        ("left 15 N s, walking 0.4 m/s", (0.0, 15.0), 0.4, 0.9),
        ("right 15 N s, walking 0.4 m/s", (0.0, -15.0), 0.4, 0.9),
    ]
    return [
        Count(f"push {name}", Trial(trials.takes_push, (impulse, speed)), 2 if quick else 10, needed)
        for name, impulse, speed, needed in pushes
    ]


def _walking(quick: bool) -> Sequence[Row]:
    seconds, way_m = (15.0, 3.0) if quick else (60.0, 10.0)
    joystick = f"random joystick {seconds:.0f} s, 0 to 2 kg a hand"
    return (
        Count(joystick, Trial(trials.follows_joystick, (seconds,)), 2 if quick else 20),
        Way(f"{way_m:g} m at 0.5 m/s", 1 if quick else 5, 0.5, way_m),
        Count("replay from a snapshot, bit-exact", Trial(trials.is_replayed_exactly), 1),
    )


def _ground(quick: bool) -> Sequence[Row]:
    seeds = 2 if quick else 10
    return (
        Count("step edge 3 cm up and down, 0.3 m/s", Trial(trials.crosses_edges), seeds, 0.9),
        Count("slope 5 degrees, 0.3 m/s", Trial(trials.walks_slope, (5.0,)), seeds, 0.9),
        Count("friction 0.4, 0.3 m/s", Trial(trials.walks_slippery, (0.4,)), seeds, 0.9),
    )


def _foreign(quick: bool) -> Sequence[Row]:
    """Rows of a robot whose folder was drafted from its model; none, and a line that says so, where it is absent."""
    if not FOREIGN_MODEL.is_file():
        sys.stderr.write(f"not measured: the foreign robot ({FOREIGN_MODEL} is not there)\n")
        return ()
    seconds, seeds = (20.0, 2) if quick else (60.0, 10)
    name = f"foreign robot stands {seconds:.0f} s, arms moving, takes 10 N s from three sides"
    return (
        Count(name, Trial(trials.foreign_stands, (seconds, 10.0)), seeds),
        Count("foreign robot squats 20 cm at 0.3 m/s", Trial(trials.foreign_squats), seeds),
        Count("foreign robot walks at 0.3 m/s", Trial(trials.foreign_walks, (0.3,)), seeds),
    )
