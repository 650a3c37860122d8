"""The peer: what LeRobot does by default while it records, a PNG of level 1 for each picture."""

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image  # type: ignore[import-not-found]


def main() -> None:
    """Answer with the CPU seconds per picture of the task's size."""
    task = json.load(sys.stdin)
    random = np.random.default_rng(0)
    coarse = random.uniform(40, 200, (task["height"] // 16, task["width"] // 16, 3))
    room = np.kron(coarse, np.ones((16, 16, 1)))
    frames = [
        np.clip(room + random.normal(0, 2, room.shape), 0, 255).astype(np.uint8)
        for _ in range(task["frames"])
    ]
    with tempfile.TemporaryDirectory() as folder:
        begun_s = time.process_time()
        for number, frame in enumerate(frames):
            Image.fromarray(frame).save(Path(folder) / f"{number}.png", compress_level=1)
        spent_s = time.process_time() - begun_s
    json.dump({"cpu_s_per_picture": spent_s / len(frames)}, sys.stdout)


if __name__ == "__main__":
    main()
