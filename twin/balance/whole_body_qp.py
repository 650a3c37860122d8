"""One quadratic program per tick: the accelerations and ground forces that serve all wishes best, if possible at all.

Inverse dynamics as a QP: Kuindersma et al., "Optimization-based locomotion planning, estimation, and control design for
Atlas", Autonomous Robots 2016, sec. 3; task weights instead of strict priorities. Unknowns are the 6 + m accelerations
and 16 weights of pyramid edges for each foot that stands. The six rows of the base are equalities (nothing but the
ground pushes the base), the torque limits are rows with bounds. Solved by DAQP: Arnström, Bemporad, Axehill, "A dual
active-set solver for embedded quadratic programming using recursive LDL' updates", IEEE TAC 2022.
"""

from dataclasses import dataclass, field

import daqp
import numpy as np

from twin.balance.body import BASE, Array
from twin.balance.contacts import GENERATORS_PER_FOOT, generator_jacobian, pyramid
from twin.balance.dynamics import Dynamics
from twin.balance.gains import Gains
from twin.spatial import vector_from_rotation

_EQUALITY = 5  # DAQP's mark of a row that must hold
_MOST_ACCELERATION = 1e4
_MOST_EDGE_N = 2000.0
_UP = np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True)
class FootGoal:
    """Where a foot in the air shall be now. World frame."""

    side: int
    position_m: Array  # (3,) of the middle of the sole
    velocity_m_s: Array  # (3,)
    acceleration_m_s2: Array  # (3,)
    rotation: Array  # (3, 3)


@dataclass(frozen=True)
class Wishes:
    """What the balance wants of this tick."""

    stance: tuple[int, ...]  # sides of the feet that stand
    com_acceleration_m_s2: Array  # (3,)
    pelvis_rotation: Array  # (3, 3) world
    pelvis_turn_rad_s: float  # about the vertical
    position_rad: Array  # (m,) posture
    velocity_rad_s: Array  # (m,)
    swing: FootGoal | None = None
    load_cost: tuple[float, ...] = ()  # per foot that stands; a dear foot is being unloaded
    held_m: dict[int, Array] = field(default_factory=dict)  # side -> (2,) where a sole that stands shall stay


@dataclass(frozen=True)
class Solution:
    """What shall be done."""

    torque_nm: Array  # (m,)
    acceleration: Array  # (6 + m,)
    force_n: Array  # (2, 3) ground's force on each foot, world; zero for one in the air
    cop_m: Array  # (2,) centre of pressure in the world; nan if nothing is loaded


class WholeBodyQp:
    """Turns wishes into torques."""

    def __init__(self, dynamics: Dynamics, gains: Gains) -> None:
        self._dynamics, self._gains = dynamics, gains
        body = dynamics.body
        count = body.joint_count
        is_leg = np.isin(np.arange(count), body.legs)
        self._posture_weight = np.where(is_leg, gains.leg_posture_weight, gains.posture_weight)
        self._stiffness = np.where(is_leg, gains.leg_posture_stiffness, gains.posture_stiffness)
        self._damping = 2.0 * np.sqrt(self._stiffness)
        self._edges = pyramid(gains.friction)
        self.ground_normal = _UP

    def solve(self, wishes: Wishes) -> Solution | None:
        """The best torques within limits; None when there is no answer."""
        dynamics = self._dynamics
        size, limits = dynamics.size, dynamics.body.max_effort_nm
        rows, wanted, weight = self._tasks(wishes)
        weighted = rows * weight[:, None]
        generators = self._generators(wishes.stance)
        edges = len(generators)
        n = size + edges
        cost = np.zeros((n, n))
        cost[:size, :size] = rows.T @ weighted
        linear = np.zeros(n)
        linear[:size] = -(wanted @ weighted)
        self._add_posture(cost, linear, wishes)
        diagonal = cost.ravel()[:: n + 1]
        diagonal[:size] += 1e-4
        diagonal[size:] += np.repeat(wishes.load_cost or (1e-5,) * len(wishes.stance), GENERATORS_PER_FOOT)
        torque_rows = np.empty((size, n))
        torque_rows[:, :size] = dynamics.mass_matrix
        torque_rows[:, size:] = -generators.T
        bias = dynamics.bias
        slack = np.concatenate((np.zeros(BASE), limits))
        lower = np.concatenate((np.full(size, -_MOST_ACCELERATION), np.zeros(edges), -slack - bias))
        upper = np.concatenate(
            (np.full(size, _MOST_ACCELERATION), np.full(edges, _MOST_EDGE_N), slack - bias)
        )
        sense = np.zeros(n + size, np.int32)
        sense[n : n + BASE] = _EQUALITY
        found, _, flag, _ = daqp.solve(cost, linear, torque_rows, upper, lower, sense)
        if flag < 1 or not np.isfinite(found).all():
            return None
        torque = (torque_rows @ found + bias)[BASE:]
        return self._solution(torque, found, wishes.stance)

    def _tasks(self, wishes: Wishes) -> tuple[Array, Array, Array]:
        """Rows (r, 6 + m), wanted accelerations (r,) and weights (r,) of everything but the posture."""
        dynamics, gains = self._dynamics, self._gains
        body = dynamics.body
        rows = [dynamics.com_jacobian]
        wanted = [wishes.com_acceleration_m_s2 - dynamics.com_drift_m_s2]
        weight = [np.array(gains.com_weight)]
        rotation = dynamics.rotation(body.pelvis)
        _, angular = dynamics.jacobian(body.pelvis, dynamics.data.xpos[body.pelvis])
        error = vector_from_rotation(wishes.pelvis_rotation @ rotation.T)
        turn = angular @ dynamics.velocity - wishes.pelvis_turn_rad_s * _UP
        rows.append(angular)
        wanted.append(gains.pelvis_stiffness * error - gains.pelvis_damping * turn)
        weight.append(np.full(3, gains.pelvis_weight))
        for side in wishes.stance:
            self._add_standing_foot(rows, wanted, weight, side, wishes.held_m.get(side))
        if wishes.swing is not None:
            self._add_swinging_foot(rows, wanted, weight, wishes.swing)
        return np.concatenate(rows), np.concatenate(wanted), np.concatenate(weight)

    def _add_standing_foot(
        self, rows: list[Array], wanted: list[Array], weight: list[Array], side: int, held_m: Array | None
    ) -> None:
        """A foot that stands comes to rest, flat, and does not creep."""
        dynamics = self._dynamics
        foot = dynamics.body.soles[side].body
        point, rotation = dynamics.sole(side)
        linear, angular = dynamics.jacobian(foot, point)
        drift, turn_drift = dynamics.drift(foot, point)
        still = -self._gains.stance_damping * (linear @ dynamics.velocity)
        if held_m is not None:
            still[:2] += self._gains.stance_stiffness * (held_m - point[:2])
        flat = -self._gains.stance_damping * (angular @ dynamics.velocity)
        flat += self._gains.stance_stiffness * np.cross(rotation[:, 2], self.ground_normal)
        rows += [linear, angular]
        wanted += [still - drift, flat - turn_drift]
        weight += [np.full(6, self._gains.stance_weight)]

    def _add_swinging_foot(
        self, rows: list[Array], wanted: list[Array], weight: list[Array], goal: FootGoal
    ) -> None:
        dynamics, gains = self._dynamics, self._gains
        foot = dynamics.body.soles[goal.side].body
        point, rotation = dynamics.sole(goal.side)
        linear, angular = dynamics.jacobian(foot, point)
        drift, turn_drift = dynamics.drift(foot, point)
        lag = goal.position_m - point
        lag_speed = goal.velocity_m_s - linear @ dynamics.velocity
        rows += [linear, angular]
        wanted.append(
            goal.acceleration_m_s2 + gains.swing_stiffness * lag + gains.swing_damping * lag_speed - drift
        )
        wanted.append(
            gains.swing_turn_stiffness * vector_from_rotation(goal.rotation @ rotation.T)
            - gains.swing_turn_damping * (angular @ dynamics.velocity)
            - turn_drift
        )
        weight += [np.full(3, gains.swing_weight), np.full(3, gains.swing_turn_weight)]

    def _add_posture(self, cost: Array, linear: Array, wishes: Wishes) -> None:
        """Each joint towards its reference like a critically damped spring; it enters the diagonal only."""
        dynamics = self._dynamics
        pull = self._stiffness * (wishes.position_rad - dynamics.position[7:])
        pull += self._damping * (wishes.velocity_rad_s - dynamics.velocity[BASE:])
        n = len(cost)
        joints = slice(BASE, dynamics.size)
        cost.ravel()[:: n + 1][joints] += self._posture_weight
        linear[joints] -= self._posture_weight * pull

    def _generators(self, stance: tuple[int, ...]) -> Array:
        dynamics = self._dynamics
        blocks = []
        for side in stance:
            point, _ = dynamics.sole(side)
            linear, angular = dynamics.jacobian(dynamics.body.soles[side].body, point)
            blocks.append(
                generator_jacobian(dynamics.sole_corners(side), point, linear, angular, self._edges)
            )
        return np.concatenate(blocks)

    def _solution(self, torque: Array, found: Array, stance: tuple[int, ...]) -> Solution:
        size = self._dynamics.size
        force = np.zeros((2, 3))
        cop = np.full(2, np.nan)
        pressed, moment = 0.0, np.zeros(2)
        for index, side in enumerate(stance):
            start = size + GENERATORS_PER_FOOT * index
            corners = found[start : start + GENERATORS_PER_FOOT].reshape(4, 4) @ self._edges
            force[side] = corners.sum(0)
            moment += corners[:, 2] @ self._dynamics.sole_corners(side)[:, :2]
            pressed += float(corners[:, 2].sum())
        if pressed > 1.0:
            cop = moment / pressed
        return Solution(torque, found[:size].copy(), force, cop)
