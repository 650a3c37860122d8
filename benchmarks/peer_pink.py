"""pink on the paths of the ik benchmark. Runs under the peer's own interpreter: task in, file of solved paths out."""

import json
import sys
import time
from typing import Any

import numpy as np
import pink  # type: ignore[import-not-found]  # lives in the peer's own environment
import pinocchio as pin  # type: ignore[import-not-found]

STEP_S = 0.01


def solve(model: Any, task: dict[str, Any], targets: np.ndarray) -> tuple[np.ndarray, list[float]]:
    """One path: targets (frames, hands, 4, 4) to angles (frames, joints), and the seconds of each step."""
    names = list(model.names)[1:]
    start = np.array([task["home_rad"][name] for name in names])
    order = np.array([names.index(name) for name in task["joints"]])
    configuration = pink.Configuration(model, model.createData(), start)
    hands = [
        pink.tasks.FrameTask(
            frame, position_cost=1.0, orientation_cost=task["rotation_weight_m"], lm_damping=1e-6
        )
        for frame in task["frames"]
    ]
    posture = pink.tasks.PostureTask(cost=1e-3)
    posture.set_target(start)
    solved, seconds = [], []
    for frame in targets:
        began = time.perf_counter()
        for hand, target in zip(hands, frame, strict=True):
            hand.set_target(pin.SE3(target[:3, :3], target[:3, 3]))
        velocity = pink.solve_ik(
            configuration, [*hands, posture], STEP_S, solver="daqp", damping=1e-6, safety_break=False
        )
        configuration.integrate_inplace(velocity, STEP_S)
        seconds.append(time.perf_counter() - began)
        solved.append(configuration.q[order].copy())
    return np.array(solved), seconds


def main() -> None:
    """Read the task, solve all paths, write the result."""
    task = json.loads(sys.stdin.read())
    model = pin.buildModelFromUrdf(task["urdf"])
    for name in task["joints"]:
        model.velocityLimit[model.joints[model.getJointId(name)].idx_v] = task["max_speed_rad_s"][name]
    solved, seconds = [], []
    for targets in np.load(task["paths"])["hands"]:
        angles, took = solve(model, task, targets)
        solved.append(angles)
        seconds += took
    np.savez(task["result"], solved=np.array(solved), seconds=np.array(seconds))
    sys.stdout.write(json.dumps({"pink": pink.__version__}) + "\n")


if __name__ == "__main__":
    main()
