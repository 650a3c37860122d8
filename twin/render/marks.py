"""Shapes of marks that are drawn over the twin: bands, discs, balls and arrows, as triangles of one colour each."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Marks = NDArray[Any]  # (3 k,) of MARK

# One vertex of a mark, as mark.vert.glsl reads it: ``a_look`` is tone, alpha, and 1 for what nothing hides.
MARK = np.dtype([("a_position", "f4", 3), ("a_look", "f4", 3)])

MEASURED, CONTRAST, PLANNED, FORCE, PUSH = range(5)  # tones; a theme gives them their colours
NONE: Marks = np.zeros(0, MARK)

_ROUND = 24  # corners of a disc
_SHAFT_M, _HEAD_M, _HEAD_LONG_M = 0.006, 0.016, 0.045
_UP = np.array([0.0, 0.0, 1.0])


def dressed(triangles_m: Points, tone: int, alpha: float = 1.0, in_front: bool = False) -> Marks:
    """Triangles (k, 3, 3), in the world, as marks."""
    made = np.zeros(3 * len(triangles_m), MARK)
    made["a_position"] = triangles_m.reshape(-1, 3)
    made["a_look"] = (tone, alpha, float(in_front))
    return made


def filled(corners_m: Points) -> Points:
    """A convex polygon (k, 3) as triangles."""
    fans = [corners_m[[0, i, i + 1]] for i in range(1, len(corners_m) - 1)]
    return np.array(fans).reshape(-1, 3, 3)


def outlined(corners_m: Points, width_m: float) -> Points:
    """The border of a closed polygon (k, 3) on level ground, half inside and half outside of it."""
    return np.concatenate([band(corners_m[i - 1], corners_m[i], width_m) for i in range(len(corners_m))])


def band(start_m: Points, end_m: Points, width_m: float) -> Points:
    """A flat line on level ground, as long as it is, with square ends that overlap those of the next one."""
    along = end_m - start_m
    length = float(np.linalg.norm(along))
    if length < 1e-6:
        return np.zeros((0, 3, 3))
    along = 0.5 * width_m * along / length
    across = np.cross(_UP, along)
    a, b = start_m - along - across, start_m - along + across
    c, d = end_m + along + across, end_m + along - across
    return np.array([[a, b, c], [a, c, d]])


def disc(centre_m: Points, outer_m: float, inner_m: float = 0.0, corners: int = _ROUND) -> Points:
    """A level disc, or a ring of it."""
    angles = np.linspace(0.0, 2 * np.pi, corners + 1)
    rim = np.stack([np.cos(angles), np.sin(angles), np.zeros_like(angles)], axis=1)
    outer, inner = centre_m + outer_m * rim, centre_m + inner_m * rim
    first = np.stack([outer[:-1], outer[1:], inner[:-1]], axis=1)
    second = np.stack([outer[1:], inner[1:], inner[:-1]], axis=1)
    return np.concatenate([first, second]) if inner_m else first


def ball(centre_m: Points, radius_m: float, quarter: int) -> Points:
    """Every other eighth of a ball (``quarter`` 0 or 1): both together are the sign of a centre of mass."""
    found = []
    steps = 4
    for upper in (0, 1):
        for side in range(4):
            if (side + upper) % 2 != quarter:
                continue
            around = np.linspace(side, side + 1, steps + 1) * np.pi / 2
            height = np.linspace(0, 1, steps + 1) * np.pi / 2 * (1 if upper else -1)
            grid = np.stack(
                [
                    np.outer(np.cos(around), np.cos(height)),
                    np.outer(np.sin(around), np.cos(height)),
                    np.outer(np.ones_like(around), np.sin(height)),
                ],
                axis=-1,
            )
            for i in range(steps):
                for j in range(steps):
                    a, b, c, d = grid[i, j], grid[i + 1, j], grid[i + 1, j + 1], grid[i, j + 1]
                    found += [[a, b, c], [a, c, d]]
    return centre_m + radius_m * np.array(found)


def diamond(centre_m: Points, half_m: float) -> Points:
    """A level square on its corner."""
    return disc(centre_m, half_m, corners=4)


def arrow(start_m: Points, end_m: Points, thickness: float = 1.0) -> Points:
    """A shaft and a head; a head alone where there is no room for both."""
    along = end_m - start_m
    length = float(np.linalg.norm(along))
    if length < 1e-4:
        return np.zeros((0, 3, 3))
    along = along / length
    aside = np.cross(along, _UP if abs(along[2]) < 0.9 else np.array([1.0, 0.0, 0.0]))
    aside /= np.linalg.norm(aside)
    angles = np.linspace(0.0, 2 * np.pi, 9)
    rim = np.outer(np.cos(angles), aside) + np.outer(np.sin(angles), np.cross(along, aside))
    neck = end_m - min(_HEAD_LONG_M * thickness, length) * along
    shaft, head = _SHAFT_M * thickness * rim, _HEAD_M * thickness * rim
    low, high, wide = start_m + shaft, neck + shaft, neck + head
    tip = np.broadcast_to(end_m, wide[:-1].shape)
    return np.concatenate(
        [
            np.stack([low[:-1], low[1:], high[:-1]], axis=1),
            np.stack([low[1:], high[1:], high[:-1]], axis=1),
            np.stack([wide[:-1], wide[1:], tip], axis=1),
        ]
    )
