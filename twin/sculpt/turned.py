"""Turned parts: a profile swept around an axis, exact and cheap; bolts, drums, rings and lenses."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.render.primitives import Mesh

_SHARP_COS = 0.75  # profile corners sharper than this (about 41 degrees) keep an edge


def turned(start: ArrayLike, axis: ArrayLike, profile: ArrayLike, sides: int) -> Mesh:
    """A body of revolution.

    Args:
        start: (3,) where the axis begins, metres.
        axis: (3,) its direction.
        profile: (k, 2) of place along the axis and radius, metres, from the axis over the outside back to the axis.
        sides: facets around.
    """
    rings, normals, strips = _rings(np.asarray(profile, float))
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    spoke = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    positions = np.empty((len(rings), sides, 3))
    directions = np.empty((len(rings), sides, 3))
    positions[..., :2], positions[..., 2] = rings[:, 1, None, None] * spoke, rings[:, 0, None]
    directions[..., :2], directions[..., 2] = normals[:, 1, None, None] * spoke, normals[:, 0, None]
    here, beside = np.arange(sides), (np.arange(sides) + 1) % sides
    triangles = []
    for lower, upper in strips:
        a, b, c, d = (
            lower * sides + here,
            lower * sides + beside,
            upper * sides + beside,
            upper * sides + here,
        )
        if rings[lower, 1] > 0:
            triangles.append(np.stack([a, b, c], 1))
        if rings[upper, 1] > 0:
            triangles.append(np.stack([a, c, d], 1))
    frame = upright(axis)
    return Mesh(
        (positions.reshape(-1, 3) @ frame + np.asarray(start, float)).astype(np.float32),
        (directions.reshape(-1, 3) @ frame).astype(np.float32),
        np.concatenate(triangles).astype(np.uint32),
    )


def upright(axis: ArrayLike) -> NDArray[np.float64]:
    """Rows x, y, z of a right-handed frame whose z is ``axis``."""
    z = np.asarray(axis, float) / np.linalg.norm(axis)
    helper = np.array([1.0, 0, 0]) if abs(z[0]) < 0.9 else np.array([0, 1.0, 0])
    x = helper - (helper @ z) * z
    x /= np.linalg.norm(x)
    return np.stack([x, np.cross(z, x), z])


def _rings(
    profile: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], list[tuple[int, int]]]:
    """Rings (place, radius), their normals in the same plane, and which rings a strip joins.

    A sharp corner of the profile is two rings in one place.
    """
    way = np.diff(profile, axis=0)
    out = np.stack([-way[:, 1], way[:, 0]], axis=1) / (np.linalg.norm(way, axis=1, keepdims=True) + 1e-12)
    rings, normals, strips = [profile[0]], [out[0]], []
    for k in range(len(way)):
        begin = len(rings) - 1
        last = k == len(way) - 1
        smooth = not last and out[k] @ out[k + 1] > _SHARP_COS
        mean = out[k] + out[k + 1] if smooth else out[k]
        rings.append(profile[k + 1])
        normals.append(mean / np.linalg.norm(mean))
        strips.append((begin, len(rings) - 1))
        if not smooth and not last:
            rings.append(profile[k + 1])
            normals.append(out[k + 1])
    return np.array(rings), np.array(normals), strips
