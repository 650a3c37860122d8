"""Where things stand when an attempt begins: drawn from a seed, as wide as the level says."""

import math

import numpy as np
from numpy.typing import NDArray

from twin.errors import SceneError
from twin.scenery.layout import FreeObject, Layout, Level

_ATTEMPTS = 200
_GAP_M = 0.004


def level_of(layout: Layout, number: int) -> Level:
    """The level of this number, counted from 1.

    Raises:
        SceneError: the scene has no such level.
    """
    if not 1 <= number <= len(layout.levels):
        there = "; ".join(f"{count}: {level.title}" for count, level in enumerate(layout.levels, start=1))
        raise SceneError(f"scene {layout.name!r} has no level {number}; there are {there}")
    return layout.levels[number - 1]


def objects_at(layout: Layout, level: Level) -> tuple[FreeObject, ...]:
    """The objects that are there at ``level``."""
    return tuple(free for free in layout.objects if free.name not in level.without)


def start_poses(layout: Layout, level: Level, seed: int) -> dict[str, NDArray[np.float64]]:
    """Position and quaternion (7,) of every object; the same for the same seed, and clear of one another.

    Raises:
        SceneError: the level scatters things so widely that no places were found.
    """
    random = np.random.default_rng(seed)
    objects = objects_at(layout, level)
    for _ in range(_ATTEMPTS):
        places = _exchanged(objects, level, random)
        poses = {free.name: _pose(free, places[free.name], level, random) for free in objects}
        if _are_apart(objects, poses):
            return poses
    raise SceneError(
        f"scene {layout.name!r}: no places were found at which its objects do not touch; "
        "give them less jitter, or more room"
    )


def _exchanged(
    objects: tuple[FreeObject, ...], level: Level, random: np.random.Generator
) -> dict[str, tuple[float, float]]:
    """Where each object is to stand (x, y), with those of ``level.shuffle`` exchanged."""
    places = {free.name: (free.position_m[0], free.position_m[1]) for free in objects}
    moving = [free.name for free in objects if free.name in level.shuffle]
    if moving:
        targets = [places[moving[index]] for index in random.permutation(len(moving))]
        places.update(zip(moving, targets, strict=True))
    return places


def _pose(
    free: FreeObject, place: tuple[float, float], level: Level, random: np.random.Generator
) -> NDArray[np.float64]:
    along_x, along_y, turn = random.uniform(-1.0, 1.0, 3)
    half_yaw = 0.5 * turn * free.yaw_jitter_rad
    x = place[0] + along_x * free.jitter_m[0] * level.jitter_scale
    y = place[1] + along_y * free.jitter_m[1] * level.jitter_scale
    return np.array([x, y, free.position_m[2], math.cos(half_yaw), 0.0, 0.0, math.sin(half_yaw)])


def _are_apart(objects: tuple[FreeObject, ...], poses: dict[str, NDArray[np.float64]]) -> bool:
    """Whether no two objects' round footprints touch where they are at the same height."""
    for index, free in enumerate(objects):
        for other in objects[index + 1 :]:
            if _lies_in(free, other) or _lies_in(other, free):
                continue
            apart = float(np.hypot(*(poses[free.name][:2] - poses[other.name][:2])))
            is_level = abs(free.position_m[2] - other.position_m[2]) < 0.5 * (
                free.size_m[2] + other.size_m[2]
            )
            if is_level and apart < _radius(free) + _radius(other) + _GAP_M:
                return False
    return True


def _lies_in(free: FreeObject, other: FreeObject) -> bool:
    """Whether the file puts ``free`` into ``other``, a tote that is free itself."""
    if other.shape != "tote":
        return False
    return all(
        abs(free.position_m[axis] - other.position_m[axis]) < 0.5 * other.size_m[axis] for axis in (0, 1)
    )


def _radius(free: FreeObject) -> float:
    across = math.hypot(*free.size_m[:2]) if free.shape in ("box", "tote") else max(free.size_m[:2])
    return 0.5 * across
