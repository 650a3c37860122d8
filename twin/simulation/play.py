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
        self._minus_half_rad = -self._half_rad
        self._slack_rad = np.zeros_like(self._half_rad)  # made once: this runs in every step of the physics
        self._address = qpos_address

    def take_up(self, wanted_rad: Array, qpos: Array, driven_rad: Array) -> None:
        """Write into ``driven_rad`` (n,) the ``wanted_rad``, nearer to where the joints are by their drives' play."""
        slack_rad = self._slack_rad
        np.take(qpos, self._address, out=slack_rad, mode="clip")
        np.subtract(wanted_rad, slack_rad, out=slack_rad)
        np.minimum(slack_rad, self._half_rad, out=slack_rad)
        np.maximum(slack_rad, self._minus_half_rad, out=slack_rad)
        np.subtract(wanted_rad, slack_rad, out=driven_rad)
