"""Meshes of MuJoCo's primitive shapes, finely enough divided for their size, with softened edges.

Every function returns a ``Mesh`` in the geom's own frame, in metres: the shape's axis is z, its centre the origin.
Edges of boxes and cylinders are bevelled, because light catches on an edge and nothing real has a perfect one.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_CHORD_ERROR_M = 0.0008  # how far a flat facet may lie inside the true curve
_BEVEL_M = 0.004


class Mesh(NamedTuple):
    """A triangle mesh: positions (v, 3), outward unit normals (v, 3), triangles (t, 3) counter-clockwise."""

    positions: Floats
    normals: Floats
    triangles: NDArray[np.uint32]


def segments_for(radius_m: float) -> int:
    """Into how many facets a circle of this radius is divided: a multiple of 4 from 12 to 48."""
    ratio = min(1.0, _CHORD_ERROR_M / max(radius_m, 1e-6))
    wanted = math.pi / math.acos(1.0 - ratio) if ratio < 1.0 else 12
    return int(np.clip(4 * math.ceil(wanted / 4), 12, 48))


def box(half_m: NDArray[np.float64]) -> Mesh:
    """A box of half sizes (3,) with bevelled edges.

    Each corner is three vertices, one on each face it belongs to, pulled in by the bevel; the bevel's own
    triangles borrow these vertices, so its shading runs from one face's normal to the next and looks round.
    """
    half = np.maximum(np.asarray(half_m, np.float64), 1e-5)
    bevel = min(_BEVEL_M, 0.3 * float(half.min()))
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float64)
    positions = np.repeat(signs[:, None] * (half - bevel), 3, axis=1)  # (corner, axis of its face, xyz)
    normals = np.zeros_like(positions)
    for axis in range(3):
        positions[:, axis, axis] += signs[:, axis] * bevel
        normals[:, axis, axis] = signs[:, axis]
    return _outward(positions.reshape(-1, 3), normals.reshape(-1, 3), _BOX_TRIANGLES)


def _box_triangles() -> NDArray[np.uint32]:
    """6 faces, 12 edges and 8 corners over vertices numbered 3 * corner + axis; the winding is put right later."""

    def corner(x: int, y: int, z: int) -> int:
        return 4 * x + 2 * y + z

    triangles: list[tuple[int, int, int]] = []
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        for side in (0, 1):
            at = [0, 0, 0]
            at[axis] = side
            ring = []
            for a, b in ((0, 0), (1, 0), (1, 1), (0, 1)):
                at[u], at[v] = a, b
                ring.append(3 * corner(*at) + axis)
            triangles += [(ring[0], ring[1], ring[2]), (ring[0], ring[2], ring[3])]
        for a in (0, 1):  # the edges that run along ``axis``, between the faces of u and v
            for b in (0, 1):
                at = [0, 0, 0]
                at[u], at[v] = a, b
                start = 3 * corner(*at)
                at[axis] = 1
                end = 3 * corner(*at)
                triangles += [(start + u, start + v, end + v), (start + u, end + v, end + u)]
    triangles += [(3 * c, 3 * c + 1, 3 * c + 2) for c in range(8)]
    return np.array(triangles, np.uint32)


_BOX_TRIANGLES = _box_triangles()


def ellipsoid(radii_m: NDArray[np.float64]) -> Mesh:
    """An ellipsoid of semi-axes (3,)."""
    radii = np.maximum(np.asarray(radii_m, np.float64), 1e-5)
    around = segments_for(float(radii.max()))
    angle = np.linspace(-np.pi / 2, np.pi / 2, max(7, around // 2 + 1))
    ball = _lathe(np.cos(angle), np.sin(angle), np.cos(angle), np.sin(angle), around)
    normals = ball.normals / radii
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return Mesh((ball.positions * radii).astype(np.float32), normals.astype(np.float32), ball.triangles)


def capsule(radius_m: float, half_length_m: float) -> Mesh:
    """A capsule: a cylinder of this half length between two half spheres."""
    around = segments_for(radius_m)
    angle = np.linspace(0.0, np.pi / 2, max(4, around // 4 + 1))
    top_r, top_z = radius_m * np.cos(angle), half_length_m + radius_m * np.sin(angle)
    r, z = np.concatenate([top_r[::-1], top_r]), np.concatenate([-top_z[::-1], top_z])
    normal_z = np.concatenate([-np.sin(angle)[::-1], np.sin(angle)])
    normal_r = np.concatenate([np.cos(angle)[::-1], np.cos(angle)])
    return _lathe(r, z, normal_r, normal_z, around)


def cylinder(radius_m: float, half_length_m: float) -> Mesh:
    """A cylinder with bevelled rims."""
    bevel = min(_BEVEL_M, 0.3 * radius_m, 0.3 * half_length_m)
    inner, low = radius_m - bevel, half_length_m - bevel
    r = np.array([0.0, inner, radius_m, radius_m, inner, 0.0])
    z = np.array([-half_length_m, -half_length_m, -low, low, half_length_m, half_length_m])
    normal_r = np.array([0.0, 0.0, 1.0, 1.0, 0.0, 0.0])
    normal_z = np.array([-1.0, -1.0, 0.0, 0.0, 1.0, 1.0])
    return _lathe(r, z, normal_r, normal_z, segments_for(radius_m))


def quad(half_x_m: float, half_y_m: float) -> Mesh:
    """A flat rectangle that faces +z."""
    corners = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], np.float32)
    positions = corners * np.array([half_x_m, half_y_m, 1.0], np.float32)
    normals = np.tile(np.array([0, 0, 1], np.float32), (4, 1))
    return Mesh(positions, normals, np.array([[0, 1, 2], [0, 2, 3]], np.uint32))


def _lathe(
    r: NDArray[np.float64],
    z: NDArray[np.float64],
    normal_r: NDArray[np.float64],
    normal_z: NDArray[np.float64],
    around: int,
) -> Mesh:
    """Turn a profile (k,), given from bottom to top, once around z."""
    angle = np.linspace(0.0, 2 * np.pi, around, endpoint=False)
    spoke = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    rings = len(r)
    positions = np.empty((rings, around, 3))
    normals = np.empty((rings, around, 3))
    positions[..., :2], positions[..., 2] = r[:, None, None] * spoke, z[:, None]
    normals[..., :2], normals[..., 2] = normal_r[:, None, None] * spoke, normal_z[:, None]
    lower = np.arange(rings - 1)[:, None] * around
    here, beside = np.arange(around)[None], (np.arange(around)[None] + 1) % around
    a, b, c, d = lower + here, lower + beside, lower + around + beside, lower + around + here
    triangles = np.concatenate(
        [np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)]
    )
    return _without_slivers(positions.reshape(-1, 3), normals.reshape(-1, 3), triangles)


def _without_slivers(
    positions: NDArray[np.float64], normals: NDArray[np.float64], triangles: NDArray[np.int64]
) -> Mesh:
    """Drop the triangles that collapsed at a pole."""
    first, second, third = (positions[triangles[:, k]] for k in range(3))
    doubled_area = np.linalg.norm(np.cross(second - first, third - first), axis=1)
    kept = triangles[doubled_area > 1e-12]
    return Mesh(positions.astype(np.float32), normals.astype(np.float32), kept.astype(np.uint32))


def _outward(
    positions: NDArray[np.float64], normals: NDArray[np.float64], triangles: NDArray[np.uint32]
) -> Mesh:
    """Turn round the triangles of a convex shape about the origin that face inward."""
    first, second, third = (positions[triangles[:, k]] for k in range(3))
    facing = np.einsum("ij,ij->i", np.cross(second - first, third - first), first + second + third)
    turned = np.where((facing < 0)[:, None], triangles[:, ::-1], triangles)
    return Mesh(positions.astype(np.float32), normals.astype(np.float32), turned.astype(np.uint32))
