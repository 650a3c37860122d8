"""Hands by grasp synergies: a few numbers (which grasp, how closed, how spread) become the angles of all fingers.

A grasp is a path through the joint space of a hand, read from ``grasps.toml`` in the robot's folder, or from the
file that the robot's revision names instead.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import RobotSpecError
from twin.robot import RobotSpec

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

GRASPS_FILE = "grasps.toml"
PRESETS = ("open", "power", "pinch", "tripod", "lateral", "point")
_STEPS = 33  # a path is resampled to this many points, enough for any list a person writes


@dataclass(frozen=True)
class Hand:
    """One hand's joints and the paths of its grasps. Angles are in the order of ``joints``."""

    side: str
    joints: Indices  # (h,) of the robot's joints
    paths: Mapping[str, Array]  # preset -> (_STEPS, h) over the closure 0..1
    titles: Mapping[str, str]
    spread_rad: Array  # (h,) added at full spread
    opposition_rad: Array  # (h,) added at full opposition of the thumb
    lower_rad: Array  # (h,)
    upper_rad: Array  # (h,)

    def angles(self, preset: str, closure: float, spread: float = 0.0, opposition: float = 0.0) -> Array:
        """The angles of the hand, shape (h,), within its limits.

        Args:
            preset: one of ``PRESETS``.
            closure: 0 open .. 1 closed.
            spread: -1 fingers together .. 1 apart.
            opposition: -1 thumb beside the palm .. 1 across it.
        """
        path = self.paths[preset]
        place = min(max(closure, 0.0), 1.0) * (_STEPS - 1)
        step = min(int(place), _STEPS - 2)
        share = place - step
        wanted = path[step] * (1.0 - share) + path[step + 1] * share
        wanted = wanted + spread * self.spread_rad + opposition * self.opposition_rad
        return np.asarray(np.clip(wanted, self.lower_rad, self.upper_rad))

    def closure_of(self, preset: str, angles_rad: Array) -> float:
        """The closure 0..1 at which ``preset`` comes nearest to ``angles_rad``, shape (h,)."""
        distance = ((self.paths[preset] - angles_rad) ** 2).sum(1)
        return float(np.argmin(distance)) / (_STEPS - 1)


def load_hands(spec: RobotSpec) -> dict[str, Hand]:
    """Both hands of the robot ``spec`` by side; empty if it has no fingers.

    Raises:
        RobotSpecError: the robot has fingers but no ``grasps.toml``, or the file has a fault; names file and joint.
    """
    sides = [side for side in ("left", "right") if spec.groups.get(f"{side}_hand")]
    if not sides:
        return {}
    path = spec.folder / spec.grasps
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise RobotSpecError(
            f"{path} is missing: the robot has fingers, so give it one table for each of {', '.join(PRESETS)}"
        ) from None
    except (OSError, ValueError) as error:
        raise RobotSpecError(f"{path} cannot be read: {error}") from error
    unknown = set(tables) - {*PRESETS, "spread", "opposition"}
    if unknown:
        raise RobotSpecError(
            f"{path}: unknown table [{min(unknown)}]; there are {', '.join(PRESETS)}, spread, opposition"
        )
    return {side: _hand(spec, side, path, tables) for side in sides}


def _hand(spec: RobotSpec, side: str, path: Path, tables: dict[str, Any]) -> Hand:
    joints = np.array(spec.groups[f"{side}_hand"], np.intp)
    names = [spec.joint_names[joint].removeprefix(f"{side}_") for joint in joints]
    lower, upper = spec.lower_rad[joints], spec.upper_rad[joints]
    opened = tables.get("open", {})
    lacking = [name for name in names if name not in opened]
    if lacking:
        raise RobotSpecError(f"{path}: [open] lacks joint {lacking[0]!r}; it must name every joint of a hand")
    paths = {}
    for preset in PRESETS:
        if preset not in tables:
            raise RobotSpecError(f"{path}: the table [{preset}] is missing")
        _check_names(path, preset, tables[preset], names)
        columns = [_path(path, preset, name, tables[preset].get(name, opened[name])) for name in names]
        paths[preset] = np.stack(columns, axis=1)
        outside = np.argwhere((paths[preset] < lower - 1e-9) | (paths[preset] > upper + 1e-9))
        if len(outside):
            joint = int(outside[0][1])
            raise RobotSpecError(
                f"{path}: [{preset}] takes {names[joint]!r} to {paths[preset][tuple(outside[0])]:.3f} rad, "
                f"outside its range [{lower[joint]:.3f}, {upper[joint]:.3f}] rad"
            )
    added = {}
    for table in ("spread", "opposition"):
        _check_names(path, table, tables.get(table, {}), names)
        added[table] = np.array(
            [_path(path, table, name, tables.get(table, {}).get(name, 0.0))[-1] for name in names]
        )
    titles = {preset: str(tables[preset].get("title", preset.capitalize())) for preset in PRESETS}
    return Hand(side, joints, paths, titles, added["spread"], added["opposition"], lower, upper)


def _check_names(path: Path, table: str, values: dict[str, Any], names: list[str]) -> None:
    for name in values:
        if name != "title" and name not in names:
            raise RobotSpecError(f"{path}: [{table}] names the joint {name!r}; a hand has {', '.join(names)}")


def _path(path: Path, table: str, name: str, value: object) -> Array:
    """``value``, a number or a list of them, spread over the closure in ``_STEPS`` points."""
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(item, int | float) and np.isfinite(item) for item in values):
        raise RobotSpecError(
            f"{path}: [{table}] {name} = {value!r} must be an angle in rad or a list of them"
        )
    given = np.array(values * 2 if len(values) == 1 else values, np.float64)
    return np.interp(np.linspace(0.0, 1.0, _STEPS), np.linspace(0.0, 1.0, len(given)), given)
