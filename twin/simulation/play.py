"""Play between a drive and its joint: a drive pulls only once it has taken up the slack.

The dead-zone model of backlash: the servo's position error has a dead zone as wide as the play, and the rotor's own
motion inside it is left out (M. Nordin and P.-O. Gutman, "Controlling mechanical systems with backlash - a survey",
Automatica 38, 2002, sec. 2).
"""

import numpy as np
from numpy.typing import NDArray

from twin.robot import RobotSpec

Array = NDArray[np.float64]


class Play:
    """The play of every drive of one robot; none where its motor has none."""

    def __init__(self, spec: RobotSpec, qpos_address: NDArray[np.intp]) -> None:
        """``qpos_address`` (n,): where each joint's angle is. Half the play is to either side of the drive."""
        self._half_rad = np.array([0.5 * spec.motors[joint.motor].backlash_rad for joint in spec.joints])
        self._address = qpos_address
        # Made once: they are used in every step of the physics.
        self._lowest_rad, self._highest_rad, self._joint_rad = np.zeros((3, len(spec.joints)))

    def aim(self, wanted_rad: Array) -> None:
        """From now on the drives pull towards ``wanted_rad`` (n,)."""
        np.subtract(wanted_rad, self._half_rad, out=self._lowest_rad)
        np.add(wanted_rad, self._half_rad, out=self._highest_rad)

    def take_up(self, qpos: Array, driven_rad: Array) -> None:
        """Write into ``driven_rad`` (n,) where the drives pull to: the nearest angle to each joint within its play."""
        angle_rad = self._joint_rad
        qpos.take(self._address, out=angle_rad, mode="clip")  # np.take costs four times as much
        np.maximum(angle_rad, self._lowest_rad, out=angle_rad)
        np.minimum(angle_rad, self._highest_rad, out=driven_rad)
