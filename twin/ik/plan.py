"""What does not change between steps that are asked for the same terms: indices, limits, memory to work in."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from twin.errors import RobotSpecError
from twin.ik.compiled.step import LAYOUT, StepMemory
from twin.ik.goals import Asked, Goals
from twin.ik.model import Kinematics
from twin.ik.quadratic import Bounds, Quadratic
from twin.robot_parts import TermSpec
from twin.spatial import Array

# The weighting method for least squares with priorities (C. Van Loan, SIAM J. Numer. Anal. 22, 1985): what has
# priority 2 counts so little that it changes what priority 1 gets by one part in ten thousand.
_SECOND = 0.01
# The way to a limit is braked on as if the step after this one were so long; control's never is longer.
_LONGEST_STEP_S = 0.02
_LONGEST_RATIO = 2.0  # of a step and the one before, over which one tells of the other
_STRETCHED = 0.985  # a target further than this share of the arm's length is out of reach
_REACHED_M = 0.004


@dataclass(frozen=True)
class Settings:
    """How a step is computed; what it weighs and how careful it is are the robot's (``RobotSpec.ik``).

    Those that ``compiled/step.h`` has by the same name are read there.
    """

    damping: float = 1e-6  # keeps the step unique; also the weight of the ready pose
    error_damping: float = 1.0  # damping per squared weighted error
    largest_error_m: float = 0.1  # a hand further away is drawn as if it were this far
    largest_error_rad: float = 0.5
    soft_limit_rad: float = math.radians(2.1)  # distance kept from the hard limits; the gate keeps 2 degrees
    speed_use: float = 0.9  # share of each joint's speed limit that is used
    acceleration_use: float = 0.9  # share of each joint's acceleration limit that is used; 0: no such bound
    closing_time_s: float = 0.06  # time constant with which a clearance may be used up ...
    braking_m_s2: float = 8.0  # ... and with what a pair that closes can be brought to rest
    # What a hand trails its goal by is made up for so that its arm can brake; what the goal moves is followed at once.
    closing_m_s2: float = 10.0
    closing_rad_s2: float = 50.0
    turning_rad_s2: float = 15.0  # the same of a head
    goal_m_s: float = 2.0  # a goal that moves faster than this has jumped
    goal_rad_s: float = 8.0
    straightening_time_s: float = 0.07  # and that with which the way to a singular pose may be
    posture_rate_per_s: float = 0.8  # how quickly idle motion goes to the ready pose, while hands move
    collisions: bool = True
    singularities: bool = True
    curved_from_rad: float = 0.01  # the step after a free one longer than this follows the arm's curvature


class Plan:
    """Which joints and rows a step has, and the memory that its compiled part works in.

    Shapes: n joints in the order of ``asked.groups``, k hands, r rows. Rows: positions of all hands, rotations of all
    hands, the rotation of the head, the centre of mass.
    """

    def __init__(
        self, kinematics: Kinematics, data: Any, asked: Asked, settings: Settings, speed_rad_s: Array
    ) -> None:
        """Gather everything by joint.

        Args:
            kinematics: the model.
            data: where poses are read, and ``qpos`` is moved.
            asked: the terms.
            settings: of every step.
            speed_rad_s: of all joints of the robot, shape (joints,); a step reads it, and writes its own into it.

        Raises:
            RobotSpecError: the robot has no joints or frame for a term that is asked for.
        """
        spec = kinematics.spec
        self.asked, self.sides = asked, asked.sides
        _check(kinematics, asked)
        self.joints = np.concatenate([kinematics.joints[group] for group in asked.groups])
        self.qpos = kinematics.qpos_address[self.joints]
        self.dof = kinematics.dof_address[self.joints]
        self.hands, self.n = len(asked.sides), len(self.joints)
        ends = np.cumsum([0, *(len(kinematics.joints[group]) for group in asked.groups)])
        self.part = {
            group: slice(int(begin), int(end))
            for group, begin, end in zip(asked.groups, ends[:-1], ends[1:], strict=True)
        }
        self.lower = spec.lower_rad[self.joints] + settings.soft_limit_rad
        self.upper = spec.upper_rad[self.joints] - settings.soft_limit_rad
        self.speed = spec.max_speed_rad_s[self.joints] * settings.speed_use
        self.acceleration = spec.max_acceleration_rad_s2[self.joints] * settings.acceleration_use
        self.names = [spec.joint_names[joint] for joint in self.joints]
        self._make_rows(kinematics)
        self.memory = memory = self._memory(kinematics, data, settings, speed_rad_s)
        self.step = memory["step_rad"]
        self.quadratic = Quadratic(memory["hessian"], memory["gradient"])
        self.bounds = Bounds(memory["least_rad"], memory["most_rad"])
        self.away_m, self.ways, self.least_of_ways = memory["away_m"], memory["ways"], memory["least_of_ways"]
        self._goals = list(zip(self.sides, memory["goal_m"], memory["goal_rotation"], strict=True))
        self._gaze_goal, self._balance_goal = memory["gaze_goal"], memory["balance_goal"]
        self._wanted, self._eased = memory["wanted_rad"], memory["eased"]
        self._ease: Mapping[str, float] | None = None  # as told last
        self.ease_arms({})

    def ease_arms(self, ease: Mapping[str, float]) -> None:
        """Draw the elbow of each side to the ready pose with the share ``ease``, 0..1; wholly where none is named."""
        if ease == self._ease:
            return
        self._ease = dict(ease)
        for side in self.asked.sides:
            self._eased[self.part[f"{side}_arm"]] = ease.get(side, 1.0)

    def aim(self, goals: Goals) -> None:
        """What the next step goes towards."""
        hands, gaze, neck_rad, waist_rad, balance_m = goals
        # ``[...]`` takes half the time of ``[:]``.
        for side, position, rotation in self._goals:
            goal = hands[side]
            position[...] = goal.position_m
            rotation[...] = goal.rotation
        if gaze is not None:
            self._gaze_goal[...] = gaze
        if neck_rad is not None:
            self._wanted[self.part["neck"]] = neck_rad
        if waist_rad is not None:
            self._wanted[self.part["torso"]] = waist_rad
        if balance_m is not None:
            self._balance_goal[...] = balance_m

    def _make_rows(self, kinematics: Kinematics) -> None:
        k, ik = self.hands, kinematics.spec.ik
        # A neck of two joints looks, about the y and z axes of the head; it cannot follow one tilted to the side.
        self.gaze_rows = self.asked.gaze * min(3, len(kinematics.joints["neck"]))
        hand, head, mass = (_scaled(term) for term in (ik.hands, ik.head, ik.balance))
        self.weight = np.concatenate(
            (
                np.full(3 * k, hand),
                np.full(3 * k, hand * ik.radian_m),
                np.full(self.gaze_rows, head),
                np.array([mass, mass, 0.0])[: 3 * self.asked.balance],
            )
        )

    def _memory(
        self, kinematics: Kinematics, data: Any, settings: Settings, speed_rad_s: Array
    ) -> StepMemory:
        spec, asked = kinematics.spec, self.asked
        # What keeps joints at angles of their own: nothing for arms, the term of the waist, that of the head.
        stiffness = np.zeros(self.n)
        if asked.waist:
            stiffness[self.part["torso"]] = _scaled(spec.ik.waist) ** 2
        if asked.neck:
            stiffness[self.part["neck"]] = _scaled(spec.ik.head) ** 2
        counts = {
            "rows": len(self.weight),
            "joints": self.n,
            "hands": self.hands,
            "robot_joints": len(spec.joints),
            "gaze_rows": self.gaze_rows,
            "balance_rows": 3 * asked.balance,
            "neck_from": self.part["neck"].start if "neck" in self.part else self.n,
            "head_site": kinematics.head_site,
            "base_body": kinematics.base_body,
            "looks_only": self.gaze_rows < 3,
            "is_mixed": "torso" in self.part or "neck" in self.part,
        }
        numbers = {
            **{name: value for name, value in asdict(settings).items() if name in LAYOUT.numbers},
            "longest_step_s": _LONGEST_STEP_S,
            "longest_ratio": _LONGEST_RATIO,
            "gaze_weight": _scaled(spec.ik.head),
            "radian_m": spec.ik.radian_m,
            "slow_at_condition": spec.ik.slow_at_condition,
            "stop_at_condition": spec.ik.stop_at_condition,
            "reached_m": _REACHED_M,
        }
        arms = [self.part[f"{side}_arm"] for side in self.sides]
        arrays = {
            "qpos_address": self.qpos.astype(np.int32),
            "dof_address": self.dof.astype(np.int32),
            "joint": self.joints.astype(np.int32),
            "hand_site": np.array([kinematics.hand_site[side] for side in self.sides], np.int32),
            "shoulder_body": np.array([kinematics.shoulder_body[side] for side in self.sides], np.int32),
            "arm_from": np.array([arm.start for arm in arms], np.int32),
            "arm_joints": np.array([arm.stop - arm.start for arm in arms], np.int32),
            "reach_m": np.array([_STRETCHED * kinematics.arm_length_m[side] for side in self.sides]),
            "lower_rad": self.lower,
            "upper_rad": self.upper,
            "speed_rad_s": self.speed,
            "acceleration_rad_s2": self.acceleration,
            "stiffness": stiffness,
            "wanted_rad": spec.home_rad[self.joints],
            "weight": self.weight,
            "robot_speed_rad_s": speed_rad_s,
        }
        return StepMemory(kinematics.model, data, {**counts, **numbers}, arrays)


def _scaled(term: TermSpec) -> float:
    """The weight of a term, with its priority."""
    return float(term.weight * (1.0 if term.priority == 1 else _SECOND))


def _check(kinematics: Kinematics, asked: Asked) -> None:
    where = kinematics.spec.folder / "robot.toml"
    if not asked.groups:
        raise ValueError("a step was asked for nothing")
    for group in asked.groups:
        if not len(kinematics.joints[group]):
            raise RobotSpecError(f"{where}: there is no group '{group}', so it cannot be moved")
    if asked.gaze and kinematics.head_site < 0:
        raise RobotSpecError(f"{where}: frame 'head' names no site of the model; give the one that looks")
