"""Which joints are the robot's neck and waist, and which way each of them turns the body."""

import mujoco
import numpy as np

from twin.ik.model import Kinematics

PARTS = {"neck": "neck", "waist": "torso"}  # as the operator says -> the robot's group of joints
_TURNS = ("roll", "pitch", "yaw")  # about x forward, y left, z up


def posture_joints(kinematics: Kinematics) -> dict[str, tuple[int, float]]:
    """What turns neck and waist: "neck.yaw" -> (joint, sign).

    Read from the joints' axes in the ready pose, so that yaw is to the left and pitch is downwards for every
    robot, however its makers count. A robot without such a group has no such entry.
    """
    model, spec = kinematics.model, kinematics.spec
    data = mujoco.MjData(model)
    data.qpos[kinematics.qpos_address] = spec.home_rad
    mujoco.mj_kinematics(model, data)
    found: dict[str, tuple[int, float]] = {}
    for part, group in PARTS.items():
        for joint in spec.groups.get(group, ()):
            axis = kinematics.base.rotation.T @ data.xaxis[model.joint(spec.joint_names[joint]).id]
            about = int(np.argmax(np.abs(axis)))
            found.setdefault(f"{part}.{_TURNS[about]}", (joint, float(np.sign(axis[about]))))
    return found


def part_of(group: str) -> str:
    """What the operator freezes to hold the joints of the robot's ``group``; empty if nothing does."""
    return next((part for part, name in PARTS.items() if name == group), group if _is_limb(group) else "")


def _is_limb(group: str) -> bool:
    return group in ("left_arm", "right_arm", "left_hand", "right_hand")
