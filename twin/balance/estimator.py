"""Where the base is and how it moves, from IMU, encoders and the feet that stand: an error-state Kalman filter.

Bloesch, Hutter, Hoepflinger, Leutenegger, Gehring, Remy, Siegwart, "State estimation for legged robots - consistent
fusion of leg kinematics and IMU", RSS 2012. States: position and velocity of the IMU, its rotation, both feet, biases
of gyroscope and accelerometer. A foot that stands does not move; one in the air may be anywhere. A sole that lies flat
does not turn either, which tells the drift of the gyroscope about the vertical: Bloesch, Gehring, Fankhauser, Hutter,
Hoepflinger, Siegwart, "State estimation for legged robots on unstable and slippery terrain", IROS 2013. Position and
heading are known only from the start on: they drift while it walks, the rest does not.
"""

import copy
import math
from typing import Any

import mujoco
import numpy as np
from scipy.linalg import lapack

from twin.balance.body import BASE, LEFT, RIGHT, Array, Body
from twin.balance.dynamics import GRAVITY_M_S2
from twin.balance.joint_filter import JointFilter
from twin.balance.motion import BaseState
from twin.spatial import cross, quaternion_from_rotation, rotation_from_vector

_SIZE = 21
_P, _V, _R = slice(0, 3), slice(3, 6), slice(6, 9)
_FEET, _GYRO, _ACC = slice(9, 15), slice(15, 18), slice(18, 21)
_GRAVITY = np.array([0.0, 0.0, -GRAVITY_M_S2])
# Spectral densities of the process, and the error of a foot's place by kinematics.
_ACCELERATION = 0.3  # m/s^2: sensor noise and the vibration of impacts
_TURN = 0.01  # rad/s
_GYRO_DRIFT, _ACC_DRIFT = 2e-4, 2e-3
_STANDING_M_S, _SETTLING_M_S, _FLYING_M_S = 0.02, 0.5, 10.0
_KINEMATICS_M = 0.003
_KINEMATICS_RAD = 0.02  # of the heading of a sole: play of the joints, and soles that give way
_LOADED = 0.12  # a foot stands when it carries this share of the weight
_FIXED = (
    "_body",
    "_data",
    "_dt_s",
    "_enough_n",
    "_move",
    "_noise",
    "_seen",
    "_site_angular",
    "_site_jacobian",
    "_site_linear",
    "_sole_bodies",
    "_sole_centres",
)
_DOUBT = np.array([_KINEMATICS_M**2] * 6 + [_KINEMATICS_RAD**2])
_SETTLED_S = 0.03  # after touchdown a foot may still slip


class Estimator:
    """The state of one robot's base."""

    def __init__(self, body: Body, dt_s: float) -> None:
        self._body, self._dt_s = body, dt_s
        self._data = mujoco.MjData(body.model)
        self._data.qpos[:7] = [0, 0, 0, 1, 0, 0, 0]
        self._enough_n = _LOADED * body.mass_kg * GRAVITY_M_S2
        self._site_jacobian = np.zeros((6, body.model.nv))
        self._site_linear, self._site_angular = self._site_jacobian[:3], self._site_jacobian[3:]
        self._sole_bodies = np.array([sole.body for sole in body.soles])
        self._sole_centres = np.array([sole.centre_m for sole in body.soles])[:, :, None]
        self._seen = np.zeros((7, _SIZE))  # d measurement / d state; like the next two, its constant part
        self._move = np.eye(_SIZE)  # d next state / d state
        self._move[_P, _V] = dt_s * np.eye(3)
        self._move[_R, _GYRO] = -dt_s * np.eye(3)
        self._noise = np.zeros(_SIZE)  # variance per second
        self._noise[_P], self._noise[_V], self._noise[_R] = 1e-8, _ACCELERATION**2, _TURN**2
        self._noise[_GYRO], self._noise[_ACC] = _GYRO_DRIFT**2, _ACC_DRIFT**2
        self.reset()

    def reset(self) -> None:
        """Forget everything; the next reading is taken standing still, and its place becomes the origin."""
        self.joints = JointFilter(self._dt_s)
        self._known = False
        self._stood_s = [0.0, 0.0]
        self._headings_rad: list[float | None] = [
            None,
            None,
        ]  # of the soles that stand, when they came to rest

    def save(self) -> dict[str, Any]:
        """All that the next reading meets."""
        return {name: copy.deepcopy(value) for name, value in vars(self).items() if name not in _FIXED}

    def load(self, memory: dict[str, Any]) -> None:
        """Be again as at ``memory``."""
        vars(self).update(copy.deepcopy(memory))

    def update(
        self,
        position_rad: Array,
        velocity_rad_s: Array,
        turn_rad_s: Array,
        acceleration_m_s2: Array,
        foot_n: Array,
        standing: tuple[int, ...],
    ) -> BaseState:
        """The base after this reading.

        Args:
            position_rad: of all joints of the robot, (n,).
            velocity_rad_s: (n,).
            turn_rad_s: of the gyroscope, (3,), in the IMU's frame.
            acceleration_m_s2: of the accelerometer, (3,), gravity included.
            foot_n: force under the left and the right foot, (2,).
            standing: feet that are meant to stand.
        """
        self.joints.update(position_rad, velocity_rad_s)
        self._place_joints()
        if not self._known:
            self._begin()
        loaded = [side in standing and foot_n[side] > self._enough_n for side in (LEFT, RIGHT)]
        for side in (LEFT, RIGHT):
            self._stood_s[side] = self._stood_s[side] + self._dt_s if loaded[side] else 0.0
        self._turn_rad_s = turn_rad_s - self._gyro_bias
        self._predict(acceleration_m_s2 - self._acc_bias)
        self._correct()
        return self._base()

    def _place_joints(self) -> None:
        """Kinematics with the base at the origin, upright and still."""
        model, data, joints = self._body.model, self._data, self._body.joints
        data.qpos[7:] = self.joints.position_rad.take(joints)
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        site = self._body.imu_site
        self._imu_place = data.site_xpos[site].copy()
        self._imu_axes = data.site_xmat[site].reshape(3, 3).copy()
        mujoco.mj_jacSite(model, data, self._site_linear, self._site_angular, site)
        speed = self._site_jacobian[:, BASE:] @ self.joints.velocity_rad_s.take(joints)
        self._imu_speed, self._imu_turn = speed[:3], speed[3:]
        axes = data.xmat[self._sole_bodies].reshape(2, 3, 3)
        self._soles = data.xpos[self._sole_bodies] + (axes @ self._sole_centres)[:, :, 0]
        self._soles_forward = axes[:, :, 0]
        self._soles_in_imu = (self._soles - self._imu_place) @ self._imu_axes

    def _begin(self) -> None:
        """Both soles are flat on the plane z = 0, the base is over the origin and looks along x."""
        up = sum(self._data.xmat[sole.body].reshape(3, 3)[:, 2] for sole in self._body.soles)
        up = up / np.linalg.norm(up)
        level = rotation_from_vector(cross(up, np.array([0.0, 0.0, 1.0])))
        feet = self._soles @ level.T
        start = np.array([0.0, 0.0, -float(feet[:, 2].mean())])
        self._rotation = level @ self._imu_axes
        self._position = start + level @ self._imu_place
        self._velocity = np.zeros(3)
        self._feet = feet + start
        self._gyro_bias, self._acc_bias = np.zeros(3), np.zeros(3)
        spread = np.empty(_SIZE)
        spread[_P], spread[_V], spread[_R] = 1e-3, 0.05, 0.03
        spread[_FEET], spread[_GYRO], spread[_ACC] = 1e-3, 0.01, 0.05
        self._spread = np.diag(spread**2)
        self._known = True

    def _predict(self, force: Array) -> None:
        """One period ahead; ``force`` is what the accelerometer says without its bias."""
        h, rotation, move = self._dt_s, self._rotation, self._move
        acceleration = rotation @ force + _GRAVITY
        move[_V, _ACC] = back = -h * rotation
        move[_V, _R] = back @ _cross_matrix(force)
        turned = rotation_from_vector(self._turn_rad_s * h)
        move[_R, _R] = turned.T
        self._position = self._position + h * self._velocity + 0.5 * h * h * acceleration
        self._velocity = self._velocity + h * acceleration
        self._rotation = rotation @ turned
        for side in (LEFT, RIGHT):
            self._noise[9 + 3 * side : 12 + 3 * side] = self._foot_noise(side) ** 2
        self._spread = move @ self._spread @ move.T
        self._spread.ravel()[:: _SIZE + 1] += h * self._noise

    def _foot_noise(self, side: int) -> float:
        if self._stood_s[side] == 0.0:
            return _FLYING_M_S
        return _STANDING_M_S if self._stood_s[side] > _SETTLED_S else _SETTLING_M_S

    def _sole_turned_rad(self) -> float | None:
        """By how much the sole that has stood longest seems to have turned since it came to rest; None without one."""
        longest = LEFT if self._stood_s[LEFT] >= self._stood_s[RIGHT] else RIGHT
        found = None
        for side in (LEFT, RIGHT):
            if self._stood_s[side] <= _SETTLED_S:
                self._headings_rad[side] = None
                continue
            before_rad = self._headings_rad[side]
            if before_rad is not None and side != longest:
                continue
            x, y, _ = (self._rotation @ (self._soles_forward[side] @ self._imu_axes)).tolist()
            heading_rad = math.atan2(y, x)
            if before_rad is None:
                self._headings_rad[side] = heading_rad
            else:
                found = math.remainder(heading_rad - before_rad, math.tau)
        return found

    def _correct(self) -> None:
        """Both feet are where the legs say, and a sole that stands does not turn."""
        back = self._rotation.T
        turned_rad = self._sole_turned_rad()
        count = 6 if turned_rad is None else 7
        seen, surprise = self._seen[:count], np.empty(count)
        expected = (self._feet - self._position) @ self._rotation
        surprise[:6] = (self._soles_in_imu - expected).ravel()
        seen[:3, _P] = seen[3:6, _P] = -back
        seen[:3, 9:12] = seen[3:6, 12:15] = back
        seen[:3, _R], seen[3:6, _R] = _cross_matrix(expected[LEFT]), _cross_matrix(expected[RIGHT])
        if turned_rad is not None:
            surprise[6] = -turned_rad
            seen[6, _R] = self._rotation[2]
        across = self._spread @ seen.T
        doubt = seen @ across
        doubt.ravel()[:: count + 1] += _DOUBT[:count]
        _, gain, _ = lapack.dposv(doubt, across.T)  # transposed
        step = surprise @ gain
        spread = self._spread - across @ gain
        self._spread = 0.5 * (spread + spread.T)
        self._position = self._position + step[_P]
        self._velocity = self._velocity + step[_V]
        self._rotation = self._rotation @ rotation_from_vector(step[_R])
        self._feet = self._feet + step[_FEET].reshape(2, 3)
        self._gyro_bias = self._gyro_bias + step[_GYRO]
        self._acc_bias = self._acc_bias + step[_ACC]

    def _base(self) -> BaseState:
        """From the IMU to the base, along the joints between them."""
        pelvis = self._rotation @ self._imu_axes.T
        turn = self._rotation @ self._turn_rad_s - pelvis @ self._imu_turn
        arm = pelvis @ self._imu_place
        return BaseState(
            position_m=self._position - arm,
            orientation_wxyz=quaternion_from_rotation(pelvis),
            velocity_m_s=self._velocity - cross(turn, arm) - pelvis @ self._imu_speed,
            angular_velocity_rad_s=pelvis.T @ turn,
        )


def _cross_matrix(v: Array) -> Array:
    """The matrix whose product with a vector is the cross product of ``v`` with it, shape (3, 3)."""
    x, y, z = v.tolist()
    return np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
