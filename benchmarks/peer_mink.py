"""mink on the paths of the ik benchmark. Runs under the peer's own interpreter: task in, file of solved paths out."""

import json
import sys
import time
from typing import Any

import mink  # type: ignore[import-not-found]  # lives in the peer's own environment
import mujoco
import numpy as np

STEP_S = 0.01


def limits(model: mujoco.MjModel, task: dict[str, Any]) -> list[mink.Limit]:
    """Position, speed, and clearance of the given pairs of shapes."""
    pairs = [([first], [second]) for first, second in task["pairs"]]
    return [
        mink.ConfigurationLimit(model),
        mink.VelocityLimit(model, task["max_speed_rad_s"]),
        mink.CollisionAvoidanceLimit(
            model,
            pairs,
            gain=task["closing_gain"],
            minimum_distance_from_collisions=task["margin_m"],
            collision_detection_distance=task["near_m"],
        ),
    ]


def solve(
    model: mujoco.MjModel, task: dict[str, Any], home: np.ndarray, targets: np.ndarray
) -> tuple[np.ndarray, list[float]]:
    """One path: targets (frames, hands, 4, 4) to angles (frames, joints), and the seconds of each step."""
    names = task["joints"]
    address = np.array([model.joint(name).qposadr[0] for name in names])
    configuration = mink.Configuration(model)
    start = model.qpos0.copy()
    for name, angle in zip(task["home_joints"], home, strict=True):
        joint = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_JOINT, name)
        if joint >= 0:
            start[model.jnt_qposadr[joint]] = angle
    configuration.update(start)
    hands = [
        mink.FrameTask(
            site, "site", position_cost=1.0, orientation_cost=task["rotation_weight_m"], lm_damping=1e-6
        )
        for site in task["sites"]
    ]
    posture = mink.PostureTask(model, cost=1e-3)
    posture.set_target(start)
    bounds = limits(model, task)
    # Joints that are not of the arms stay: mink's own way to do so.
    others = [model.joint(j).dofadr[0] for j in range(model.njnt) if model.joint(j).name not in names]
    constraints = [mink.DofFreezingTask(model, dof_indices=others)] if others else None
    solved, seconds = [], []
    for frame in targets:
        began = time.perf_counter()
        for hand, target in zip(hands, frame, strict=True):
            hand.set_target(mink.SE3.from_matrix(target))
        try:
            velocity = mink.solve_ik(
                configuration,
                [*hands, posture],
                STEP_S,
                "daqp",
                damping=1e-6,
                limits=bounds,
                constraints=constraints,
            )
            configuration.integrate_inplace(velocity, STEP_S)
        except mink.NoSolutionFound:
            pass
        seconds.append(time.perf_counter() - began)
        solved.append(configuration.q[address].copy())
    return np.array(solved), seconds


def main() -> None:
    """Read the task, solve all paths, write the result."""
    task = json.loads(sys.stdin.read())
    model = mujoco.MjModel.from_xml_path(task["model"])
    given = np.load(task["paths"])
    solved, seconds = [], []
    for targets in given["targets"]:
        angles, took = solve(model, task, given["home"], targets)
        solved.append(angles)
        seconds += took
    np.savez(task["result"], solved=np.array(solved), seconds=np.array(seconds))
    sys.stdout.write(json.dumps({"mujoco": mujoco.__version__}) + "\n")


if __name__ == "__main__":
    main()
