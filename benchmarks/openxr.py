"""What a headset on this PC costs: head, both controllers and both bare hands of one frame through OpenXR.

The runtime is made here (``openxr_runtime``), so what is measured is the loader, pyopenxr and our own reading, plus
the made runtime's Python callbacks, which a real runtime does not have.
"""

import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.figures import Figure
from benchmarks.openxr_loader import missing
from benchmarks.openxr_runtime import MadeRuntime
from benchmarks.openxr_world import JOINTS, World
from twin.errors import UnderstudyError
from twin.wire.clock import NS_PER_MS, now_ns

TITLE = (
    "openxr: cost of a frame with head, two controllers and two hands (a made runtime behind the real loader)"
)
_HZ = 90


def measure(quick: bool) -> list[Figure]:
    """The figures.

    Raises:
        UnderstudyError: there is no pyopenxr or no compiler here.
    """
    if missing():
        raise UnderstudyError(f"OpenXR cannot be measured: {missing()}")
    from teleop.inputs.openxr.runtime import load_library
    from teleop.inputs.openxr.session import OpenXrSession
    from teleop.inputs.xr.worn import Worn

    count = 500 if quick else 5000
    with tempfile.TemporaryDirectory(prefix="us-") as folder:
        runtime = MadeRuntime(World(Path(folder) / "world"), Path(folder))
        for side in ("left", "right"):
            hand = runtime.world.hand(side)
            hand["joints_seen"], hand["joints"] = 1, _joints()
        session = OpenXrSession(load_library())
        while not session.runs:
            session.events()
        worn, took_ms, guarded_ms = Worn("headset:bench", "bench", []), list[float](), list[float]()
        runtime.spent_ns, began_cpu_s, began_s = 0, time.process_time(), time.monotonic()
        for _ in range(count):
            session.events()
            began_ns, inside_ns = now_ns(), runtime.spent_ns
            frame = session.frame(began_ns)
            seen_ns = now_ns()
            worn.frame(frame, seen_ns)
            took_ms.append((seen_ns - began_ns - (runtime.spent_ns - inside_ns)) / NS_PER_MS)
            guarded_ms.append((now_ns() - seen_ns) / NS_PER_MS)
            time.sleep(max(0.0, 1 / _HZ - (now_ns() - began_ns) / 1e9) if not quick else 0.0)
        share = (time.process_time() - began_cpu_s) / (time.monotonic() - began_s)
        session.close()
    figures = [
        Figure(
            "a frame of head, controllers, 52 joints read, p50", float(np.median(took_ms)), "ms", count, 0.22
        ),
        Figure("likewise, p99", float(np.percentile(took_ms, 99)), "ms", count),
        Figure(
            "the frame judged and put into the robot's axes, p50", float(np.median(guarded_ms)), "ms", count
        ),
    ]
    if not quick:
        name = "of one core at 90 Hz, the made runtime included"
        figures.append(Figure(name, 100 * share, "%", count))
    return figures


def _joints() -> np.ndarray:
    joints = np.zeros((JOINTS, 7), np.float32)
    joints[:, 0], joints[:, 1], joints[:, 6] = 0.01 * np.arange(JOINTS), 1.0, 1.0
    return joints
