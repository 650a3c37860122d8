"""Where the robot's hands and shoulders are, and which way its chest faces, for angles of its joints."""

from collections.abc import Mapping

import mujoco
import numpy as np

from twin.ik.model import SIDES, Kinematics
from twin.spatial import Array, Pose, heading_of_bowed


class RobotStance:
    """In the frame of the robot's model; looked at for one set of angles after the other."""

    def __init__(self, kinematics: Kinematics) -> None:
        """Look at the ready pose."""
        self._kinematics, self._data = kinematics, mujoco.MjData(kinematics.model)
        self.hands: Mapping[str, Pose] = {}
        self.shoulders = Pose(np.zeros(3), np.eye(3))  # the middle between them, and the heading
        self.look(kinematics.spec.home_rad)

    def look(self, position_rad: Array) -> None:
        """See the robot with its joints at ``position_rad``, shape (n,)."""
        kinematics, data = self._kinematics, self._data
        data.qpos[kinematics.qpos_address] = position_rad
        mujoco.mj_kinematics(kinematics.model, data)
        sites = kinematics.hand_site
        self.hands = {
            side: Pose(data.site_xpos[sites[side]].copy(), data.site_xmat[sites[side]].reshape(3, 3).copy())
            for side in SIDES
        }
        middle_m = np.mean([data.xpos[kinematics.shoulder_body[side]] for side in SIDES], axis=0)
        chest = data.xmat[kinematics.chest_body].reshape(3, 3)
        self.shoulders = Pose(np.asarray(middle_m), heading_of_bowed(chest))
