"""The joints that are turned by themselves: neck and waist, the one that was chosen, and those with a slider."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from teleop.control.intent import Intent
from teleop.driving.arms import READY_SPEED_RAD_S
from teleop.driving.joints import JointDriver, JointStep
from teleop.driving.posture import part_of, posture_joints
from twin.ik.model import Indices, Kinematics
from twin.spatial import Array

# Speeds at full deflection, over the angular speed of the scale.
NECK_SHARE, WAIST_SHARE, JOINT_SHARE = 1.0, 0.4, 0.5


class SingleJoints:
    """What the operator asks of single joints, and their motion."""

    def __init__(self, kinematics: Kinematics) -> None:
        """At rest."""
        spec = kinematics.spec
        self.joint: int | None = None  # that the operator has chosen to turn
        self.posture = posture_joints(kinematics)
        self._home_rad = spec.home_rad
        self._parts = np.array([part_of(joint.group) for joint in spec.joints])
        self._driver = JointDriver(kinematics)
        self._frozen: frozenset[str] = frozenset()
        self._chosen: set[int] = set()  # since the engagement: they are commanded until it ends
        self._goals_rad: dict[int, float] = {}  # joints on their way to the ready pose
        self._looks_rad: Mapping[int, float] = {}  # joints of the neck that follow a head
        self._look_rad_s = 0.0

    @property
    def mask(self) -> NDArray[np.bool_]:
        """The joints that are commanded because they may be turned by themselves, shape (n,)."""
        mask = np.zeros(len(self._parts), np.bool_)
        mask[[joint for joint, _ in self.posture.values()]] = True
        mask[list(self._chosen)] = True
        return mask

    def latch(self) -> None:
        """Begin anew, at rest."""
        self._driver.rest()
        self._goals_rad.clear()
        self._chosen.clear()
        self._looks_rad = {}

    def freeze(self, frozen: frozenset[str]) -> None:
        """Hold the joints of the parts ``frozen``; they come to rest."""
        self._frozen = frozen
        self._goals_rad = {joint: goal for joint, goal in self._goals_rad.items() if self._is_free(joint)}

    def send_home(self, part: str) -> None:
        """Let the joints of "neck" or "waist" go to the ready pose, until one is driven."""
        joints = [joint for move, (joint, _) in self.posture.items() if move.startswith(part)]
        self._goals_rad |= {joint: float(self._home_rad[joint]) for joint in joints if self._is_free(joint)}

    def look(self, goals_rad: Mapping[int, float], fastest_rad_s: float) -> None:
        """Let the neck go to ``goals_rad`` (joint -> rad) until told otherwise; a stick that turns it goes before."""
        self._looks_rad, self._look_rad_s = goals_rad, fastest_rad_s
        for joint in goals_rad:
            self._goals_rad.pop(joint, None)

    def wanted_rad_s(self, position_rad: Array, intent: Intent, angular_rad_s: float, dt_s: float) -> Array:
        """How fast the joints shall turn from ``position_rad``, shape (n,); ``angular_rad_s`` at full deflection."""
        rates: dict[int, float] = {}
        for move, (joint, sign) in self.posture.items():
            share = WAIST_SHARE if move.startswith("waist") else NECK_SHARE
            rates[joint] = sign * share * intent.rate(move)
        if self.joint is not None:
            self._chosen.add(self.joint)
            rates[self.joint] = rates.get(self.joint, 0.0) + JOINT_SHARE * intent.rate("joint.angle")
        rates = {joint: rate for joint, rate in rates.items() if rate and self._is_free(joint)}
        for joint in rates:
            self._goals_rad.pop(joint, None)  # whoever takes the stick has it
        if self._goals_rad and self._driver.has_arrived(position_rad, self._goals_rad):
            self._goals_rad.clear()
        wanted = self._driver.towards(position_rad, self._goals_rad, READY_SPEED_RAD_S, dt_s)
        looks = {joint: goal for joint, goal in self._looks_rad.items() if self._is_free(joint)}
        wanted += self._driver.towards(position_rad, looks, self._look_rad_s, dt_s)
        for joint, rate in rates.items():
            wanted[joint] = rate * angular_rad_s
        return wanted

    def sliding_rad_s(
        self, position_rad: Array, goals_rad: Mapping[int, float], angular_rad_s: float, dt_s: float
    ) -> Array:
        """How fast the joints of ``goals_rad`` (joint -> rad) shall turn to get there, shape (n,)."""
        goals_rad = {joint: goal for joint, goal in goals_rad.items() if self._is_free(joint)}
        self._chosen.update(goals_rad)
        return self._driver.towards(position_rad, goals_rad, JOINT_SHARE * angular_rad_s, dt_s)

    def turn(self, position_rad: Array, wanted_rad_s: Array, dt_s: float) -> JointStep:
        """Move on from ``position_rad``, shape (n,), by ``dt_s``, as far as is allowed."""
        return self._driver.turn(position_rad, wanted_rad_s, dt_s)

    def hold_back(self, joints: Indices, speed_rad_s: Array) -> None:
        """Something is in the way: ``joints`` turned no faster than ``speed_rad_s`` in this step."""
        self._driver.hold_back(joints, speed_rad_s)

    def _is_free(self, joint: int) -> bool:
        return str(self._parts[joint]) not in self._frozen
