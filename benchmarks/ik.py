"""Both arms by inverse kinematics with self-collision, beside mink on the same model, paths and scoring."""

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Figure
from benchmarks.peers import peer_python, run_peer
from twin.ik.goals import Goals
from twin.ik.model import SIDES, Kinematics, load_kinematics
from twin.ik.plan import Settings
from twin.ik.shapes import kinematic_description
from twin.ik.solver import BodySolver
from twin.robot import RobotSpec, find_robot, load_robot
from twin.role import be_nice, be_urgent
from twin.spatial import Pose, vector_from_rotation

TITLE = "inverse kinematics of both arms with self-collision, beside mink"
MINK = ("mink==1.3.0",)
STEP_S = 0.01
NEAR_M, MARGIN_M = 0.05, 0.01
_FRAMES = 500
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Score:
    """How a solver did on a set of paths."""

    us: Array  # of each step
    position_mm: Array  # error of each hand in each frame
    rotation_deg: Array
    limit_violations: int  # frames with a joint outside its limits
    collisions: int  # frames in which shapes that must keep apart touch


def measure(quick: bool) -> list[Figure]:
    """Run the own solver and mink on free paths and on paths that lead into the body."""
    spec = load_robot(find_robot("optimus"))
    kinematics = load_kinematics(spec, NEAR_M)
    count = 2 if quick else 8
    free = _paths(kinematics, count, seed=1, reach=1.0, colliding=False)
    into = _paths(kinematics, count, seed=3, reach=1.9, colliding=True)
    with tempfile.TemporaryDirectory(prefix="us-ik-") as folder, _as_in_the_control_role():
        own, own_into = (_own(kinematics, paths) for paths in (free, into))
        full, full_into = (_mink(Path(folder), kinematics, paths, welded=False) for paths in (free, into))
        bare = _mink(Path(folder), kinematics, free, welded=True)
    return _figures(own, full, bare) + _collision_figures(own_into, full_into)


@contextlib.contextmanager
def _as_in_the_control_role() -> Iterator[None]:
    """With the urgency that the control role asks for; the peer's process inherits it."""
    policy, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    niceness = os.getpriority(os.PRIO_PROCESS, 0)
    be_urgent(-11)
    try:
        yield
    finally:
        os.sched_setscheduler(0, policy, parameters)
        be_nice(niceness)


def _figures(own: Score, full: Score, bare: Score) -> list[Figure]:
    n = len(own.us)
    same, best = "mink 1.3.0, same model", "mink 1.3.0, fingers welded"
    p50, p99 = (float(np.percentile(own.us, q)) / 1000 for q in (50, 99))
    full_p50, full_p99 = (float(np.percentile(full.us, q)) / 1000 for q in (50, 99))
    bare_p50 = float(np.percentile(bare.us, 50)) / 1000
    return [
        Figure("step of both arms, p50", p50, "ms", n, 0.1, peer=same, peer_value=full_p50),
        Figure("step of both arms, p99", p99, "ms", n, 0.4, peer=same, peer_value=full_p99),
        Figure(
            "step of both arms, p50, against the peer at its best",
            p50,
            "ms",
            n,
            peer=best,
            peer_value=bare_p50,
        ),
        Figure("times faster than the peer, p50", full_p50 / p50, "x", n, 3.0, at_least=True),
        Figure("times faster than the peer at its best, p50", bare_p50 / p50, "x", n),
        Figure(
            "position error, mean",
            float(own.position_mm.mean()),
            "mm",
            n,
            float(min(full.position_mm.mean(), bare.position_mm.mean())),
            peer=same,
            peer_value=float(full.position_mm.mean()),
        ),
        Figure(
            "position error, p95",
            float(np.percentile(own.position_mm, 95)),
            "mm",
            n,
            float(min(np.percentile(full.position_mm, 95), np.percentile(bare.position_mm, 95))),
            peer=same,
            peer_value=float(np.percentile(full.position_mm, 95)),
        ),
        Figure(
            "rotation error, mean",
            float(own.rotation_deg.mean()),
            "deg",
            n,
            peer=same,
            peer_value=float(full.rotation_deg.mean()),
        ),
        Figure(
            "frames outside joint limits",
            own.limit_violations,
            "",
            n,
            0,
            peer=same,
            peer_value=full.limit_violations,
        ),
    ]


def _collision_figures(own: Score, full: Score) -> list[Figure]:
    n = len(own.us)
    return [
        Figure(
            "frames in self-collision, targets inside the body",
            own.collisions,
            "",
            n,
            0,
            peer="mink 1.3.0, same pairs",
            peer_value=full.collisions,
        ),
        Figure(
            "step of both arms, p99, targets inside the body",
            float(np.percentile(own.us, 99)) / 1000,
            "ms",
            n,
            0.4,
            peer="mink 1.3.0, same pairs",
            peer_value=float(np.percentile(full.us, 99)) / 1000,
        ),
    ]


# --- paths --------------------------------------------------------------------------------------------


def _arms(kinematics: Kinematics) -> NDArray[np.intp]:
    return np.concatenate([kinematics.arm_joints[side] for side in SIDES])


def _paths(kinematics: Kinematics, count: int, seed: int, reach: float, colliding: bool) -> Array:
    """Smooth paths of both hands as poses, shape (count, frames, 2, 4, 4), made from joint paths.

    Free paths keep every pair of shapes further apart than the margin, so that they can be followed exactly;
    colliding ones run through the body for at least half a second.
    """
    spec, arms = kinematics.spec, _arms(kinematics)
    rng = np.random.default_rng(seed)
    data = mujoco.MjData(kinematics.model)
    found: list[Array] = []
    while len(found) < count:
        angles = _joint_path(spec, arms, rng, reach)
        poses, clearance_m = _follow(kinematics, data, arms, angles)
        into = int((clearance_m < -0.005).sum())
        if (into >= 50) if colliding else bool((clearance_m > MARGIN_M + 0.004).all()):
            found.append(poses)
    return np.array(found)


def _joint_path(spec: RobotSpec, arms: NDArray[np.intp], rng: np.random.Generator, reach: float) -> Array:
    """Sums of three sines about the ready pose, squeezed into the limits, shape (frames, joints)."""
    t = np.arange(_FRAMES) * STEP_S
    n = len(arms)
    frequency = rng.uniform(0.13, 0.8, (n, 3))
    amplitude = rng.dirichlet(np.ones(3), n) * rng.uniform(0.2, 0.8, (n, 1)) * reach
    phase = rng.uniform(0, 2 * np.pi, (n, 3))
    waves = (
        (amplitude[:, :, None] * np.sin(2 * np.pi * frequency[:, :, None] * t + phase[:, :, None])).sum(1).T
    )
    waves -= waves[0]
    room_up = spec.upper_rad[arms] - 0.08 - spec.home_rad[arms]
    room_down = spec.home_rad[arms] - spec.lower_rad[arms] - 0.08
    squeeze = np.minimum(
        room_up / np.maximum(waves.max(0), 1e-9), room_down / np.maximum(-waves.min(0), 1e-9)
    )
    return np.asarray(spec.home_rad[arms] + waves * np.minimum(squeeze, 1.0))


def _follow(kinematics: Kinematics, data: Any, arms: NDArray[np.intp], angles: Array) -> tuple[Array, Array]:
    """Hand poses and the least clearance of each frame of a joint path."""
    model = kinematics.model
    poses, clearance = np.zeros((len(angles), 2, 4, 4)), np.full(len(angles), np.inf)
    data.qpos[kinematics.qpos_address] = kinematics.spec.home_rad
    for frame, values in enumerate(angles):
        data.qpos[kinematics.qpos_address[arms]] = values
        mujoco.mj_kinematics(model, data)
        mujoco.mj_collision(model, data)
        if data.ncon:
            clearance[frame] = data.contact.dist.min()
        for hand, side in enumerate(SIDES):
            site = kinematics.hand_site[side]
            poses[frame, hand] = np.eye(4)
            poses[frame, hand, :3, :3] = data.site_xmat[site].reshape(3, 3)
            poses[frame, hand, :3, 3] = data.site_xpos[site]
    return poses, clearance


# --- solvers ------------------------------------------------------------------------------------------


def _own(kinematics: Kinematics, paths: Array) -> Score:
    # mink bounds no acceleration; neither do we here.
    settings = Settings(acceleration_use=0.0)
    arms = _arms(kinematics)
    seconds, solved = [], []
    for path in paths:
        solver = BodySolver(kinematics, settings)
        angles = np.zeros((len(path), len(arms)))
        for frame, (left, right) in enumerate(path):
            began = time.perf_counter()
            targets = {
                "left": Pose(left[:3, 3], left[:3, :3]),
                "right": Pose(right[:3, 3], right[:3, :3]),
            }
            solver.step(Goals(targets), STEP_S)
            seconds.append(time.perf_counter() - began)
            angles[frame] = solver.position_rad[arms]
        solved.append(angles)
    return _score(kinematics, paths, np.array(solved), np.array(seconds))


def _mink(folder: Path, kinematics: Kinematics, paths: Array, welded: bool) -> Score:
    """The peer with the same limits. ``welded``: on a model of the arms alone, with hands of one piece each.

    Raises:
        PeerError: it cannot be installed or run.
    """
    spec = kinematics.spec
    draft = kinematic_description(spec, NEAR_M, MARGIN_M)
    arms = [spec.joint_names[joint] for joint in _arms(kinematics)]
    if welded:
        _weld(draft, spec, set(arms))
    (folder / "robot.xml").write_text(_with_names(draft))
    np.savez(folder / "paths.npz", targets=paths, home=spec.home_rad)
    settings = Settings()
    speed = spec.max_speed_rad_s * settings.speed_use
    task = {
        "model": str(folder / "robot.xml"),
        "paths": str(folder / "paths.npz"),
        "result": str(folder / "solved.npz"),
        "joints": arms,
        "home_joints": list(spec.joint_names),
        "sites": [spec.frames[f"{side}_hand"] for side in SIDES],
        "pairs": _pairs(kinematics, fingers=not welded),
        "max_speed_rad_s": {name: float(speed[spec.joint_names.index(name)]) for name in arms},
        "closing_gain": float(1.0 - np.exp(-STEP_S / settings.closing_time_s)),
        "margin_m": MARGIN_M,
        "near_m": NEAR_M,
        "rotation_weight_m": spec.ik.radian_m,
    }
    run_peer(peer_python("mink", MINK), Path(__file__).with_name("peer_mink.py"), task)
    result = np.load(folder / "solved.npz")
    return _score(kinematics, paths, result["solved"], result["seconds"])


def _with_names(draft: Any) -> str:
    for shell in [*(geom for geom in draft.geoms if geom.meshname), *draft.meshes]:
        draft.delete(shell)  # their files are not where the peer reads the model
    draft.compile()
    return str(draft.to_xml())


def _weld(draft: Any, spec: RobotSpec, kept: set[str]) -> None:
    """Remove all joints but ``kept``, each frozen at its ready angle."""
    home = dict(zip(spec.joint_names, spec.home_rad, strict=True))
    for joint in list(draft.joints):
        if joint.name in kept:
            continue
        body, turn, whole = joint.parent, np.zeros(4), np.zeros(4)
        mujoco.mju_axisAngle2Quat(turn, np.array(joint.axis) / np.linalg.norm(joint.axis), home[joint.name])
        mujoco.mju_mulQuat(whole, np.array(body.quat), turn)
        body.quat = whole
        draft.delete(joint)


def _pairs(kinematics: Kinematics, fingers: bool) -> list[tuple[str, str]]:
    """Names of all pairs of shapes that the own solver watches; without ``fingers``, of arms, palms and body."""
    model = kinematics.model
    excluded = {int(signature) for signature in model.exclude_signature}
    found = []
    for first in range(model.ngeom):
        for second in range(first + 1, model.ngeom):
            a, b = int(model.geom_bodyid[first]), int(model.geom_bodyid[second])
            low, high = min(a, b), max(a, b)
            meets = model.geom_contype[first] & model.geom_conaffinity[second]
            is_parent = int(model.body_parentid[high]) == low
            if meets and low != high and not is_parent and (low << 16) + high not in excluded:
                names = model.geom(first).name, model.geom(second).name
                if fingers or not any(_is_finger(name) for name in names):
                    found.append(names)
    return found


def _is_finger(shape: str) -> bool:
    return any(finger in shape for finger in ("thumb", "index", "middle", "ring", "little"))


def _score(kinematics: Kinematics, paths: Array, solved: Array, seconds: Array) -> Score:
    spec, arms = kinematics.spec, _arms(kinematics)
    data = mujoco.MjData(kinematics.model)
    position, rotation, violations, collisions = [], [], 0, 0
    for path, angles in zip(paths, solved, strict=True):
        poses, clearance_m = _follow(kinematics, data, arms, angles)
        position.append(1000 * np.linalg.norm(poses[:, :, :3, 3] - path[:, :, :3, 3], axis=-1))
        turns = path[:, :, :3, :3] @ poses[:, :, :3, :3].transpose(0, 1, 3, 2)
        rotation.append(
            [[np.degrees(np.linalg.norm(vector_from_rotation(turn))) for turn in pair] for pair in turns]
        )
        outside = (angles < spec.lower_rad[arms] - 1e-6) | (angles > spec.upper_rad[arms] + 1e-6)
        violations += int(outside.any(1).sum())
        collisions += int((clearance_m < 0.0).sum())
    return Score(1e6 * seconds, np.array(position), np.array(rotation), violations, collisions)
