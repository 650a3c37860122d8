"""Turns a field into triangles: surface nets on a grid, thinned by quadric error, settled on the field.

Surface nets (S. Gibson, "Constrained elastic surface nets", 1998) put one vertex into each cell that the surface
crosses, so there are no slivers. Normals are the field's own gradient: they stay smooth however few triangles remain.
"""

import numpy as np
from numpy.typing import NDArray

from twin.errors import SculptError
from twin.render.primitives import Mesh
from twin.sculpt.fields import Field, Points

_COARSE = 4  # cells of the first, coarse look at the field
_MOST_CELLS = 40_000_000
_GRADIENT_STEP_M = 0.0002
_SETTLING_STEPS = 4


def dense(field: Field, low: Points, high: Points, cell_m: float) -> Mesh | None:
    """The surface of ``field`` inside a box, as fine as the grid; None if there is none.

    Args:
        field: what to mesh; must be positive on the border of the box.
        low: (3,) corner of the box.
        high: (3,) opposite corner.
        cell_m: edge of a grid cell: details must be larger.

    Raises:
        SculptError: the box is too large for the cells.
    """
    counts = np.ceil((high - low) / cell_m / _COARSE).astype(int) * _COARSE + 1
    if counts.prod() > _MOST_CELLS:
        raise SculptError(
            f"a part needs {counts.prod():,} cells of {cell_m * 1000:g} mm; make its cell larger"
        )
    positions, faces = _nets(_sampled(field, low, counts, cell_m))
    if not len(faces):
        return None
    return _mesh(field, _settled(field, low + positions * cell_m, cell_m), faces)


def thinned(field: Field, mesh: Mesh, cell_m: float, triangles: int) -> Mesh:
    """The same surface with about so many triangles."""
    import fast_simplification

    if len(mesh.triangles) <= triangles:
        return mesh
    positions, faces = fast_simplification.simplify(
        mesh.positions, mesh.triangles.astype(np.int32), target_count=triangles, agg=4
    )
    return _mesh(field, _settled(field, positions.astype(np.float64), cell_m), faces)


def _mesh(field: Field, positions: Points, faces: NDArray[np.int64]) -> Mesh:
    normals = _gradients(field, positions)
    return Mesh(positions.astype(np.float32), normals.astype(np.float32), faces.astype(np.uint32))


def _sampled(field: Field, low: Points, counts: NDArray[np.int64], cell_m: float) -> NDArray[np.float64]:
    """The field on the grid; blocks of cells that are far from the surface get their coarse value."""
    coarse_counts = (counts - 1) // _COARSE + 1
    coarse = field(_grid(low, coarse_counts, cell_m * _COARSE)).reshape(coarse_counts)
    corners = np.stack([_corner(coarse, *corner) for corner in np.ndindex(2, 2, 2)])
    # The fields are not exact distances: a block counts as near within twice its diagonal.
    reach = 2.0 * np.sqrt(3) * _COARSE * cell_m
    near = np.abs(corners).min(axis=0) < reach
    values = np.repeat(np.repeat(np.repeat(coarse, _COARSE, 0), _COARSE, 1), _COARSE, 2)
    values = values[: counts[0], : counts[1], : counts[2]].copy()
    wanted = np.zeros(counts, bool)
    for block in np.argwhere(near) * _COARSE:
        x, y, z = block
        wanted[x : x + _COARSE + 1, y : y + _COARSE + 1, z : z + _COARSE + 1] = True
    at = np.argwhere(wanted)
    values[wanted] = field(low + at * cell_m)
    return values


def _corner(values: NDArray[np.float64], x: int, y: int, z: int) -> NDArray[np.float64]:
    """Of every cell, the value at one of its eight corners."""
    nx, ny, nz = values.shape
    return values[x : nx - 1 + x, y : ny - 1 + y, z : nz - 1 + z]


def _grid(low: Points, counts: NDArray[np.int64], cell_m: float) -> Points:
    axes = [low[k] + cell_m * np.arange(counts[k]) for k in range(3)]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)


def _nets(values: NDArray[np.float64]) -> tuple[Points, NDArray[np.int64]]:
    """Vertices (v, 3) in cells, and outward triangles (t, 3)."""
    inside = values < 0
    count = sum(_corner(inside.astype(np.int8), *c).astype(int) for c in np.ndindex(2, 2, 2))
    cells = np.argwhere((count > 0) & (count < 8))
    number = np.full(np.array(values.shape) - 1, -1, np.int64)
    number[tuple(cells.T)] = np.arange(len(cells))
    return _vertices(values, cells), _faces(inside, number)


def _vertices(values: NDArray[np.float64], cells: NDArray[np.int64]) -> Points:
    """The mean of the points where the surface crosses a cell's edges."""
    total, crossings = np.zeros((len(cells), 3)), np.zeros((len(cells), 1))
    for axis in range(3):
        for a, b in np.ndindex(2, 2):
            start = np.insert(np.array([a, b]), axis, 0)
            end = np.insert(np.array([a, b]), axis, 1)
            first, second = values[tuple((cells + start).T)], values[tuple((cells + end).T)]
            crosses = ((first < 0) != (second < 0))[:, None]
            share = np.where(crosses[:, 0], first / np.where(first == second, 1, first - second), 0)
            point = cells + start + share[:, None] * (end - start)
            total += np.where(crosses, point, 0)
            crossings += crosses
    return np.asarray(total / crossings)


def _faces(inside: NDArray[np.bool_], number: NDArray[np.int64]) -> NDArray[np.int64]:
    """Two triangles around each grid edge that the surface crosses."""
    faces = []
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        first = np.take(inside, range(inside.shape[axis] - 1), axis)
        second = np.take(inside, range(1, inside.shape[axis]), axis)
        edges = np.argwhere(first != second)
        edges = edges[(edges[:, u] > 0) & (edges[:, v] > 0)]
        edges = edges[(edges[:, u] < inside.shape[u] - 1) & (edges[:, v] < inside.shape[v] - 1)]
        leaves = inside[tuple(edges.T)]
        around = []
        for du, dv in ((0, 0), (1, 0), (1, 1), (0, 1)):
            cell = edges.copy()
            cell[:, u] -= 1 - du
            cell[:, v] -= 1 - dv
            around.append(number[tuple(cell.T)])
        a, b, c, d = around
        quads = np.where(leaves[:, None], np.stack([a, b, c, d], 1), np.stack([a, d, c, b], 1))
        faces += [quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]
    return np.concatenate(faces)


def _settled(field: Field, positions: Points, cell_m: float) -> Points:
    """Pull the vertices onto the surface along the gradient, never farther than half a cell at once."""
    for _ in range(_SETTLING_STEPS):
        normals = _gradients(field, positions)
        step = np.clip(field(positions), -0.4 * cell_m, 0.4 * cell_m)
        positions = positions - step[:, None] * normals
    return positions


def _gradients(field: Field, positions: Points) -> Points:
    """Unit gradients (n, 3) by central differences."""
    made = np.empty_like(positions, dtype=np.float64)
    for axis in range(3):
        step = np.zeros(3)
        step[axis] = _GRADIENT_STEP_M
        made[:, axis] = field(positions + step) - field(positions - step)
    made /= np.linalg.norm(made, axis=1, keepdims=True) + 1e-12
    return made
