"""A free step of inverse kinematics in plain numpy: what the compiled one is compared with, written apart from it.

Rotations are compared by ``twin.spatial``, sums are numpy's, and the quadratic is solved by LU decomposition.
"""

import math
from typing import NamedTuple

import mujoco
import numpy as np

from twin.ik.goals import Asked, Goals
from twin.ik.model import Kinematics
from twin.ik.plan import Settings
from twin.robot_parts import TermSpec
from twin.spatial import Array, vector_from_rotation

SECOND = 0.01
LONGEST_STEP_S = 0.02


class Proposed(NamedTuple):
    """All that a free step is made of; names and shapes as in ``step.h``."""

    weighted: Array
    errors: Array
    taken: Array
    midway: Array
    hessian: Array
    gradient: Array
    least_rad: Array
    most_rad: Array


class ReferenceStep:
    """The terms ``asked``, step by step: it remembers the goals and the Jacobian of the last one."""

    def __init__(self, kinematics: Kinematics, asked: Asked, settings: Settings) -> None:
        self.kinematics, self.asked, self.settings = kinematics, asked, settings
        self.joints = np.concatenate([kinematics.joints[group] for group in asked.groups])
        self.group = np.concatenate([[group] * len(kinematics.joints[group]) for group in asked.groups])
        self.gaze_rows = min(3, len(kinematics.joints["neck"])) if asked.gaze else 0
        self.goals: Goals | None = None
        self.before: tuple[Array, float] | None = None
        self.wanted = kinematics.spec.home_rad[self.joints]

    def propose(self, data: mujoco.MjData, goals: Goals, speed_rad_s: Array, dt_s: float) -> Proposed:
        """Of the pose in ``data``, whose kinematics are its own, with the ``speed_rad_s`` of all joints."""
        weight = self._weights()
        weighted = self._jacobian(data)[:, self.kinematics.dof_address[self.joints]] * weight[:, None]
        errors = self._errors(data, goals)
        taken = self._taken(errors, goals, dt_s) * weight
        midway = weighted
        if self.before is not None:
            before, before_s = self.before
            midway = weighted + 0.5 * min(dt_s / before_s, 2.0) * (weighted - before)
        hessian, gradient = self._quadratic(data.qpos, goals, midway, taken, errors, dt_s)
        bounds = self._bounds(data.qpos, speed_rad_s, dt_s)
        self.goals = goals
        return Proposed(weighted, errors, taken, midway, hessian, gradient, *bounds)

    def took(self, step: Array, weighted: Array, dt_s: float, is_free: bool) -> None:
        """The ``step`` was taken; its ``weighted`` Jacobian tells of the next one's if it was free and long."""
        is_curved = is_free and np.linalg.norm(step) > self.settings.curved_from_rad
        self.before = (weighted.copy(), dt_s) if is_curved else None

    def _weights(self) -> Array:
        ik, k = self.kinematics.spec.ik, len(self.asked.sides)
        hand, head, mass = scaled(ik.hands), scaled(ik.head), scaled(ik.balance)
        rows = [hand] * 3 * k + [hand * ik.radian_m] * 3 * k + [head] * self.gaze_rows
        return np.array(rows + [mass, mass, 0.0] * self.asked.balance)

    def _jacobian(self, data: mujoco.MjData) -> Array:
        model, kinematics = self.kinematics.model, self.kinematics
        moves, turns = [], []
        for side in self.asked.sides:
            move, turn = np.zeros((2, 3, model.nv))
            mujoco.mj_jacSite(model, data, move, turn, kinematics.hand_site[side])
            moves.append(move)
            turns.append(turn)
        rows = moves + turns
        if self.gaze_rows:
            turn = np.zeros((3, model.nv))
            mujoco.mj_jacSite(model, data, None, turn, kinematics.head_site)
            head = data.site_xmat[kinematics.head_site].reshape(3, 3)
            rows.append(turn if self.gaze_rows == 3 else (head.T @ turn)[1 : 1 + self.gaze_rows])
        if self.asked.balance:
            move = np.zeros((3, model.nv))
            mujoco.mj_jacSubtreeCom(model, data, move, kinematics.base_body)
            rows.append(move)
        return np.concatenate(rows) if rows else np.zeros((0, model.nv))

    def _errors(self, data: mujoco.MjData, goals: Goals) -> Array:
        most_m, most_rad = self.settings.largest_error_m, self.settings.largest_error_rad
        moves, turns = [], []
        for side in self.asked.sides:
            site, goal = self.kinematics.hand_site[side], goals.hands[side]
            moves.append(shortened(goal.position_m - data.site_xpos[site], most_m))
            turn = vector_from_rotation(goal.rotation @ data.site_xmat[site].reshape(3, 3).T)
            turns.append(shortened(turn, most_rad))
        rows = moves + turns
        if goals.gaze is not None:
            head = data.site_xmat[self.kinematics.head_site].reshape(3, 3)
            if self.gaze_rows == 3:
                rows.append(shortened(vector_from_rotation(goals.gaze @ head.T), most_rad))
            else:
                ahead, left, up = head.T @ goals.gaze[:, 0]
                aside = math.hypot(left, up)
                about = np.array([-up, left]) / aside if aside > 1e-9 else np.array([0.0, 1.0])
                rows.append((min(math.atan2(aside, ahead), most_rad) * about)[: self.gaze_rows])
        if goals.balance_m is not None:
            centre = data.subtree_com[self.kinematics.base_body][:2]
            rows.append(shortened(np.array([*(goals.balance_m - centre), 0.0]), most_m))
        return np.concatenate(rows) if rows else np.zeros(0)

    def _taken(self, errors: Array, goals: Goals, dt_s: float) -> Array:
        settings, taken, k = self.settings, errors.copy(), len(self.asked.sides)
        if settings.acceleration_use <= 0.0:
            return taken
        for i, side in enumerate(self.asked.sides):
            of_m, of_rad = slice(3 * i, 3 * i + 3), slice(3 * (k + i), 3 * (k + i) + 3)
            moved_m, moved_rad = errors[of_m], errors[of_rad]
            if self.goals is not None:
                now, before = goals.hands[side], self.goals.hands[side]
                moved_m = now.position_m - before.position_m
                moved_rad = vector_from_rotation(now.rotation @ before.rotation.T)
            share = share_of(errors[of_m], moved_m, settings.goal_m_s, settings.closing_m_s2, dt_s)
            taken[of_m] *= share
            share = share_of(errors[of_rad], moved_rad, settings.goal_rad_s, settings.closing_rad_s2, dt_s)
            taken[of_rad] *= share
        gaze = slice(6 * k, 6 * k + self.gaze_rows)
        still = np.zeros(self.gaze_rows)
        taken[gaze] *= share_of(errors[gaze], still, 0.0, settings.turning_rad_s2, dt_s)
        return taken

    def _quadratic(
        self, qpos: Array, goals: Goals, a: Array, b: Array, errors: Array, dt_s: float
    ) -> tuple[Array, Array]:
        settings, ik, k = self.settings, self.kinematics.spec.ik, len(self.asked.sides)
        of_hands = settings.damping + settings.error_damping * float(np.sum(b[: 6 * k] ** 2))
        gaze = scaled(ik.head) * float(np.linalg.norm(errors[6 * k : 6 * k + self.gaze_rows]))
        of_neck = settings.damping + settings.error_damping * gaze**2
        is_arm = np.char.endswith(self.group, "_arm")
        stiffness = np.zeros(len(self.joints))
        if self.asked.waist:
            stiffness[self.group == "torso"] = scaled(ik.waist) ** 2
            self.wanted[self.group == "torso"] = goals.waist_rad
        if self.asked.neck:
            stiffness[self.group == "neck"] = scaled(ik.head) ** 2
            self.wanted[self.group == "neck"] = goals.neck_rad
        pull = np.where(is_arm, of_hands * min(1.0, settings.posture_rate_per_s * dt_s), stiffness)
        ahead = self.wanted - qpos[self.kinematics.qpos_address[self.joints]]
        if settings.acceleration_use > 0.0 and not is_arm.all():
            acceleration = self._acceleration()
            gain = 0.5 * acceleration * dt_s
            nearest = (np.sqrt(gain**2 + acceleration * np.abs(ahead)) - gain) * dt_s
            ahead = np.clip(ahead, -nearest, nearest)
        damping = np.where(self.group == "neck", of_neck, of_hands)
        return a.T @ a + np.diag(damping + stiffness), a.T @ b + pull * ahead

    def _acceleration(self) -> Array:
        spec = self.kinematics.spec
        return spec.max_acceleration_rad_s2[self.joints] * self.settings.acceleration_use

    def _bounds(self, qpos: Array, speed_rad_s: Array, dt_s: float) -> tuple[Array, Array]:
        spec, settings = self.kinematics.spec, self.settings
        angles = qpos[self.kinematics.qpos_address[self.joints]]
        up = np.maximum(spec.upper_rad[self.joints] - settings.soft_limit_rad - angles, 0.0)
        down = np.maximum(angles - spec.lower_rad[self.joints] - settings.soft_limit_rad, 0.0)
        fastest, speed = spec.max_speed_rad_s[self.joints] * settings.speed_use, speed_rad_s[self.joints]
        if settings.acceleration_use <= 0.0:
            return -np.minimum(down, fastest * dt_s), np.minimum(up, fastest * dt_s)
        acceleration = self._acceleration()
        latest = acceleration * max(dt_s, LONGEST_STEP_S)

        def most(room_rad: Array, speed_that_way: Array) -> Array:
            braking = np.sqrt(2.0 * acceleration * room_rad + latest**2) - latest
            return np.minimum(np.minimum(braking, fastest), speed_that_way + acceleration * dt_s)

        up, down = most(up, speed), most(down, -speed)
        up = np.maximum(up, np.minimum(-down, 0.0))
        down = np.maximum(down, -up)
        return -down * dt_s, up * dt_s


def scaled(term: TermSpec) -> float:
    return term.weight * (1.0 if term.priority == 1 else SECOND)


def shortened(vector: Array, longest: float) -> Array:
    return vector * min(1.0, longest / max(float(np.linalg.norm(vector)), 1e-300))


def share_of(error: Array, moved: Array, fastest: float, acceleration: float, dt_s: float) -> float:
    length = float(np.linalg.norm(error))
    if length < 1e-9:
        return 1.0
    new = min(max(float(error @ moved) / length, 0.0), fastest * dt_s, length)
    gain = acceleration * dt_s
    return min(1.0, (new + (math.sqrt(gain**2 + 2.0 * acceleration * (length - new)) - gain) * dt_s) / length)
