"""mink on the paths of the ik benchmark. Runs under the peer's own interpreter: task in, file of solved paths out."""

import json
import sys
import time
from typing import Any

import mink  # type: ignore[import-not-found]  # lives in the peer's own environment
import mujoco
import numpy as np

STEP_S = 0.01


class Terms:
    """What is asked of mink: hands, and with a head also gaze, waist and centre of mass."""

    def __init__(self, model: mujoco.MjModel, task: dict[str, Any], start: np.ndarray) -> None:
        """The terms of ``task`` on ``model``, the posture that of ``start``."""
        turn, weights = task["rotation_weight_m"], task["weights"]
        self.hands = [
            mink.FrameTask(site, "site", position_cost=1.0, orientation_cost=turn, lm_damping=1e-6)
            for site in task["sites"]
        ]
        cost = np.full(model.nv, 1e-3)
        self.waist = [model.joint(name).qposadr[0] for name in task["waist"]] if task["head"] else []
        if task["head"]:
            cost[[model.joint(name).dofadr[0] for name in task["waist"]]] = weights["waist"]
        self.posture = mink.PostureTask(model, cost=cost)
        self.start = start.copy()
        self.posture.set_target(start)
        self.all = [*self.hands, self.posture]
        if task["head"]:
            self.gaze = mink.FrameTask(
                task["head"], "site", position_cost=0.0, orientation_cost=weights["head"]
            )
            self.mass = mink.ComTask(cost=np.array([weights["balance"], weights["balance"], 0.0]))
            self.all += [self.gaze, self.mass]

    def aim(self, hands: np.ndarray, head: np.ndarray, waist: np.ndarray, mass: np.ndarray) -> None:
        """Set the targets of one frame."""
        for hand, target in zip(self.hands, hands, strict=True):
            hand.set_target(mink.SE3.from_matrix(target))
        if self.waist:
            self.start[self.waist] = waist
            self.posture.set_target(self.start)
            self.gaze.set_target(mink.SE3.from_rotation(mink.SO3.from_matrix(head)))
            self.mass.set_target(mass)


def limits(model: mujoco.MjModel, task: dict[str, Any]) -> list[mink.Limit]:
    """Position, speed, and clearance of the given pairs of shapes."""
    found = [mink.ConfigurationLimit(model), mink.VelocityLimit(model, task["max_speed_rad_s"])]
    if task["pairs"]:
        found.append(
            mink.CollisionAvoidanceLimit(
                model,
                [([first], [second]) for first, second in task["pairs"]],
                gain=task["closing_gain"],
                minimum_distance_from_collisions=task["margin_m"],
                collision_detection_distance=task["near_m"],
            )
        )
    return found


def solve(
    model: mujoco.MjModel, task: dict[str, Any], given: dict[str, np.ndarray], path: int
) -> tuple[np.ndarray, list[float]]:
    """One path: angles (frames, joints), and the seconds of each step."""
    names = task["joints"]
    address = np.array([model.joint(name).qposadr[0] for name in names])
    configuration = mink.Configuration(model)
    start = model.qpos0.copy()
    for name, angle in zip(task["home_joints"], given["home"], strict=True):
        joint = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_JOINT, name)
        if joint >= 0:
            start[model.jnt_qposadr[joint]] = angle
    configuration.update(start)
    terms, bounds = Terms(model, task, start), limits(model, task)
    # Joints that are not to move stay: mink's own way to do so.
    others = [model.joint(j).dofadr[0] for j in range(model.njnt) if model.joint(j).name not in names]
    constraints = [mink.DofFreezingTask(model, dof_indices=others)] if others else None
    wanted = [given[name][path] for name in ("hands", "head", "waist", "mass")]
    solved, seconds = [], []
    for frame in zip(*wanted, strict=True):
        began = time.perf_counter()
        terms.aim(*frame)
        try:
            velocity = mink.solve_ik(
                configuration,
                terms.all,
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
    with np.load(task["paths"]) as stored:
        given = dict(stored)
    solved, seconds = [], []
    for path in range(len(given["hands"])):
        angles, took = solve(model, task, given, path)
        solved.append(angles)
        seconds += took
    np.savez(task["result"], solved=np.array(solved), seconds=np.array(seconds))
    sys.stdout.write(json.dumps({"mujoco": mujoco.__version__}) + "\n")


if __name__ == "__main__":
    main()
