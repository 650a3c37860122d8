"""Meshes in MuJoCo's own binary format, which keeps normals, and carries baked light as a texture coordinate.

Layout (MuJoCo manual, "MSH files"), little endian: int32 counts of vertices, normals, texture coordinates and faces;
float32 positions (v, 3), normals (v, 3), texture coordinates (v, 2); int32 faces (f, 3). The first texture
coordinate is the share of light that reaches the vertex, 0..1; the second is 0.
"""

import struct

import numpy as np
from numpy.typing import NDArray

from twin.errors import SculptError
from twin.render.primitives import Mesh

SUFFIX = ".msh"
_COUNTS = struct.Struct("<4i")


def packed(mesh: Mesh, light: NDArray[np.float32]) -> bytes:
    """The bytes of a file that holds ``mesh`` and the light (v,) at its vertices."""
    count = len(mesh.positions)
    # Rounded to 2^-17 m and the like, so that the last bits of a mathematics library do not reach the file.
    positions = np.round(mesh.positions.astype(np.float64) * 2**17) / 2**17
    normals = np.round(mesh.normals.astype(np.float64) * 2**10) / 2**10
    texture = np.stack([np.round(light * 255) / 255, np.zeros(count)], axis=1)
    return b"".join(
        [
            _COUNTS.pack(count, count, count, len(mesh.triangles)),
            *(np.ascontiguousarray(part, "<f4").tobytes() for part in (positions, normals, texture)),
            np.ascontiguousarray(mesh.triangles, "<i4").tobytes(),
        ]
    )


def unpacked(content: bytes) -> tuple[Mesh, NDArray[np.float32]]:
    """The mesh and the light (v,) in a file.

    Raises:
        SculptError: it is not such a file.
    """
    if len(content) < _COUNTS.size:
        raise SculptError("a mesh file is shorter than its header; run `understudy robots sculpt` again")
    count, normals, light, faces = _COUNTS.unpack_from(content)
    if count != normals or count != light or len(content) != _COUNTS.size + 32 * count + 12 * faces:
        raise SculptError(
            "a mesh file does not hold what its header says; run `understudy robots sculpt` again"
        )
    at = _COUNTS.size
    numbers = np.frombuffer(content, "<f4", 8 * count, at)
    triangles = np.frombuffer(content, "<i4", 3 * faces, at + 32 * count).reshape(-1, 3)
    mesh = Mesh(
        numbers[: 3 * count].reshape(-1, 3),
        numbers[3 * count : 6 * count].reshape(-1, 3),
        triangles.astype(np.uint32),
    )
    return mesh, numbers[6 * count :: 2].copy()
