"""Gains of a position servo for every joint: the robot's own, or computed from what the joint has to move."""

import mujoco
import numpy as np
from numpy.typing import NDArray

from twin.robot import RobotSpec
from twin.robot_model import compile_model, joint_addresses, open_model

NATURAL_RAD_S = 20.0  # about 3 Hz: fast enough to follow a hand, slow enough for a 500 Hz link
Array = NDArray[np.float64]


def servo_gains(spec: RobotSpec) -> tuple[Array, Array]:
    """Stiffness in Nm/rad and damping in Nm s/rad of each joint, both of shape (n,).

    Where the robot's folder gives none, the joint is made a critically damped oscillator of ``NATURAL_RAD_S``:
    k = I w^2 and d = 2 I w, with I the joint's entry on the diagonal of the mass matrix in the home pose,
    that is everything it carries and its own rotor (Craig, Introduction to Robotics, sec. 9.5).

    Raises:
        RobotSpecError: the gains are to be computed and the model cannot be used.
    """
    stiffness = np.array([joint.stiffness_nm_rad for joint in spec.joints])
    damping = np.array([joint.damping_nms_rad for joint in spec.joints])
    unknown = stiffness <= 0.0
    if not unknown.any():
        return stiffness, damping
    inertia = _carried_inertia_kg_m2(spec)[unknown]
    stiffness[unknown] = inertia * NATURAL_RAD_S**2
    damping[unknown] = 2.0 * inertia * NATURAL_RAD_S
    return stiffness, damping


def _carried_inertia_kg_m2(spec: RobotSpec) -> Array:
    model = compile_model(spec, open_model(spec))
    data = mujoco.MjData(model)
    qpos, dof = joint_addresses(spec, model)
    data.qpos[qpos] = spec.home_rad
    mujoco.mj_forward(model, data)
    masses = np.zeros((model.nv, model.nv))
    mujoco.mj_fullM(model, data, masses)
    return np.asarray(masses[dof, dof])
