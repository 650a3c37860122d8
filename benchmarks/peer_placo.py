"""placo on the paths of the ik benchmark. Runs under the peer's own interpreter: task in, file of solved paths out."""

import json
import sys
import time
from typing import Any

import numpy as np
import placo  # type: ignore[import-not-found]  # lives in the peer's own environment

STEP_S = 0.01


def solve(robot: Any, task: dict[str, Any], targets: np.ndarray) -> tuple[np.ndarray, list[float]]:
    """One path: targets (frames, hands, 4, 4) to angles (frames, joints), and the seconds of each step."""
    solver = placo.KinematicsSolver(robot)
    solver.dt = STEP_S
    solver.mask_fbase(True)
    solver.enable_joint_limits(True)
    solver.enable_velocity_limits(True)
    for name, angle in task["home_rad"].items():
        robot.set_joint(name, angle)
        robot.set_velocity_limit(name, task["max_speed_rad_s"][name])
    robot.update_kinematics()
    hands = []
    for frame, target in zip(task["frames"], targets[0], strict=True):
        hand = solver.add_frame_task(frame, target)
        hand.configure(frame, "soft", 1.0, task["rotation_weight_m"])
        hands.append(hand)
    posture = solver.add_joints_task()
    posture.set_joints(dict(task["home_rad"]))
    # placo multiplies weights to the task's squared error: a weight of 1e-6 is a cost of 1e-3.
    posture.configure("posture", "soft", 1e-6)
    solver.add_regularization_task(1e-6)
    solved, seconds = [], []
    for frame in targets:
        began = time.perf_counter()
        for hand, target in zip(hands, frame, strict=True):
            hand.T_world_frame = target
        solver.solve(True)
        robot.update_kinematics()
        angles = np.array([robot.get_joint(name) for name in task["joints"]])
        seconds.append(time.perf_counter() - began)
        solved.append(angles)
    return np.array(solved), seconds


def main() -> None:
    """Read the task, solve all paths, write the result."""
    task = json.loads(sys.stdin.read())
    robot = placo.RobotWrapper(task["urdf"], int(placo.Flags.ignore_collisions))
    solved, seconds = [], []
    for targets in np.load(task["paths"])["hands"]:
        angles, took = solve(robot, task, targets)
        solved.append(angles)
        seconds += took
    np.savez(task["result"], solved=np.array(solved), seconds=np.array(seconds))
    sys.stdout.write(json.dumps({}) + "\n")


if __name__ == "__main__":
    main()
