"""Reads ``robot.toml`` and the names of its model into a robot's description, noting every fault on the way."""

import hashlib
import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from twin.bases import BASES, possible_bases, why_not
from twin.robot_files.changes import as_canonical, read_changes
from twin.robot_files.faults import Fault, did_you_mean
from twin.robot_files.ik import read_ik
from twin.robot_files.model_names import ModelNames, read_model_names
from twin.robot_files.revisions import overlay
from twin.robot_files.table import Table
from twin.robot_folders import ROBOT_FILE
from twin.robot_parts import BaseSpec, CameraSpec, JointSpec, ModelChanges, MotorSpec

_LOOKS_LIKE_DEGREES_RAD = 4 * math.pi
_SLACK_RAD = 1e-6
_MOTOR_LIMITS = ("max_speed_rad_s", "max_acceleration_rad_s2", "max_effort_nm")
_GAINS = ("stiffness_nm_rad", "damping_nms_rad")
_BACKLASH = "backlash_rad"
_HEAT = ("torque_per_current_nm_a", "winding_ohm", "thermal_resistance_k_w", "thermal_capacity_j_k")


def read_folder(folder: Path, revision: str = "") -> tuple[dict[str, Any], list[Fault]]:
    """The fields of a ``RobotSpec`` as the folder gives them, and all faults. With faults the fields are of no use."""
    file = folder / ROBOT_FILE
    faults: list[Fault] = []
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, [Fault(file, "", f"there is no {ROBOT_FILE} in this folder, so it is not a robot")]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return {}, [Fault(file, "", f"cannot be read as TOML: {error}")]
    values, overlay_file = overlay(folder, revision, values, faults)
    top = Table(overlay_file or file, "", values, faults)
    own_revision = top.take_text("revision")
    model_path = folder / top.take_text("model")
    model = read_model_names(model_path, faults) if model_path.suffix else ModelNames()
    motors = _read_motors(top)
    rigid_joints = _read_rigid_joints(top, model)
    changes = read_changes(top, model)
    joints, groups = _read_joints(top, motors, model, {*rigid_joints, *changes.locked_rad, *changes.coupled})
    _judge_leaders(top, changes, joints)
    sensors = top.take_table("sensors")
    base, bases = _read_base(top, model)
    frames = _read_frames(top, model)
    grasps = top.take_text("grasps", "grasps.toml")
    fields = {
        "folder": folder,
        "name": top.take_text("name"),
        "title": top.take_text("title"),
        "revision": own_revision,
        "model_path": model_path,
        "link": top.take_text("link"),
        "joints": joints,
        "groups": groups,
        "motors": motors,
        "rigid_joints": rigid_joints,
        "changes": changes,
        "grasps": grasps,
        "base": base,
        "bases": _judge_bases(top, bases, possible_bases(base.body, groups, frames)),
        "ik": read_ik(top),
        "frames": frames,
        "cameras": _read_cameras(top, model),
        "touch_sensors": tuple(
            _known_sensor(sensors, "touch", n, "touch", model) for n in sensors.take_texts("touch")
        ),
        "imu_gyro": _optional_sensor(sensors, "imu_gyro", "gyro", model),
        "imu_accelerometer": _optional_sensor(sensors, "imu_accelerometer", "accelerometer", model),
    }
    sensors.finish()
    top.finish()
    fields["model_hash"] = _model_hash(fields, model.digest)
    return fields, faults


def _read_motors(top: Table) -> dict[str, MotorSpec]:
    rows = top.take_table("motors")
    motors = {}
    for name in rows.values:
        row = rows.take_table(name, f"motor {name!r}")
        figures = {key: row.take_number(key, positive=True) for key in _MOTOR_LIMITS}
        for together, otherwise in (
            (_GAINS, "computed from the model"),
            (_HEAT, "neither simulated nor shown"),
        ):
            given = [key for key in together if row.has(key)]
            lacking = [key for key in together if key not in given]
            if given and lacking:
                row.fault(
                    f"{lacking[0]} is missing: give {', '.join(together)}, or none of them and they are {otherwise}"
                )
            figures |= {key: row.take_number(key, positive=True) for key in given}
        if row.has(_BACKLASH):
            figures[_BACKLASH] = row.take_number(_BACKLASH, positive=True)
        motors[name] = MotorSpec(name=name, **figures)
        row.finish()
    return motors


def _read_joints(
    top: Table, motors: Mapping[str, MotorSpec], model: ModelNames, rigid: set[str]
) -> tuple[tuple[JointSpec, ...], dict[str, tuple[int, ...]]]:
    joints: list[JointSpec] = []
    groups: dict[str, list[int]] = {}
    seen: set[str] = set()
    for row in top.take_tables("joints"):
        joint = _read_joint(row, len(joints), motors)
        if joint.name in seen:
            row.fault("is listed twice; keep one of the lines")
        elif joint.name in rigid:
            row.fault("is listed and also locked, coupled or rigid; it can be one of them")
        elif model.digest and joint.name and joint.name not in model.joints:
            row.fault(f"is not in the model{did_you_mean(joint.name, set(model.joints) - seen)}")
        seen.add(joint.name)
        groups.setdefault(joint.group, []).append(len(joints))
        joints.append(joint)
    if not joints:
        top.fault("it lists no joints")
    for name in model.joints:
        if name not in seen and name not in rigid:
            top.faults.append(
                Fault(
                    top.file,
                    f"joint {name!r}",
                    "the model has it but the list does not; list it, or name it in rigid_joints, "
                    "locked_joints or coupled_joints",
                )
            )
    return tuple(joints), {name: tuple(indices) for name, indices in groups.items()}


def _judge_leaders(top: Table, changes: ModelChanges, joints: tuple[JointSpec, ...]) -> None:
    names = [joint.name for joint in joints]
    for name, coupling in changes.coupled.items():
        if coupling.to and coupling.to not in names:
            top.fault(
                f"joint {name!r} follows {coupling.to!r}, which no drive turns{did_you_mean(coupling.to, names)}"
            )


def _read_rigid_joints(top: Table, model: ModelNames) -> tuple[str, ...]:
    rigid = top.take_texts("rigid_joints")
    for name in rigid:
        if model.digest and name not in model.joints:
            top.fault(
                f"rigid_joints names {name!r}, which is not in the model{did_you_mean(name, model.joints)}"
            )
    return rigid


def _read_joint(row: Table, index: int, motors: Mapping[str, MotorSpec]) -> JointSpec:
    name = row.take_text("name")
    motor = motors.get(motor_name := row.take_text("motor"))
    if motor is None and motor_name:
        row.fault(f"unknown motor {motor_name!r}{did_you_mean(motor_name, motors)}")
    lower, upper, home = (row.take_number(key) for key in ("lower_rad", "upper_rad", "home_rad"))
    _judge_range(row, lower, upper, home)
    joint = JointSpec(
        name=name,
        index=index,
        group=row.take_text("group"),
        lower_rad=lower,
        upper_rad=upper,
        home_rad=home,
        motor=motor_name,
        max_speed_rad_s=_own_or(row, "max_speed_rad_s", motor),
        max_acceleration_rad_s2=_own_or(row, "max_acceleration_rad_s2", motor),
        max_effort_nm=_own_or(row, "max_effort_nm", motor),
        stiffness_nm_rad=_own_or(row, "stiffness_nm_rad", motor),
        damping_nms_rad=_own_or(row, "damping_nms_rad", motor),
    )
    row.finish()
    return joint


def _own_or(row: Table, key: str, motor: MotorSpec | None) -> float:
    """The joint's own value, or else its motor's."""
    inherited = getattr(motor, key) if motor else 1.0
    return row.take_number(key, inherited, positive=row.has(key))  # the motor's was judged with the motor


def _judge_range(row: Table, lower: float, upper: float, home: float) -> None:
    if not all(map(math.isfinite, (lower, upper, home))):
        return  # one of them is missing, which was told
    if max(abs(lower), abs(upper), abs(home)) > _LOOKS_LIKE_DEGREES_RAD:
        row.fault(
            f"its range [{lower:g}, {upper:g}] and home {home:g} look like degrees; they are read as radians"
        )
    elif lower >= upper:
        row.fault(f"lower_rad {lower:g} is not below upper_rad {upper:g}; are they reversed?")
    elif not lower - _SLACK_RAD <= home <= upper + _SLACK_RAD:
        row.fault(f"rests at home_rad {home:g}, outside its range [{lower:g}, {upper:g}] rad")


def _read_base(top: Table, model: ModelNames) -> tuple[BaseSpec, tuple[str, ...]]:
    """How the base is held, and the modes that the folder lists; empty if it lists none."""
    row = top.take_table("base")
    base = BaseSpec(
        body=row.take_text("body"),
        mount=row.take_text("mount"),
        position_m=row.take_numbers("position_m", 3),
    )
    if model.digest and base.body and base.body not in model.bodies:
        row.fault(f"body {base.body!r} is not in the model{did_you_mean(base.body, model.bodies)}")
    if base.mount not in ("", "fixed"):
        row.fault(f"mount {base.mount!r} is unknown; it can be 'fixed'")
    modes = row.take_texts("modes")
    row.finish()
    return base, modes


def _judge_bases(top: Table, modes: tuple[str, ...], possible: tuple[str, ...]) -> tuple[str, ...]:
    """The modes that the robot offers: those listed, or all that are possible."""
    for mode in modes:
        told = f"{mode!r} is unknown{did_you_mean(mode, BASES)}" if mode not in BASES else ""
        if told := told or why_not(mode, possible):
            top.faults.append(Fault(top.file, "[base] modes", told))
    if len(set(modes)) < len(modes):
        top.faults.append(Fault(top.file, "[base] modes", "one of them is listed twice"))
    return tuple(mode for mode in BASES if mode in modes) if modes else possible


def _read_frames(top: Table, model: ModelNames) -> dict[str, str]:
    row = top.take_table("frames")
    frames = {role: row.take_text(role) for role in row.values}
    for role, site in frames.items():
        if model.digest and site not in model.sites:
            row.fault(
                f"{role} names the site {site!r}, which is not in the model{did_you_mean(site, model.sites)}"
            )
    return frames


def _read_cameras(top: Table, model: ModelNames) -> tuple[CameraSpec, ...]:
    cameras: list[CameraSpec] = []
    for row in top.take_tables("cameras"):
        camera = CameraSpec(name=row.take_text("name"), mjcf_camera=row.take_text("mjcf_camera"))
        if model.digest and camera.mjcf_camera and camera.mjcf_camera not in model.cameras:
            row.fault(
                f"names {camera.mjcf_camera!r}, which is no camera of the model"
                f"{did_you_mean(camera.mjcf_camera, model.cameras)}"
            )
        if camera.name in [other.name for other in cameras]:
            row.fault("is listed twice; keep one of them")
        row.finish()
        cameras.append(camera)
    return tuple(cameras)


def _optional_sensor(row: Table, key: str, kind: str, model: ModelNames) -> str:
    name = row.take_text(key, "")
    return _known_sensor(row, key, name, kind, model) if name else ""


def _known_sensor(row: Table, key: str, name: str, kind: str, model: ModelNames) -> str:
    of_kind = [sensor for sensor, its_kind in model.sensors.items() if its_kind == kind]
    if model.digest and name not in of_kind:
        row.fault(
            f"{key} names {name!r}, which is no {kind} sensor of the model{did_you_mean(name, of_kind)}"
        )
    return name


def _model_hash(fields: Mapping[str, Any], model_digest: str) -> str:
    """SHA-256 over everything that changes what a command means: joints, motors, base, frames, model and meshes.

    Numbers enter as ``repr`` of the double that was read, so the hash is the same on every machine; comments,
    spacing and the order of keys do not enter.
    """
    canonical = {
        "name": fields["name"],
        "revision": fields["revision"],
        "joints": [asdict(joint) for joint in fields["joints"]],
        "motors": {name: asdict(motor) for name, motor in fields["motors"].items()},
        "base": asdict(fields["base"]),
        "frames": dict(fields["frames"]),
        "rigid_joints": list(fields["rigid_joints"]),
        "changes": as_canonical(fields["changes"]),
        "model": model_digest,
    }
    return hashlib.sha256(json.dumps(canonical, sort_keys=True).encode()).hexdigest()
