"""Where the base is and how it moves, from IMU, encoders and the feet that stand: an error-state Kalman filter.

Bloesch, Hutter, Hoepflinger, Leutenegger, Gehring, Remy, Siegwart, "State estimation for legged robots - consistent
fusion of leg kinematics and IMU", RSS 2012. States: position and velocity of the IMU, its rotation, both feet, biases
of gyroscope and accelerometer. A foot that stands does not move; one in the air may be anywhere. A sole that lies flat
does not turn either, which tells the drift of the gyroscope about the vertical: Bloesch, Gehring, Fankhauser, Hutter,
Hoepflinger, Siegwart, "State estimation for legged robots on unstable and slippery terrain", IROS 2013. Position and
heading are known only from the start on: they drift while it walks, the rest does not.

The error of the rotation is taken in the world's axes, and what is measured is compared there: then most of both
Jacobians is constant. To first order the filter is the same as with both in the IMU's.
"""

import copy
import itertools
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
_P, _V, _FEET, _GYRO, _ACC, _R = (slice(a, b) for a, b in itertools.pairwise((0, 3, 6, 12, 15, 18, 21)))
_SUMS = slice(0, 18)  # all but the rotation: what is corrected by adding
# Spectral densities of the process, and the error of a foot's place by kinematics.
_ACCELERATION = 0.3  # m/s^2: sensor noise and the vibration of impacts
_TURN = 0.01  # rad/s
_GYRO_DRIFT, _ACC_DRIFT = 2e-4, 2e-3
_STANDING_M_S, _SETTLING_M_S, _FLYING_M_S = 0.02, 0.5, 10.0
_KINEMATICS_M = 0.003
_KINEMATICS_RAD = 0.02  # of the heading of a sole: play of the joints, and soles that give way
_LOADED = 0.12  # a foot stands when it carries this share of the weight
_DOUBT = np.array([_KINEMATICS_M**2] * 6 + [_KINEMATICS_RAD**2])
_SETTLED_S = 0.03  # after touchdown a foot may still slip


class Estimator:
    """The state of one robot's base."""

    def __init__(self, body: Body, dt_s: float) -> None:
        self._body, self._dt_s = body, dt_s
        self._data = data = mujoco.MjData(body.model)
        data.qpos[:7] = [0, 0, 0, 1, 0, 0, 0]
        # Views of where kinematics puts what is needed of it.
        self._angles_rad = data.qpos[7:]
        self._imu_axes = data.site_xmat[body.imu_site].reshape(3, 3)
        self._imu_place_m = data.site_xpos[body.imu_site]
        self._sole_axes = [data.xmat[sole.body].reshape(3, 3) for sole in body.soles]
        self._sole_places_m = [data.xpos[sole.body] for sole in body.soles]
        self._soles_m = np.zeros((2, 3))  # from the IMU, in the base's frame
        self._imu = np.zeros((3, 3))  # place, speed and turning against the base, in the base's frame
        jacobian = np.zeros((2, 3, body.model.nv))
        self._imu_jacobian = tuple(jacobian)
        self._imu_from_joints = jacobian.reshape(6, -1)[:, BASE:]
        self._enough_n = _LOADED * body.mass_kg * GRAVITY_M_S2
        self._state = np.zeros(_SIZE)[_SUMS]
        self._position, self._velocity = self._state[_P], self._state[_V]
        self._feet = self._state[_FEET].reshape(2, 3)
        self._gyro_bias, self._acc_bias = self._state[_GYRO], self._state[_ACC]
        self._spread = np.zeros((_SIZE, _SIZE))
        self._spread_diagonal = self._spread.ravel()[:: _SIZE + 1]
        self._moved = np.zeros((_SIZE, _SIZE))
        self._move = np.eye(_SIZE)  # d next state / d state
        self._move[_P, _V] = dt_s * np.eye(3)
        self._seen = np.zeros((7, _SIZE))  # d measurement / d state
        self._seen[:6, _P] = np.tile(-np.eye(3), (2, 1))
        self._seen[:6, _FEET] = np.eye(6)
        self._seen[6, _R] = 0.0, 0.0, 1.0
        self._noises: dict[tuple[float, float], Array] = {}  # variance in a period, by the noise of both feet
        self.reset()

    def reset(self) -> None:
        """Forget everything; the next reading is taken standing still, and its place becomes the origin."""
        self.joints = JointFilter(self._dt_s)
        self._known = False
        self._rotation = np.eye(3)  # of the IMU in the world
        self._stood_s = [0.0, 0.0]
        # Of the soles that stand, when they came to rest.
        self._headings_rad: list[float | None] = [None, None]

    def save(self) -> dict[str, Any]:
        """All that the next reading meets."""
        return copy.deepcopy(
            {
                "known": self._known,
                "joints": self.joints,
                "state": self._state,
                "rotation": self._rotation,
                "spread": self._spread,
                "stood_s": self._stood_s,
                "headings_rad": self._headings_rad,
            }
        )

    def load(self, memory: dict[str, Any]) -> None:
        """Be again as at ``memory``."""
        kept = copy.deepcopy(memory)
        self._known, self.joints, self._rotation = kept["known"], kept["joints"], kept["rotation"]
        self._state[:], self._spread[:] = kept["state"], kept["spread"]
        self._stood_s, self._headings_rad = kept["stood_s"], kept["headings_rad"]

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
        for side, pressed_n in enumerate(foot_n.tolist()):
            stands = side in standing and pressed_n > self._enough_n
            self._stood_s[side] = self._stood_s[side] + self._dt_s if stands else 0.0
        turn_rad_s = turn_rad_s - self._gyro_bias
        self._predict(turn_rad_s, acceleration_m_s2 - self._acc_bias)
        self._correct()
        return self._base(turn_rad_s)

    def _place_joints(self) -> None:
        """Kinematics with the base at the origin, upright and still."""
        model, data, joints, imu = self._body.model, self._data, self._body.joints, self._imu
        self.joints.position_rad.take(joints, out=self._angles_rad, mode="clip")
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        mujoco.mj_jacSite(model, data, *self._imu_jacobian, self._body.imu_site)
        imu[0] = self._imu_place_m
        imu[1:].ravel()[:] = self._imu_from_joints @ self.joints.velocity_rad_s.take(joints)
        for side, sole in enumerate(self._body.soles):
            np.matmul(self._sole_axes[side], sole.centre_m, out=self._soles_m[side])
            self._soles_m[side] += self._sole_places_m[side]
        self._soles_m -= self._imu_place_m

    def _begin(self) -> None:
        """Both soles are flat on the plane z = 0, the base is over the origin and looks along x."""
        up = sum(axes[:, 2] for axes in self._sole_axes)
        up = up / np.linalg.norm(up)
        level = rotation_from_vector(cross(up, np.array([0.0, 0.0, 1.0])))
        feet = (self._soles_m + self._imu_place_m) @ level.T
        start = np.array([0.0, 0.0, -float(feet[:, 2].mean())])
        self._rotation = level @ self._imu_axes
        self._state[:] = 0.0
        self._position[:] = start + level @ self._imu_place_m
        self._feet[:] = feet + start
        spread = np.empty(_SIZE)
        spread[_P], spread[_V], spread[_R] = 1e-3, 0.05, 0.03
        spread[_FEET], spread[_GYRO], spread[_ACC] = 1e-3, 0.01, 0.05
        self._spread[:] = np.diag(spread**2)
        self._known = True

    def _predict(self, turn_rad_s: Array, force: Array) -> None:
        """One period ahead, by what gyroscope and accelerometer say without their biases."""
        h, rotation, move = self._dt_s, self._rotation, self._move
        x, y, z = (rotation @ force).tolist()
        move[_V, _ACC] = move[_R, _GYRO] = -h * rotation
        move[_V, _R] = (0.0, h * z, -h * y), (-h * z, 0.0, h * x), (h * y, -h * x, 0.0)
        acceleration = np.array((x, y, z - GRAVITY_M_S2))
        self._position += h * self._velocity + 0.5 * h * h * acceleration
        self._velocity += h * acceleration
        self._rotation = rotation @ rotation_from_vector(turn_rad_s * h)
        np.matmul(move, self._spread, out=self._moved)
        np.matmul(self._moved, move.T, out=self._spread)
        self._spread_diagonal += self._noise(self._foot_noise(LEFT), self._foot_noise(RIGHT))

    def _noise(self, left_m_s: float, right_m_s: float) -> Array:
        """Variance that a period adds to each state, for the noise of both feet."""
        if (left_m_s, right_m_s) not in self._noises:
            noise = np.zeros(_SIZE)
            noise[_P], noise[_V], noise[_R] = 1e-8, _ACCELERATION**2, _TURN**2
            noise[_FEET] = np.repeat((left_m_s**2, right_m_s**2), 3)
            noise[_GYRO], noise[_ACC] = _GYRO_DRIFT**2, _ACC_DRIFT**2
            self._noises[left_m_s, right_m_s] = self._dt_s * noise
        return self._noises[left_m_s, right_m_s]

    def _foot_noise(self, side: int) -> float:
        if self._stood_s[side] == 0.0:
            return _FLYING_M_S
        return _STANDING_M_S if self._stood_s[side] > _SETTLED_S else _SETTLING_M_S

    def _sole_turned_rad(self, pelvis: Array) -> float | None:
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
            x, y, _ = (pelvis @ self._sole_axes[side][:, 0]).tolist()
            heading_rad = math.atan2(y, x)
            if before_rad is None:
                self._headings_rad[side] = heading_rad
            else:
                found = math.remainder(heading_rad - before_rad, math.tau)
        return found

    def _correct(self) -> None:
        """Both feet are where the legs say, and a sole that stands does not turn."""
        pelvis = self._rotation @ self._imu_axes.T
        turned_rad = self._sole_turned_rad(pelvis)
        count = 6 if turned_rad is None else 7
        seen, surprise = self._seen[:count], np.empty(count)
        expected = self._feet - self._position
        surprise[:6] = (self._soles_m @ pelvis.T - expected).ravel()
        (ax, ay, az), (bx, by, bz) = expected.tolist()
        # Of each foot the matrix whose product with a turn is the cross product of its place with it.
        seen[:6, _R] = (
            (0.0, -az, ay), (az, 0.0, -ax), (-ay, ax, 0.0),
            (0.0, -bz, by), (bz, 0.0, -bx), (-by, bx, 0.0),
        )  # fmt: skip
        if turned_rad is not None:
            surprise[6] = -turned_rad
        across = self._spread @ seen.T
        doubt = seen @ across
        doubt.ravel()[:: count + 1] += _DOUBT[:count]
        # With doubt = L L' the gain is across L^-T L^-1: inverting so small a factor costs less than solving with it.
        factor, _ = lapack.dpotrf(doubt, lower=True)
        inverse, _ = lapack.dtrtri(factor, lower=True)
        told = across @ inverse.T
        step = told @ (inverse @ surprise)
        self._spread -= told @ told.T
        np.add(self._spread, self._spread.T, out=self._moved)
        np.multiply(self._moved, 0.5, out=self._spread)
        self._state += step[_SUMS]
        self._rotation = rotation_from_vector(step[_R]) @ self._rotation

    def _base(self, turn_rad_s: Array) -> BaseState:
        """From the IMU to the base, along the joints between them."""
        pelvis = self._rotation @ self._imu_axes.T
        arm, speed, turning = self._imu @ pelvis.T
        turn = self._rotation @ turn_rad_s - turning
        return BaseState(
            position_m=self._position - arm,
            orientation_wxyz=quaternion_from_rotation(pelvis),
            velocity_m_s=self._velocity - cross(turn, arm) - speed,
            angular_velocity_rad_s=turn @ pelvis,
        )
