"""The robot as inverse kinematics sees it: joints, the frames of hands and head, and shapes that must keep apart."""

from dataclasses import dataclass, field
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from twin.errors import RobotSpecError
from twin.ik.shapes import SCENE, SIDES, arm_of, kinematic_description
from twin.robot import RobotSpec
from twin.scenery.layout import Layout
from twin.spatial import Pose, rotation_from_quaternion

__all__ = ["SIDES", "Indices", "Kinematics", "load_kinematics"]

Indices = NDArray[np.intp]
Array = NDArray[np.float64]
_ABOVE = ("torso", "neck")  # groups that a robot need not have


@dataclass(frozen=True)
class Kinematics:
    """A compiled model and where the robot's joints and frames are in it."""

    spec: RobotSpec
    model: Any  # mujoco.MjModel
    qpos_address: Indices  # (n,) of each joint of the robot
    dof_address: Indices  # (n,)
    hand_site: dict[str, int]  # side -> site id
    head_site: int  # -1 without a frame of that name
    shoulder_body: dict[str, int]  # side -> body of the arm's first joint
    base: Pose  # where the model puts the body that carries everything
    base_body: int
    chest_body: int  # what both shoulders are mounted on
    joints: dict[str, Indices]  # group -> joint indices: arms (from the shoulder outwards), torso, neck
    arm_length_m: dict[str, float]  # side -> from the shoulder to the hand frame, stretched out
    hand_axes: dict[
        str, Array
    ]  # side -> (3, 3) in the hand frame: forward (fingers), left, up with the palm down
    near_m: float  # from this distance on a pair of shapes is watched
    joint_of_body: tuple[int, ...]  # body id -> the joint that moves it, -1 for the base
    has_scene: bool
    is_scene: NDArray[np.bool_]  # (shapes,) furniture, not robot
    scene_margin_m: Array  # (shapes,) how near each may come to furniture; infinite for furniture itself
    pair_margin_m: Array  # (shapes, shapes) how near any two may come to each other
    reason_between: dict[tuple[int, int], str] = field(
        default_factory=dict
    )  # of shapes, once it was asked for

    @property
    def arm_joints(self) -> dict[str, Indices]:
        """Side -> joint indices of that arm, from the shoulder outwards."""
        return {side: self.joints[f"{side}_arm"] for side in SIDES}


def load_kinematics(spec: RobotSpec, near_m: float = 0.05, surroundings: Layout | None = None) -> Kinematics:
    """The kinematics of the robot ``spec``.

    Args:
        spec: the robot; needs the groups ``left_arm`` and ``right_arm`` and the frames ``*_hand``.
        near_m: from this distance on a pair of shapes is watched.
        surroundings: the scene whose furniture is in the way; None: nothing is known to be.

    Raises:
        RobotSpecError: it lacks an arm or a hand frame.
    """
    model = kinematic_description(spec, near_m, spec.ik.margin_m, surroundings).compile()
    disable = mujoco.mjtDisableBit
    model.opt.disableflags |= disable.mjDSBL_LIMIT | disable.mjDSBL_FRICTIONLOSS | disable.mjDSBL_EQUALITY
    model.opt.jacobian = mujoco.mjtJacobian.mjJAC_DENSE
    return _indexed(spec, model, near_m)


def _indexed(spec: RobotSpec, model: Any, near_m: float) -> Kinematics:
    data = mujoco.MjData(model)
    qpos = np.array([model.joint(name).qposadr[0] for name in spec.joint_names], np.intp)
    dof = np.array([model.joint(name).dofadr[0] for name in spec.joint_names], np.intp)
    joints = {group: np.array(spec.groups.get(group, ()), np.intp) for group in _ABOVE}
    hand_site, shoulder, length, axes = {}, {}, {}, {}
    for side in SIDES:
        site = hand_site[side] = _hand_site(spec, model, side)
        arm = joints[f"{side}_arm"] = np.array(arm_of(spec, side), np.intp)
        shoulder[side] = int(model.jnt_bodyid[model.joint(spec.joint_names[arm[0]]).id])
        length[side] = _stretched_m(model, shoulder[side], site)
        axes[side] = _hand_axes(spec, model, data, side, site)
    chest = int(model.body_parentid[shoulder["left"]])
    base = _base_body(model, chest)
    moved_by = _joint_of_body(spec, model)
    is_scene = np.array([model.geom(shape).name.startswith(SCENE) for shape in range(model.ngeom)])
    margin_m = _scene_margins(spec, model, moved_by, is_scene)
    with_scene = is_scene[:, None] | is_scene
    return Kinematics(
        spec=spec,
        model=model,
        qpos_address=qpos,
        dof_address=dof,
        hand_site=hand_site,
        head_site=_site(spec, model, "head"),
        shoulder_body=shoulder,
        base=Pose(model.body_pos[base].copy(), rotation_from_quaternion(model.body_quat[base])),
        base_body=base,
        chest_body=chest,
        joints=joints,
        arm_length_m=length,
        hand_axes=axes,
        near_m=near_m,
        joint_of_body=moved_by,
        has_scene=bool(is_scene.any()),
        is_scene=is_scene,
        scene_margin_m=margin_m,
        pair_margin_m=np.where(with_scene, np.minimum(margin_m[:, None], margin_m), spec.ik.margin_m),
    )


def _joint_of_body(spec: RobotSpec, model: Any) -> tuple[int, ...]:
    moved_by = [-1] * model.nbody
    by_id = {int(model.joint(name).id): index for index, name in enumerate(spec.joint_names)}
    for body in range(1, model.nbody):
        inherited = moved_by[model.body_parentid[body]]
        own = [by_id.get(model.body_jntadr[body] + k, -1) for k in range(model.body_jntnum[body])]
        moved_by[body] = own[-1] if own else inherited
    return tuple(moved_by)


def _scene_margins(
    spec: RobotSpec, model: Any, moved_by: tuple[int, ...], is_scene: NDArray[np.bool_]
) -> Array:
    """Fingers may come nearer to furniture than the rest; a pair takes the smaller of its two margins."""
    fingers = {joint for side in SIDES for joint in spec.groups.get(f"{side}_hand", ())}
    margins = [
        spec.ik.finger_scene_margin_m if moved_by[body] in fingers else spec.ik.scene_margin_m
        for body in model.geom_bodyid
    ]
    return np.where(is_scene, np.inf, margins)


def _site(spec: RobotSpec, model: Any, role: str) -> int:
    """The site of the frame ``role``; -1 without one."""
    frame = spec.frames.get(role)
    return int(mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_SITE, frame)) if frame else -1


def _hand_site(spec: RobotSpec, model: Any, side: str) -> int:
    site = _site(spec, model, f"{side}_hand")
    if site < 0:
        raise RobotSpecError(
            f"{spec.folder / 'robot.toml'}: frame '{side}_hand' names no site of the model "
            f"({spec.frames.get(f'{side}_hand')!r}); give the MJCF site in the palm"
        )
    return site


def _base_body(model: Any, body: int) -> int:
    """The ancestor of ``body`` that hangs from the world directly."""
    while int(model.body_parentid[body]) != 0:
        body = int(model.body_parentid[body])
    return body


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
