"""Mass, bias forces, centre of mass and Jacobians of the robot at one moment.

Featherstone, Rigid Body Dynamics Algorithms (2008), ch. 6 and 9, as MuJoCo computes them:
M(q) a + h(q, v) = S' tau + sum J' f, with the base unactuated. The first three rows of M are the mass times the
Jacobian of the centre of mass, because the base's linear velocity is given in the world's axes.
"""

import mujoco
import numpy as np

from twin.balance.body import Array, Body

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
        self.mass_matrix = np.zeros((self.size, self.size))
        # Of all that is controlled, one below the other, and views into it.
        self.jacobian = np.zeros((TASK_ROWS, self.size))
        self.com_jacobian = self.jacobian[:3]
        self.pelvis_jacobian = self.jacobian[3:6]  # of its rotation
        # Of each sole's middle: linear over angular.
        self.foot_jacobian = self.jacobian[6:].reshape(2, 6, self.size)
        self.speed = np.zeros(TASK_ROWS)  # jacobian times velocity
        self.foot_drift = np.zeros((2, 6))  # dJ/dt v: acceleration of each sole at constant speeds
        self.sole_m = np.zeros((2, 3))  # middle of each sole
        self.sole_axes = np.zeros((2, 3, 3))
        self.sole_corners_m = np.zeros((2, 4, 3))  # of the part that may carry
        self.polygons: dict[tuple[int, ...], Array] = {}  # of support, by the feet that stand
        self._jacobian_dot = np.zeros((12, self.size))
        self._soles_in_feet = np.array([[sole.centre_m, *sole.corners_m] for sole in body.soles])
        self.update(body.home_position(), np.zeros(self.size))

    def update(self, position: Array, velocity: Array) -> None:
        """Take the posture ``position`` (7 + m,) and ``velocity`` (6 + m,)."""
        model, data = self.body.model, self.data
        self.position, self.velocity = position, velocity
        data.qpos[:], data.qvel[:] = position, velocity
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        mujoco.mj_makeM(model, data)
        mujoco.mj_fwdVelocity(model, data)
        mujoco.mj_fullM(model, data, self.mass_matrix)
        self.bias = data.qfrc_bias - data.qfrc_passive
        self.com_m = data.subtree_com[self.body.pelvis].copy()
        np.divide(self.mass_matrix[:3], self.body.mass_kg, out=self.com_jacobian)
        self.com_drift_m_s2 = self.bias[:3] / self.body.mass_kg - _WEIGHTLESS
        self.pelvis_axes = data.xmat[self.body.pelvis].reshape(3, 3).copy()
        mujoco.mj_jacBody(model, data, None, self.pelvis_jacobian, self.body.pelvis)
        self._update_feet()
        self.speed = self.jacobian @ velocity
        self.com_velocity_m_s = self.speed[:3]
        self.foot_drift = (self._jacobian_dot @ velocity).reshape(2, 6)
        self.polygons = {}

    def _update_feet(self) -> None:
        model, data = self.body.model, self.data
        for side, sole in enumerate(self.body.soles):
            axes = data.xmat[sole.body].reshape(3, 3)
            points = data.xpos[sole.body] + self._soles_in_feet[side] @ axes.T
            self.sole_axes[side] = axes
            self.sole_m[side], self.sole_corners_m[side] = points[0], points[1:]
            jacobian, change = self.foot_jacobian[side], self._jacobian_dot[6 * side : 6 * side + 6]
            mujoco.mj_jac(model, data, jacobian[:3], jacobian[3:], points[0], sole.body)
            mujoco.mj_jacDot(model, data, change[:3], change[3:], points[0], sole.body)
