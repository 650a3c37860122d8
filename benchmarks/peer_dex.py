"""dex-retargeting on the motion of the hands benchmark. Runs under the peer's own interpreter: task in, file out."""

import json
import sys
import time
from typing import Any

import numpy as np
import torch  # type: ignore[import-not-found]  # lives in the peer's own environment
from dex_retargeting.retargeting_config import (  # type: ignore[import-not-found]
    RetargetingConfig,
)


def config(task: dict[str, Any], links: list[str], points: list[int]) -> dict[str, Any]:
    """Vectors from the palm to ``links``, without the peer's low-pass filter, which would only make it late."""
    return {
        "type": "vector",
        "urdf_path": task["urdf"],
        "target_joint_names": None,
        "target_origin_link_names": [task["palm"]] * len(links),
        "target_task_link_names": links,
        "target_link_human_indices": np.array([[0] * len(points), points]),
        "scaling_factor": 1.0,
        "low_pass_alpha": 1.0,
        "ignore_mimic_joint": False,
    }


def solve(task: dict[str, Any], motion: np.ndarray, with_middles: bool) -> tuple[np.ndarray, list[float]]:
    """Angles of every frame, shape (frames, joints) in the order of the task, and the seconds each took."""
    links, points = list(task["tips"]), list(task["tip_points"])
    if with_middles:
        links, points = links + task["middles"], points + task["middle_points"]
    retargeting = RetargetingConfig.from_dict(config(task, links, points)).build()
    order = [retargeting.joint_names.index(name) for name in task["joints"]]
    solved, seconds = [], []
    for frame in motion:
        began = time.perf_counter()
        angles = retargeting.retarget(frame[points] - frame[0])
        seconds.append(time.perf_counter() - began)
        solved.append(np.asarray(angles)[order])
    return np.array(solved), seconds


def main() -> None:
    """Read the task, solve the motion twice, write the results."""
    task = json.loads(sys.stdin.read())
    torch.set_num_threads(1)
    RetargetingConfig.set_default_urdf_dir(task["folder"])
    motion = np.load(task["motion"])["points"]
    tips, tips_s = solve(task, motion, with_middles=False)
    both, both_s = solve(task, motion, with_middles=True)
    np.savez(task["result"], tips=tips, tips_s=tips_s, both=both, both_s=both_s)
    sys.stdout.write(json.dumps({"torch": torch.__version__}) + "\n")


if __name__ == "__main__":
    main()
