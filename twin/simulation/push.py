"""A push from outside: one force on one body of the robot, for a while."""

from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from twin.robot import RobotSpec

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Push:
    """Who, where, how strongly, until when."""

    body: int
    point_m: Array  # (3,) in the body's frame
    force_n: Array  # (3,) in the world's frame
    until_s: float  # of simulated time

    def place_m(self, data: Any) -> Array:
        """Where it presses now, (3,), in the world."""
        place: Array = data.xpos[self.body] + data.xmat[self.body].reshape(3, 3) @ self.point_m
        return place


def press(model: Any, data: Any, push: Push | None) -> None:
    """Let the next step of physics feel ``push`` and no other one."""
    data.qfrc_applied[:] = 0.0
    if push is not None:
        mujoco.mj_applyFT(
            model, data, push.force_n, np.zeros(3), push.place_m(data), push.body, data.qfrc_applied
        )


def is_part_of_robot(spec: RobotSpec, model: Any, body: str) -> bool:
    """Whether ``model`` has a body of that name, and it belongs to the robot."""
    found = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_BODY, body)
    root = model.body_rootid[model.jnt_bodyid[model.joint(spec.joint_names[0]).id]]
    return bool(found > 0 and model.body_rootid[found] == root)
