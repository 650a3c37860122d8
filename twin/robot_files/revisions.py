"""Hardware revisions of a robot: overlays beside its description that say only what is different."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twin.robot_files.faults import Fault, did_you_mean

REVISIONS_FOLDER = "revisions"
_MERGED = ("motors", "frames", "sensors", "base", "ik", "locked_joints", "coupled_joints", "change", "add")
_REPLACED = ("title", "grasps", "cameras")
_KEYS = ("based_on", "joints", *_MERGED, *_REPLACED)


def overlay_files(folder: Path) -> dict[str, Path]:
    """The overlays of a robot's folder by the name of the revision that each describes."""
    return {file.stem: file for file in sorted((folder / REVISIONS_FOLDER).glob("*.toml"))}


def overlay(
    folder: Path, revision: str, values: dict[str, Any], faults: list[Fault]
) -> tuple[dict[str, Any], Path | None]:
    """``values`` of ``robot.toml`` as ``revision`` has them, and the overlay's file; faults are appended.

    A revision is based on the folder's own or on another overlay; each says only what differs from that.
    """
    own, files = str(values.get("revision", "")), overlay_files(folder)
    if revision in ("", own):
        return values, None
    if revision not in files:
        there = ", ".join([own, *files])
        hint = did_you_mean(revision, [own, *files])
        faults.append(
            Fault(folder / "robot.toml", "", f"revision {revision!r} is not here{hint}; there are {there}")
        )
        return values, None
    chain = _chain(files, revision, own, faults)
    for name, changes in reversed(chain):
        values = _merge(values, changes, files[name], faults)
    return values | {"revision": revision}, files[revision]


def _chain(
    files: Mapping[str, Path], revision: str, own: str, faults: list[Fault]
) -> list[tuple[str, dict[str, Any]]]:
    """The overlays from ``revision`` down to the folder's own, newest first; empty if there is no way down."""
    chain: list[tuple[str, dict[str, Any]]] = []
    name = revision
    while name != own:
        names = [above for above, _ in chain]
        if name in names:
            circle = " -> ".join([*names, name])
            faults.append(
                Fault(files[revision], "", f"its revisions are based on each other in a circle: {circle}")
            )
            return []
        if name not in files:
            above = files[names[-1]]
            hint = did_you_mean(name, [own, *files])
            faults.append(
                Fault(above, "", f"based_on names {name!r}, which is no revision of this robot{hint}")
            )
            return []
        changes = _read(files[name], faults)
        if not isinstance(based_on := changes.pop("based_on", None), str):
            faults.append(
                Fault(files[name], "", "based_on must name the revision that this one differs from")
            )
            return []
        chain.append((name, changes))
        name = based_on
    return chain


def _read(file: Path, faults: list[Fault]) -> dict[str, Any]:
    try:
        changes = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        faults.append(Fault(file, "", f"cannot be read as TOML: {error}"))
        return {}
    faults += [
        Fault(file, "", f"unknown key {key!r}{did_you_mean(key, _KEYS)}")
        for key in changes.keys() - set(_KEYS)
    ]
    return {key: value for key, value in changes.items() if key in _KEYS}


def _merge(
    values: Mapping[str, Any], changes: Mapping[str, Any], file: Path, faults: list[Fault]
) -> dict[str, Any]:
    merged = dict(values)
    for key in _MERGED:
        if key in changes:
            merged[key] = _deep(merged.get(key, {}), changes[key])
    merged |= {key: changes[key] for key in _REPLACED if key in changes}
    joints = changes.get("joints", {})
    if not isinstance(joints, dict) or not all(isinstance(row, dict) for row in joints.values()):
        faults.append(Fault(file, "[joints]", "must hold one table for each joint that differs"))
        return merged
    rows = [dict(row) for row in values.get("joints", ()) if isinstance(row, dict)]
    by_name = {row.get("name"): row for row in rows}
    for name, changed in joints.items():
        if name not in by_name:
            hint = did_you_mean(name, [str(known) for known in by_name])
            faults.append(
                Fault(file, f"joint {name!r}", f"is no joint of the revision this is based on{hint}")
            )
            continue
        by_name[name].update(changed)
        if "lower_rad" in changed or "upper_rad" in changed:  # the mechanism itself is another one
            limits = [by_name[name].get("lower_rad"), by_name[name].get("upper_rad")]
            merged["change"] = _deep(merged.get("change", {}), {"joints": {name: {"range_rad": limits}}})
    undriven = {*changes.get("locked_joints", ()), *changes.get("coupled_joints", ())}
    merged["joints"] = [row for row in rows if row.get("name") not in undriven]
    return merged


def _deep(values: Any, changes: Any) -> Any:
    """``changes`` over ``values``, table by table."""
    if not isinstance(values, dict) or not isinstance(changes, dict):
        return changes
    return values | {key: _deep(values.get(key), change) for key, change in changes.items()}
