"""What a robot is, read from its folder: joints, limits, groups, frames, cameras, and the hash that names it all."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class JointSpec:
    """One joint, in the robot's own order."""

    name: str
    index: int
    group: str  # e.g. "left_arm"
    lower_rad: float  # hard limit of the mechanism
    upper_rad: float
    max_speed_rad_s: float
    max_acceleration_rad_s2: float
    max_effort_nm: float
    home_rad: float


@dataclass(frozen=True)
class CameraSpec:
    """One camera of the robot."""

    name: str  # names the topic: camera.<name>
    mjcf_camera: str  # its name in the model


@dataclass(frozen=True)
class RobotSpec:
    """A robot as its folder describes it. Arrays are float64 of shape (n,), in the order of ``joints``."""

    folder: Path
    name: str
    title: str
    revision: str
    model_path: Path
    link: str  # module in teleop.agent.links that speaks to it, e.g. "simulated"
    joints: tuple[JointSpec, ...]
    groups: Mapping[str, tuple[int, ...]]  # e.g. "left_arm" -> joint indices
    frames: Mapping[str, str]  # role -> MJCF site, e.g. "left_hand" -> "left_palm"
    cameras: tuple[CameraSpec, ...]
    touch_sensors: tuple[str, ...]  # MJCF touch sensors, in the order of RobotState.touch_n
    model_hash: str  # hex SHA-256 over the canonical description

    @cached_property
    def joint_names(self) -> tuple[str, ...]:
        """Names in order."""
        return tuple(joint.name for joint in self.joints)

    @cached_property
    def lower_rad(self) -> NDArray[np.float64]:
        """Hard lower limits."""
        return np.array([joint.lower_rad for joint in self.joints])

    @cached_property
    def upper_rad(self) -> NDArray[np.float64]:
        """Hard upper limits."""
        return np.array([joint.upper_rad for joint in self.joints])

    @cached_property
    def max_speed_rad_s(self) -> NDArray[np.float64]:
        """Speed limits, > 0."""
        return np.array([joint.max_speed_rad_s for joint in self.joints])

    @cached_property
    def max_acceleration_rad_s2(self) -> NDArray[np.float64]:
        """Acceleration limits, > 0."""
        return np.array([joint.max_acceleration_rad_s2 for joint in self.joints])

    @cached_property
    def max_effort_nm(self) -> NDArray[np.float64]:
        """Torque limits, > 0."""
        return np.array([joint.max_effort_nm for joint in self.joints])

    @cached_property
    def home_rad(self) -> NDArray[np.float64]:
        """The ready pose."""
        return np.array([joint.home_rad for joint in self.joints])
