"""How far a robot moves by being taken hold of, in poses drawn at random: through real control and the agent's gate."""

import math
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

from benchmarks.driven_chain import DrivenChain
from benchmarks.figures import Figure
from teleop.bindings.files import load_bindings
from twin.robot import RobotSpec, find_robot, load_robot
from twin.spatial import Array

TITLE = "engage: largest joint step by taking hold, over random poses"
SECOND = 100  # ticks of control
HOLD_TO_RUN = ("left_shoulder",)
_POSES, _QUICK_POSES = 10_000, 200
_LARGEST_SAG_RAD = 0.05
_PUSHED_EVERY = 10  # in every so many-th pose the sticks are pushed in the tick of engaging
_SHARES = 20  # pieces of work, so that all cores have some


def measure(quick: bool) -> list[Figure]:
    """Take hold in each pose with everything at rest; in some push every stick at once. On all cores."""
    poses = _QUICK_POSES if quick else _POSES
    shares = [poses // _SHARES] * _SHARES
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        found = list(pool.map(_take_hold, range(_SHARES), shares))
    first, second, pushed = (max(each[place] for each in found) for place in range(3))
    refused, pushes = (round(sum(each[place] for each in found)) for place in (3, 4))
    poses = sum(shares)
    return [
        Figure("first tick, largest joint step", 1000 * first, "mrad", poses, 0.2),
        Figure("first second, largest joint motion, sticks at rest", math.degrees(second), "deg", poses, 5.0),
        Figure("first tick, every stick pushed as it engages", 1000 * pushed, "mrad", pushes, 0.2),
        Figure("poses in which it did not engage", refused, "", poses, 0),
    ]


def _take_hold(seed: int, poses: int) -> tuple[float, float, float, float, float]:
    """Largest motions in rad: first tick, first second, first tick when pushed; poses refused; times pushed."""
    spec = load_robot(find_robot("optimus"))
    chain = DrivenChain(spec, load_bindings(), agent_period_ms=4)
    random = np.random.default_rng(seed)
    first = second = pushed = 0.0
    refused = pushes = 0
    for number in range(poses):
        pose_rad, sag_rad = random_pose(spec, random)
        chain.place(pose_rad, sag_rad)
        chain.take_hold(HOLD_TO_RUN)
        for _ in range(SECOND - 1):
            chain.tick()
        away = np.abs(np.array(chain.setpoints) - pose_rad)
        began = next((tick for tick, command in enumerate(chain.commands) if command.hold_to_run_bits), 0)
        counted = len(away) - len(chain.commands)  # ticks before control asked for anything
        first = max(first, float(away[: counted + began + 2].max()))
        second = max(second, float(away.max()))
        refused += chain.controller.phase.value != "engaged"
        if number % _PUSHED_EVERY == 0:
            pushes += 1
            pushed = max(pushed, _pushed_at_once(chain, pose_rad, sag_rad))
    return first, second, pushed, refused, pushes


def random_pose(spec: RobotSpec, random: np.random.Generator) -> tuple[Array, Array]:
    """Any pose inside the joints' hard limits, and how far the body hangs away from it."""
    pose_rad = random.uniform(spec.lower_rad, spec.upper_rad)
    sag_rad = random.uniform(-_LARGEST_SAG_RAD, _LARGEST_SAG_RAD, len(pose_rad))
    return pose_rad, sag_rad


def _pushed_at_once(chain: DrivenChain, pose_rad: Array, sag_rad: Array) -> float:
    """The first step, in rad, that any stick makes when it is pushed to its end in the tick of engaging."""
    chain.place(pose_rad, sag_rad)
    chain.take_hold(HOLD_TO_RUN)
    chain.axes = {"left_x": 1.0, "left_y": 1.0, "right_x": 1.0, "right_y": 1.0}
    before = chain.setpoints[-1]
    chain.tick()
    return float(np.abs(chain.setpoints[-1] - before).max())
