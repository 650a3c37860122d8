"""One step of arms, waist and neck together towards what is wanted of them, within all limits.

Damped Gauss-Newton on MuJoCo's Jacobians, extrapolated to the middle of the step: that follows the curvature of the
arms to second order without evaluating them twice. The unconstrained step, which is compiled (``compiled/step.c``), is
taken when it keeps every bound; only otherwise the same quadratic is solved with bounds (DAQP, native box).

Collisions enter as ``J dq >= -gain (distance - margin)`` for each near pair: a pair may use up only a
share of its clearance per step, so that hands slow down before a body part or a table instead of bumping into it.
The way into a singular pose is bounded in the same manner.

Near singular poses and for targets out of reach the step is damped in proportion to the squared error
(T. Sugihara, "Solvability-unconcerned inverse kinematics by the Levenberg-Marquardt method", T-RO 2011):
the arm stretches towards what it cannot reach and stays calm there.
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import mujoco
import numpy as np

from twin.ik.bounds import reasons_of
from twin.ik.goals import Asked, Goals
from twin.ik.model import SIDES, Indices, Kinematics
from twin.ik.motion import Motion
from twin.ik.plan import Plan, Settings
from twin.ik.quadratic import Bounds, Quadratic
from twin.ik.straightening import Straightening
from twin.spatial import Array, Pose

_READY_BRAKING_RAD_S2 = 1.0
_TRIES = 2  # to find a step that can stop, before it is braked


class Step(NamedTuple):
    """What one step did."""

    limited_by: tuple[
        str, ...
    ]  # e.g. "speed:left_elbow", "self_collision:right_wrist_roll", "singularity:left_arm", "reach:left_hand"
    error_m: tuple[float, ...]  # of each driven hand, left before right
    bounded: bool  # a bound was active


class BodySolver:
    """Holds the commanded pose and moves it step by step. All poses are in the frame of the model's world."""

    def __init__(self, kinematics: Kinematics, settings: Settings) -> None:
        """Start in the ready pose."""
        self.kinematics, self.settings = kinematics, settings
        self._data = mujoco.MjData(kinematics.model)
        self._qpos = self._data.qpos  # a view
        self._motion = Motion(kinematics, self._data, settings)
        self._plans: dict[Asked, Plan] = {}
        self._last: Plan | None = None
        self._straightening = Straightening(kinematics)
        self.place(kinematics.spec.home_rad)

    def place(self, position_rad: Array) -> None:
        """Stand still at ``position_rad``, shape (n,), whatever the limits say."""
        self._qpos[self.kinematics.qpos_address] = position_rad
        self._motion.stand()
        self._straightening.forget()
        self._last = None
        self._update()

    def stay(self) -> None:
        """Take no step this time; what is carried from now on belongs to the next."""
        self._motion.end()
        if self._last is not None:
            self._last.memory.forget_curve()

    def coast(self, joints: Indices, dt_s: float) -> bool:
        """Let ``joints`` come to rest as quickly as they can, if steps moved them before; whether they moved."""
        moving = self._motion.coasting(joints)
        if not len(moving):
            return False
        here = self._qpos[self.kinematics.qpos_address[moving]]
        self.carry(moving, here + self._motion.braked(moving, dt_s), dt_s)
        self._motion.coasted(moving)
        return True

    def carry(
        self, joints: Indices, wanted_rad: Array, dt_s: float, may_touch: bool = False
    ) -> tuple[Array, tuple[str, ...]]:
        """Move ``joints`` that others drive, such as fingers, as far towards ``wanted_rad`` as nothing comes too near.

        Args:
            joints: of the robot.
            wanted_rad: their angles after this step, in that order.
            dt_s: length of the step.
            may_touch: furniture does not hold them back, as fingers that close on what lies on a table.

        Returns:
            Their angles now, and typed reasons if they are not the wanted ones.
        """
        address = self.kinematics.qpos_address[joints]
        wanted = wanted_rad - self._qpos[address]
        if not np.count_nonzero(wanted):
            self._motion.carried(joints, wanted, dt_s)
            return wanted_rad, ()
        step, reasons = self._motion.held_back(joints, wanted, dt_s, may_touch)
        self._qpos[address] = self._qpos[address] + step if reasons else wanted_rad
        self._motion.carried(joints, step, dt_s)
        self._update()
        return np.asarray(self._qpos[address]), tuple(dict.fromkeys(reasons))

    @property
    def position_rad(self) -> Array:
        """Angles of all joints now, shape (n,); a copy."""
        return np.asarray(self._qpos[self.kinematics.qpos_address])

    def hand(self, side: str) -> Pose:
        """Where the hand ``side`` is now."""
        site = self.kinematics.hand_site[side]
        return Pose(self._data.site_xpos[site].copy(), self._data.site_xmat[site].reshape(3, 3).copy())

    def head(self) -> Array:
        """How the head is turned now, shape (3, 3); of a robot that has the frame."""
        return np.asarray(self._data.site_xmat[self.kinematics.head_site].reshape(3, 3).copy())

    def chest(self) -> Array:
        """Which way the chest faces now, shape (3, 3)."""
        return np.asarray(self._data.xmat[self.kinematics.chest_body].reshape(3, 3).copy())

    def balance_m(self) -> Array:
        """Where the robot's centre of mass is now, x and y, shape (2,)."""
        return np.asarray(self._data.subtree_com[self.kinematics.base_body][:2].copy())

    def condition(self, side: str) -> float:
        """The condition number of the arm's weighted Jacobian; large near a singular pose."""
        plan = self._plan(Asked((side,)))
        plan.memory.look()
        return plan.memory.condition(0)

    def step(self, goals: Goals, dt_s: float, ease: Mapping[str, float] | None = None) -> Step:
        """Move one step towards ``goals``; joints that serve none of them stay.

        Args:
            goals: at least one.
            dt_s: length of the step, > 0.
            ease: side -> 0..1, how strongly that elbow is drawn to the ready pose; wholly where none is named.

        Raises:
            RobotSpecError: the robot has no joints or frame for one of the goals.
        """
        plan = self._plan(goals.asked)
        plan.ease_arms(ease or {})
        memory = plan.memory
        if plan is not self._last:
            memory.forget()
        plan.aim(goals)
        is_free = memory.propose(dt_s)
        bounds = self._with_near_pairs(plan, dt_s)
        if self.settings.singularities:
            bounds = self._straightening.bound(bounds, plan, dt_s)
        step, reasons = plan.step, list[str]()
        if not is_free or not (bounds is plan.bounds or bounds.hold(step)):
            step, reasons = self._bounded(plan, plan.quadratic, bounds, dt_s)
        step = self._that_can_stop(plan, plan.quadratic, step, bounds, dt_s, reasons)
        limited = bool(reasons)
        out_of_reach = self._take(plan, step, dt_s, is_free=step is plan.step and bounds.rows is None)
        if out_of_reach:
            reasons += [
                f"reach:{side}_hand" for bit, side in enumerate(plan.sides) if out_of_reach >> bit & 1
            ]
        return Step(tuple(dict.fromkeys(reasons)) if reasons else (), tuple(plan.away_m.tolist()), limited)

    def step_joints(self, goal_rad: Array, sides: Sequence[str], max_speed_rad_s: float, dt_s: float) -> Step:
        """Move the joints of the arms ``sides`` one gentle step towards ``goal_rad``, shape (n,); same limits.

        The joints arrive together. ``error_m`` of the result is the largest joint error left, in rad.
        """
        plan = self._plan(Asked(tuple(side for side in SIDES if side in sides)))
        plan.memory.forget()
        angles = self._qpos[plan.qpos]
        ahead = goal_rad[plan.joints] - angles
        farthest = float(np.abs(ahead).max(initial=0.0))
        speed = float(np.abs(self._motion.speed_rad_s[plan.joints]).max(initial=0.0))
        fastest = min(
            max_speed_rad_s,
            math.sqrt(2.0 * _READY_BRAKING_RAD_S2 * farthest),
            speed + _READY_BRAKING_RAD_S2 * dt_s,
        )
        step = ahead * min(1.0, fastest * dt_s / max(farthest, 1e-12))
        plan.memory.bound(dt_s)
        bounds, reasons = self._with_near_pairs(plan, dt_s), list[str]()
        nearest = Quadratic(np.eye(plan.n), step)
        if not bounds.hold(step):
            step, reasons = self._bounded(plan, nearest, bounds, dt_s)
        step = self._that_can_stop(plan, nearest, step, bounds, dt_s, reasons)
        self._take(plan, step, dt_s, is_free=False)
        return Step(tuple(dict.fromkeys(reasons)), (farthest,), bool(reasons))

    def _plan(self, asked: Asked) -> Plan:
        plan = self._plans.get(asked)
        if plan is None:
            plan = self._plans[asked] = Plan(
                self.kinematics, self._data, asked, self.settings, self._motion.speed_rad_s
            )
        return plan

    def _with_near_pairs(self, plan: Plan, dt_s: float) -> Bounds:
        """The bounds of ``plan``, and a row for each pair of shapes that is near."""
        others_rad, pairs = self._motion.begin(dt_s), self._motion.pairs
        if pairs is None:
            return plan.bounds
        rows = pairs.rows.take(plan.dof, axis=1)
        return plan.bounds._replace(rows=rows, least=pairs.least_beside(others_rad))

    def _bounded(
        self, plan: Plan, quadratic: Quadratic, bounds: Bounds, dt_s: float
    ) -> tuple[Array, list[str]]:
        """The best step within ``bounds``, and why it is bounded."""
        step, multipliers = quadratic.least_within(bounds)
        if step is None:
            return np.minimum(np.maximum(np.zeros(plan.n), bounds.lower), bounds.upper), ["no_solution"]
        return step, reasons_of(self.kinematics, self._data, plan, bounds, multipliers, dt_s)

    def _that_can_stop(
        self,
        plan: Plan,
        quadratic: Quadratic,
        step: Array,
        bounds: Bounds,
        dt_s: float,
        reasons: list[str],
    ) -> Array:
        """``step``, or the one that brakes as hard as it can, if after ``step`` nothing could stop in time.

        Where something is too near already, rather the best one after which it could, if that is found.
        """
        if self.settings.acceleration_use <= 0.0 or not self.settings.collisions:
            return step
        motion = self._motion
        if motion.can_stop(plan.joints, step, dt_s):
            return step
        reasons.append(motion.reason)
        # Braked at once, what parts would be held where it is too near.
        for _ in range(_TRIES if motion.is_too_near else 0):
            rows, least = motion.ways_to_stop(plan.joints, plan.dof, step, dt_s)
            if bounds.rows is not None and bounds.least is not None:
                rows, least = np.concatenate((bounds.rows, rows)), np.concatenate((bounds.least, least))
            bounds = bounds._replace(rows=rows, least=least)
            gentler, _ = quadratic.least_within(bounds)
            if gentler is None:
                break
            step = gentler
            if motion.can_stop(plan.joints, step, dt_s) and motion.is_no_nearer(plan.joints, step, dt_s):
                return step
        braked = motion.braked(plan.joints, dt_s)
        return np.minimum(np.maximum(braked, bounds.lower), bounds.upper)

    def _take(self, plan: Plan, step: Array, dt_s: float, is_free: bool) -> int:
        """Move by ``step``; returns which hands cannot reach their goals (``StepMemory.take``)."""
        if step is not plan.step:
            plan.step[...] = step
        self._last = plan
        self._motion.stepped(plan.joints, plan.dof, step)
        return plan.memory.take(dt_s, is_free)

    def _update(self) -> None:
        mujoco.mj_kinematics(self.kinematics.model, self._data)
        mujoco.mj_comPos(self.kinematics.model, self._data)
