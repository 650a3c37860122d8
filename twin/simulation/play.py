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

    def __init__(self, spec: RobotSpec) -> None:
        """Half the play to either side of where the drive stands."""
        half_rad = np.array([0.5 * spec.motors[joint.motor].backlash_rad for joint in spec.joints])
        self._loose = np.flatnonzero(half_rad)
        self._half_rad = half_rad[self._loose]

    def take_up(self, wanted_rad: Array, position_rad: Array) -> None:
        """Bring ``wanted_rad`` (n,) so much nearer to ``position_rad`` (n,) as the drives' play is; in place."""
        if len(self._loose):
            error_rad = wanted_rad[self._loose] - position_rad[self._loose]
            wanted_rad[self._loose] -= np.clip(error_rad, -self._half_rad, self._half_rad)
