"""Lettering: single-stroke capitals and digits as thin ribbons that follow the surface they are put on."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from twin.errors import SculptError
from twin.render.primitives import Mesh

# Strokes of each glyph on a grid 4 wide and 6 high, as polylines of "xy" pairs; our own drawing.
_GLYPHS = {
    "A": "00 26 40|12 32",
    "B": "00 06 36 45 44 33 03|33 42 41 30 00",
    "C": "45 36 16 05 01 10 30 41",
    "D": "00 06 26 44 42 20 00",
    "E": "46 06 00 40|03 33",
    "F": "46 06 00|03 33",
    "G": "45 36 16 05 01 10 30 41 43 23",
    "H": "00 06|40 46|03 43",
    "I": "20 26",
    "J": "46 41 30 10 01",
    "K": "00 06|46 03 40",
    "L": "06 00 40",
    "M": "00 06 23 46 40",
    "N": "00 06 40 46",
    "O": "10 01 05 16 36 45 41 30 10",
    "P": "00 06 36 45 44 33 03",
    "Q": "10 01 05 16 36 45 41 30 10|22 40",
    "R": "00 06 36 45 44 33 03|23 40",
    "S": "45 36 16 05 04 13 33 42 41 30 10 01",
    "T": "06 46|26 20",
    "U": "06 01 10 30 41 46",
    "V": "06 20 46",
    "W": "06 10 23 30 46",
    "X": "00 46|06 40",
    "Y": "06 23 46|23 20",
    "Z": "06 46 00 40",
    "0": "10 01 05 16 36 45 41 30 10",
    "1": "05 26 20",
    "2": "05 16 36 45 44 00 40",
    "3": "05 16 36 45 44 33 13|33 42 41 30 10 01",
    "4": "30 36 02 42",
    "5": "46 06 03 33 42 41 30 10 01",
    "6": "45 36 16 05 01 10 30 41 42 33 03",
    "7": "06 46 10",
    "8": "13 04 05 16 36 45 44 33 13 02 01 10 30 41 42 33",
    "9": "43 13 04 05 16 36 45 41 30 10 01",
    "-": "03 43",
    ".": "20 21",
    "/": "00 46",
    " ": "",
}
_WIDTH, _HEIGHT, _ADVANCE = 4, 6, 5.6
_LIFT_M = 0.0005  # above the surface, so that it is not drawn through
_STEP_M = 0.004  # a ribbon bends at least this often

Landing = Callable[[NDArray[np.float64]], tuple[NDArray[np.float64], NDArray[np.float64]]]


def lettering(
    text: str,
    at: NDArray[np.float64],
    right: NDArray[np.float64],
    up: NDArray[np.float64],
    height_m: float,
    weight_m: float,
    land: Landing,
) -> Mesh:
    """``text`` in capitals, centred on ``at``.

    Args:
        text: letters, digits and ``- . /``.
        at: (3,) its middle before it is put onto the surface, metres.
        right: (3,) unit direction of reading.
        up: (3,) unit direction of the letters' tops.
        height_m: of a capital.
        weight_m: width of a stroke.
        land: brings points (n, 3) onto the surface; gives points and unit normals.

    Raises:
        SculptError: a letter is not known.
    """
    unknown = sorted(set(text.upper()) - set(_GLYPHS))
    if unknown:
        raise SculptError(f"lettering {text!r} has {' '.join(unknown)!r}, of which there is no drawing")
    scale = height_m / _HEIGHT
    begin = -0.5 * (_ADVANCE * (len(text) - 1) + _WIDTH)
    ribbons, triangles, count = [], [], 0
    for index, letter in enumerate(text.upper()):
        for stroke in filter(None, _GLYPHS[letter].split("|")):
            line = np.array([[int(c) for c in point] for point in stroke.split()], float)
            line += [begin + _ADVANCE * index, -_HEIGHT / 2]
            edges, faces = _ribbon(line * scale, weight_m / 2)
            ribbons.append(edges)
            triangles.append(faces + count)
            count += len(edges)
    flat = np.concatenate(ribbons)
    positions, normals = land(at + flat[:, :1] * right + flat[:, 1:] * up)
    return Mesh(
        (positions + _LIFT_M * normals).astype(np.float32),
        normals.astype(np.float32),
        np.concatenate(triangles).astype(np.uint32),
    )


def _ribbon(line: NDArray[np.float64], half: float) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Both edges (2k, 2) of a mitred band around a polyline, and its triangles, counter-clockwise."""
    closed = len(line) > 2 and np.allclose(line[0], line[-1])
    way = np.diff(line, axis=0)
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    before = np.vstack([way[-1] if closed else way[0], way])
    after = np.vstack([way, way[0] if closed else way[-1]])
    mean = before + after
    mean /= np.linalg.norm(mean, axis=1, keepdims=True)
    stretch = 1 / np.maximum(np.einsum("ij,ij->i", mean, after), 0.5)
    if not closed:  # square ends
        line = line.copy()
        line[0] -= half * way[0]
        line[-1] += half * way[-1]
    aside = np.stack([-mean[:, 1], mean[:, 0]], axis=1) * (half * stretch)[:, None]
    left, right = _refined(line + aside, line - aside)
    k = len(left)
    a = np.arange(k - 1)
    faces = np.concatenate([np.stack([a + k, a + k + 1, a + 1], 1), np.stack([a + k, a + 1, a], 1)])
    return np.concatenate([left, right]), faces


def _refined(
    left: NDArray[np.float64], right: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The same edges with points often enough to follow a curved surface."""
    lengths = np.linalg.norm(np.diff((left + right) / 2, axis=0), axis=1)
    places = [
        k + np.arange(pieces) / pieces
        for k, pieces in enumerate(np.maximum(1, np.ceil(lengths / _STEP_M)).astype(int))
    ]
    at = np.append(np.concatenate(places), len(left) - 1)
    known = np.arange(len(left))

    def spread(edge: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.stack([np.interp(at, known, edge[:, axis]) for axis in (0, 1)], axis=1)

    return spread(left), spread(right)
