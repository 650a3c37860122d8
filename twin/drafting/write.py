"""Makes a robot's folder from a model: a first draft for a person to look at."""

import os
from dataclasses import dataclass
from pathlib import Path

from twin.drafting.text import robot_text
from twin.errors import RobotSpecError
from twin.robot_apart import facts_apart
from twin.robot_files.remarks import unsure_lines
from twin.robot_folders import ROBOT_FILE

_KINDS = (".xml", ".mjcf", ".urdf")


@dataclass(frozen=True)
class Draft:
    """What was written."""

    folder: Path
    joints: int
    guesses: int


def write_draft(model: Path, out: Path) -> Draft:
    """Draft the folder ``out`` for ``model``; an MJCF file stays where it is, a URDF is turned into one inside.

    Raises:
        RobotSpecError: the model is missing or cannot be read, it has no hinge to drive, or a robot is in ``out``.
    """
    if not model.is_file():
        raise RobotSpecError(f"{model}: there is no such file; name an MJCF (.xml) or URDF (.urdf) model")
    if model.suffix.lower() not in _KINDS:
        raise RobotSpecError(f"{model}: a model is an MJCF (.xml) or URDF (.urdf) file")
    if (out / ROBOT_FILE).exists():
        raise RobotSpecError(f"{out / ROBOT_FILE} exists already; choose another folder with --out")
    facts = facts_apart(model)
    joints = sum(joint.is_hinge and joint.is_on_robot for joint in facts.joints)
    if not joints:
        raise RobotSpecError(
            f"{model}: no hinge with a name hangs from its root {facts.root!r}; nothing can be driven"
        )
    out.mkdir(parents=True, exist_ok=True)
    seen_from_out = os.path.relpath(model.resolve(), out.resolve())
    if facts.mjcf:
        seen_from_out = f"{model.stem}.xml"
        (out / seen_from_out).write_text(facts.mjcf, encoding="utf-8")
    (out / ROBOT_FILE).write_text(robot_text(facts, seen_from_out), encoding="utf-8")
    return Draft(out, joints, len(unsure_lines(out / ROBOT_FILE)))
