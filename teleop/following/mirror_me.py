"""Mirror me: the robot's hands are where the operator's are, not only moved by as much as they were.

The operator, known from the L-pose, is laid over the robot with the middles between the shoulders together, facing
the same way, scaled by the robot's arm over theirs. Where that is not where the robot's hand is when a grip is pressed,
nothing moves by it: what lies between is made up for while the operator's own hand moves, by no more than
``CLOSING`` of its way. A hand that is held still stays still, and one that is too far away is not followed.
"""

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from teleop.bindings.words import SIDES
from teleop.following.hands import Followers, Follows
from teleop.following.l_pose import BodyFit
from teleop.following.robot_stance import RobotStance
from twin.demonstration.motion import seen_hand
from twin.ik.model import Kinematics
from twin.spatial import (
    Array,
    Pose,
    heading_of,
    rotation_from_quaternion,
    rotation_from_vector,
    turned_by,
    vector_from_rotation,
)
from twin.wire.messages import XrHand, XrSample

FARTHEST_M, FARTHEST_RAD = 0.25, math.radians(45)
CLOSING = 0.5
# A hand that turns or goes makes up for both kinds of difference: this arm's way counts as much as its turn.
_LEVER_M = 0.3
# Less than that is trembling, and makes up for nothing.
PLAY_M, PLAY_RAD = 0.004, 0.02


class Stand:
    """Where operator and robot stand, from the press of a grip until both are open."""

    def __init__(
        self,
        fit: BodyFit,
        sample: XrSample,
        axes: Mapping[str, Array],
        robot: Pose,
        robot_arm_m: float,
        wrists: Mapping[str, Array],
    ) -> None:
        """Stand there.

        Args:
            fit: the operator's body.
            sample: with a head in it.
            axes: side -> (3, 3) forward, left, up of the robot's flat hand in its own frame.
            robot: the middle between its shoulders, and its heading, in the frame of its model.
            robot_arm_m: from its shoulder to its palm, stretched out.
            wrists: side -> (3, 3) by what the robot's hand is turned beyond the operator's, in its own frame;
                is looked at anew each time.
        """
        heading = heading_of(rotation_from_quaternion(sample.head_orientation_wxyz.astype(np.float64)))
        self.scale = robot_arm_m / fit.arm_m
        self._fit, self._axes, self._wrists = fit, axes, wrists
        self._operator_m = sample.head_position_m.astype(np.float64) + heading @ fit.shoulders_m
        self._robot_m = robot.position_m
        self.turn = np.asarray(robot.rotation @ heading.T)  # from the room to the robot

    def goal(self, side: str, seen: Pose) -> Pose:
        """Where the robot's hand belongs for an operator's hand that is seen at ``seen``."""
        away_m = self.turn @ (seen.position_m - self._operator_m)
        flat = self.turn @ seen.rotation @ self._fit.hand_in_seen[side]
        return Pose(self._robot_m + self.scale * away_m, flat @ self._axes[side].T @ self._wrists[side])

    def place(self, side: str, robot_hand: Pose) -> Pose:
        """Where in the room the operator's hand would have to be for the robot's to belong at ``robot_hand``.

        Its rotation is that of the robot's own frame of a hand that is turned as the operator's would have to be.
        """
        away_m = (robot_hand.position_m - self._robot_m) / self.scale
        turned = robot_hand.rotation @ self._wrists[side].T
        return Pose(self._operator_m + self.turn.T @ away_m, self.turn.T @ turned)


class MirroredHand:
    """One hand from the press of its grip."""

    def __init__(self, goal: Pose, robot_hand: Pose) -> None:
        """The robot's hand is at ``robot_hand`` and belongs at ``goal``."""
        self._goal = self._counted = goal
        self._behind_m = robot_hand.position_m - goal.position_m
        self._behind_rad = vector_from_rotation(robot_hand.rotation @ goal.rotation.T)

    @property
    def behind_m(self) -> float:
        """How far the robot's hand still is from where it belongs."""
        return _length(self._behind_m)

    def take_turn(self, goal: Pose) -> None:
        """The robot's hand is turned as it belongs, at ``goal``."""
        self._behind_rad = np.zeros(3)
        self._counted = Pose(self._counted.position_m, goal.rotation)

    def goal(self, goal: Pose) -> Pose:
        """Where the robot's hand shall be, now that it belongs at ``goal``."""
        moved_m, turned_rad = self._count(goal)
        self._behind_m = _shorter(self._behind_m, CLOSING * (moved_m + _LEVER_M * turned_rad))
        self._behind_rad = _shorter(self._behind_rad, CLOSING * (turned_rad + moved_m / _LEVER_M))
        return Pose(goal.position_m + self._behind_m, rotation_from_vector(self._behind_rad) @ goal.rotation)

    def _count(self, goal: Pose) -> tuple[float, float]:
        """How far the hand went and turned since it was counted last, beyond its play."""
        way_m = goal.position_m - self._counted.position_m
        turn_rad = vector_from_rotation(goal.rotation @ self._counted.rotation.T)
        moved_m, turned_rad = (
            max(0.0, _length(way_m) - PLAY_M),
            max(0.0, _length(turn_rad) - PLAY_RAD),
        )
        self._counted = Pose(
            self._counted.position_m + _of_length(way_m, moved_m),
            turned_by(self._counted.rotation, _of_length(turn_rad, turned_rad)),
        )
        return moved_m, turned_rad


class MirroringFollowers(Followers):
    """Both hands where the operator's are. Before the body is known none follows."""

    def __init__(self, kinematics: Kinematics, commanded_rad: Callable[[], Array]) -> None:
        """Nothing follows; ``commanded_rad`` says where the robot's joints are commanded to be, shape (n,)."""
        super().__init__()
        self.fit: BodyFit | None = None
        self._turned: dict[str, Array] = {}  # side -> what recalibrated wrists differ by, see ``Stand``
        self.refused: dict[str, str] = {}  # side -> why the newest press of its grip counted for nothing
        self._axes, self._commanded_rad = kinematics.hand_axes, commanded_rad
        self._robot_arm_m = float(np.mean(list(kinematics.arm_length_m.values())))
        self._stance = RobotStance(kinematics)
        self._stand: Stand | None = None  # of the hands that follow
        self.forget()

    def forget(self) -> None:
        """Somebody else may stand there: neither body nor wrists are known."""
        self.fit, self._turned = None, {side: np.eye(3) for side in SIDES}

    def stand(self, sample: XrSample, shoulders: Pose) -> Stand | None:
        """Where the operator stands in ``sample``, and the robot with its ``shoulders``; None if that is not known."""
        if self.fit is None or len(sample.head_position_m) != 3 or len(sample.head_orientation_wxyz) != 4:
            return None
        return Stand(self.fit, sample, self._axes, shoulders, self._robot_arm_m, self._turned)

    def take_idle_wrists(self, sample: XrSample, stance: RobotStance) -> tuple[str, ...]:
        """As the hands in ``sample`` that do not follow are turned, so the robot's belong, which are in ``stance``.

        Returns their sides; none before the body is known.
        """
        stand, taken = self.stand(sample, stance.shoulders), list[str]()
        for hand in sample.hands:
            seen = None if hand.fault or hand.side in self._holds else self.pose_of(hand)
            if stand is not None and seen is not None:
                self.turn_wrist(hand.side, stand.goal(hand.side, seen), stance.hands[hand.side])
                taken.append(hand.side)
        return tuple(sorted(taken))

    def turn_wrist(self, side: str, goal: Pose, robot: Pose) -> None:
        """A hand that belonged at ``goal`` is turned as it belongs where the ``robot``'s is."""
        self._turned[side] = self._turned[side] @ goal.rotation.T @ robot.rotation

    def let_go(self) -> None:
        """Nothing follows; a grip that is held latches anew."""
        super().let_go()
        self._stand = None

    def pose_of(self, hand: XrHand) -> Pose | None:
        """The middle of the operator's palm, with the axes of the flat hand as far as they are seen."""
        found = seen_hand(hand)
        return Pose(found.palm_m, found.rotation) if found else None

    def begin(
        self, sample: XrSample, hand: XrHand, seen: Pose, robot: Pose, _heading: Array, _scale: float
    ) -> Follows | None:
        """See ``Followers.begin``; both hands share one stand, so that hands that meet meet."""
        if self._stand is None or not self._holds:
            self._stance.look(self._commanded_rad())
            self._stand = self.stand(sample, self._stance.shoulders)
        if self._stand is None:
            return None
        goal = self._stand.goal(hand.side, seen)
        self.refused[hand.side] = too_far(hand.side, goal, robot)
        if self.refused[hand.side]:
            return None
        return _Follows(self, self._stand, hand.side, MirroredHand(goal, robot))


class _Follows(NamedTuple):
    followers: MirroringFollowers
    stand: Stand
    side: str
    mirrored: MirroredHand

    def goal(self, hand: Pose) -> Pose:
        """Where the robot's hand shall be, with the operator's at ``hand``."""
        return self.mirrored.goal(self.stand.goal(self.side, hand))

    def with_wrist(self, hand: Pose, robot: Pose) -> Follows:
        """As ``hand`` is turned, the ``robot``'s belongs; in this press and those after it."""
        self.followers.turn_wrist(self.side, self.stand.goal(self.side, hand), robot)
        self.mirrored.take_turn(self.stand.goal(self.side, hand))
        return self


def too_far(side: str, goal: Pose, robot_hand: Pose) -> str:
    """Why a hand must not be followed while the robot's, at ``robot_hand``, belongs at ``goal``; empty if it may."""
    away_m = _length(goal.position_m - robot_hand.position_m)
    away_rad = _length(vector_from_rotation(goal.rotation @ robot_hand.rotation.T))
    if away_m > FARTHEST_M:
        return f"your {side} hand is {away_m:.2f} m from the robot's: bring it there, then press"
    if away_rad > FARTHEST_RAD:
        return f"your {side} hand is turned {math.degrees(away_rad):.0f}° from the robot's: turn it so, then press"
    return ""


def _length(vector: Array) -> float:
    return math.sqrt(float(vector @ vector))


def _of_length(vector: Array, length: float) -> Array:
    return vector * (length / max(_length(vector), 1e-12))


def _shorter(vector: Array, by: float) -> Array:
    return _of_length(vector, max(0.0, _length(vector) - by))
