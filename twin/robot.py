"""What a robot is, read from its folder: joints, limits, groups, frames, cameras, and the hash that names it all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twin.bases import GANTRY, LEG_GROUPS
from twin.errors import RobotSpecError
from twin.robot_files.folder import read_folder
from twin.robot_files.revisions import overlay_files
from twin.robot_folders import ROBOT_FILE, find_robot, list_robots
from twin.robot_parts import BaseSpec, CameraSpec, IkSpec, JointSpec, ModelChanges, MotorSpec

__all__ = [
    "BaseSpec",
    "CameraSpec",
    "IkSpec",
    "JointSpec",
    "ModelChanges",
    "MotorSpec",
    "RobotSpec",
    "find_robot",
    "list_revisions",
    "list_robots",
    "load_robot",
    "require_base",
]


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
    motors: Mapping[str, MotorSpec] = field(default_factory=dict)
    rigid_joints: tuple[str, ...] = ()  # joints of the model that do not exist on the robot, or are bolted
    changes: ModelChanges = field(default_factory=ModelChanges)  # how it differs from the model file
    grasps: str = "grasps.toml"  # in ``folder``: how the hands close
    base: BaseSpec = field(default_factory=BaseSpec)
    ik: IkSpec = field(default_factory=IkSpec)  # no part of the hash: it does not change what a command means
    bases: tuple[str, ...] = (GANTRY,)  # of ``twin.bases.BASES``: how its base can be held
    imu_gyro: str = ""  # MJCF sensors; empty where the robot has none
    imu_accelerometer: str = ""

    @cached_property
    def joint_names(self) -> tuple[str, ...]:
        """Names in order."""
        return tuple(joint.name for joint in self.joints)

    @cached_property
    def is_finger(self) -> NDArray[np.bool_]:
        """Which joints are of a hand."""
        return np.array([joint.group.endswith("_hand") for joint in self.joints], np.bool_)

    @cached_property
    def is_leg(self) -> NDArray[np.bool_]:
        """Which joints are of a leg."""
        return np.array([joint.group in LEG_GROUPS for joint in self.joints], np.bool_)

    @cached_property
    def finger_names(self) -> frozenset[str]:
        """Names of the joints of hands."""
        return frozenset(joint.name for joint in self.joints if joint.group.endswith("_hand"))

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


def load_robot(folder: Path, revision: str = "") -> RobotSpec:
    """The robot described by ``folder``. The physics library is not needed for this, and not loaded.

    Args:
        folder: holds ``robot.toml`` and, usually, the model it names.
        revision: the hardware revision that is meant; empty for the folder's own.

    Raises:
        RobotSpecError: something in the folder cannot be used; the text names file and joint.
    """
    fields, faults = read_folder(folder, revision)
    if faults:
        more = f" (and {len(faults) - 1} more; see `understudy robots check {folder}`)" if faults[1:] else ""
        raise RobotSpecError(f"{faults[0]}{more}")
    return RobotSpec(**fields)


def require_base(spec: RobotSpec, base: str) -> None:
    """See that the robot offers ``base``.

    Raises:
        RobotSpecError: it does not; the text says what it offers.
    """
    if base not in spec.bases:
        raise RobotSpecError(
            f"{spec.folder / ROBOT_FILE}: this robot does not offer the base {base!r}; it offers "
            f"{', '.join(spec.bases)}: choose one of them with --base, or `base` in the settings"
        )


def list_revisions(spec: RobotSpec) -> tuple[str, ...]:
    """All hardware revisions that the folder of ``spec`` describes."""
    own = load_robot(spec.folder).revision
    return (own, *overlay_files(spec.folder))
