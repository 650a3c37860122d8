"""The robot as inverse kinematics sees it: joints, hand frames, and conservative shapes that must keep apart.

It is compiled from the same MJCF as the simulation. Everything that only looks or weighs is left out; what
collides gets one contact row (condim 1) per near pair, so that MuJoCo itself delivers each pair's distance and
the Jacobian of that distance.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from twin.errors import RobotSpecError
from twin.robot import RobotSpec
from twin.robot_model import read_tree
from twin.spatial import Pose, rotation_from_quaternion

SIDES = ("left", "right")
Indices = NDArray[np.intp]
Array = NDArray[np.float64]

# Which shapes may meet which: bits of contype. Shapes with equal bits never meet each other.
_BODY, _LEFT_UPPER, _LEFT_LOWER, _RIGHT_UPPER, _RIGHT_LOWER = 1, 2, 4, 8, 16
_MEETS = {
    _BODY: _LEFT_UPPER | _LEFT_LOWER | _RIGHT_UPPER | _RIGHT_LOWER,
    _LEFT_UPPER: _BODY | _LEFT_LOWER | _RIGHT_UPPER | _RIGHT_LOWER,
    _LEFT_LOWER: _BODY | _LEFT_UPPER | _RIGHT_UPPER | _RIGHT_LOWER,
    _RIGHT_UPPER: _BODY | _LEFT_UPPER | _LEFT_LOWER | _RIGHT_LOWER,
    _RIGHT_LOWER: _BODY | _LEFT_UPPER | _LEFT_LOWER | _RIGHT_UPPER,
}


@dataclass(frozen=True)
class Kinematics:
    """A compiled model and where the robot's joints and hands are in it."""

    spec: RobotSpec
    model: Any  # mujoco.MjModel
    qpos_address: Indices  # (n,) of each joint of the robot
    dof_address: Indices  # (n,)
    hand_site: dict[str, int]  # side -> site id
    shoulder_body: dict[str, int]  # side -> body of the arm's first joint
    base: Pose  # where the model puts the body that carries everything
    chest_body: int  # what both shoulders are mounted on
    arm_joints: dict[str, Indices]  # side -> joint indices, from the shoulder outwards
    arm_length_m: dict[str, float]  # side -> from the shoulder to the hand frame, stretched out
    hand_axes: dict[
        str, Array
    ]  # side -> (3, 3) in the hand frame: forward (fingers), left, up with the palm down
    joint_of_body: tuple[int, ...]  # body id -> the joint that moves it, -1 for the base


def load_kinematics(spec: RobotSpec, near_m: float = 0.05, margin_m: float = 0.01) -> Kinematics:
    """The kinematics of the robot ``spec``.

    Args:
        spec: the robot; needs the groups ``left_arm`` and ``right_arm`` and the frames ``*_hand``.
        near_m: from this distance on a pair of shapes is watched.
        margin_m: shapes nearer than this in the ready pose are neighbours by construction, not a collision.

    Raises:
        RobotSpecError: it lacks an arm or a hand frame.
    """
    model = kinematic_description(spec, near_m, margin_m).compile()
    disable = mujoco.mjtDisableBit
    model.opt.disableflags |= disable.mjDSBL_LIMIT | disable.mjDSBL_FRICTIONLOSS | disable.mjDSBL_EQUALITY
    model.opt.jacobian = mujoco.mjtJacobian.mjJAC_DENSE
    return _indexed(spec, model)


def kinematic_description(spec: RobotSpec, near_m: float = 0.05, margin_m: float = 0.01) -> Any:
    """The editable description (``mujoco.MjSpec``) of which ``load_kinematics`` compiles the model."""
    draft = _draft(spec, near_m)
    for pair in _neighbours(spec, draft.compile(), margin_m):
        draft.add_exclude(bodyname1=pair[0], bodyname2=pair[1])
    return draft


def _draft(spec: RobotSpec, near_m: float) -> Any:
    """The MJCF without looks, motors and sensors, its shapes sorted into arms and body."""
    draft = read_tree(spec)
    for part in [*draft.sensors, *draft.actuators, *draft.keys, *draft.tendons, *draft.equalities]:
        draft.delete(part)
    for joint in list(draft.joints):
        if joint.type == mujoco.mjtJoint.mjJNT_FREE:
            draft.delete(joint)
    draft.compiler.boundmass, draft.compiler.boundinertia = 1e-3, 1e-6
    bits = {name: bit for bit, names in _arm_bodies(spec, draft) for name in names}
    names: set[str] = set()
    for number, body in enumerate(draft.bodies):
        body.name = body.name or f"body_{number}"
        for geom in list(body.geoms):
            if geom.contype == 0 and geom.conaffinity == 0:
                draft.delete(geom)
                continue
            geom.name = geom.name or f"{body.name}_shape_{len(names)}"
            names.add(geom.name)
            geom.contype = bits.get(body.name, _BODY)
            geom.conaffinity = _MEETS[geom.contype]
            geom.condim, geom.margin, geom.gap = 1, near_m / 2, 0.0
    used = {geom.meshname for geom in draft.geoms if geom.meshname}
    for mesh in list(draft.meshes):
        if mesh.name not in used:
            draft.delete(mesh)
    return draft


def _arm_bodies(spec: RobotSpec, draft: Any) -> Iterator[tuple[int, set[str]]]:
    """Names of the bodies of each arm's two halves, with their bits; the lower half includes the hand."""
    for side, upper_bit, lower_bit in (
        ("left", _LEFT_UPPER, _LEFT_LOWER),
        ("right", _RIGHT_UPPER, _RIGHT_LOWER),
    ):
        joints = _arm(spec, side)
        first, middle = spec.joint_names[joints[0]], spec.joint_names[joints[len(joints) // 2]]
        lower = _subtree(draft, middle)
        yield lower_bit, lower
        yield upper_bit, _subtree(draft, first) - lower


def _arm(spec: RobotSpec, side: str) -> tuple[int, ...]:
    joints = spec.groups.get(f"{side}_arm", ())
    if not joints:
        raise RobotSpecError(
            f"{spec.folder / 'robot.toml'}: there is no group '{side}_arm'; list the arm's joints there, "
            "from the shoulder outwards, so that a hand can be moved"
        )
    return joints


def _subtree(draft: Any, joint: str) -> set[str]:
    """Names of the body that ``joint`` moves and of all bodies it carries."""
    found = next((item for item in draft.joints if item.name == joint), None)
    if found is None:
        raise RobotSpecError(f"the model has no joint {joint!r}, which robot.toml names")
    body = found.parent
    return {body.name, *(child.name for child in body.find_all(mujoco.mjtObj.mjOBJ_BODY))}


def _neighbours(spec: RobotSpec, model: Any, margin_m: float) -> set[tuple[str, str]]:
    """Pairs of bodies that are two joints apart, or nearer than ``margin_m`` in the ready pose."""
    pairs: set[tuple[int, int]] = set()
    for body in range(1, model.nbody):
        parent = int(model.body_parentid[body])
        for above in (parent, int(model.body_parentid[parent])):
            pairs.add((min(above, body), max(above, body)))
    data = mujoco.MjData(model)
    for joint in spec.joints:
        data.qpos[model.joint(joint.name).qposadr[0]] = joint.home_rad
    mujoco.mj_kinematics(model, data)
    mujoco.mj_comPos(model, data)
    mujoco.mj_collision(model, data)
    for contact in range(data.ncon):
        if data.contact.dist[contact] < margin_m:
            bodies = model.geom_bodyid[data.contact.geom[contact]]
            pairs.add((int(bodies.min()), int(bodies.max())))
    return {(model.body(low).name, model.body(high).name) for low, high in pairs if low > 0}


def _indexed(spec: RobotSpec, model: Any) -> Kinematics:
    data = mujoco.MjData(model)
    qpos = np.array([model.joint(name).qposadr[0] for name in spec.joint_names], np.intp)
    dof = np.array([model.joint(name).dofadr[0] for name in spec.joint_names], np.intp)
    hand_site, shoulder, joints, length, axes = {}, {}, {}, {}, {}
    for side in SIDES:
        frame = spec.frames.get(f"{side}_hand")
        site = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_SITE, frame) if frame else -1
        if site < 0:
            raise RobotSpecError(
                f"{spec.folder / 'robot.toml'}: frame '{side}_hand' names no site of the model ({frame!r}); "
                "give the MJCF site in the palm"
            )
        hand_site[side] = site
        joints[side] = np.array(_arm(spec, side), np.intp)
        shoulder[side] = int(model.jnt_bodyid[model.joint(spec.joint_names[joints[side][0]]).id])
        length[side] = _stretched_m(model, shoulder[side], site)
        axes[side] = _hand_axes(spec, model, data, side, site)
    moved_by = [-1] * model.nbody
    by_id = {int(model.joint(name).id): index for index, name in enumerate(spec.joint_names)}
    for body in range(1, model.nbody):
        inherited = moved_by[model.body_parentid[body]]
        own = [by_id.get(model.body_jntadr[body] + k, -1) for k in range(model.body_jntnum[body])]
        moved_by[body] = own[-1] if own else inherited
    chest = int(model.body_parentid[shoulder["left"]])
    return Kinematics(
        spec,
        model,
        qpos,
        dof,
        hand_site,
        shoulder,
        _base(model, chest),
        chest,
        joints,
        length,
        axes,
        tuple(moved_by),
    )


def _base(model: Any, body: int) -> Pose:
    """The pose of the ancestor of ``body`` that hangs from the world directly."""
    while int(model.body_parentid[body]) != 0:
        body = int(model.body_parentid[body])
    return Pose(model.body_pos[body].copy(), rotation_from_quaternion(model.body_quat[body]))


def _hand_axes(spec: RobotSpec, model: Any, data: Any, side: str, site: int) -> Array:
    """Columns forward, left and up of a hand whose palm looks down, in its own frame, whatever frame that is.

    Forward is where the middle finger points; down is where it goes when it closes. A hand without that finger
    is taken to have its frame's x axis forward and its z axis up.
    """
    tip_name = spec.frames.get(f"{side}_middle_tip", "")
    tip = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_SITE, tip_name) if tip_name else -1
    fingers = [
        joint for joint in spec.groups.get(f"{side}_hand", ()) if "_middle_" in spec.joint_names[joint]
    ]
    if tip < 0 or not fingers:
        return np.eye(3)
    knuckle = int(model.jnt_bodyid[model.joint(spec.joint_names[fingers[0]]).id])
    mujoco.mj_resetData(model, data)
    places = []
    for share in (0.0, 0.02):
        for joint in fingers:
            spread = spec.joint_names[joint].endswith("_abd")
            address = model.joint(spec.joint_names[joint]).qposadr[0]
            data.qpos[address] = 0.0 if spread else share * spec.joints[joint].upper_rad
        mujoco.mj_kinematics(model, data)
        rotation = data.site_xmat[site].reshape(3, 3)
        places.append(rotation.T @ (data.site_xpos[tip] - data.xpos[knuckle]))
    down = places[1] - places[0]
    forward = places[0] - down * float(places[0] @ down) / float(down @ down)
    forward, up = forward / np.linalg.norm(forward), -down / np.linalg.norm(down)
    return np.stack((forward, np.cross(up, forward), up), axis=1)


def _stretched_m(model: Any, shoulder: int, site: int) -> float:
    """The sum of the links' lengths between a shoulder body and a hand site: nothing beyond can be reached."""
    length = float(np.linalg.norm(model.site_pos[site]))
    body = int(model.site_bodyid[site])
    while body != shoulder:
        length += float(np.linalg.norm(model.body_pos[body]))
        body = int(model.body_parentid[body])
    return length
