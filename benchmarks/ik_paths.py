"""Paths that the solvers of the ik benchmark follow, all from the same joint angles, and how they are scored."""

from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from twin.ik.model import SIDES, Indices, Kinematics
from twin.ik.plan import Settings
from twin.ik.solver import BodySolver
from twin.robot import RobotSpec
from twin.spatial import vector_from_rotation

STEP_S = 0.01
ARMS = ("left_arm", "right_arm")
BODY = (*ARMS, "torso", "neck")
FRAMES = 500
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Paths:
    """What is wanted in each frame. All arrays begin (paths, frames)."""

    groups: tuple[str, ...]  # which joints move
    hands: Array  # (..., 2, 4, 4) left before right, in the world
    head: Array  # (..., 3, 3)
    waist_rad: Array  # (..., w)
    mass_m: Array  # (..., 3) the centre of mass
    home_rad: Array  # (n,) of all joints, where each path begins


@dataclass(frozen=True)
class Score:
    """How a solver did on a set of paths."""

    us: Array  # of each step
    position_mm: Array  # error of each hand in each frame
    rotation_deg: Array
    limit_violations: int  # frames with a joint outside its limits
    collisions: int  # frames in which shapes that must keep apart touch

    def ms(self, percent: float) -> float:
        """That percentile of a step's time."""
        return float(np.percentile(self.us, percent)) / 1000


def joints_of(kinematics: Kinematics, groups: tuple[str, ...]) -> Indices:
    """The robot's joints in these groups, in their order."""
    return np.concatenate([kinematics.joints[group] for group in groups])


def make_paths(
    kinematics: Kinematics, groups: tuple[str, ...], count: int, seed: int, reach: float, colliding: bool
) -> Paths:
    """Smooth paths made from joint angles.

    Free paths keep every pair of shapes further apart than the margin and both arms clear of singular poses, so that
    they can be followed exactly; colliding ones run through the body for at least half a second.
    """
    spec, joints = kinematics.spec, joints_of(kinematics, groups)
    rng = np.random.default_rng(seed)
    found: list[tuple[Array, ...]] = []
    while len(found) < count:
        angles = _joint_path(spec, joints, rng, reach)
        *poses, clearance_m = _follow(kinematics, joints, angles)
        into = int((clearance_m < -0.005).sum())
        is_free = bool((clearance_m > spec.ik.margin_m + 0.004).all())
        if (into >= 50) if colliding else is_free and _stays_bent(kinematics, joints, angles):
            found.append(tuple(poses))
    hands, head, waist, mass = (np.array(each) for each in zip(*found, strict=True))
    return Paths(groups, hands, head, waist, mass, spec.home_rad)


def _joint_path(spec: RobotSpec, joints: Indices, rng: np.random.Generator, reach: float) -> Array:
    """Sums of three sines about the ready pose, squeezed into the limits, shape (frames, joints)."""
    t = np.arange(FRAMES) * STEP_S
    n = len(joints)
    frequency = rng.uniform(0.13, 0.8, (n, 3))
    amplitude = rng.dirichlet(np.ones(3), n) * rng.uniform(0.2, 0.8, (n, 1)) * reach
    phase = rng.uniform(0, 2 * np.pi, (n, 3))
    # People move waist and neck less than their arms.
    amplitude[[spec.joints[joint].group not in ARMS for joint in joints]] *= 0.4
    waves = (
        (amplitude[:, :, None] * np.sin(2 * np.pi * frequency[:, :, None] * t + phase[:, :, None])).sum(1).T
    )
    waves -= waves[0]
    room_up = spec.upper_rad[joints] - 0.08 - spec.home_rad[joints]
    room_down = spec.home_rad[joints] - spec.lower_rad[joints] - 0.08
    squeeze = np.minimum(
        room_up / np.maximum(waves.max(0), 1e-9), room_down / np.maximum(-waves.min(0), 1e-9)
    )
    return np.asarray(spec.home_rad[joints] + waves * np.minimum(squeeze, 1.0))


def _follow(kinematics: Kinematics, joints: Indices, angles: Array) -> tuple[Array, ...]:
    """Hands, head, waist, centre of mass and least clearance of each frame of a joint path."""
    model, data = kinematics.model, mujoco.MjData(kinematics.model)
    count, torso = len(angles), kinematics.joints["torso"]
    hands, head, mass_m = np.zeros((count, 2, 4, 4)), np.zeros((count, 3, 3)), np.zeros((count, 3))
    waist, clearance = np.zeros((count, len(torso))), np.full(count, np.inf)
    data.qpos[kinematics.qpos_address] = kinematics.spec.home_rad
    for frame, values in enumerate(angles):
        data.qpos[kinematics.qpos_address[joints]] = values
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        mujoco.mj_collision(model, data)
        if data.ncon:
            clearance[frame] = data.contact.dist.min()
        for hand, side in enumerate(SIDES):
            hands[frame, hand] = _as_matrix(data, kinematics.hand_site[side])
        head[frame] = data.site_xmat[kinematics.head_site].reshape(3, 3)
        waist[frame] = data.qpos[kinematics.qpos_address[torso]]
        mass_m[frame] = data.subtree_com[kinematics.base_body]
    return hands, head, waist, mass_m, clearance


def _as_matrix(data: Any, site: int) -> Array:
    pose = np.eye(4)
    pose[:3, :3] = data.site_xmat[site].reshape(3, 3)
    pose[:3, 3] = data.site_xpos[site]
    return pose


def _stays_bent(kinematics: Kinematics, joints: Indices, angles: Array) -> bool:
    """Whether no arm comes so near to a singular pose that it would be slowed."""
    solver = BodySolver(kinematics, Settings())
    place = kinematics.spec.home_rad.copy()
    for values in angles[::5]:
        place[joints] = values
        solver.place(place)
        if max(solver.condition(side) for side in SIDES) > 0.95 * kinematics.spec.ik.slow_at_condition:
            return False
    return True


def score(kinematics: Kinematics, paths: Paths, solved: Array, seconds: Array) -> Score:
    """Compare angles of the paths' joints, shape (paths, frames, joints), with what was wanted."""
    spec, joints = kinematics.spec, joints_of(kinematics, paths.groups)
    position, rotation, violations, collisions = [], [], 0, 0
    for wanted, angles in zip(paths.hands, solved, strict=True):
        hands, *_, clearance_m = _follow(kinematics, joints, angles)
        position.append(1000 * np.linalg.norm(hands[:, :, :3, 3] - wanted[:, :, :3, 3], axis=-1))
        turns = wanted[:, :, :3, :3] @ hands[:, :, :3, :3].transpose(0, 1, 3, 2)
        rotation.append(
            [[np.degrees(np.linalg.norm(vector_from_rotation(turn))) for turn in pair] for pair in turns]
        )
        outside = (angles < spec.lower_rad[joints] - 1e-6) | (angles > spec.upper_rad[joints] + 1e-6)
        violations += int(outside.any(1).sum())
        collisions += int((clearance_m < 0.0).sum())
    return Score(1e6 * seconds, np.array(position), np.array(rotation), violations, collisions)
