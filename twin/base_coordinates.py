"""The coordinates of a robot's base among those of its scene: seven of a base that floats, none of one that is bolted.

A simulated robot that hangs from its gantry says no coordinates of its base, and says them once it has come off. Who
shows it keeps the scene with a base that floats, and adds what is not said.
"""

from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from twin.robot_model import FREE_BASE

_COORDINATES = 7  # position and quaternion


def base_coordinates(model: Any) -> slice | None:
    """Where the floating base of ``model`` is in ``qpos``; None if its base does not float."""
    joint = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_JOINT, FREE_BASE)
    if joint < 0:
        return None
    start = int(model.jnt_qposadr[joint])
    return slice(start, start + _COORDINATES)


def with_base(model: Any, qpos: NDArray[Any]) -> NDArray[Any]:
    """``qpos`` as ``model`` has it, (nq,).

    Args:
        model: a scene, as a ``mujoco.MjModel``.
        qpos: (nq,), or (nq - 7,) as a robot says it whose base is bolted: then its base is put where the robot's
            folder hangs it. Of any other length it is returned as it is.
    """
    if len(qpos) != model.nq - _COORDINATES:
        return qpos
    base = base_coordinates(model)
    return qpos if base is None else np.insert(qpos, base.start, model.qpos0[base])
