"""The humanoid on its own feet: how often it stays up, on the estimated state with noisy sensors, seeds fixed."""

import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Any

import numpy as np

from benchmarks import balance_trials as trials
from benchmarks.figures import Figure

TITLE = "standing and walking: falls counted, on the estimated state"


def measure(quick: bool) -> list[Figure]:
    """Every row on fixed seeds; ``quick`` takes fewer and shorter trials."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # small matrices: threads only wait for each other
    context = get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as alone:
        share = alone.submit(trials.share_of_core, 5.0 if quick else 30.0).result()
    workers = max(1, (os.cpu_count() or 1))
    with ProcessPoolExecutor(max_workers=workers, mp_context=context) as pool:
        figures = [Figure("whole robot loop, share of one core", share, "%", 1, 25.0)]
        figures += _standing(pool, quick)
        figures += _pushes(pool, quick)
        figures += _walking(pool, quick)
        figures += _ground(pool, quick)
        figures += _foreign(pool, quick)
    return figures


def _standing(pool: ProcessPoolExecutor, quick: bool) -> list[Figure]:
    seconds = 10.0 if quick else 600.0
    seeds = range(1, 4 if quick else 21)
    squats = range(1, 3 if quick else 11)
    return [
        _count(pool, f"stands, arms at full teleop speed, {seconds:.0f} s", trials.stands, seeds, seconds),
        _count(pool, "squats of 20 cm at 0.3 m/s, 2 kg a hand", trials.squats, squats),
    ]


def _pushes(pool: ProcessPoolExecutor, quick: bool) -> list[Figure]:
    seeds = range(1, 3 if quick else 11)
    rows: list[tuple[str, tuple[float, float], float, float]] = [
        ("front 25 N s, standing", (-25.0, 0.0), 0.0, 1.0),
        ("back 25 N s, standing", (25.0, 0.0), 0.0, 1.0),
        ("side 20 N s, standing", (0.0, 20.0), 0.0, 1.0),
        ("along 20 N s, walking 0.4 m/s", (20.0, 0.0), 0.4, 0.9),
        ("against 20 N s, walking 0.4 m/s", (-20.0, 0.0), 0.4, 0.9),
        ("left 15 N s, walking 0.4 m/s", (0.0, 15.0), 0.4, 0.9),
        ("right 15 N s, walking 0.4 m/s", (0.0, -15.0), 0.4, 0.9),
    ]
    return [
        _count(pool, f"push {name}", trials.takes_push, seeds, impulse, speed, needed=needed)
        for name, impulse, speed, needed in rows
    ]


def _walking(pool: ProcessPoolExecutor, quick: bool) -> list[Figure]:
    seconds = 15.0 if quick else 60.0
    seeds = range(1, 3 if quick else 21)
    way_m = 3.0 if quick else 10.0
    walked = list(pool.map(partial(_mean_speed, way_m=way_m), range(1, 2 if quick else 6)))
    off = max(abs(speed / 0.5 - 1.0) * 100.0 for speed, _ in walked)
    return [
        _count(
            pool,
            f"random joystick {seconds:.0f} s, 0 to 2 kg a hand",
            trials.follows_joystick,
            seeds,
            seconds,
        ),
        Figure("speed at 0.5 m/s asked, largest error", float(off), "%", len(walked), 5.0),
        Figure(
            f"drift to the side over {way_m:g} m, largest",
            float(np.max([drift for _, drift in walked])),
            "m",
            len(walked),
            0.3,
        ),
        _count(pool, "replay from a snapshot, bit-exact", trials.is_replayed_exactly, range(1, 2)),
    ]


def _mean_speed(seed: int, way_m: float) -> tuple[float, float]:
    return trials.mean_speed(seed, 0.5, way_m)


def _ground(pool: ProcessPoolExecutor, quick: bool) -> list[Figure]:
    seeds = range(1, 3 if quick else 11)
    return [
        _count(pool, "step edge 3 cm up and down, 0.3 m/s", trials.crosses_edges, seeds, needed=0.9),
        _count(pool, "slope 5 degrees, 0.3 m/s", trials.walks_slope, seeds, 5.0, needed=0.9),
        _count(pool, "friction 0.4, 0.3 m/s", trials.walks_slippery, seeds, 0.4, needed=0.9),
    ]


def _foreign(pool: ProcessPoolExecutor, quick: bool) -> list[Figure]:
    """Rows of a robot whose folder was drafted from its model; none, and a line that says so, where it is absent."""
    if not trials.FOREIGN_MODEL.is_file():
        sys.stderr.write(f"not measured: the foreign robot ({trials.FOREIGN_MODEL} is not there)\n")
        return []
    seconds = 20.0 if quick else 60.0
    seeds = range(1, 3 if quick else 11)
    name = f"foreign robot stands {seconds:.0f} s, arms moving, takes 10 N s from three sides"
    return [
        _count(pool, name, trials.foreign_stands, seeds, seconds, 10.0),
        _count(pool, "foreign robot squats 20 cm at 0.3 m/s", trials.foreign_squats, seeds),
        _count(pool, "foreign robot walks at 0.3 m/s", trials.foreign_walks, seeds, 0.3),
    ]


def _count(
    pool: ProcessPoolExecutor,
    name: str,
    trial: Callable[..., bool],
    seeds: Sequence[int],
    *arguments: Any,
    needed: float = 1.0,
) -> Figure:
    """How many seeds come through, against the share of them that is needed."""
    outcomes = [pool.submit(trial, seed, *arguments) for seed in seeds]
    passed = sum(outcome.result() for outcome in outcomes)
    return Figure(
        name, passed, f"of {len(seeds)}", len(seeds), float(np.ceil(needed * len(seeds))), at_least=True
    )
