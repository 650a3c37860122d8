"""What a model of a robot says about itself: the ground on which a robot's folder is drafted."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import mujoco
import numpy as np

from twin import mujoco_log
from twin.errors import RobotSpecError
from twin.robot_model import one_line

mujoco_log.to_role_log()

_SENSORS = {
    int(mujoco.mjtSensor.mjSENS_TOUCH): "touch",
    int(mujoco.mjtSensor.mjSENS_GYRO): "gyro",
    int(mujoco.mjtSensor.mjSENS_ACCELEROMETER): "accelerometer",
}


@dataclass(frozen=True)
class JointFacts:
    """One joint of the model."""

    name: str
    body: str
    is_hinge: bool
    is_on_robot: bool  # hangs from the robot's root body
    lower_rad: float  # NaN without a limit
    upper_rad: float
    home_rad: float
    effort_nm: float  # NaN where the model says none
    ancestors: tuple[str, ...]  # names of the joints that carry it, nearest first


@dataclass(frozen=True)
class TipFacts:
    """The far end of what a joint moves."""

    joint: str
    body: str
    position_m: tuple[float, ...]  # in the body
    quaternion_wxyz: tuple[float, ...]  # in the body; along the world's axes in the home pose


@dataclass(frozen=True)
class ModelFacts:
    """Everything a draft is made from."""

    name: str
    root: str
    root_position_m: tuple[float, ...]
    joints: tuple[JointFacts, ...]
    tips: tuple[TipFacts, ...]  # one per joint that carries no other
    sites: tuple[str, ...]
    cameras: tuple[str, ...]
    sensors: tuple[tuple[str, str], ...]  # name, kind
    mjcf: str  # the model as MJCF; empty if it is that already


def read_facts(path: Path) -> ModelFacts:
    """Read an MJCF or URDF file.

    Raises:
        RobotSpecError: MuJoCo cannot read it, or it holds no body.
    """
    is_urdf = path.suffix.lower() == ".urdf"
    try:
        tree = mujoco.MjSpec.from_file(str(path))
        if is_urdf:
            tree.compiler.fusestatic = False  # links without a joint keep their names
            tree.compiler.discardvisual = False
        model = tree.compile()
        mjcf = _as_mjcf(tree, path) if is_urdf else ""
    except (ValueError, RuntimeError, mujoco.FatalError) as error:
        raise RobotSpecError(f"{path}: the model cannot be used: {one_line(error)}") from error
    if model.nbody < 2:
        raise RobotSpecError(f"{path}: there is no body in this model, so it is not a robot")
    data = mujoco.MjData(model)
    if model.nkey:
        mujoco.mj_resetDataKeyframe(model, data, 0)
    mujoco.mj_forward(model, data)
    root = max(range(1, model.nbody), key=lambda body: _weight(model, body))
    joints = tuple(_joints(model, data, root))
    return ModelFacts(
        name=tree.modelname or path.stem,
        root=model.body(root).name,
        root_position_m=tuple(float(along) for along in data.xpos[root]),
        joints=joints,
        tips=tuple(_tips(model, data, joints)),
        sites=tuple(model.site(site).name for site in range(model.nsite) if model.site(site).name),
        cameras=tuple(model.camera(camera).name for camera in range(model.ncam) if model.camera(camera).name),
        sensors=tuple(
            (model.sensor(sensor).name, _SENSORS[kind])
            for sensor, kind in enumerate(model.sensor_type.tolist())
            if kind in _SENSORS and model.sensor(sensor).name
        ),
        mjcf=mjcf,
    )


def _as_mjcf(tree: mujoco.MjSpec, path: Path) -> str:
    """A URDF's meshes lie where it says; from another folder they are found by the whole path."""
    tree.compiler.meshdir = str((path.parent / tree.compiler.meshdir).resolve())
    return str(tree.to_xml())


def _weight(model: mujoco.MjModel, body: int) -> tuple[int, float]:
    """How much hangs from a body that hangs from the world: joints first, then mass."""
    if model.body_parentid[body] != 0:
        return (-1, 0.0)
    carried = [other for other in range(1, model.nbody) if model.body_rootid[other] == body]
    return (int(model.body_jntnum[carried].sum()), float(model.body_subtreemass[body]))


def _joints(model: mujoco.MjModel, data: mujoco.MjData, root: int) -> Iterator[JointFacts]:
    for joint in range(model.njnt):
        body = int(model.jnt_bodyid[joint])
        kind = mujoco.mjtJoint(int(model.jnt_type[joint]))
        if (
            kind not in (mujoco.mjtJoint.mjJNT_HINGE, mujoco.mjtJoint.mjJNT_SLIDE)
            or not model.joint(joint).name
        ):
            continue
        limited = bool(model.jnt_limited[joint])
        yield JointFacts(
            name=model.joint(joint).name,
            body=model.body(body).name,
            is_hinge=kind == mujoco.mjtJoint.mjJNT_HINGE,
            is_on_robot=bool(model.body_rootid[body] == root),
            lower_rad=float(model.jnt_range[joint, 0]) if limited else math.nan,
            upper_rad=float(model.jnt_range[joint, 1]) if limited else math.nan,
            home_rad=float(data.qpos[model.jnt_qposadr[joint]]),
            effort_nm=_effort_nm(model, joint),
            ancestors=tuple(_ancestors(model, joint)),
        )


def _ancestors(model: mujoco.MjModel, joint: int) -> Iterator[str]:
    body, before = int(model.jnt_bodyid[joint]), joint
    while body:
        first = int(model.body_jntadr[body])
        for above in reversed(range(first, first + int(model.body_jntnum[body])) if first >= 0 else range(0)):
            if above < before and model.joint(above).name:
                yield model.joint(above).name
        body = int(model.body_parentid[body])


def _effort_nm(model: mujoco.MjModel, joint: int) -> float:
    """The torque that the model grants the joint: of the joint itself, or of the drive that turns it."""
    if model.jnt_actfrclimited[joint]:
        return float(np.abs(model.jnt_actfrcrange[joint]).max())
    for drive in range(model.nu):
        if (
            model.actuator_trntype[drive] != mujoco.mjtTrn.mjTRN_JOINT
            or model.actuator_trnid[drive, 0] != joint
        ):
            continue
        gear = abs(float(model.actuator_gear[drive, 0]))
        if model.actuator_forcelimited[drive]:
            return gear * float(np.abs(model.actuator_forcerange[drive]).max())
        is_torque = model.actuator_biastype[drive] == mujoco.mjtBias.mjBIAS_NONE
        if model.actuator_ctrllimited[drive] and is_torque:
            gain = abs(float(model.actuator_gainprm[drive, 0]))
            return gear * gain * float(np.abs(model.actuator_ctrlrange[drive]).max())
    return math.nan


def _tips(model: mujoco.MjModel, data: mujoco.MjData, joints: tuple[JointFacts, ...]) -> Iterator[TipFacts]:
    carrying = {name for joint in joints for name in joint.ancestors}
    for joint in joints:
        if joint.name in carrying:
            continue
        body = int(model.body(joint.body).id)
        around = np.zeros(4)
        mujoco.mju_negQuat(around, data.xquat[body])
        yield TipFacts(
            joint.name, joint.body, tuple(_far_end_m(model, body)), tuple(float(part) for part in around)
        )


def _far_end_m(model: mujoco.MjModel, body: int) -> list[float]:
    """The middle of that face of the body's shapes which is furthest from its joint."""
    ends = [np.zeros(3)]
    for geom in range(model.ngeom):
        if model.geom_bodyid[geom] != body:
            continue
        turn = np.zeros(9)
        mujoco.mju_quat2Mat(turn, model.geom_quat[geom])
        centre, half = model.geom_aabb[geom, :3], model.geom_aabb[geom, 3:]
        for axis in range(3):
            for sign in (-1.0, 1.0):
                corner = centre.copy()
                corner[axis] += sign * half[axis]
                ends.append(model.geom_pos[geom] + turn.reshape(3, 3) @ corner)
    return [round(float(along), 4) for along in max(ends, key=lambda end: float(np.linalg.norm(end)))]
