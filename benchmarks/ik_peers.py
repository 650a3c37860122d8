"""The peers of the ik benchmark, each on the same paths with the same limits and in an environment of its own."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import mujoco
import numpy as np

from benchmarks.ik_paths import ARMS, STEP_S, Paths, Score, joints_of, score
from benchmarks.model_urdf import frame_name, write_urdf
from benchmarks.peers import peer_python, run_peer
from twin.ik.model import SIDES, Kinematics
from twin.ik.plan import Settings
from twin.ik.shapes import kinematic_description
from twin.robot import RobotSpec

MINK = ("mink==1.3.0",)
PINK = ("pin-pink==4.4.0", "daqp")
PLACO = ("placo==0.10.2",)
NEAR_M = 0.05


def arms_alone(spec: RobotSpec) -> RobotSpec:
    """The robot with all joints but those of its arms frozen in the ready pose, as peers that read URDF get it."""
    arms = {group: spec.groups[group] for group in ARMS}
    kept = [joint for group in ARMS for joint in arms[group]]
    locked = {joint.name: joint.home_rad for joint in spec.joints if joint.index not in kept}
    return replace(
        spec,
        joints=tuple(replace(spec.joints[joint], index=index) for index, joint in enumerate(kept)),
        groups={group: tuple(kept.index(joint) for joint in joints) for group, joints in arms.items()},
        changes=replace(spec.changes, locked_rad={**spec.changes.locked_rad, **locked}),
    )


def run_mink(folder: Path, kinematics: Kinematics, paths: Paths, welded: bool, apart: bool = True) -> Score:
    """Mink with the terms that the paths have.

    Args:
        folder: to exchange files.
        kinematics: of the robot.
        paths: to be followed.
        welded: on a model of the moving joints alone, with hands of one piece each, of which no finger is watched.
        apart: with clearances.

    Raises:
        PeerError: it cannot be installed or run.
    """
    spec = kinematics.spec
    draft = kinematic_description(spec, NEAR_M, spec.ik.margin_m)
    if welded:
        _weld(draft, spec, set(_names(kinematics, paths)))
    (folder / "robot.xml").write_text(_with_names(draft))
    settings = Settings()
    task = _task(folder, kinematics, paths) | {
        "model": str(folder / "robot.xml"),
        "home_joints": list(spec.joint_names),
        "sites": [spec.frames[f"{side}_hand"] for side in SIDES],
        "head": spec.frames["head"] if "neck" in paths.groups else "",
        "waist": [spec.joint_names[joint] for joint in kinematics.joints["torso"]],
        "pairs": watched_pairs(kinematics, fingers=not welded) if apart else [],
        "closing_gain": float(1.0 - np.exp(-STEP_S / settings.closing_time_s)),
        "margin_m": spec.ik.margin_m,
        "near_m": NEAR_M,
        "weights": {name: getattr(spec.ik, name).weight for name in ("head", "waist", "balance")},
    }
    return _run("mink", MINK, "peer_mink.py", task, kinematics, paths)


def run_pink(folder: Path, kinematics: Kinematics, paths: Paths) -> Score:
    """Pink on pinocchio, two arms, without clearances; else like ``run_mink``."""
    return _run("pink", PINK, "peer_pink.py", _urdf_task(folder, kinematics, paths), kinematics, paths)


def run_placo(folder: Path, kinematics: Kinematics, paths: Paths) -> Score:
    """placo, two arms, without clearances; else like ``run_mink``."""
    return _run("placo", PLACO, "peer_placo.py", _urdf_task(folder, kinematics, paths), kinematics, paths)


def _run(
    name: str,
    requirements: tuple[str, ...],
    script: str,
    task: dict[str, Any],
    kinematics: Kinematics,
    paths: Paths,
) -> Score:
    run_peer(peer_python(name, requirements), Path(__file__).with_name(script), task)
    with np.load(task["result"]) as result:
        return score(kinematics, paths, result["solved"], result["seconds"])


def _names(kinematics: Kinematics, paths: Paths) -> list[str]:
    return [kinematics.spec.joint_names[joint] for joint in joints_of(kinematics, paths.groups)]


def _task(folder: Path, kinematics: Kinematics, paths: Paths) -> dict[str, Any]:
    """What all peers are told."""
    spec = kinematics.spec
    np.savez(
        folder / "paths.npz",
        hands=paths.hands,
        head=paths.head,
        waist=paths.waist_rad,
        mass=paths.mass_m,
        home=paths.home_rad,
    )
    speed = spec.max_speed_rad_s * Settings().speed_use
    names = _names(kinematics, paths)
    return {
        "paths": str(folder / "paths.npz"),
        "result": str(folder / "solved.npz"),
        "joints": names,
        "home_rad": {name: float(spec.home_rad[spec.joint_names.index(name)]) for name in names},
        "max_speed_rad_s": {name: float(speed[spec.joint_names.index(name)]) for name in names},
        "rotation_weight_m": spec.ik.radian_m,
    }


def _urdf_task(folder: Path, kinematics: Kinematics, paths: Paths) -> dict[str, Any]:
    """For peers that read URDF: only the joints that move are joints."""
    spec = kinematics.spec
    draft = kinematic_description(spec, NEAR_M, spec.ik.margin_m)
    _weld(draft, spec, set(_names(kinematics, paths)))
    model = draft.compile()
    sites = [
        mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_SITE, spec.frames[f"{side}_hand"]) for side in SIDES
    ]
    write_urdf(model, folder / "robot.urdf", 0, "world", sites)
    return _task(folder, kinematics, paths) | {
        "urdf": str(folder / "robot.urdf"),
        "frames": [frame_name(model, site) for site in sites],
    }


def _with_names(draft: Any) -> str:
    for shell in [*(geom for geom in draft.geoms if geom.meshname), *draft.meshes]:
        draft.delete(shell)  # their files are not where the peer reads the model
    draft.compile()
    return str(draft.to_xml())


def _weld(draft: Any, spec: RobotSpec, kept: set[str]) -> None:
    """Remove all joints but ``kept``, each frozen at its ready angle."""
    home = dict(zip(spec.joint_names, spec.home_rad, strict=True))
    for joint in list(draft.joints):
        if joint.name in kept:
            continue
        body, turn, whole = joint.parent, np.zeros(4), np.zeros(4)
        mujoco.mju_axisAngle2Quat(turn, np.array(joint.axis) / np.linalg.norm(joint.axis), home[joint.name])
        mujoco.mju_mulQuat(whole, np.array(body.quat), turn)
        body.quat = whole
        draft.delete(joint)


def watched_pairs(kinematics: Kinematics, fingers: bool) -> list[tuple[str, str]]:
    """Names of all pairs of shapes that the own solver watches; without ``fingers``, of arms, palms and body."""
    model = kinematics.model
    excluded = {int(signature) for signature in model.exclude_signature}
    found = []
    for first in range(model.ngeom):
        for second in range(first + 1, model.ngeom):
            a, b = int(model.geom_bodyid[first]), int(model.geom_bodyid[second])
            low, high = min(a, b), max(a, b)
            meets = model.geom_contype[first] & model.geom_conaffinity[second]
            is_parent = int(model.body_parentid[high]) == low
            if meets and low != high and not is_parent and (low << 16) + high not in excluded:
                names = model.geom(first).name, model.geom(second).name
                if fingers or not any(_is_finger(name) for name in names):
                    found.append(names)
    return found


def _is_finger(shape: str) -> bool:
    return any(finger in shape for finger in ("thumb", "index", "middle", "ring", "little"))
