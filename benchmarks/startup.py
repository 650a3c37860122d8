"""How long a person waits: for the window, for its panels, for the twin, and for the whole station."""

import os
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from app.demo.display import display
from benchmarks.figures import Figure
from twin.errors import GraphicsError
from twin.robot import find_robot
from twin.station import Station
from twin.wire.clock import NS_PER_MS, now_ns

TITLE = "startup: from the command to a window that is drawn and complete"

_FIRST_PAINT, _PANELS, _TWIN = "first paint", "all panels", "first picture of the twin"
_PATIENCE_S = 60.0
_PAINT_BAR_MS, _STATION_BAR_MS = 1000.0, 5000.0
_PEER = "the window built whole before it is shown"


def measure(quick: bool) -> list[Figure]:
    """Start processes anew for every sample; the first of each kind fills the caches and is not counted.

    Raises:
        GraphicsError: no window can be shown here, and no virtual display can be made.
    """
    rounds = 3 if quick else 7
    understudy = [sys.executable, "-m", "app.main"]
    with tempfile.TemporaryDirectory(prefix="us-bench-") as folder, display() as shown_on:
        station = Station(
            folder=folder, robot_folder=str(find_robot("optimus")), takes_folder=f"{folder}/takes"
        )
        station.save()
        window = [*understudy, "role", "window", "--station-dir", folder]
        eager = [sys.executable, "-m", "benchmarks.eager_window_peer", folder]
        alone = _samples(window, (_FIRST_PAINT, _PANELS, _TWIN), rounds, shown_on)
        peer = _samples(eager, (_FIRST_PAINT,), rounds, shown_on)
        whole = [*understudy, "run", "--station-dir", f"{folder}/run", "--takes", f"{folder}/takes"]
        station_ms = _samples(whole, (_FIRST_PAINT, _PANELS), max(3, rounds // 2), shown_on)
    return [
        Figure(
            "window role: first paint, p50", statistics.median(alone[_FIRST_PAINT]), "ms", rounds, _PAINT_BAR_MS,
            peer=_PEER, peer_value=statistics.median(peer[_FIRST_PAINT]),
        ),
        Figure("window role: first paint, slowest", max(alone[_FIRST_PAINT]), "ms", rounds, _PAINT_BAR_MS),
        Figure("window role: all panels, p50", statistics.median(alone[_PANELS]), "ms", rounds),
        Figure("window role: first picture of the twin, p50", statistics.median(alone[_TWIN]), "ms", rounds),
        Figure(
            "whole station: first paint, p50", statistics.median(station_ms[_FIRST_PAINT]), "ms",
            len(station_ms[_FIRST_PAINT]), _PAINT_BAR_MS,
        ),
        Figure(
            "whole station: all panels, p50", statistics.median(station_ms[_PANELS]), "ms",
            len(station_ms[_PANELS]), _STATION_BAR_MS,
        ),
    ]  # fmt: skip


def _samples(
    command: Sequence[str], milestones: Sequence[str], rounds: int, shown_on: Mapping[str, str]
) -> dict[str, list[float]]:
    """Milliseconds from starting ``command`` to each of its ``milestones``, ``rounds`` times."""
    found: dict[str, list[float]] = {milestone: [] for milestone in milestones}
    for number in range(rounds + 1):
        for milestone, after_ms in _started(command, milestones, shown_on).items():
            if number:
                found[milestone].append(after_ms)
    return found


def _started(
    command: Sequence[str], milestones: Sequence[str], shown_on: Mapping[str, str]
) -> dict[str, float]:
    began_ns = now_ns()
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env={**os.environ, **shown_on}
    )
    impatience = threading.Timer(_PATIENCE_S, process.kill)
    impatience.start()
    reached: dict[str, float] = {}
    said: list[str] = []
    try:
        assert process.stderr is not None
        for line in process.stderr:
            said.append(line.strip())
            for milestone in milestones:
                if milestone in line:
                    reached.setdefault(milestone, (now_ns() - began_ns) / NS_PER_MS)
            if len(reached) == len(milestones):
                return reached
    finally:
        impatience.cancel()
        process.terminate()
        process.communicate(timeout=_PATIENCE_S)
    last = said[-1] if said else "it said nothing"
    raise GraphicsError(f"{Path(command[0]).name} {' '.join(command[1:4])} showed no complete window: {last}")
