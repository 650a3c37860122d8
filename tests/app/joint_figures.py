"""Figures of the joints of ``grid_spec`` for tests of the joint grid."""

from dataclasses import replace

import numpy as np

from app.joints.grid_rows import JointFigures
from twin.robot import RobotSpec

ELBOW = 19  # in the group left_arm


def figures(spec: RobotSpec, **changes: object) -> JointFigures:
    still = np.zeros(len(spec.joints))
    known = JointFigures(still, still, still, still, still + 30, {}, fresh=True)
    return replace(known, **changes)


def at(spec: RobotSpec, joint: int, value: float) -> np.ndarray:
    values = np.zeros(len(spec.joints))
    values[joint] = value
    return values
