"""Mass, bias forces, centre of mass and Jacobians of the robot at one moment.

Featherstone, Rigid Body Dynamics Algorithms (2008), ch. 6 and 9, as MuJoCo computes them:
M(q) a + h(q, v) = S' tau + sum J' f, with the base unactuated. The first three rows of M are the mass times the
Jacobian of the centre of mass, because the base's linear velocity is given in the world's axes.
"""

import mujoco
import numpy as np

from twin.balance.body import Array, Body

GRAVITY_M_S2 = 9.81


class Dynamics:
    """Quantities of one posture and velocity; ``update`` makes them those of another. World frame, SI units."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.data = mujoco.MjData(body.model)
        self.size = int(body.model.nv)  # 6 + m
        self.mass_matrix = np.zeros((self.size, self.size))
        self._jacobians = np.zeros((4, 3, self.size))
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
        self.com_jacobian = self.mass_matrix[:3] / self.body.mass_kg
        self.com_velocity_m_s = self.com_jacobian @ velocity
        self.com_drift_m_s2 = self.bias[:3] / self.body.mass_kg - np.array([0.0, 0.0, GRAVITY_M_S2])

    def rotation(self, body: int) -> Array:
        """Axes of a body in the world, shape (3, 3)."""
        return np.array(self.data.xmat[body].reshape(3, 3))

    def sole(self, side: int) -> tuple[Array, Array]:
        """Middle of a sole (3,) and the foot's axes (3, 3), in the world."""
        sole = self.body.soles[side]
        rotation = self.rotation(sole.body)
        return self.data.xpos[sole.body] + rotation @ sole.centre_m, rotation

    def sole_corners(self, side: int) -> Array:
        """Corners of the part of a sole that may carry, in the world, shape (4, 3)."""
        sole = self.body.soles[side]
        return np.asarray(self.data.xpos[sole.body] + sole.corners_m @ self.rotation(sole.body).T)

    def jacobian(self, body: int, point_m: Array) -> tuple[Array, Array]:
        """Linear and angular Jacobian (3, 6 + m) of a point that moves with a body."""
        linear, angular = np.zeros((3, self.size)), np.zeros((3, self.size))
        mujoco.mj_jac(self.body.model, self.data, linear, angular, point_m, body)
        return linear, angular

    def drift(self, body: int, point_m: Array) -> tuple[Array, Array]:
        """Linear and angular acceleration (3,) of the point while all generalized accelerations are zero."""
        linear, angular = np.zeros((3, self.size)), np.zeros((3, self.size))
        mujoco.mj_jacDot(self.body.model, self.data, linear, angular, point_m, body)
        return linear @ self.velocity, angular @ self.velocity
