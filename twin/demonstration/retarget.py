"""A person's motion becomes the joint angles of a robot: arms by inverse kinematics, fingers by retargeting.

The person is laid over the robot with the shoulders' middles together and both facing the same way; everything is
scaled by the robot's arm over the person's, so that a stretched arm is a stretched arm and hands that meet still meet.
Angles keep the robot's limits of position, speed and acceleration and never bring it into itself: what the person did
and the robot cannot, is not done, and told.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

import mujoco
import numpy as np

from twin.demonstration.motion import SIDES, HandMotion, Mask, PersonMotion, Times
from twin.demonstration.person import Person, Stand, person_of, stands
from twin.demonstration.reach import HandTrack, reason_for
from twin.demonstration.steady import RATE_HZ, steadied
from twin.errors import RecordingError
from twin.hands import load_hands
from twin.ik.goals import Goals
from twin.ik.model import Kinematics, load_kinematics
from twin.ik.plan import Settings
from twin.ik.solver import BodySolver
from twin.retarget.keypoints import fault_of
from twin.retarget.model import can_retarget, load_hand_model
from twin.retarget.size import HandSizeError, hand_of_length, is_open, measure_hand
from twin.retarget.solver import Retargeter
from twin.robot import RobotSpec
from twin.spatial import Array, Pose, heading_of, vector_from_rotation

_DT_S = 1.0 / RATE_HZ
_APPROACH_STEPS = 5 * RATE_HZ  # before the first frame: from the ready pose to where the person's hands begin
_ARRIVED_M = 0.002
_TELL_EVERY = 200

Tell = Callable[[float], None]  # how far it is, 0..1


@dataclass(frozen=True, eq=False)
class Retargeted:
    """A robot's motion over ``n`` frames."""

    person: Person
    scale: float  # the robot's arm over the person's
    hand_scales: dict[str, float]  # side -> the robot's fingers over the person's, where they are known
    times_ns: Times  # (n,) at ``RATE_HZ``, over those of the person's motion
    position_rad: Array  # (n, joints)
    hands: dict[str, HandTrack]  # by side


class _Fingers:
    """The fingers of one hand: bare ones are followed, a trigger closes the hand, unseen they stay.

    ``angles_rad`` is where they are, shape (h,); ``step`` says where they shall be.
    """

    def __init__(self, spec: RobotSpec, side: str, motion: HandMotion, length_m: float) -> None:
        self._grasps = load_hands(spec).get(side)
        self._follower = Retargeter(load_hand_model(spec, side)) if can_retarget(spec, side) else None
        self._motion, self._side = motion, side
        self._follows = False
        self.joints = self._grasps.joints if self._grasps else np.zeros(0, np.intp)
        self.angles_rad = spec.home_rad[self.joints]
        self._farthest_rad = spec.max_speed_rad_s[self.joints] * _DT_S
        self.scale = self._measure(length_m)

    def _measure(self, length_m: float) -> float | None:
        """Lay the person's hand, of that length, over the robot's: by the median of all frames that show it.

        If its length is not known (0), only those in which it was held open do.
        """
        if self._follower is None:
            return None
        sizes = []
        for points in self._motion.points_m[self._motion.seen][::10]:
            if not np.isfinite(points).all() or fault_of(points, self._side) is not None:
                continue
            with contextlib.suppress(HandSizeError):
                if length_m:
                    sizes.append(hand_of_length(self._follower.hand, length_m, points))
                elif is_open(points):
                    sizes.append(measure_hand(self._follower.hand, points))
        if not sizes:
            return None
        middle = sorted(sizes, key=lambda size: size.scale)[len(sizes) // 2]
        self._follower.fit(middle)
        return middle.scale

    def step(self, row: int) -> Array:
        """Where they shall be in the frame ``row``, shape (h,)."""
        points, trigger = self._motion.points_m[row], float(self._motion.trigger[row])
        if self._follower is not None and self._motion.seen[row] and np.isfinite(points).all():
            if not self._follows:
                self._follower.place(self.angles_rad)
            self._follows = True
            return self._follower.retarget(points, _DT_S)
        self._follows = False
        if self._grasps is not None and self._motion.seen[row] and np.isfinite(trigger):
            away = self._grasps.angles("power", trigger) - self.angles_rad
            return np.asarray(self.angles_rad + np.clip(away, -self._farthest_rad, self._farthest_rad))
        return self.angles_rad


def retarget(
    motion: PersonMotion,
    spec: RobotSpec,
    height_m: float,
    tell: Tell,
    arm_m: float = 0.0,
    hand_m: float = 0.0,
) -> Retargeted:
    """What the robot ``spec`` does to do as the person in ``motion`` did.

    Args:
        motion: of at least one frame, with a head in it.
        spec: a robot with two arms.
        height_m: of the person; 0 takes it from the motion.
        tell: told how far it is.
        arm_m: of the person, from the shoulder to the palm, stretched; 0 takes it from their height.
        hand_m: of the person, from the wrist to the tip of the middle finger; 0 takes it from frames with open hands.

    Raises:
        RobotSpecError: the robot lacks arms or hand frames.
        RecordingError: the motion shows no head, so nobody can tell where the person stands.
    """
    steady = steadied(motion)
    person = person_of(steady, height_m, arm_m)
    where = stands(steady, person)
    if not where:
        raise RecordingError("the head was never seen, so nobody can tell where the person stands")
    kinematics = load_kinematics(spec)
    solver = BodySolver(kinematics, Settings())
    scale = float(np.mean(list(kinematics.arm_length_m.values()))) / person.arm_m
    wanted = {side: _wanted(side, steady, where, kinematics, solver, scale) for side in SIDES}
    fingers = {side: _Fingers(spec, side, steady.hands[side], hand_m) for side in SIDES}
    gaze = _gaze(steady, where, kinematics, solver)
    _approach(solver, wanted, gaze)
    count = len(steady)
    position_rad = np.empty((count, len(spec.joints)))
    kept: dict[str, list[tuple[float, float, str]]] = {side: [] for side in SIDES}
    reached_m = {side: np.empty((count, 3)) for side in SIDES}
    for row in range(count):
        goals = {side: pose for side in SIDES if (pose := wanted[side][row]) is not None}
        asked = Goals(hands=goals, gaze=gaze[row])
        limited = solver.step(asked, _DT_S).limited_by if goals or asked.gaze is not None else ()
        for side in SIDES:
            each = fingers[side]
            each.angles_rad, _ = solver.carry(each.joints, each.step(row), _DT_S)
            hand = solver.hand(side)
            reached_m[side][row] = hand.position_m
            kept[side].append(_missed(goals.get(side), hand, reason_for(side, limited)))
        position_rad[row] = solver.position_rad
        if row % _TELL_EVERY == 0:
            tell(row / count)
    return Retargeted(
        person,
        scale,
        {side: each.scale for side, each in fingers.items() if each.scale is not None},
        steady.times_ns,
        position_rad,
        {side: _track(wanted[side], reached_m[side], kept[side]) for side in SIDES},
    )


def _wanted(
    side: str,
    motion: PersonMotion,
    where: dict[int, Stand],
    kinematics: Kinematics,
    solver: BodySolver,
    scale: float,
) -> list[Pose | None]:
    """Where the robot's hand ``side`` shall be in each frame; None where the person's was not seen."""
    shoulders_m, heading = _robot_stand(kinematics, solver)
    hand, axes = motion.hands[side], kinematics.hand_axes[side]
    poses: list[Pose | None] = []
    for row, anchor in enumerate(motion.anchor.tolist()):
        stand = where.get(anchor)
        if not hand.seen[row] or stand is None:
            poses.append(None)
            continue
        turn = heading @ stand.heading.T
        position = shoulders_m + scale * (turn @ (hand.palm_m[row] - stand.shoulders_m))
        poses.append(Pose(position, turn @ hand.rotation[row] @ axes.T))
    return poses


def _robot_stand(kinematics: Kinematics, solver: BodySolver) -> tuple[Array, Array]:
    """The middle between the robot's shoulders in its ready pose, and which way its chest faces."""
    data = mujoco.MjData(kinematics.model)
    data.qpos[kinematics.qpos_address] = kinematics.spec.home_rad
    mujoco.mj_kinematics(kinematics.model, data)
    middle = np.mean([data.xpos[kinematics.shoulder_body[side]] for side in SIDES], axis=0)
    return np.asarray(middle), heading_of(solver.chest())


def _gaze(
    motion: PersonMotion, where: dict[int, Stand], kinematics: Kinematics, solver: BodySolver
) -> list[Array | None]:
    """How the robot's head shall be turned in each frame; None where the person's is not known, or it has no neck."""
    if kinematics.head_site < 0 or not len(kinematics.joints.get("neck", ())):
        return [None] * len(motion)
    _, heading = _robot_stand(kinematics, solver)
    known: Mask = np.isfinite(motion.head_rotation).all(axis=(1, 2)).reshape(-1)
    return [
        heading @ where[anchor].heading.T @ motion.head_rotation[row]
        if known[row] and anchor in where
        else None
        for row, anchor in enumerate(motion.anchor.tolist())
    ]


def _approach(solver: BodySolver, wanted: dict[str, list[Pose | None]], gaze: list[Array | None]) -> None:
    """Go from the ready pose to where the person begins; where that is out of reach, as near as it gets."""
    first = {side: next((pose for pose in wanted[side] if pose is not None), None) for side in SIDES}
    hands = {side: pose for side, pose in first.items() if pose is not None}
    begin = Goals(hands=hands, gaze=next((each for each in gaze if each is not None), None))
    for _ in range(_APPROACH_STEPS if hands else 0):
        if max(solver.step(begin, _DT_S).error_m) < _ARRIVED_M:
            break
    solver.place(solver.position_rad)


def _missed(goal: Pose | None, hand: Pose, reason: str) -> tuple[float, float, str]:
    if goal is None:
        return np.nan, np.nan, ""
    away_m = float(np.linalg.norm(goal.position_m - hand.position_m))
    away_rad = float(np.linalg.norm(vector_from_rotation(goal.rotation @ hand.rotation.T)))
    return away_m, away_rad, reason


def _track(wanted: list[Pose | None], reached_m: Array, kept: list[tuple[float, float, str]]) -> HandTrack:
    nowhere = np.full(3, np.nan)
    return HandTrack(
        seen=np.array([pose is not None for pose in wanted], np.bool_),
        wanted_m=np.stack([nowhere if pose is None else pose.position_m for pose in wanted]),
        reached_m=reached_m,
        error_m=np.array([away_m for away_m, _, _ in kept]),
        error_rad=np.array([away_rad for _, away_rad, _ in kept]),
        reason=tuple(reason for _, _, reason in kept),
    )
