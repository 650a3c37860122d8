"""Meshes of a link put together, and rid of the triangles that its own shells hide for good."""

import numpy as np
from numpy.typing import NDArray

from twin.render.primitives import Mesh
from twin.sculpt.daylight import Sky

Key = tuple[str, str]  # link, material

_DARK = 0.012
# Places on a triangle, barycentric, where it may still be seen through a gap though its corners are dark.
_LOOKS = np.array(
    [
        [4, 4, 4],
        [6, 6, 0],
        [0, 6, 6],
        [6, 0, 6],
        [8, 2, 2],
        [2, 8, 2],
        [2, 2, 8],
        [9, 3, 0],
        [3, 9, 0],
        [0, 9, 3],
    ]
)
_LOOKS = _LOOKS / _LOOKS.sum(axis=1, keepdims=True)


def merge(meshes: list[Mesh]) -> Mesh:
    """Several meshes as one."""
    starts = np.cumsum([0, *(len(mesh.positions) for mesh in meshes)])
    return Mesh(
        np.concatenate([mesh.positions for mesh in meshes]),
        np.concatenate([mesh.normals for mesh in meshes]),
        np.concatenate([mesh.triangles + np.uint32(at) for mesh, at in zip(meshes, starts, strict=False)]),
    )


def without_hidden(meshes: dict[Key, Mesh]) -> dict[Key, Mesh]:
    """The same meshes without what the other meshes of their link enclose."""
    kept = {}
    for link in {link for link, _ in meshes}:
        own = {key: mesh for key, mesh in meshes.items() if key[0] == link}
        sky = Sky(list(own.values()))
        for key, mesh in own.items():
            seen = _seen(sky, mesh)
            if seen.any():
                kept[key] = _only(mesh, seen)
    return kept


def _seen(sky: Sky, mesh: Mesh) -> NDArray[np.bool_]:
    """Which triangles (t,) get any light."""
    positions, normals = mesh.positions.astype(np.float64), mesh.normals.astype(np.float64)
    lit = np.asarray((sky.light(positions, normals) > _DARK)[mesh.triangles].any(axis=1))
    dark = np.flatnonzero(~lit)
    for look in _LOOKS:
        corners = mesh.triangles[dark]
        points = np.einsum("k,tki->ti", look, positions[corners])
        facing = np.einsum("k,tki->ti", look, normals[corners])
        facing /= np.linalg.norm(facing, axis=1, keepdims=True) + 1e-12
        found = sky.light(points, facing) > _DARK
        lit[dark[found]] = True
        dark = dark[~found]
        if not len(dark):
            break
    return lit


def _only(mesh: Mesh, kept: NDArray[np.bool_]) -> Mesh:
    """Some of the triangles, and the vertices they use."""
    used, renumbered = np.unique(mesh.triangles[kept], return_inverse=True)
    return Mesh(mesh.positions[used], mesh.normals[used], renumbered.reshape(-1, 3).astype(np.uint32))
