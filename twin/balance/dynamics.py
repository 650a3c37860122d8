"""Mass, bias forces, centre of mass and Jacobians of the robot at one moment.

Featherstone, Rigid Body Dynamics Algorithms (2008), ch. 6 and 9, as MuJoCo computes them:
M(q) a + h(q, v) = S' tau + sum J' f, with the base unactuated. The first three rows of M are the mass times the
Jacobian of the centre of mass, because the base's linear velocity is given in the world's axes.
"""

from typing import NamedTuple

import mujoco
import numpy as np

from twin.balance.body import BASE, Array, Body

GRAVITY_M_S2 = 9.81
TASK_ROWS = 18  # centre of mass (3), rotation of the pelvis (3), left and right sole (6 each)
_WEIGHTLESS = np.array([0.0, 0.0, GRAVITY_M_S2])


class Dynamics:
    """Quantities of one posture and velocity; ``update`` makes them those of another. World frame, SI units.

    Arrays are overwritten by the next update: whoever keeps one copies it.
    """

    def __init__(self, body: Body) -> None:
        self.body = body
        self.data = mujoco.MjData(body.model)
        self.size = int(body.model.nv)  # 6 + m
        self.position, self.velocity = self.data.qpos, self.data.qvel  # (7 + m,), (6 + m,) views
        self.mass_matrix = np.zeros((self.size, self.size))
        # Of all that is controlled, one below the other, and views into it.
        self.jacobian = np.zeros((TASK_ROWS, self.size))
        self.com_jacobian = self.jacobian[:3]
        self.pelvis_jacobian = self.jacobian[3:6]  # of its rotation
        # Of each sole's middle: linear over angular.
        self.foot_jacobian = self.jacobian[6:].reshape(2, 6, self.size)
        self.speed = np.zeros(TASK_ROWS)  # jacobian times velocity
        self.drift = np.zeros(TASK_ROWS)  # dJ/dt v: its change at constant speeds
        self.pelvis_axes = self.data.xmat[body.pelvis].reshape(3, 3)
        self.sole_axes = tuple(self.data.xmat[sole.body].reshape(3, 3) for sole in body.soles)
        points = np.zeros((2, 5, 3))
        self.sole_m = points[:, 0]  # (2, 3) middle of each sole
        self.sole_corners_m = points[:, 1:]  # (2, 4, 3) of the part that may carry
        self.polygons: dict[tuple[int, ...], Array] = {}  # of support, by the feet that stand
        self._jacobian_dot = np.zeros((12, self.size))
        self._feet = tuple(
            _Foot(
                sole.body,
                np.array([sole.centre_m, *sole.corners_m]),
                self.data.xpos[sole.body],
                self.sole_axes[side].T,
                points[side],
                tuple(self.foot_jacobian[side].reshape(2, 3, self.size)),
                tuple(self._jacobian_dot.reshape(2, 2, 3, self.size)[side]),
            )
            for side, sole in enumerate(body.soles)
        )
        self.update(body.home_position(), np.zeros(self.size))

    def update(self, position: Array, velocity: Array) -> None:
        """Take the posture ``position`` (7 + m,) and ``velocity`` (6 + m,)."""
        self.position[:], self.velocity[:] = position, velocity
        self.look()

    def look(self) -> None:
        """Bring all in line with ``position`` and ``velocity``, which were written."""
        model, data, mass_kg = self.body.model, self.data, self.body.mass_kg
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        mujoco.mj_makeM(model, data)
        mujoco.mj_fwdVelocity(model, data)
        mujoco.mj_fullM(model, data, self.mass_matrix)
        self.bias = data.qfrc_bias - data.qfrc_passive
        self.com_m = data.subtree_com[self.body.pelvis].copy()
        np.divide(self.mass_matrix[:3], mass_kg, out=self.com_jacobian)
        self.pelvis_jacobian[:, 3:BASE] = self.pelvis_axes
        for foot in self._feet:
            points_m = foot.points_m
            np.matmul(foot.points_in_foot, foot.from_foot, out=points_m)
            points_m += foot.place_m
            mujoco.mj_jac(model, data, *foot.jacobian, points_m[0], foot.body)
            mujoco.mj_jacDot(model, data, *foot.jacobian_dot, points_m[0], foot.body)
        np.matmul(self.jacobian, self.velocity, out=self.speed)
        np.matmul(self._jacobian_dot, self.velocity, out=self.drift[6:])
        self.drift[:3] = self.bias[:3] / mass_kg - _WEIGHTLESS
        self.com_velocity_m_s = self.speed[:3]
        self.polygons = {}


class _Foot(NamedTuple):
    """A foot in the model, and views of what is known of it."""

    body: int
    points_in_foot: Array  # (5, 3) middle and corners of its sole
    place_m: Array  # (3,)
    from_foot: Array  # (3, 3) rows times it turn from the foot's frame into the world's
    points_m: Array  # (5, 3)
    jacobian: tuple[Array, ...]  # of the sole's middle, linear and angular, each (3, 6 + m)
    jacobian_dot: tuple[Array, ...]
