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
    """The joints of one robot that have any."""

    def __init__(self, spec: RobotSpec, qpos_address: NDArray[np.intp]) -> None:
        """``qpos_address`` (n,): where each joint's angle is. Half the play is to either side of the drive."""
        half_rad = np.array([0.5 * spec.motors[joint.motor].backlash_rad for joint in spec.joints])
        self._loose = np.flatnonzero(half_rad)
        self._half_rad, self._address = half_rad[self._loose], qpos_address[self._loose]

    def take_up(self, wanted_rad: Array, qpos: Array) -> None:
        """Bring ``wanted_rad`` (n,) so much nearer to where the joints are as the drives' play is; in place."""
        if len(self._loose):
            slack_rad = wanted_rad[self._loose] - qpos[self._address]
            np.minimum(slack_rad, self._half_rad, out=slack_rad)
            np.maximum(slack_rad, -self._half_rad, out=slack_rad)
            wanted_rad[self._loose] -= slack_rad
