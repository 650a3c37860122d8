"""What does not change between steps that are asked for the same terms: indices, limits, arrays to write into."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.errors import RobotSpecError
from twin.ik.goals import Asked, Goals
from twin.ik.model import Kinematics
from twin.robot_parts import TermSpec
from twin.spatial import Array, Pose

# The weighting method for least squares with priorities (C. Van Loan, SIAM J. Numer. Anal. 22, 1985): what has
# priority 2 counts so little that it changes what priority 1 gets by one part in ten thousand.
_SECOND = 0.01
# The way to a limit is braked on as if the step after this one were so long; control's never is longer.
LONGEST_STEP_S = 0.02
_LONGEST_RATIO = 2.0  # of a step and the one before, over which one tells of the other


@dataclass(frozen=True)
class Settings:
    """How a step is computed; what it weighs and how careful it is are the robot's (``RobotSpec.ik``)."""

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
    """Preallocated arrays. Shapes: n joints in the order of ``asked.groups``, k hands, r rows.

    Rows: positions of all hands, rotations of all hands, the rotation of the head, the centre of mass.
    """

    def __init__(self, kinematics: Kinematics, data: Any, asked: Asked, settings: Settings) -> None:
        """Gather everything by joint; ``data`` is where poses will be read.

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
        self._make_rows(kinematics, data)
        self.lower = spec.lower_rad[self.joints] + settings.soft_limit_rad
        self.upper = spec.upper_rad[self.joints] - settings.soft_limit_rad
        self.speed = spec.max_speed_rad_s[self.joints] * settings.speed_use
        self.acceleration = spec.max_acceleration_rad_s2[self.joints] * settings.acceleration_use
        self.half_acceleration = 0.5 * self.acceleration
        self._make_ways()
        self.home = spec.home_rad[self.joints]
        # What keeps joints at angles of their own: nothing for arms, the term of the waist, that of the head.
        self.stiffness = np.zeros(self.n)
        if asked.waist:
            self.stiffness[self.part["torso"]] = _scaled(spec.ik.waist) ** 2
        if asked.neck:
            self.stiffness[self.part["neck"]] = _scaled(spec.ik.head) ** 2
        # The same, and of arms, which come first, how strongly their idle motion goes to the ready pose: written by
        # every step, by the share of it that each joint has.
        self.pull = self.stiffness.copy()
        self.pull_of_arms = self.pull[: sum(len(kinematics.arm_joints[side]) for side in self.sides)]
        self.eased = np.zeros(len(self.pull_of_arms))
        self._ease: dict[str, float] | None = None  # as told last
        self.ease_arms({})
        self.wanted: Array = self.home.copy()
        self.is_mixed = "torso" in self.part or "neck" in self.part  # not arms alone
        self.neck_from = self.part["neck"].start if "neck" in self.part else self.n
        self.hessian = np.zeros((self.n, self.n))
        self.diagonal, self.damping = self.hessian.reshape(-1)[:: self.n + 1], np.zeros(self.n)
        self.nothing = np.zeros(self.n)
        self.names = [spec.joint_names[joint] for joint in self.joints]

    def ease_arms(self, ease: Mapping[str, float]) -> None:
        """Draw the elbow of each side to the ready pose with the share ``ease``, 0..1; wholly where none is named."""
        if ease == self._ease:
            return
        self._ease = dict(ease)
        for side in self.asked.sides:
            self.eased[self.part[f"{side}_arm"]] = ease.get(side, 1.0)

    def _make_ways(self) -> None:
        """Each joint's way up and its way down, shape (2, n); none is narrower, for numpy is slow to broadcast."""
        n, both = self.n, (2, 1)
        self.room = np.zeros((2, n))  # how far each may go; written by every step
        self.room_up, self.room_down = self.room
        self.no_way = np.zeros((2, n))
        self.ways = np.repeat([[1.0], [-1.0]], n, axis=1)
        self.joints_both_ways = np.tile(self.joints, both)
        self.speed_both_ways = np.tile(self.speed, both)
        self.acceleration_both_ways = np.tile(self.acceleration, both)
        self.twice_acceleration = 2.0 * self.acceleration_both_ways
        # The last of the speed on the way to a limit.
        self.latest = self.acceleration_both_ways * LONGEST_STEP_S
        self.latest_squared = self.latest * self.latest

    def _make_rows(self, kinematics: Kinematics, data: Any) -> None:
        model, spec, k = kinematics.model, kinematics.spec, self.hands
        self.sites = [int(kinematics.hand_site[side]) for side in self.sides]
        # A neck of two joints looks, about the y and z axes of the head; it cannot follow one tilted to the side.
        gaze = self.asked.gaze * min(3, len(kinematics.joints["neck"]))
        self.looks_only = gaze < 3
        balance = 3 * self.asked.balance
        self.jacobian = np.zeros((6 * k + gaze + balance, model.nv))
        self.views = [
            (self.jacobian[3 * i : 3 * i + 3], self.jacobian[3 * (k + i) :][:3], site)
            for i, site in enumerate(self.sites)
        ]
        self.gaze_view = self.jacobian[6 * k : 6 * k + gaze] if gaze else None
        # Of the head, about the axes of the world; one that only looks turns these into its own y and z.
        self.turning = np.zeros((3, model.nv)) if self.looks_only else self.gaze_view
        self.balance_view = self.jacobian[6 * k + gaze :] if balance else None
        ik = spec.ik
        hand, head, mass = (_scaled(term) for term in (ik.hands, ik.head, ik.balance))
        self.weight = np.concatenate(
            (
                np.full(3 * k, hand),
                np.full(3 * k, hand * ik.radian_m),
                np.full(gaze, head),
                np.array([mass, mass, 0.0])[:balance],
            )
        )
        # As wide as what it is multiplied with: that takes a third of the time of a column.
        self.weights = np.repeat(self.weight[:, None], self.n, axis=1)
        self.hand_rows = [
            (slice(3 * i, 3 * i + 3), slice(3 * (k + i), 3 * (k + i) + 3)) for i in range(k)
        ]  # of each hand: its position, its rotation
        # Of each hand: where in a matrix of shape (r, n) the Jacobian (6, a) of its own arm's joints is.
        cells = np.arange(len(self.weight) * self.n).reshape(-1, self.n)
        self.arm_cells = [
            np.concatenate((cells[of_m], cells[of_rad]))[:, self.part[f"{side}_arm"]]
            for side, (of_m, of_rad) in zip(self.sides, self.hand_rows, strict=True)
        ]
        self.gaze_rows = slice(6 * k, 6 * k + gaze)
        self.goals: tuple[Pose, ...] = ()  # of the hands in the last step, if that had the same terms
        self.before: Array | None = None  # the weighted Jacobian of the last step, if that had the same terms
        self._before_s = 0.0  # how long that step was
        self.gaze_weight = head
        self.pose_views = [(data.site_xpos[site], data.site_xmat[site].reshape(3, 3)) for site in self.sites]
        head_site = kinematics.head_site
        self.head_rotation = data.site_xmat[head_site].reshape(3, 3) if gaze else None
        self.looking_about = None
        if self.head_rotation is not None and self.looks_only:
            self.looking_about = self.head_rotation[:, 1 : 1 + gaze].T
        self.centre_m = data.subtree_com[kinematics.base_body]

    def wanted_of(self, goals: Goals) -> Array:
        """Where arms are drawn to, and waist and neck are kept, shape (n,); overwritten by the next call."""
        if goals.waist_rad is not None:
            self.wanted[self.part["torso"]] = goals.waist_rad
        if goals.neck_rad is not None:
            self.wanted[self.part["neck"]] = goals.neck_rad
        return self.wanted

    def forget(self) -> None:
        """The last step was not of this plan, or turned no joint towards these goals."""
        self.goals = ()
        self.before = None

    def midway(self, a: Array, dt_s: float) -> Array:
        """The weighted Jacobian ``a`` as it is half-way through a step of ``dt_s`` that goes on as the last one did.

        The midpoint rule (second order in the step), with the change of the Jacobian taken from the last step.
        """
        if self.before is None:
            return a
        midway: Array = a - self.before
        midway *= 0.5 * min(dt_s / self._before_s, _LONGEST_RATIO)
        midway += a
        return midway

    def took(self, step: Array, a: Array, dt_s: float, settings: Settings, free: bool) -> None:
        """Remember the Jacobian ``a`` of a ``step`` that nothing bounded and that was long: the next one is curved."""
        is_curved = free and step.dot(step) > settings.curved_from_rad**2
        self.before, self._before_s = a if is_curved else None, dt_s

    def is_inside(self, qpos: Array, part: slice) -> bool:
        """Whether all joints of ``part`` are within their soft limits."""
        angles, slack = qpos[self.qpos[part]], 1e-6
        outside = (angles < self.lower[part] - slack) | (angles > self.upper[part] + slack)
        return not np.count_nonzero(outside)


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
