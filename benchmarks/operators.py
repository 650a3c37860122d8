"""How surely the scripted operator gets through each scene with nothing but the pad; each attempt has its own seed.

Control, agent and physics are the station's own, in one process on a clock that is turned (``app.demo.rehearsal``): an
attempt ends the same way on a busy machine, and is over sooner than it would be at the pace of the clock.
"""

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace

from app.demo import script
from app.demo.picking import TOP_GRASP
from app.demo.rehearsal import Rehearsal
from app.demo.task import can_play, do_task
from benchmarks.figures import Figure
from benchmarks.outcomes import Outcomes, Trial
from twin.robot import find_robot
from twin.scenery.reading import list_scenes, read_layout
from twin.station import Station

TITLE = "operators: every scene played by the scripted operator, by pad alone"

_SEEDS, _QUICK_SEEDS = range(20), range(2)
_REVISIONS = ("gen3-a", "gen2", "gen3-b")  # the scenes' first level; the first of these also at the hardest
_DECIDING = ("app/demo", "assets", "teleop", "twin")


def measure(quick: bool, only: str = "", kept: Path | None = None) -> list[Figure]:
    """The share of attempts that succeed, by scene, level and revision; ``only`` rows with this text."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # small matrices: threads only wait for each other
    outcomes = Outcomes(kept, _DECIDING)
    seeds = _QUICK_SEEDS if quick else _SEEDS
    with ProcessPoolExecutor(os.cpu_count() or 1, mp_context=get_context("spawn")) as pool:
        return [
            figure
            for name, trial in _trials(quick)
            if only in name
            for figure in _share(name, trial, seeds, outcomes, pool)
        ]


def played(seed: int, scene: str, level: int, revision: str) -> dict[str, Any]:
    """One attempt: whether the task is done, after how many seconds, and else why not."""
    folder = str(find_robot("optimus"))
    station = Station(folder="", robot_folder=folder, revision=revision, scene=scene, seed=seed, level=level)
    if base := read_layout(scene).base:
        station = replace(station, base=base)
    rehearsal = Rehearsal(station)
    view, why = rehearsal.view, ""
    try:
        rehearsal.play(script.start(view))
        rehearsal.play(do_task(view, rehearsal, TOP_GRASP, on_lifted=lambda: None))
    except script.DemoError as error:
        why = str(error)
    done = view.world.task_succeeded
    return {"done": done, "seconds": rehearsal.time_s, "why": "" if done else why or view.world.task_note}


def _trials(quick: bool) -> Iterator[tuple[str, Trial]]:
    for scene in list_scenes():
        layout = read_layout(scene)
        if not can_play(layout):
            continue
        levels = len(layout.levels)
        for revision in _REVISIONS[:1] if quick else _REVISIONS:
            yield f"{scene}, {revision}", Trial(played, (scene, 1, revision))
        if levels > 1 and not quick:
            yield f"{scene} at level {levels}, {_REVISIONS[0]}", Trial(played, (scene, levels, _REVISIONS[0]))


def _share(name: str, trial: Trial, seeds: range, outcomes: Outcomes, pool: Executor) -> Iterator[Figure]:
    ends = list(outcomes.of(trial, seeds, pool).values())
    done_s = [end["seconds"] for end in ends if end["done"]]
    yield Figure(f"{name}: done", 100.0 * len(done_s) / len(ends), "%", len(ends))
    if done_s:
        yield Figure(f"{name}: an attempt, median", float(np.median(done_s)), "s", len(done_s))
