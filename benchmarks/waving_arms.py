"""Arms that never rest and never touch the robot, as no teleoperation would let them: what a balance has to bear."""

import copy

import mujoco
import numpy as np
from numpy.typing import NDArray

from benchmarks.standing_robots import STEP_S
from teleop.agent.limits import JointLimits
from twin.simulation.legs import StandingRobot

_APART_M = 0.02  # no two parts of the robot come nearer than this
_LOOK_EVERY = 10  # steps
_TRIES = 40
Array = NDArray[np.float64]


class Arms:
    """Arms, torso and neck that run from one random pose to the next as fast as teleoperation lets them."""

    def __init__(
        self, robot: StandingRobot, seed: int, speed: float = 1.0, share_of_range: float = 0.5
    ) -> None:
        """``speed`` is the share of the speeds and accelerations that teleoperation allows."""
        spec = robot.simulation.spec
        limits = JointLimits.of(spec)
        groups = ("left_arm", "right_arm", "torso", "neck")
        self.joints = np.array([joint.index for joint in spec.joints if joint.group in groups])
        self._random = np.random.default_rng((seed, 1))
        self._speed = speed * limits.speed_rad_s[self.joints]
        self._acceleration = speed * limits.acceleration_rad_s2[self.joints]
        self._home: Array = spec.home_rad[self.joints]
        self._low = self._home + share_of_range * (limits.soft_lower_rad[self.joints] - self._home)
        self._high = self._home + share_of_range * (limits.soft_upper_rad[self.joints] - self._home)
        self._goal, self._position = self._home, self._home.copy()
        self._velocity = np.zeros(len(self.joints))
        self._left_s = 0.0
        self._reach = Reach(robot, self.joints)

    def advance(self, robot: StandingRobot) -> None:
        """Move the robot's posture on by one physics step."""
        self._left_s -= STEP_S
        if self._left_s <= 0.0:
            self._left_s = float(self._random.uniform(0.6, 1.6))
            self._goal = self._free_goal()
        self._position, self._velocity = self._moved(self._position, self._velocity, self._goal)
        robot.posture_rad[self.joints] = self._position
        robot.posture_rad_s[self.joints] = self._velocity

    def _moved(self, position: Array, velocity: Array, goal: Array) -> tuple[Array, Array]:
        """Position and velocity a physics step later, on the way to ``goal``."""
        error = goal - position
        fastest = np.minimum(self._speed, np.sqrt(1.6 * self._acceleration * np.abs(error)))
        change = self._acceleration * STEP_S
        faster: Array = velocity + np.clip(np.sign(error) * fastest - velocity, -change, change)
        there: Array = position + faster * STEP_S
        return there, faster

    def _free_goal(self) -> Array:
        """A pose on whose way nothing touches; home if none is found."""
        for _ in range(_TRIES):
            goal = self._random.uniform(self._low, self._high)
            if self._is_free(goal):
                return np.asarray(goal)
        return self._home

    def _is_free(self, goal: Array) -> bool:
        position, velocity = self._position, self._velocity
        for step in range(round(self._left_s / STEP_S)):
            position, velocity = self._moved(position, velocity, goal)
            if step % _LOOK_EVERY == 0 and self._reach.touches(position):
                return False
        return True


class Reach:
    """Whether a pose of some joints lets parts of the robot touch, while it stands as at home."""

    def __init__(self, robot: StandingRobot, joints: NDArray[np.intp]) -> None:
        simulation = robot.simulation
        self._model = copy.copy(simulation.model)
        self._model.geom_margin[:] = 0.5 * _APART_M
        self._data = mujoco.MjData(self._model)
        self._data.qpos[:] = simulation.scene.initial_qpos
        self._address = simulation.scene.joint_qpos_address[joints]
        root = self._model.body_rootid[self._model.body(simulation.spec.base.body).id]
        self._own = self._model.body_rootid[self._model.geom_bodyid] == root
        self._at_home: set[tuple[int, int]] = self._near(simulation.spec.home_rad[joints])

    def touches(self, position_rad: Array) -> bool:
        """With the joints at ``position_rad``; what is as near as that at home does not count."""
        return not self._near(position_rad) <= self._at_home

    def _near(self, position_rad: Array) -> set[tuple[int, int]]:
        """Geoms of the robot that are nearer than ``_APART_M``."""
        self._data.qpos[self._address] = position_rad
        mujoco.mj_kinematics(self._model, self._data)
        mujoco.mj_comPos(self._model, self._data)
        mujoco.mj_collision(self._model, self._data)
        pairs = self._data.contact.geom
        return set(map(tuple, pairs[self._own[pairs].all(1)].tolist()))
