"""A robot's hand alone, as retargeting sees it: its joints, the points that stand for a person's, and its wrist.

Everything comes from the robot's folder: the group ``<side>_hand``, and the frames ``<side>_<finger>_tip`` and
``<side>_<finger>_middle`` of the fingers it has.
"""

from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from twin.errors import RobotSpecError
from twin.retarget.keypoints import FINGERS
from twin.robot import RobotSpec
from twin.robot_model import compile_model, read_tree
from twin.spatial import Array

Indices = NDArray[np.intp]


@dataclass(frozen=True)
class HandModel:
    """One hand, its wrist held still. ``f`` fingers, ``h`` joints in the order of the robot's group."""

    side: str
    model: Any  # mujoco.MjModel of nothing but this hand's joints
    joints: Indices  # (h,) of the robot's joints
    qpos_address: Indices  # (h,)
    fingers: tuple[int, ...]  # which of FINGERS it has
    tip_sites: Indices  # (f,)
    middle_sites: Indices  # (f,)
    wrist_m: Array  # (3,) in the model's world
    axes: Array  # (3, 3); columns to the fingers, left, and out of the back of the hand, in the model's world
    knuckles_m: Array  # (f, 3) in the frame of wrist and axes, fingers straight
    lengths_m: Array  # (f,) from knuckle to tip along the bones
    home_rad: Array  # (h,) the ready pose
    lower_rad: Array  # (h,)
    upper_rad: Array  # (h,)
    max_speed_rad_s: Array  # (h,)

    @property
    def straight_rad(self) -> Array:
        """All joints at zero, as far as their limits let them: the flat hand, shape (h,)."""
        return np.clip(np.zeros(len(self.joints)), self.lower_rad, self.upper_rad)


def can_retarget(spec: RobotSpec, side: str) -> bool:
    """Whether the robot's folder names what a hand needs to follow a person's fingers."""
    named = [f for f in FINGERS if {f"{side}_{f}_tip", f"{side}_{f}_middle"} <= set(spec.frames)]
    return bool(spec.groups.get(f"{side}_hand")) and len([f for f in named if f != "thumb"]) >= 2


def load_hand_model(spec: RobotSpec, side: str) -> HandModel:
    """The hand ``side`` of the robot ``spec``.

    Raises:
        RobotSpecError: frames or joints are lacking; the text says which.
    """
    where = spec.folder / "robot.toml"
    if not can_retarget(spec, side):
        raise RobotSpecError(
            f"{where}: the {side} hand cannot follow a person's fingers; name '{side}_hand' joints, and for at "
            f"least two fingers beside the thumb the frames '{side}_<finger>_tip' and '{side}_<finger>_middle'"
        )
    joints = np.array(spec.groups[f"{side}_hand"], np.intp)
    model = compile_model(spec, _hand_alone(spec, side, {spec.joint_names[joint] for joint in joints}))
    fingers = tuple(n for n, f in enumerate(FINGERS) if f"{side}_{f}_tip" in spec.frames)
    tips, middles = (
        np.array([_site(spec, model, f"{side}_{FINGERS[n]}_{part}") for n in fingers], np.intp)
        for part in ("tip", "middle")
    )
    address = np.array([model.joint(spec.joint_names[joint]).qposadr[0] for joint in joints], np.intp)
    data = mujoco.MjData(model)
    data.qpos[address] = np.clip(0.0, spec.lower_rad[joints], spec.upper_rad[joints])
    mujoco.mj_kinematics(model, data)
    palm = int(model.site_bodyid[_site(spec, model, f"{side}_hand")])
    knuckles = data.xpos[[_knuckle_body(model, middle, palm) for middle in middles]]
    wrist_m, bones = data.xpos[palm].copy(), data.site_xpos[middles] - knuckles
    axes = _axes(side, fingers, knuckles, bones)
    lengths = np.linalg.norm(bones, axis=1) + np.linalg.norm(
        data.site_xpos[tips] - data.site_xpos[middles], axis=1
    )
    return HandModel(
        side=side,
        model=model,
        joints=joints,
        qpos_address=address,
        fingers=fingers,
        tip_sites=tips,
        middle_sites=middles,
        wrist_m=wrist_m,
        axes=axes,
        knuckles_m=(knuckles - wrist_m) @ axes,
        lengths_m=lengths,
        home_rad=spec.home_rad[joints],
        lower_rad=spec.lower_rad[joints],
        upper_rad=spec.upper_rad[joints],
        max_speed_rad_s=spec.max_speed_rad_s[joints],
    )


def _hand_alone(spec: RobotSpec, side: str, names: set[str]) -> Any:
    """A tree of the palm and what it carries, with the joints in ``names`` and no looks, drives or collisions.

    It is built anew: to take everything else out of the robot's tree takes MuJoCo a hundred times as long.
    """
    tree, alone = read_tree(spec), mujoco.MjSpec()
    for option in ("degree", "eulerseq"):
        setattr(alone.compiler, option, getattr(tree.compiler, option))
    alone.compiler.boundmass, alone.compiler.boundinertia = 1e-3, 1e-6
    role = f"{side}_hand"
    palm = next((site.parent for site in tree.sites if site.name == spec.frames.get(role)), None)
    if palm is None:
        raise RobotSpecError(
            f"{spec.folder / 'robot.toml'}: frame '{role}' names no site of the model; give the MJCF site in the palm"
        )
    _copy(palm, alone.worldbody, names, set(spec.frames.values()))
    return alone


def _copy(body: Any, parent: Any, joints: set[str], sites: set[str]) -> None:
    """Hang a copy of ``body`` and all it carries under ``parent``, with the named joints and sites."""
    made = parent.add_body(name=body.name, pos=body.pos, quat=body.quat)
    _turn_alike(made, body)
    for joint in body.joints:
        if joint.name in joints:
            made.add_joint(
                name=joint.name,
                type=joint.type,
                axis=joint.axis,
                pos=joint.pos,
                range=joint.range,
                ref=joint.ref,
            )
    for site in body.sites:
        if site.name in sites:
            _turn_alike(made.add_site(name=site.name, pos=site.pos, quat=site.quat), site)
    for child in body.bodies:
        _copy(child, made, joints, sites)


def _turn_alike(made: Any, given: Any) -> None:
    """Orientations that the file gives otherwise than as a quaternion."""
    for kind in ("type", "axisangle", "xyaxes", "zaxis", "euler"):
        setattr(made.alt, kind, getattr(given.alt, kind))


def _site(spec: RobotSpec, model: Any, role: str) -> int:
    name = spec.frames.get(role, "")
    site = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_SITE, name) if name else -1
    if site < 0:
        raise RobotSpecError(
            f"{spec.folder / 'robot.toml'}: frame '{role}' names no site of the model ({name!r}); a hand that shall "
            "follow a person's fingers needs it"
        )
    return int(site)


def _knuckle_body(model: Any, middle_site: int, palm: int) -> int:
    """The body whose origin is where the finger of ``middle_site`` leaves the palm, or the nearest to that."""
    body = int(model.site_bodyid[middle_site])
    above = int(model.body_parentid[body])
    return body if above == palm else above


def _axes(side: str, fingers: tuple[int, ...], knuckles: Array, bones: Array) -> Array:
    """Columns forward, left and up of a flat hand, from its knuckles and the first bones of its fingers."""
    long = [place for place, finger in enumerate(fingers) if finger > 0]
    centre = long[len(long) // 2 - (len(long) % 2 == 0)]  # the middle finger, or the one nearest to it
    forward = bones[centre] / np.linalg.norm(bones[centre])
    left = (knuckles[long[0]] - knuckles[long[-1]]) * (1.0 if side == "right" else -1.0)
    left = left - forward * float(left @ forward)
    left /= np.linalg.norm(left)
    return np.stack((forward, left, np.cross(forward, left)), axis=1)
