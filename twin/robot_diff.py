"""What is different between two robots, or two revisions of one: joints, motors, masses, sensors, cameras, frames."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from twin.robot import RobotSpec
from twin.robot_model import compile_model, open_model

_DIGITS = 4
_JOINT_KEYS = (
    "group",
    "motor",
    "lower_rad",
    "upper_rad",
    "home_rad",
    "max_speed_rad_s",
    "max_acceleration_rad_s2",
    "max_effort_nm",
    "stiffness_nm_rad",
    "damping_nms_rad",
)


@dataclass(frozen=True)
class Difference:
    """One line of the comparison; a side that does not have the thing at all is ``None``."""

    part: str  # robot, joint, motor, body, sensor, camera, frame
    name: str
    what: str  # the property, or "" where a side lacks the thing
    before: Any
    after: Any


def diff_robots(before: RobotSpec, after: RobotSpec) -> tuple[Difference, ...]:
    """Everything that differs, in the order of the robot's description.

    Raises:
        RobotSpecError: the model of one of them cannot be used.
    """
    return tuple(_differences(before, after))


def _differences(before: RobotSpec, after: RobotSpec) -> Iterator[Difference]:
    for what in ("name", "title", "link"):
        yield from _property("robot", before.name, what, getattr(before, what), getattr(after, what))
    yield from _property("robot", before.name, "joints", len(before.joints), len(after.joints))
    one, other = _bodies(before), _bodies(after)
    yield from _property("robot", before.name, "mass_kg", _total_kg(one), _total_kg(other))
    yield from _rows("joint", _joints(before), _joints(after))
    yield from _rows("coupled joint", _couplings(before), _couplings(after))
    yield from _rows("motor", _motors(before), _motors(after))
    yield from _rows("body", one, other)
    yield from _rows("sensor", _sensors(before), _sensors(after))
    yield from _rows("camera", _cameras(before), _cameras(after))
    yield from _rows("frame", _frames(before), _frames(after))


def _property(part: str, name: str, what: str, before: Any, after: Any) -> Iterator[Difference]:
    if before != after:
        yield Difference(part, name, what, before, after)


def _rows(
    part: str, before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]
) -> Iterator[Difference]:
    for name in [*before, *(name for name in after if name not in before)]:
        if name not in before or name not in after:
            yield Difference(part, name, "", before.get(name), after.get(name))
            continue
        for what in before[name]:
            yield from _property(part, name, what, before[name][what], after[name][what])


def _joints(spec: RobotSpec) -> dict[str, dict[str, Any]]:
    return {joint.name: {key: getattr(joint, key) for key in _JOINT_KEYS} for joint in spec.joints}


def _couplings(spec: RobotSpec) -> dict[str, dict[str, Any]]:
    return {name: asdict(coupling) for name, coupling in spec.changes.coupled.items()}


def _motors(spec: RobotSpec) -> dict[str, dict[str, Any]]:
    """Those that a joint uses."""
    used = {joint.motor for joint in spec.joints}
    return {name: asdict(motor) for name, motor in spec.motors.items() if name in used}


def _sensors(spec: RobotSpec) -> dict[str, dict[str, Any]]:
    imu = [name for name in (spec.imu_gyro, spec.imu_accelerometer) if name]
    return {name: {"kind": "imu"} for name in imu} | {name: {"kind": "touch"} for name in spec.touch_sensors}


def _cameras(spec: RobotSpec) -> dict[str, dict[str, Any]]:
    return {camera.name: {"mjcf_camera": camera.mjcf_camera} for camera in spec.cameras}


def _frames(spec: RobotSpec) -> dict[str, dict[str, Any]]:
    return {role: {"site": site} for role, site in spec.frames.items()}


def _bodies(spec: RobotSpec) -> dict[str, dict[str, Any]]:
    """Mass of each body and where it sits on its parent, as the model is compiled."""
    model = compile_model(spec, open_model(spec))
    return {
        model.body(body).name or f"body {body}": {
            "mass_kg": round(float(model.body_mass[body]), _DIGITS),
            "position_m": tuple(round(float(along), _DIGITS) for along in model.body_pos[body]),
        }
        for body in range(1, model.nbody)
    }


def _total_kg(bodies: Mapping[str, Mapping[str, Any]]) -> float:
    return float(round(sum(body["mass_kg"] for body in bodies.values()), 3))
