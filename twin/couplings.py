"""Joints that no drive turns: a tendon makes them follow another joint."""

from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from twin.robot import RobotSpec

# How firmly the tendon holds: MuJoCo's time constant and damping ratio of the equality.
_TENDON = [0.01, 1.0]
Indices = NDArray[np.intp]
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Followers:
    """The coupled joints of one compiled model, each of shape (k,)."""

    qpos: Indices
    leader_qpos: Indices
    ratio: Array
    offset_rad: Array

    def place(self, qpos: Array) -> None:
        """Put the followers in ``qpos`` (nq,) where their leaders have them."""
        qpos[self.qpos] = self.offset_rad + self.ratio * qpos[self.leader_qpos]


NO_FOLLOWERS = Followers(np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0), np.zeros(0))


def add_couplings(spec: RobotSpec, tree: mujoco.MjSpec) -> None:
    """Tie the robot's coupled joints to their leaders."""
    for name, coupling in spec.changes.coupled.items():
        tie = tree.add_equality(
            name=name,
            type=mujoco.mjtEq.mjEQ_JOINT,
            objtype=mujoco.mjtObj.mjOBJ_JOINT,
            name1=name,
            name2=coupling.to,
        )
        tie.data[:2] = [coupling.offset_rad, coupling.ratio]
        tie.data[2:5] = 0.0
        tie.solref = _TENDON


def followers_of(spec: RobotSpec, model: Any) -> Followers:
    """Where the coupled joints are in ``model``; empty if it has none."""
    couplings = spec.changes.coupled

    def addresses(names: list[str]) -> Indices:
        ids = [mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_JOINT, name) for name in names]
        return np.asarray(model.jnt_qposadr[ids], np.intp) if names else np.zeros(0, np.intp)

    return Followers(
        addresses(list(couplings)),
        addresses([coupling.to for coupling in couplings.values()]),
        np.array([coupling.ratio for coupling in couplings.values()], np.float64),
        np.array([coupling.offset_rad for coupling in couplings.values()], np.float64),
    )
