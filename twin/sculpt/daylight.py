"""How much of the sky each vertex sees (ambient occlusion), by rays against everything near it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.render.primitives import Mesh

_RAYS = 96
_REACH_M = 0.16  # what is farther away does not belong to the part for good
_START_M = 0.0012  # off the surface, so that it does not hide itself
_GOLDEN_ANGLE = 2.399963229728653


class Sky:
    """All parts of a robot in one pose, ready to be asked what a point sees."""

    def __init__(self, meshes: list[Mesh]) -> None:
        """Take the meshes (world frame) as what blocks light."""
        from embreex.mesh_construction import TriangleMesh
        from embreex.rtcore_scene import EmbreeScene

        self._scene: Any = EmbreeScene()
        corners = [mesh.positions[mesh.triangles] for mesh in meshes]
        self._corners = np.concatenate(corners).astype(np.float32)
        TriangleMesh(self._scene, self._corners)

    def light(self, positions: NDArray[np.float64], normals: NDArray[np.float64]) -> NDArray[np.float32]:
        """Share of light (v,) that reaches points with these unit normals, weighted by the cosine."""
        blocked = np.zeros(len(positions))
        x, y = _tangents(normals)
        origins = (positions + _START_M * normals).astype(np.float32)
        reach = np.full(len(positions), _REACH_M, np.float32)
        for right, forward, up in _hemisphere():
            directions = (right * x + forward * y + up * normals).astype(np.float32)
            hit = self._scene.run(origins, directions, dists=reach, query="OCCLUDED")
            blocked += hit == 0
        return (1 - blocked / _RAYS).astype(np.float32)

    def land(
        self, points: NDArray[np.float64], direction: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where points that fly along ``direction`` first touch, and the normals there that face them; NaN if never."""
        origins = points.astype(np.float32)
        hit = self._scene.run(origins, np.tile(direction, (len(points), 1)).astype(np.float32), output=True)
        first, second, third = np.moveaxis(self._corners[hit["primID"]].astype(np.float64), 1, 0)
        normals = np.cross(second - first, third - first)
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        normals[normals @ direction > 0] *= -1
        landed = points + hit["tfar"][:, None] * direction
        landed[hit["primID"] < 0] = np.nan
        return landed, normals


def _hemisphere() -> NDArray[np.float64]:
    """Directions (rays, 3) about +z, as dense as their cosine, on a spiral."""
    index = np.arange(_RAYS) + 0.5
    radius, angle = np.sqrt(index / _RAYS), index * _GOLDEN_ANGLE
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), np.sqrt(1 - radius**2)], axis=1)


def _tangents(normals: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    helper = np.where(np.abs(normals[:, :1]) < 0.8, [[1.0, 0, 0]], [[0, 1.0, 0]])
    x = np.cross(normals, helper)
    x /= np.linalg.norm(x, axis=1, keepdims=True) + 1e-12
    return x, np.cross(normals, x)
