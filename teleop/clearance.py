"""How near the robot's own shapes are to each other in a pose, for motion that inverse kinematics does not plan."""

import mujoco
import numpy as np

from twin.ik.model import Kinematics
from twin.spatial import Array

FAR_M = 0.05  # nothing nearer than this is reported as being this far


class Clearance:
    """Measures poses of one robot. Holds only memory to work in."""

    def __init__(self, kinematics: Kinematics) -> None:
        """Measure with the shapes of ``kinematics``."""
        self._kinematics = kinematics
        self._data = mujoco.MjData(kinematics.model)

    def nearest_m(self, position_rad: Array) -> float:
        """The distance of the nearest watched pair of shapes at ``position_rad``, shape (n,); negative inside."""
        model, data = self._kinematics.model, self._data
        data.qpos[self._kinematics.qpos_address] = position_rad
        mujoco.mj_kinematics(model, data)
        mujoco.mj_collision(model, data)
        if not data.ncon:
            return FAR_M
        return min(FAR_M, float(np.min(data.contact.dist)))
