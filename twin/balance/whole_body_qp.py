"""One quadratic program per tick: the accelerations and ground forces that serve all wishes best, if possible at all.

Inverse dynamics as a QP: Kuindersma et al., "Optimization-based locomotion planning, estimation, and control design for
Atlas", Autonomous Robots 2016, sec. 3; task weights instead of strict priorities. Unknowns are the 6 + m accelerations
a and 16 weights f >= 0 of pyramid edges for each foot that stands:

    least  1/2 a' H a - g' a + 1/2 f' D f   so that   M_b a + h_b = G_b f,   |M_j a + h_j - G_j f| <= torque limits,

with M_b, h_b, G_b the six rows of the base, which nothing but the ground pushes. Mostly no torque is at its limit;
then the equality takes the accelerations out exactly (range-space method: Nocedal, Wright, "Numerical Optimization",
2nd ed., sec. 16.2): for a given f

    a = H^-1 (g + M_b' W (G_b f - r)),   W = (M_b H^-1 M_b')^-1,   r = h_b + M_b H^-1 g,

which leaves  1/2 (G_b f - r)' W (G_b f - r) + 1/2 f' D f  over f >= 0: 16 unknowns a foot, for DAQP (Arnström,
Bemporad, Axehill, "A dual active-set solver for embedded quadratic programming using recursive LDL' updates", IEEE TAC
2022). Only when its answer breaks a torque limit is the whole program solved, in f and a.
"""

import math
from dataclasses import dataclass, field
from functools import cached_property

import daqp
import numpy as np
from scipy.linalg import lapack

from twin.balance.body import BASE, Array
from twin.balance.contacts import GENERATORS_PER_FOOT, generators, pyramid, turning
from twin.balance.dynamics import TASK_ROWS, Dynamics
from twin.balance.gains import Gains
from twin.spatial import vector_from_rotation

_MOST_EDGE_N = 2000.0
_LEAST_WEIGHT = 1e-4  # of every acceleration, so that nothing is left open
_EVEN_LOAD = np.full(2 * GENERATORS_PER_FOOT, 1e-5)
_EQUALITY = 5  # DAQP's mark of a row that must hold
_SIX = np.eye(BASE)
_NO_ROWS = np.zeros((0, 2 * GENERATORS_PER_FOOT))
_LEAST, _MOST = np.zeros(2 * GENERATORS_PER_FOOT), np.full(2 * GENERATORS_PER_FOOT, _MOST_EDGE_N)
_NO_SENSE = np.zeros(2 * GENERATORS_PER_FOOT, np.int32)


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
        self._posture_weight = np.where(is_leg, gains.leg_posture_weight, gains.posture_weight)
        self._stiffness = np.where(is_leg, gains.leg_posture_stiffness, gains.posture_stiffness)
        self._damping = 2.0 * np.sqrt(self._stiffness)
        self._edges = pyramid(gains.friction)
        self._turning = turning(self._edges)
        self._wanted = np.zeros(TASK_ROWS)
        self._weight = np.zeros((TASK_ROWS, 1))
        self._weight[:3, 0], self._weight[3:6] = gains.com_weight, gains.pelvis_weight
        self._swing_weight = np.repeat((gains.swing_weight, gains.swing_turn_weight), 3)[:, None]
        self._weighted = np.zeros((TASK_ROWS, dynamics.size))
        self._regularized = np.full(dynamics.size, _LEAST_WEIGHT)
        self._regularized[BASE:] += self._posture_weight

    def solve(self, wishes: Wishes) -> Solution | None:
        """The best torques within limits; None when there is no answer."""
        dynamics, stance = self._dynamics, wishes.stance
        hessian, gradient = self._wishes(wishes)
        units = [
            generators(dynamics.sole_corners_m[side], dynamics.sole_m[side], self._edges, self._turning)
            for side in stance
        ]
        on_base = self._on_base(units, stance)
        load_cost = (
            np.repeat(wishes.load_cost, GENERATORS_PER_FOOT)
            if wishes.load_cost
            else _EVEN_LOAD[: len(on_base)]
        )
        found = self._press(hessian, gradient, on_base, load_cost)
        if found is not None:
            torque = self._torque(*found, units, stance)
            if (np.abs(torque) <= dynamics.body.max_effort_nm).all():
                return self._solution(torque, *found, stance)
            generated = np.concatenate(
                [unit @ dynamics.foot_jacobian[side] for unit, side in zip(units, stance, strict=True)]
            )
            found = self._press_within_torques(hessian, gradient, generated, load_cost)
        if found is None:
            return None
        return self._solution(self._torque(*found, units, stance), *found, stance)

    def _on_base(self, units: list[Array], stance: tuple[int, ...]) -> Array:
        """Generalized force on the base (16 a foot, 6) of a unit weight of each edge."""
        found = np.empty((GENERATORS_PER_FOOT * len(stance), BASE))
        for index, (unit, side) in enumerate(zip(units, stance, strict=True)):
            block = found[GENERATORS_PER_FOOT * index : GENERATORS_PER_FOOT * (index + 1)]
            np.matmul(unit, self._dynamics.foot_jacobian[side, :, :BASE], out=block)
        return found

    def _torque(
        self, acceleration: Array, edges: Array, units: list[Array], stance: tuple[int, ...]
    ) -> Array:
        """Torques of the joints (m,) that go with accelerations and weights of edges."""
        dynamics = self._dynamics
        torque = dynamics.mass_matrix[BASE:] @ acceleration + dynamics.bias[BASE:]
        for index, (unit, side) in enumerate(zip(units, stance, strict=True)):
            wrench = edges[GENERATORS_PER_FOOT * index : GENERATORS_PER_FOOT * (index + 1)] @ unit
            torque -= wrench @ dynamics.foot_jacobian[side, :, BASE:]
        return np.asarray(torque)

    def _press(
        self, hessian: Array, gradient: Array, on_base: Array, load_cost: Array
    ) -> tuple[Array, Array] | None:
        """Accelerations (6 + m,) and weights of edges (16 a foot,) as if no torque had a limit."""
        dynamics = self._dynamics
        base = dynamics.mass_matrix[:BASE]
        right = np.empty((dynamics.size, BASE + 1), order="F")
        right[:, :BASE], right[:, BASE] = base.T, gradient
        _, solved, failed = lapack.dposv(hessian.T, right, overwrite_b=True)
        if failed:
            return None
        response, free = solved[:, :BASE], solved[:, BASE]  # to a wrench on the base; without any ground
        _, stiffness, failed = lapack.dposv(base @ response, _SIX)
        if failed:
            return None
        needed = dynamics.bias[:BASE] + base @ free
        weighted = on_base @ stiffness
        cost = weighted @ on_base.T
        cost.ravel()[:: len(cost) + 1] += load_cost
        edges = _least(cost, -(weighted @ needed))
        if edges is None:
            return None
        return free + response @ (stiffness @ (edges @ on_base - needed)), edges

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
        dynamics, gains = self._dynamics, self._gains
        wanted, weight = self._wanted, self._weight
        wanted[:3] = wishes.com_acceleration_m_s2 - dynamics.com_drift_m_s2
        error = vector_from_rotation(wishes.pelvis_rotation @ dynamics.pelvis_axes.T)
        wanted[3:6] = gains.pelvis_stiffness * error - gains.pelvis_damping * dynamics.speed[3:6]
        wanted[5] += gains.pelvis_damping * wishes.pelvis_turn_rad_s
        weight[6:] = 0.0  # a foot that neither stands nor swings is free
        for side in wishes.stance:
            rows = slice(6 + 6 * side, 12 + 6 * side)
            wanted[rows] = self._still(side, wishes.held_m.get(side))
            weight[rows] = gains.stance_weight
        if wishes.swing is not None:
            rows = slice(6 + 6 * wishes.swing.side, 12 + 6 * wishes.swing.side)
            wanted[rows] = self._swinging(wishes.swing)
            weight[rows] = self._swing_weight
        weighted = np.multiply(dynamics.jacobian, weight, out=self._weighted)
        hessian = dynamics.jacobian.T @ weighted
        gradient = wanted @ weighted
        # Each joint towards its reference like a critically damped spring; it enters the diagonal only.
        hessian.ravel()[:: dynamics.size + 1] += self._regularized
        pull = self._stiffness * (wishes.position_rad - dynamics.position[7:])
        pull += self._damping * (wishes.velocity_rad_s - dynamics.velocity[BASE:])
        gradient[BASE:] += self._posture_weight * pull
        return hessian, gradient

    def _still(self, side: int, held_m: Array | None) -> Array:
        """Acceleration (6,) of a foot that stands: it comes to rest, flat, and does not creep."""
        dynamics, gains = self._dynamics, self._gains
        speed = dynamics.speed[6 + 6 * side : 12 + 6 * side]
        wanted = -gains.stance_damping * speed - dynamics.foot_drift[side]
        if held_m is not None:
            wanted[:2] += gains.stance_stiffness * (held_m - dynamics.sole_m[side, :2])
        # The cross product of the sole's normal with the vertical turns it flat.
        x, y, _ = dynamics.sole_axes[side, :, 2].tolist()
        wanted[3] += gains.stance_stiffness * y
        wanted[4] -= gains.stance_stiffness * x
        return np.asarray(wanted)

    def _swinging(self, goal: FootGoal) -> Array:
        """Acceleration (6,) of a foot in the air."""
        dynamics, gains = self._dynamics, self._gains
        speed = dynamics.speed[6 + 6 * goal.side : 12 + 6 * goal.side]
        wanted = np.empty(6)
        wanted[:3] = goal.acceleration_m_s2 + gains.swing_stiffness * (
            goal.position_m - dynamics.sole_m[goal.side]
        )
        wanted[:3] += gains.swing_damping * (goal.velocity_m_s - speed[:3])
        lag = vector_from_rotation(goal.rotation @ dynamics.sole_axes[goal.side].T)
        wanted[3:] = gains.swing_turn_stiffness * lag - gains.swing_turn_damping * speed[3:]
        return np.asarray(wanted - dynamics.foot_drift[goal.side])

    def _solution(
        self, torque: Array, acceleration: Array, edges: Array, stance: tuple[int, ...]
    ) -> Solution:
        return Solution(
            torque, acceleration, stance, edges, self._edges, self._dynamics.sole_corners_m.copy()
        )


def _least(cost: Array, linear: Array) -> Array | None:
    """The cheapest weights of edges, each between 0 and ``_MOST_EDGE_N``."""
    count = len(linear)
    found, _, flag, _ = daqp.solve(
        cost, linear, _NO_ROWS[:, :count], _MOST[:count], _LEAST[:count], _NO_SENSE[:count]
    )
    return np.asarray(found) if flag >= 1 and math.isfinite(found.sum()) else None


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
