"""How long the default robot takes from disk to the twin's first frame, each time in a fresh process."""

import json
import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks.figures import Figure
from twin.errors import GraphicsError

TITLE = "load: the default robot from disk to the first frame of its twin"

_FRAME_BAR_MS, _SHELLS_BAR_MS = 600.0, 150.0
_PROCESS = Path(__file__).with_name("load_process.py")


def measure(quick: bool) -> list[Figure]:
    """Medians over fresh processes; the first fills the disk's cache and is not counted.

    Raises:
        GraphicsError: no picture can be drawn here.
    """
    rounds = 3 if quick else 9
    _loaded()
    samples = [_loaded() for _ in range(rounds)]
    median = {name: statistics.median(sample[name] for sample in samples) for name in samples[0]}
    slowest = max(sample["first frame"] for sample in samples)
    return [
        Figure("robot, scene, geometry and first frame, p50", median["first frame"], "ms", rounds, _FRAME_BAR_MS),
        Figure("the same, slowest", slowest, "ms", rounds),
        Figure("of it the robot's folder", median["folder"], "ms", rounds),
        Figure("of it robot and scene as one model", median["scene"], "ms", rounds),
        Figure("of it geometry", median["geometry"], "ms", rounds),
        Figure("of it the drawing", median["drawing"], "ms", rounds),
        Figure(
            "shells read and compiled, p50", median["shells"], "ms", rounds, _SHELLS_BAR_MS,
            peer="the model without them", peer_value=median["bare"],
        ),
    ]  # fmt: skip


def _loaded() -> dict[str, float]:
    """Milliseconds of each phase in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{_PROCESS.stem}"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "it said nothing"
        raise GraphicsError(f"the robot was not loaded and drawn: {last}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found
