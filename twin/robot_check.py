"""Holds a robot folder against its model and names every fault, with file and joint."""

from dataclasses import dataclass
from pathlib import Path

import mujoco
import numpy as np

from twin.errors import RobotSpecError
from twin.hands import load_hands
from twin.robot import RobotSpec
from twin.robot_files.faults import Fault
from twin.robot_files.folder import read_folder
from twin.robot_files.remarks import unsure_lines
from twin.robot_folders import ROBOT_FILE
from twin.robot_model import compile_model, joint_addresses, open_model

_SLACK_RAD = 2e-3  # ranges are written with two or three decimals
_STEPS = 100
_CLEAR_M = 1e-4  # shapes may touch by rounding


@dataclass(frozen=True)
class RobotReport:
    """What a check found."""

    folder: Path
    name: str
    revision: str
    joints: int
    mass_kg: float  # 0 if the model could not be compiled
    model_hash: str
    link: str
    faults: tuple[Fault, ...]
    guesses: tuple[
        Fault, ...
    ] = ()  # of a draft, that nobody has looked at; they do not keep it from being driven


def check_robot(folder: Path, revision: str = "") -> RobotReport:
    """Everything that is wrong with ``folder`` at ``revision``; the faults are empty if it can be driven."""
    fields, faults = read_folder(folder, revision)
    mass_kg = 0.0
    if fields and all(fault.file != fields["model_path"] for fault in faults):
        spec = RobotSpec(**fields)
        try:
            model = compile_model(spec, open_model(spec))
        except RobotSpecError as error:
            faults.append(Fault(spec.model_path, "", str(error).removeprefix(f"{spec.model_path}: ")))
        else:
            mass_kg = float(model.body_mass.sum())
            faults += _judge_joints(spec, model) + _judge_motion(spec, model)
            if not faults:
                faults += _judge_home(spec, model) + _judge_hands(spec)
    joints = fields.get("joints", ())
    return RobotReport(
        folder=folder,
        name=str(fields.get("name", "")),
        revision=str(fields.get("revision", "")),
        joints=len(joints) if isinstance(joints, tuple) else 0,
        mass_kg=mass_kg,
        model_hash=str(fields.get("model_hash", "")),
        link=str(fields.get("link", "")),
        faults=tuple(faults),
        guesses=tuple(unsure_lines(folder / ROBOT_FILE)),
    )


def _judge_joints(spec: RobotSpec, model: mujoco.MjModel) -> list[Fault]:
    """Types and ranges, against those the model was compiled with."""
    faults = []
    file = spec.folder / ROBOT_FILE
    for joint in spec.joints:
        number = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_JOINT, joint.name)
        if number < 0:
            continue
        if model.jnt_type[number] != mujoco.mjtJoint.mjJNT_HINGE:
            faults.append(
                Fault(file, f"joint {joint.name!r}", "is not a hinge in the model; only hinges can be driven")
            )
            continue
        low, high = (float(limit) for limit in model.jnt_range[number])
        if not model.jnt_limited[number]:
            continue
        if joint.lower_rad < low - _SLACK_RAD or joint.upper_rad > high + _SLACK_RAD:
            hint = ""
            if max(abs(low), abs(high)) < 0.2 * max(abs(joint.lower_rad), abs(joint.upper_rad)):
                hint = '; does the model mean degrees? say <compiler angle="radian"/> in it'
            faults.append(
                Fault(
                    file,
                    f"joint {joint.name!r}",
                    f"its range [{joint.lower_rad:g}, {joint.upper_rad:g}] rad goes beyond the model's "
                    f"[{low:.4g}, {high:.4g}] rad{hint}",
                )
            )
    return faults


def _judge_motion(spec: RobotSpec, model: mujoco.MjModel) -> list[Fault]:
    """Some numbers are read without complaint and give nothing that can be stepped."""
    data = mujoco.MjData(model)
    for _ in range(_STEPS):
        mujoco.mj_step(model, data)
        if not np.all(np.isfinite(data.qpos)) or data.warning.number.any():
            return [
                Fault(
                    spec.model_path,
                    "",
                    f"the model does not stay finite for {_STEPS} steps of {model.opt.timestep:g} s; look at its "
                    "masses, inertias, stiffnesses and timestep",
                )
            ]
    return []


def _judge_hands(spec: RobotSpec) -> list[Fault]:
    """The grasps, if the robot has fingers."""
    try:
        load_hands(spec)
    except RobotSpecError as error:
        file = spec.folder / spec.grasps
        return [Fault(file, "", str(error).removeprefix(f"{file}: "))]
    return []


def _judge_home(spec: RobotSpec, model: mujoco.MjModel) -> list[Fault]:
    """The home pose must not push one part of the robot into another."""
    data = mujoco.MjData(model)
    qpos_address, _ = joint_addresses(spec, model)
    data.qpos[qpos_address] = spec.home_rad
    mujoco.mj_forward(model, data)
    deepest_m: dict[tuple[str, str], float] = {}
    for contact in data.contact:
        one, other = sorted(model.body(model.geom_bodyid[geom]).name for geom in contact.geom)
        deepest_m[one, other] = max(-float(contact.dist), deepest_m.get((one, other), 0.0))
    return [
        Fault(
            spec.folder / ROBOT_FILE,
            "home pose",
            f"{one!r} and {other!r} are {1000 * depth_m:.1f} mm inside each other; move them apart, "
            "or exclude the pair in the model if they are neighbours",
        )
        for (one, other), depth_m in deepest_m.items()
        if depth_m > _CLEAR_M
    ]
