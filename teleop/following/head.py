"""The robot's neck follows the head in the headset: it looks where the operator looks.

Nothing moves by taking hold: the difference between the two heads is kept when the operator's is first seen, or seen
anew after poses lost their meaning, until the operator asks the robot to look where he does (``recentre``). After
that the robot's head is level when his is. Between two holds the difference stays, so that the picture in the
headset does not swing when the hands let go for a moment.
"""

import math
from collections.abc import Mapping

from twin.spatial import Array, rotation_from_quaternion
from twin.wire.messages import XrSample

FASTEST_RAD_S = 1.5
_STEEP = 0.97  # sine of a gaze so steep that it has no heading
_MOVES = ("neck.yaw", "neck.pitch")


class HeadFollower:
    """``goals_rad`` has an angle for each joint of the neck while a head is followed."""

    def __init__(self, posture: Mapping[str, tuple[int, float]]) -> None:
        """``posture``: joint and sign by what turns, from ``posture_joints``; without a neck nothing follows."""
        self._joints = {move: posture[move] for move in _MOVES if move in posture}
        self.goals_rad: dict[int, float] = {}
        self._before_rad: dict[str, float] = {}  # operator's angle where the robot's is zero, by move
        self._anchor = 0
        self._recentres = False

    def let_go(self) -> None:
        """Nothing follows."""
        self.goals_rad = {}

    def recentre(self) -> None:
        """From the next sample on ahead is where the operator looks then, and level is level."""
        self._recentres = True

    def hear(self, sample: XrSample, position_rad: Array) -> None:
        """Take in ``sample`` of the headset that drives; the commanded pose is ``position_rad``, shape (n,)."""
        self.goals_rad = {}
        if not self._joints or len(sample.head_orientation_wxyz) != 4:
            return
        ahead = rotation_from_quaternion(sample.head_orientation_wxyz.astype(float))[:, 0]
        if abs(ahead[2]) > _STEEP:
            return
        turned = {
            "neck.yaw": math.atan2(ahead[1], ahead[0]),
            "neck.pitch": -math.asin(ahead[2]),
        }
        if sample.anchor != self._anchor:
            self._anchor = sample.anchor
            self._before_rad = {
                move: turned[move] - sign * float(position_rad[joint])
                for move, (joint, sign) in self._joints.items()
            }
        if self._recentres:
            self._recentres = False
            self._before_rad = {"neck.yaw": turned["neck.yaw"], "neck.pitch": 0.0}
        self.goals_rad = {
            joint: sign * _wrapped(turned[move] - self._before_rad[move])
            for move, (joint, sign) in self._joints.items()
        }


def _wrapped(angle_rad: float) -> float:
    """The same angle within half a turn either way."""
    return math.remainder(angle_rad, 2.0 * math.pi)
