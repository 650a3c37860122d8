"""What does not change between steps for one choice of driven arms: indices, limits, and arrays to write into."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.ik.model import Kinematics


@dataclass(frozen=True)
class Settings:
    """How a step weighs and how careful it is."""

    rotation_weight_m: float = 0.2  # metres that one radian of error is worth
    damping: float = 1e-6  # keeps the step unique; also the weight of the ready pose
    error_damping: float = 1.0  # damping per squared weighted error
    largest_error_m: float = 0.1  # a hand further away is drawn as if it were this far
    largest_error_rad: float = 0.5
    soft_limit_rad: float = math.radians(2.1)  # distance kept from the hard limits; the gate keeps 2 degrees
    speed_use: float = 0.9  # share of each joint's speed limit that is used
    acceleration_use: float = 0.9  # share of each joint's acceleration limit that is used; 0: no such bound
    margin_m: float = 0.01  # shapes never come nearer than this
    closing_time_s: float = 0.028  # time constant with which a clearance may be used up
    posture_rate_per_s: float = 0.8  # how quickly idle motion goes to the ready pose, while hands move
    collisions: bool = True
    refine: bool = True  # correct a free step once for the curvature of the arm


class Plan:
    """Preallocated arrays for the arms ``sides``. Shapes: n joints, k hands."""

    def __init__(self, kinematics: Kinematics, data: Any, sides: tuple[str, ...], settings: Settings) -> None:
        """Gather everything by joint, from the shoulders outwards; ``data`` is where poses will be read."""
        model, spec = kinematics.model, kinematics.spec
        self.sides = sides
        self.joints = np.concatenate([kinematics.arm_joints[side] for side in sides])
        self.qpos = kinematics.qpos_address[self.joints]
        self.dof = kinematics.dof_address[self.joints]
        self.hands, self.n = len(sides), len(self.joints)
        self.sites = [int(kinematics.hand_site[side]) for side in sides]
        self.jacobian = np.zeros((6 * self.hands, model.nv))  # positions of all hands, then rotations
        self.views = [
            (self.jacobian[3 * i : 3 * i + 3], self.jacobian[3 * (self.hands + i) :][:3], site)
            for i, site in enumerate(self.sites)
        ]
        self.weight = np.repeat([1.0, settings.rotation_weight_m], 3 * self.hands)
        self.weight_column = self.weight[:, None].copy()
        self.error = np.zeros(6 * self.hands)
        self.error_views = [
            (self.error[3 * i : 3 * i + 3], self.error[3 * (self.hands + i) :][:3]) for i in range(self.hands)
        ]
        self.pose_views = [(data.site_xpos[site], data.site_xmat[site].reshape(3, 3)) for site in self.sites]
        self.turn, self.quaternion = np.zeros(9), np.zeros(4)
        self.turn_matrix = self.turn.reshape(3, 3)
        self.lower = spec.lower_rad[self.joints] + settings.soft_limit_rad
        self.upper = spec.upper_rad[self.joints] - settings.soft_limit_rad
        self.speed = spec.max_speed_rad_s[self.joints] * settings.speed_use
        self.acceleration = spec.max_acceleration_rad_s2[self.joints] * settings.acceleration_use
        self.home = spec.home_rad[self.joints]
        self.no_rows = np.zeros((0, self.n))
        self.no_sense = np.zeros(self.n, np.int32)
        self.names = [spec.joint_names[joint] for joint in self.joints]
