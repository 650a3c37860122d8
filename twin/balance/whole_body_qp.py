"""One quadratic program per tick: the accelerations and ground forces that serve all wishes best, if possible at all.

Inverse dynamics as a QP: Kuindersma et al., "Optimization-based locomotion planning, estimation, and control design for
Atlas", Autonomous Robots 2016, sec. 3; task weights instead of strict priorities. Unknowns are the 6 + m accelerations
a and 16 weights f >= 0 of pyramid edges for each foot that stands:

    least  1/2 a' H a - g' a + 1/2 f' D f   so that   M_b a + h_b = G_b f,   |M_j a + h_j - G_j f| <= torque limits,

with M_b, h_b, G_b the six rows of the base, which nothing but the ground pushes. Mostly no torque is at its limit;
then the equality takes the accelerations out exactly (range-space method: Nocedal, Wright, "Numerical Optimization",
2nd ed., sec. 16.2): for a given f

    a = H^-1 (g + M_b' W (G_b f - r)),   W = (M_b H^-1 M_b')^-1,   r = h_b + M_b H^-1 g,

which leaves  1/2 (G_b f - r)' W (G_b f - r) + 1/2 f' D f  over f >= 0: ``ground_forces``. Only when its answer breaks
a torque limit is the whole program solved, in f and a, by DAQP: Arnström, Bemporad, Axehill, "A dual active-set solver
for embedded quadratic programming using recursive LDL' updates", IEEE TAC 2022.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

import daqp
import numpy as np
from scipy.linalg import lapack

from twin.balance.body import BASE, Array
from twin.balance.contacts import GENERATORS_PER_FOOT, Generators, pyramid
from twin.balance.dynamics import TASK_ROWS, Dynamics
from twin.balance.gains import Gains
from twin.balance.ground_forces import press
from twin.balance.tasks import Tasks, tasks_of
from twin.spatial import vector_from_rotation

_MOST_EDGE_N = 2000.0
_LEAST_WEIGHT = 1e-4  # of every acceleration, so that nothing is left open
_EDGES_OF = (slice(0, GENERATORS_PER_FOOT), slice(GENERATORS_PER_FOOT, 2 * GENERATORS_PER_FOOT))
_EVEN_LOAD = 1e-5  # cost of every edge
_EQUALITY = 5  # DAQP's mark of a row that must hold


class FootGoal(NamedTuple):
    """Where a foot in the air shall be now. World frame."""

    side: int
    position_m: Array  # (3,) of the middle of the sole
    velocity_m_s: Array  # (3,)
    acceleration_m_s2: Array  # (3,)
    rotation: Array  # (3, 3)


class Wishes(NamedTuple):
    """What the balance wants of this tick."""

    stance: tuple[int, ...]  # sides of the feet that stand, the left one first
    com_acceleration_m_s2: Array  # (3,)
    pelvis_rotation: Array  # (3, 3) world
    pelvis_turn_rad_s: float  # about the vertical
    position_rad: Array  # (m,) posture
    velocity_rad_s: Array  # (m,)
    swing: FootGoal | None = None
    load_cost: tuple[float, ...] = ()  # per foot that stands; a dear foot is being unloaded
    held_m: Mapping[int, Array] = MappingProxyType({})  # side -> (2,) where a sole that stands shall stay


@dataclass(frozen=True)
class Solution:
    """What shall be done. Force and pressure are worked out for who asks: fewer do than there are ticks."""

    torque_nm: Array  # (m,)
    acceleration: Array  # (6 + m,)
    stance: tuple[int, ...]  # sides of the feet that stand: k
    edge_n: Array  # (16 k,) ground's force along each edge of their friction pyramids
    edges: Array  # (4, 3) of a pyramid, world
    soles_m: Array  # (2, 4, 3) corners of both soles

    @cached_property
    def corner_n(self) -> Array:
        """Ground's force at each corner of the soles that stand, world, (k, 4, 3)."""
        return np.asarray((self.edge_n.reshape(-1, len(self.edges)) @ self.edges).reshape(-1, 4, 3))

    @cached_property
    def corner_m(self) -> Array:
        """Where those corners are, (k, 4, 3)."""
        return np.asarray(self.soles_m[list(self.stance)])

    @cached_property
    def force_n(self) -> Array:
        """Ground's force on each foot, world, (2, 3); zero for one in the air."""
        force = np.zeros((2, 3))
        force[list(self.stance)] = self.corner_n.sum(1)
        return force

    @cached_property
    def cop_m(self) -> Array:
        """Centre of pressure in the world, (2,); nan if nothing is loaded."""
        pressed = self.corner_n[:, :, 2].ravel()
        total = float(pressed.sum())
        if total <= 1.0:
            return np.full(2, np.nan)
        return np.asarray(pressed @ self.corner_m[:, :, :2].reshape(-1, 2) / total)


class WholeBodyQp:
    """Turns wishes into torques."""

    def __init__(self, dynamics: Dynamics, gains: Gains) -> None:
        self._dynamics, self._gains = dynamics, gains
        body = dynamics.body
        count = body.joint_count
        is_leg = np.isin(np.arange(count), body.legs)
        weight = np.where(is_leg, gains.leg_posture_weight, gains.posture_weight)
        stiffness = np.where(is_leg, gains.leg_posture_stiffness, gains.posture_stiffness)
        self._pull = weight * stiffness
        self._brake = weight * 2.0 * np.sqrt(stiffness)
        self._regularized = np.full(dynamics.size, _LEAST_WEIGHT)
        self._regularized[BASE:] += weight
        self._edges = pyramid(gains.friction)
        self._generators = Generators(self._edges)
        self._on_base = np.zeros((2 * GENERATORS_PER_FOOT, BASE))
        self._load_cost = np.zeros(2 * GENERATORS_PER_FOOT)
        self._tasks: dict[tuple[tuple[int, ...], int | None], Tasks] = {}
        self._error, self._ahead = np.zeros((2, TASK_ROWS))
        self._weighted = np.zeros((TASK_ROWS, dynamics.size))
        self._hessian = np.zeros((dynamics.size, dynamics.size))
        self._hessian_diagonal = self._hessian.ravel()[:: dynamics.size + 1]
        self._per_limit = 1.0 / body.max_effort_nm

    def solve(self, wishes: Wishes, before: Solution | None = None) -> Solution | None:
        """The best torques within limits; None when there is no answer.

        ``before`` is what was found a tick ago: the ground mostly presses where it did then.
        """
        dynamics, stance = self._dynamics, wishes.stance
        hessian, gradient = self._wishes(wishes)
        units = self._generators.at(dynamics.sole_corners_m, dynamics.sole_m)
        edges = len(stance) * GENERATORS_PER_FOOT
        on_base, load_cost = self._on_base[:edges], self._load_cost[:edges]
        for side, rows in _rows(stance):
            np.matmul(units[side], dynamics.foot_jacobian[side, :, :BASE], out=on_base[rows])
        load_cost[:] = _EVEN_LOAD
        for cost, (_, rows) in zip(wishes.load_cost, _rows(stance), strict=False):
            load_cost[rows] = cost
        pressing = np.ones(edges)
        if before and before.stance == stance:
            pressing = (before.edge_n > 0.0).astype(np.float64)
        found = self._press(hessian, gradient, on_base, load_cost, pressing)
        if found is not None:
            torque = self._torque(*found, units, stance)
            highest = max(np.abs(torque * self._per_limit).tolist())
            if highest <= 1.0 and max(found[1].tolist()) <= _MOST_EDGE_N:
                return self._solution(torque, *found, stance)
        generated = np.concatenate([units[side] @ dynamics.foot_jacobian[side] for side in stance])
        found = self._press_within_torques(hessian, gradient, generated, load_cost)
        if found is None:
            return None
        return self._solution(self._torque(*found, units, stance), *found, stance)

    def _torque(self, acceleration: Array, edges: Array, units: Array, stance: tuple[int, ...]) -> Array:
        """Torques of the joints (m,) that go with accelerations and weights of edges."""
        dynamics = self._dynamics
        torque = dynamics.mass_matrix @ acceleration
        torque += dynamics.bias
        for side, rows in _rows(stance):
            torque -= edges[rows] @ units[side] @ dynamics.foot_jacobian[side]
        return np.asarray(torque[BASE:])

    def _press(
        self, hessian: Array, gradient: Array, on_base: Array, load_cost: Array, pressing: Array
    ) -> tuple[Array, Array] | None:
        """Accelerations (6 + m,) and weights of edges (16 a foot,) as if no torque had a limit."""
        dynamics = self._dynamics
        base = dynamics.mass_matrix[:BASE]
        # With H = U' U all that is asked of H^-1 is in U'^-1 (M_b', g); to invert U costs less than to solve with it.
        factor, failed = lapack.dpotrf(hessian.T)
        if failed:
            return None
        inverse, _ = lapack.dtrtri(factor)
        right = np.empty((dynamics.size, BASE + 1))
        right[:, :BASE], right[:, BASE] = base.T, gradient
        half = inverse.T @ right
        # Of the base to a wrench on it, and in the last column without any ground.
        response = (half.T @ half)[:BASE]
        needed = dynamics.bias[:BASE] + response[:, BASE]
        found = press(response[:, :BASE], needed, on_base, load_cost, pressing)
        if found is None:
            return None
        multipliers, edges = found
        return inverse @ (half @ np.array((*multipliers.tolist(), 1.0))), edges

    def _press_within_torques(
        self, hessian: Array, gradient: Array, generated: Array, load_cost: Array
    ) -> tuple[Array, Array] | None:
        """The same within the limits of all torques."""
        dynamics = self._dynamics
        size, edges = dynamics.size, len(generated)
        cost = np.zeros((edges + size, edges + size))
        cost.ravel()[: edges * (edges + size + 1) : edges + size + 1] = load_cost
        cost[edges:, edges:] = hessian
        rows = np.empty((size, edges + size))
        rows[:, :edges], rows[:, edges:] = -generated.T, dynamics.mass_matrix
        slack = np.concatenate((np.zeros(BASE), dynamics.body.max_effort_nm))
        found = _solve(
            cost,
            np.concatenate((np.zeros(edges), -gradient)),
            rows,
            -slack - dynamics.bias,
            slack - dynamics.bias,
            equalities=BASE,
            bounded=edges,
        )
        return None if found is None else (found[edges:], found[:edges])

    def _wishes(self, wishes: Wishes) -> tuple[Array, Array]:
        """Hessian (6 + m, 6 + m) and gradient (6 + m,) of all that is wished of the accelerations."""
        dynamics, swing = self._dynamics, wishes.swing
        error, ahead = self._error, self._ahead
        key = wishes.stance, swing.side if swing else None
        tasks = self._tasks.get(key)
        if tasks is None:
            tasks = self._tasks[key] = tasks_of(self._gains, *key)
        error[3:6] = vector_from_rotation(wishes.pelvis_rotation @ dynamics.pelvis_axes.T)
        for side in wishes.stance:
            error[6 + 6 * side : 12 + 6 * side] = self._still(side, wishes.held_m.get(side))
        ahead[:3] = wishes.com_acceleration_m_s2
        ahead[5] = tasks.damping[5] * wishes.pelvis_turn_rad_s
        ahead[6:] = 0.0
        if swing:
            first = 6 + 6 * swing.side
            error[first : first + 3] = swing.position_m - dynamics.sole_m[swing.side]
            error[first + 3 : first + 6] = vector_from_rotation(
                swing.rotation @ dynamics.sole_axes[swing.side].T
            )
            ahead[first : first + 3] = (
                swing.acceleration_m_s2 + self._gains.swing_damping * swing.velocity_m_s
            )
        wanted = tasks.stiffness * error - tasks.damping * dynamics.speed
        wanted += ahead - dynamics.drift
        weighted = np.multiply(dynamics.jacobian, tasks.weight, out=self._weighted)
        hessian = np.matmul(dynamics.jacobian.T, weighted, out=self._hessian)
        gradient = wanted @ weighted
        # Each joint towards its reference like a critically damped spring; it enters the diagonal only.
        self._hessian_diagonal += self._regularized
        pull = self._pull * (wishes.position_rad - dynamics.position[7:])
        pull += self._brake * (wishes.velocity_rad_s - dynamics.velocity[BASE:])
        gradient[BASE:] += pull
        return hessian, gradient

    def _still(self, side: int, held_m: Array | None) -> tuple[float, ...]:
        """By how much a foot that stands is off (6,): it stays flat, and where it is held, if it is."""
        dynamics = self._dynamics
        ahead_m = left_m = 0.0
        if held_m is not None:
            ahead_m, left_m = (held_m - dynamics.sole_m[side, :2]).tolist()
        # The cross product of the sole's normal with the vertical turns it flat.
        x, y, _ = dynamics.sole_axes[side][:, 2].tolist()
        return ahead_m, left_m, 0.0, y, -x, 0.0

    def _solution(
        self, torque: Array, acceleration: Array, edges: Array, stance: tuple[int, ...]
    ) -> Solution:
        return Solution(
            torque, acceleration, stance, edges, self._edges, self._dynamics.sole_corners_m.copy()
        )


def _rows(stance: tuple[int, ...]) -> Iterator[tuple[int, slice]]:
    """Each foot that stands, and where its edges are among all."""
    return zip(stance, _EDGES_OF, strict=False)


def _solve(
    cost: Array, linear: Array, rows: Array, lower: Array, upper: Array, equalities: int, bounded: int
) -> Array | None:
    """The cheapest unknowns with ``rows`` times them within limits, the first rows equalities.

    The first ``bounded`` unknowns are weights of edges and lie between 0 and ``_MOST_EDGE_N``.
    """
    lower = np.concatenate((np.zeros(bounded), lower))
    upper = np.concatenate((np.full(bounded, _MOST_EDGE_N), upper))
    sense = np.zeros(len(lower), np.int32)
    sense[bounded : bounded + equalities] = _EQUALITY
    found, _, flag, _ = daqp.solve(cost, linear, np.ascontiguousarray(rows), upper, lower, sense)
    return np.asarray(found) if flag >= 1 and np.isfinite(found).all() else None
