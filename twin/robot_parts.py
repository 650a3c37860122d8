"""The parts a robot is described by: joint, motor, camera, base."""

from dataclasses import dataclass


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
    motor: str = ""  # key of RobotSpec.motors
    stiffness_nm_rad: float = 1.0  # of its position servo
    damping_nms_rad: float = 0.1


@dataclass(frozen=True)
class MotorSpec:
    """One kind of drive, as seen at the joint; what a joint does not say itself, it takes from here."""

    name: str
    max_speed_rad_s: float
    max_acceleration_rad_s2: float
    max_effort_nm: float
    stiffness_nm_rad: float
    damping_nms_rad: float
    torque_per_current_nm_a: float
    winding_ohm: float
    thermal_resistance_k_w: float  # winding to air
    thermal_capacity_j_k: float


@dataclass(frozen=True)
class CameraSpec:
    """One camera of the robot."""

    name: str  # names the topic: camera.<name>
    mjcf_camera: str  # its name in the model


@dataclass(frozen=True)
class BaseSpec:
    """How the robot's root is held."""

    body: str = ""  # the root body in the model; its free joint, if it has one, is taken away when fixed
    mount: str = "fixed"
    position_m: tuple[float, ...] = (0.0, 0.0, 0.0)  # of that body, in the world
