"""The parts a robot is described by: joint, motor, camera, base, and what it changes in the model it names."""

from collections.abc import Mapping
from dataclasses import dataclass, field


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
    stiffness_nm_rad: float = 1.0  # of its position servo; 0 where it is to be computed from the model
    damping_nms_rad: float = 0.1


@dataclass(frozen=True)
class MotorSpec:
    """One kind of drive, as seen at the joint; what a joint does not say itself, it takes from here.

    What is unknown is 0: gains come in pairs and are then computed from the model, the last four come together
    and are then not reported.
    """

    name: str
    max_speed_rad_s: float
    max_acceleration_rad_s2: float
    max_effort_nm: float
    stiffness_nm_rad: float = 0.0
    damping_nms_rad: float = 0.0
    torque_per_current_nm_a: float = 0.0
    winding_ohm: float = 0.0
    thermal_resistance_k_w: float = 0.0  # winding to air
    thermal_capacity_j_k: float = 0.0
    backlash_rad: float = 0.0  # play between drive and joint, from one end of it to the other


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


@dataclass(frozen=True)
class BodyChange:
    """What is different about a body of the model; ``None`` leaves it as it is."""

    position_m: tuple[float, ...] | None = None  # (3,) in its parent
    mass_kg: float | None = None  # its inertia grows in proportion
    centre_m: tuple[float, ...] | None = None  # (3,) of mass, in the body


@dataclass(frozen=True)
class JointChange:
    """What is different about a joint of the model."""

    range_rad: tuple[float, ...] | None = None  # (2,)
    armature_kg_m2: float | None = None
    damping_nms_rad: float | None = None


@dataclass(frozen=True)
class GeomChange:
    """What is different about a named shape of the model."""

    from_to_m: tuple[float, ...] | None = None  # (6,) ends of a capsule or cylinder
    position_m: tuple[float, ...] | None = None  # (3,)
    size_m: tuple[float, ...] | None = None  # (3,) as MuJoCo counts them: halves and radii


@dataclass(frozen=True)
class AddedShape:
    """A shape that is only looked at."""

    body: str
    shape: str  # box, capsule, cylinder, ellipsoid, sphere
    size_m: tuple[float, ...]  # (3,) as MuJoCo counts them: halves and radii
    rgba: tuple[float, ...]
    position_m: tuple[float, ...] = (0.0, 0.0, 0.0)
    from_to_m: tuple[float, ...] | None = None  # (6,) ends of a capsule or cylinder, instead of a position


@dataclass(frozen=True)
class AddedSite:
    """A place on a body: a frame, or the skin of a touch sensor."""

    body: str
    position_m: tuple[float, ...]
    quaternion_wxyz: tuple[float, ...] = (1.0, 0.0, 0.0, 0.0)
    size_m: tuple[float, ...] = (0.005, 0.005, 0.005)  # halves of a box


@dataclass(frozen=True)
class AddedSensor:
    """A sensor on a site."""

    kind: str  # touch, gyro, accelerometer
    site: str


@dataclass(frozen=True)
class CouplingSpec:
    """How a joint without a drive follows one that has one: angle = offset + ratio times the other's."""

    to: str
    ratio: float
    offset_rad: float = 0.0


@dataclass(frozen=True)
class ModelChanges:
    """How the robot differs from the model file that its folder names. Keys are names in the model."""

    locked_rad: Mapping[str, float] = field(default_factory=dict)  # joints cast in one piece at an angle
    coupled: Mapping[str, CouplingSpec] = field(default_factory=dict)  # joints that follow another one
    bodies: Mapping[str, BodyChange] = field(default_factory=dict)
    joints: Mapping[str, JointChange] = field(default_factory=dict)
    geoms: Mapping[str, GeomChange] = field(default_factory=dict)
    added_shapes: Mapping[str, AddedShape] = field(default_factory=dict)
    added_sites: Mapping[str, AddedSite] = field(default_factory=dict)
    added_sensors: Mapping[str, AddedSensor] = field(default_factory=dict)


@dataclass(frozen=True)
class TermSpec:
    """How much one thing counts that a step of inverse kinematics is asked for."""

    weight: float  # of its error: in metres for a place, in radians for angles
    priority: int = 1  # terms of 2 get what those of 1 leave free


@dataclass(frozen=True)
class IkSpec:
    """What counts when arms, waist and neck move together, and how careful they are."""

    hands: TermSpec = TermSpec(1.0)
    head: TermSpec = TermSpec(0.2)  # where it looks
    waist: TermSpec = TermSpec(1.0, 2)  # its own angles
    balance: TermSpec = TermSpec(5.0, 2)  # the place of the centre of mass
    radian_m: float = 0.2  # metres that a hand's error of one radian is worth
    margin_m: float = 0.01  # parts of the robot never come nearer to each other than this
    scene_margin_m: float = 0.01  # nor arms and trunk to furniture
    finger_scene_margin_m: float = 0.002  # nor fingers, which must get at what lies there
    slow_at_condition: float = (
        17.0  # of an arm's Jacobian: from here on its way into a singular pose is slowed
    )
    stop_at_condition: float = 30.0  # and ends here; 17 and 30 are those of MoveIt Servo
