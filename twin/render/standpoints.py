"""The named views of a robot: from which side, how far, and at what one looks."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.render.orbit import Pose
from twin.robot import RobotSpec

# Of the preset, in the order of the keys 1..9.
NAMES = ("home", "front", "back", "left", "right", "top", "hands", "head")

_WHOLE_DISTANCE_PER_HEIGHT = 1.95  # fills about 0.85 of the picture's height at the camera's opening


def standpoints(spec: RobotSpec, model: Any, data: Any) -> dict[str, Pose]:
    """Views by name, for the robot as it stands in ``data`` (after ``mj_kinematics``)."""
    head, left, right = (_site(spec, data, role) for role in ("head", "left_hand", "right_hand"))
    base = np.array([*data.xpos[int(model.body_rootid[model.jnt_bodyid[_first_joint(spec, model)]])][:2], 0])
    height = float(head[2]) * 1.06
    middle = base + np.array([0.0, 0.0, 0.5 * height])
    whole = _WHOLE_DISTANCE_PER_HEIGHT * height
    between = 0.5 * (left + right)
    spread = float(np.linalg.norm(left - right))

    def degrees(target: NDArray[np.float64], distance: float, azimuth: float, elevation: float) -> Pose:
        x, y, z = (float(value) for value in target)
        return Pose((x, y, z), distance, float(np.radians(azimuth)), float(np.radians(elevation)))

    workspace = 0.5 * middle + 0.5 * np.array([between[0], between[1], head[2] * 0.75])
    return {
        "home": degrees(workspace + np.array([0.05, 0.0, 0.05]), 0.92 * whole, 38, 16),
        "front": degrees(middle, whole, 0, 6),
        "back": degrees(middle, whole, 180, 10),
        "left": degrees(middle, whole, 90, 6),
        "right": degrees(middle, whole, -90, 6),
        "top": degrees(np.array([between[0], between[1], 0.6 * head[2]]), 0.85 * whole, 180, 89),
        # From over the robot's shoulders, as a person sees their own hands.
        "hands": degrees(between, max(0.85, 2.0 * spread), 180, 74),
        "head": degrees(head, 0.85, 20, 4),
    }


def _site(spec: RobotSpec, data: Any, role: str) -> NDArray[np.float64]:
    return np.array(data.site(spec.frames[role]).xpos) if role in spec.frames else np.array([0.3, 0.0, 1.0])


def _first_joint(spec: RobotSpec, model: Any) -> int:
    return int(model.joint(spec.joint_names[0]).id)
