"""Puts a robot's own changes into the model that it names, before anything is compiled from it."""

import mujoco
import numpy as np

from twin.errors import RobotSpecError
from twin.robot import RobotSpec
from twin.robot_parts import AddedShape, BodyChange, GeomChange, JointChange

_SHAPES = {
    "box": mujoco.mjtGeom.mjGEOM_BOX,
    "capsule": mujoco.mjtGeom.mjGEOM_CAPSULE,
    "cylinder": mujoco.mjtGeom.mjGEOM_CYLINDER,
    "ellipsoid": mujoco.mjtGeom.mjGEOM_ELLIPSOID,
    "sphere": mujoco.mjtGeom.mjGEOM_SPHERE,
}
_SENSORS = {
    "touch": mujoco.mjtSensor.mjSENS_TOUCH,
    "gyro": mujoco.mjtSensor.mjSENS_GYRO,
    "accelerometer": mujoco.mjtSensor.mjSENS_ACCELEROMETER,
}
_SEEN_GROUP, _SITE_GROUP = 2, 4


def apply_changes(spec: RobotSpec, tree: mujoco.MjSpec, is_coupled: bool = False) -> None:
    """Change ``tree`` as ``spec.changes`` says.

    Coupled joints stay free to be tied to their leaders if ``is_coupled``; else they are cast where the home pose
    has them, so that whoever plans for the driven joints alone has no others.

    Raises:
        RobotSpecError: a joint that is to be locked turns a body whose orientation is not written as ``quat``.
    """
    changes = spec.changes
    for name, body in changes.bodies.items():
        _change_body(tree.body(name), body)
    for name, joint in changes.joints.items():
        _change_joint(tree.joint(name), joint)
    for name, geom in changes.geoms.items():
        _change_geom(tree.geom(name), geom)
    for name, angle_rad in changes.locked_rad.items():
        _lock(spec, tree, name, angle_rad)
    if not is_coupled:
        home = dict(zip(spec.joint_names, spec.home_rad, strict=True))
        for name, coupling in changes.coupled.items():
            _lock(spec, tree, name, float(coupling.offset_rad + coupling.ratio * home[coupling.to]))
    for name, shape in changes.added_shapes.items():
        _add_shape(tree, name, shape)
    for name, site in changes.added_sites.items():
        tree.body(site.body).add_site(
            name=name,
            type=mujoco.mjtGeom.mjGEOM_BOX,
            pos=list(site.position_m),
            quat=list(site.quaternion_wxyz),
            size=list(site.size_m),
            group=_SITE_GROUP,
        )
    for name, sensor in changes.added_sensors.items():
        tree.add_sensor(
            name=name, type=_SENSORS[sensor.kind], objtype=mujoco.mjtObj.mjOBJ_SITE, objname=sensor.site
        )


def _change_body(body: mujoco.MjsBody, change: BodyChange) -> None:
    if change.position_m is not None:
        body.pos = list(change.position_m)
    if change.centre_m is not None:
        body.ipos = list(change.centre_m)
    if change.mass_kg is not None:
        body.inertia = np.asarray(body.inertia) * (change.mass_kg / body.mass)
        body.mass = change.mass_kg


def _change_joint(joint: mujoco.MjsJoint, change: JointChange) -> None:
    if change.range_rad is not None:
        joint.range = list(change.range_rad)
    if change.armature_kg_m2 is not None:
        joint.armature = change.armature_kg_m2
    if change.damping_nms_rad is not None:
        joint.damping = [change.damping_nms_rad, 0.0, 0.0]


def _change_geom(geom: mujoco.MjsGeom, change: GeomChange) -> None:
    if change.size_m is not None:
        geom.size = list(change.size_m)
    if change.position_m is not None:
        geom.pos = list(change.position_m)
    if change.from_to_m is not None:
        geom.fromto = list(change.from_to_m)


def _add_shape(tree: mujoco.MjSpec, name: str, shape: AddedShape) -> None:
    geom = tree.body(shape.body).add_geom(
        name=name,
        type=_SHAPES[shape.shape],
        size=list(shape.size_m),
        pos=list(shape.position_m),
        rgba=list(shape.rgba),
        contype=0,
        conaffinity=0,
        mass=0.0,
        group=_SEEN_GROUP,
    )
    if shape.from_to_m is not None:
        geom.fromto = list(shape.from_to_m)


def _lock(spec: RobotSpec, tree: mujoco.MjSpec, name: str, angle_rad: float) -> None:
    """Cast the joint in one piece at ``angle_rad``: its body is turned for good and the joint is gone.

    A body's joints turn it one after the other. Those before the locked one now turn a body that stands at another
    angle, so their axes, which are written in the body's frame, are turned back by that angle.
    """
    joint = tree.joint(name)
    body = joint.parent
    if body.alt.type != mujoco.mjtOrientation.mjORIENTATION_QUAT:
        raise RobotSpecError(
            f"{spec.model_path}: body {body.name!r} must give its orientation as quat, because its joint {name!r} "
            "is locked"
        )
    turn, anchor = _quaternion(np.asarray(joint.axis), angle_rad), np.array(joint.pos)
    body.pos = np.array(body.pos) + _turned(np.array(body.quat), anchor - _turned(turn, anchor))
    before = np.array(body.quat)
    after = np.zeros(4)
    mujoco.mju_mulQuat(after, before / np.linalg.norm(before), turn)
    body.quat = after
    back = turn * np.array([1.0, -1.0, -1.0, -1.0])
    for earlier in body.joints:
        if earlier.name == name:
            break
        earlier.axis = _turned(back, np.array(earlier.axis))
        earlier.pos = anchor + _turned(back, np.array(earlier.pos) - anchor)
    for sensor in list(tree.sensors):
        if sensor.objtype == mujoco.mjtObj.mjOBJ_JOINT and sensor.objname == name:
            tree.delete(sensor)
    for actuator in list(tree.actuators):
        if actuator.target == name:
            tree.delete(actuator)
    tree.delete(joint)


def _quaternion(axis: np.ndarray, angle_rad: float) -> np.ndarray:
    turn = np.zeros(4)
    mujoco.mju_axisAngle2Quat(turn, axis / np.linalg.norm(axis), angle_rad)
    return turn


def _turned(quaternion: np.ndarray, vector: np.ndarray) -> np.ndarray:
    turned = np.zeros(3)
    mujoco.mju_rotVecQuat(turned, vector, quaternion / np.linalg.norm(quaternion))
    return turned
