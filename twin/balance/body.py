"""The robot as its balance sees it: a floating base, hands frozen as they rest, and soles that meet the ground."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from twin.errors import RobotSpecError
from twin.robot import RobotSpec
from twin.robot_model import compile_model, open_model

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

SIDES = ("left", "right")
LEFT, RIGHT = 0, 1
BASE = 6  # velocities of the floating base: 3 linear (world), 3 angular (of the body)
_SOLE_DEPTH_M = 0.012  # what lies this near the lowest point of a foot belongs to its sole
_TREAD = 0.88  # share of the sole that may carry: at the very edge a foot rolls


@dataclass(frozen=True)
class Sole:
    """Where a foot meets the ground, in the frame of its body."""

    body: int  # id in the model
    centre_m: Array  # (3,)
    half_length_m: float  # along x, of the part that may carry
    half_width_m: float  # along y

    @cached_property
    def corners_m(self) -> Array:
        """The four corners of the part that may carry, shape (4, 3)."""
        signs = np.array([[1, 1, 0], [1, -1, 0], [-1, 1, 0], [-1, -1, 0]], np.float64)
        return np.asarray(self.centre_m + signs * np.array([self.half_length_m, self.half_width_m, 0.0]))


@dataclass(frozen=True)
class Body:
    """A compiled model without geometry that collides, and where everything is in it."""

    spec: RobotSpec
    model: Any  # mujoco.MjModel; qpos is base position (3), quaternion wxyz (4), joints (m)
    joints: Indices  # (m,) places of the model's joints in the robot's own order
    legs: Indices  # places among the m joints
    soles: tuple[Sole, Sole]  # left, right
    pelvis: int  # body ids
    imu_site: int  # -1 without one
    mass_kg: float
    home_rad: Array  # (m,)
    max_effort_nm: Array  # (m,)
    home_height_m: float  # of the base above the soles, in the home pose
    home_com_m: float  # of the centre of mass above the soles, in the home pose
    leg_length_m: float  # from hip to sole, stretched

    @property
    def joint_count(self) -> int:
        """How many joints the model has: m."""
        return len(self.joints)

    def home_position(self) -> Array:
        """The home pose with the soles on the plane z = 0, as qpos, shape (7 + m,)."""
        start = np.array([0.0, 0.0, self.home_height_m, 1.0, 0.0, 0.0, 0.0])
        return np.concatenate((start, self.home_rad))


def can_stand(spec: RobotSpec) -> bool:
    """Whether the folder describes a robot with two legs, feet and a root body."""
    return bool(spec.base.body) and all(
        f"{side}_leg" in spec.groups and f"{side}_foot" in spec.frames for side in SIDES
    )


def load_body(spec: RobotSpec) -> Body:
    """The robot ``spec`` on its own feet.

    Raises:
        RobotSpecError: it has no legs, or a foot has nothing that could stand on the ground.
    """
    if not can_stand(spec):
        raise RobotSpecError(
            f"{spec.folder / 'robot.toml'}: this robot cannot stand: it needs the groups left_leg and right_leg, "
            "the frames left_foot and right_foot, and the body of its base"
        )
    hands = {i for group, members in spec.groups.items() if group.endswith("_hand") for i in members}
    kept = [joint for joint in spec.joints if joint.index not in hands]
    tree = open_model(spec, is_free=True)
    _freeze(tree, {spec.joint_names[i]: float(spec.home_rad[i]) for i in hands})
    soles_from = _foot_bodies(spec, tree)
    model = compile_model(spec, tree)
    order = {model.joint(j).name: j - 1 for j in range(1, model.njnt)}
    joints = np.array([j.index for j in sorted(kept, key=lambda j: order[j.name])], np.intp)
    return _measured(spec, model, joints, soles_from)


def _freeze(tree: Any, angles: dict[str, float]) -> None:
    """Take joints out of the model, each at its angle."""
    for joint in list(tree.joints):
        if joint.name not in angles:
            continue
        body, turn, whole = joint.parent, np.zeros(4), np.zeros(4)
        axis = np.array(joint.axis, np.float64)
        mujoco.mju_axisAngle2Quat(turn, axis / np.linalg.norm(axis), angles[joint.name])
        mujoco.mju_mulQuat(whole, np.array(body.quat), turn)
        body.quat = whole
        tree.delete(joint)


def _foot_bodies(spec: RobotSpec, tree: Any) -> tuple[str, str]:
    left, right = (tree.site(spec.frames[f"{side}_foot"]).parent.name for side in SIDES)
    return left, right


def _measured(spec: RobotSpec, model: Any, joints: Indices, feet: tuple[str, str]) -> Body:
    data = mujoco.MjData(model)
    home = spec.home_rad[joints]
    mujoco.mj_resetData(model, data)
    data.qpos[:7] = [0, 0, 0, 1, 0, 0, 0]
    data.qpos[7:] = home
    mujoco.mj_kinematics(model, data)
    mujoco.mj_comPos(model, data)
    left, right = (_sole(spec, model, model.body(name).id) for name in feet)
    ground = min(
        float((data.xpos[s.body] + data.xmat[s.body].reshape(3, 3) @ s.centre_m)[2]) for s in (left, right)
    )
    legs = np.flatnonzero(spec.is_leg[joints])
    pelvis = model.body(spec.base.body).id
    model.geom_contype[:], model.geom_conaffinity[:] = 0, 0
    return Body(
        spec=spec,
        model=model,
        joints=joints,
        legs=legs,
        soles=(left, right),
        pelvis=pelvis,
        imu_site=_imu_site(spec, model),
        mass_kg=float(model.body_subtreemass[pelvis]),
        home_rad=home,
        max_effort_nm=spec.max_effort_nm[joints],
        home_height_m=-ground,
        home_com_m=float(data.subtree_com[pelvis][2]) - ground,
        leg_length_m=_leg_length_m(model, left, pelvis),
    )


def _sole(spec: RobotSpec, model: Any, body: int) -> Sole:
    """The lowest rectangle of what collides on a foot, taken with the foot level."""
    points = [_hull(model, geom) for geom in range(model.ngeom) if model.geom_bodyid[geom] == body]
    points = [cloud for cloud in points if len(cloud)]
    if not points:
        raise RobotSpecError(
            f"{spec.model_path}: body {model.body(body).name!r} has no geom that collides, so it cannot be stood on"
        )
    cloud = np.concatenate(points)
    low = cloud[cloud[:, 2] < cloud[:, 2].min() + _SOLE_DEPTH_M]
    smallest, largest = low.min(0), low.max(0)
    centre = 0.5 * (smallest + largest)
    centre[2] = smallest[2]
    half = 0.5 * _TREAD * (largest - smallest)
    return Sole(body=body, centre_m=centre, half_length_m=float(half[0]), half_width_m=float(half[1]))


def _hull(model: Any, geom: int) -> Array:
    """Points on the surface of a geom that collides, in the frame of its body, shape (k, 3)."""
    if not (model.geom_contype[geom] or model.geom_conaffinity[geom]):
        return np.zeros((0, 3))
    size = model.geom_size[geom]
    kind = model.geom_type[geom]
    if kind == mujoco.mjtGeom.mjGEOM_MESH:
        mesh = model.geom_dataid[geom]
        start = model.mesh_vertadr[mesh]
        own = np.array(model.mesh_vert[start : start + model.mesh_vertnum[mesh]], np.float64)
    elif kind == mujoco.mjtGeom.mjGEOM_BOX:
        own = np.array(np.meshgrid(*[(-s, s) for s in size])).reshape(3, -1).T
    elif kind in (mujoco.mjtGeom.mjGEOM_CAPSULE, mujoco.mjtGeom.mjGEOM_CYLINDER):
        ends = np.array([[0, 0, -size[1]], [0, 0, size[1]]], np.float64)
        around = size[0] * np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]], np.float64)
        own = (ends[:, None] + around[None]).reshape(-1, 3)
    else:
        own = size[0] * np.concatenate((np.eye(3), -np.eye(3)))
    turn = np.zeros(9)
    mujoco.mju_quat2Mat(turn, model.geom_quat[geom])
    return np.asarray(own @ turn.reshape(3, 3).T + model.geom_pos[geom])


def _imu_site(spec: RobotSpec, model: Any) -> int:
    if not spec.imu_gyro:
        return -1
    return int(model.sensor_objid[model.sensor(spec.imu_gyro).id])


def _leg_length_m(model: Any, sole: Sole, pelvis: int) -> float:
    length, body = -float(sole.centre_m[2]), sole.body
    while model.body_parentid[body] != pelvis:
        length += float(np.linalg.norm(model.body_pos[body]))
        body = int(model.body_parentid[body])
    return length
