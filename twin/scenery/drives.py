"""Puts a drive on every joint: a servo with stiffness, damping, feed-forward and a torque limit."""

import mujoco

from twin.gains import servo_gains
from twin.robot import RobotSpec

# Inputs of one drive, in MuJoCo's order: wanted position, wanted velocity, torque to add.
INPUTS = 3
_POSITION_VELOCITY_TORQUE = 1 | 2 | 4


def add_drives(spec: RobotSpec, tree: mujoco.MjSpec) -> None:
    """One drive per joint, in the robot's order, so that ``ctrl.reshape(n, 3)`` has a row per joint.

    The damping is inside MuJoCo's implicit integration: as a torque computed from outside it would
    make light fingers unstable at a step of 2 ms.
    """
    stiffness_nm_rad, damping_nms_rad = servo_gains(spec)
    for joint, stiffness, damping in zip(spec.joints, stiffness_nm_rad, damping_nms_rad, strict=True):
        drive = tree.add_actuator(name=joint.name, target=joint.name, trntype=mujoco.mjtTrn.mjTRN_JOINT)
        drive.set_to_pid(kp=stiffness, kv=damping, ctrlspec=_POSITION_VELOCITY_TORQUE)
        drive.forcelimited = True
        drive.forcerange = [-joint.max_effort_nm, joint.max_effort_nm]
        drive.ctrllimited = False
