"""What ground can do to a foot: push at the corners of its sole, inside a friction pyramid; and the support polygon."""

import math

import numpy as np

from twin.balance.body import Array
from twin.balance.dynamics import Dynamics

GENERATORS_PER_FOOT = 16
_AROUND = np.array([0, 2, 3, 1])  # the corners of a sole, counter-clockwise
FRICTION = 0.6  # assumed; the pyramid lies inside the cone of this coefficient


def pyramid(friction: float = FRICTION) -> Array:
    """Edges of the inner linearized friction cone, shape (4, 3).

    Caron, Pham, Nakamura, "Stability of surface contacts for humanoid robots", ICRA 2015: a force in the cone is a
    sum of edges with weights >= 0; dividing by sqrt(2) keeps the pyramid inside the round cone.
    """
    side = friction / math.sqrt(2.0)
    return np.array([[side, side, 1.0], [side, -side, 1.0], [-side, side, 1.0], [-side, -side, 1.0]])


class Generators:
    """Unit forces along each edge of the friction pyramid at each corner of both soles."""

    def __init__(self, edges: Array) -> None:
        """``edges``: of the pyramid in the world, (4, 3)."""
        # Takes an arm (3,) to its moments about all edges, one after the other.
        self._turning = np.cross(np.eye(3)[:, None, :], edges[None]).reshape(3, -1)
        units = np.zeros((2, len(_AROUND), len(edges), 6))
        units[..., :3] = edges
        self._units = units.reshape(2, -1, 6)
        self._moments = units[..., 3:]

    def at(self, corners_m: Array, middle_m: Array) -> Array:
        """As forces and moments about the middle of each sole, (2, 16, 6); overwritten by the next call.

        Times the Jacobian (6, 6 + m) of the foot at that point they are speeds along the edges; the transpose takes
        the weights of the edges to generalized forces.

        Args:
            corners_m: of the soles in the world, (2, 4, 3).
            middle_m: (2, 3).
        """
        moments = (corners_m - middle_m[:, None]) @ self._turning
        self._moments[:] = moments.reshape(self._moments.shape)
        return self._units


def support_polygon(dynamics: Dynamics, sides: tuple[int, ...]) -> Array:
    """Corners of the convex hull of the soles that stand, in the ground plane, counter-clockwise, shape (k, 2)."""
    if sides not in dynamics.polygons:
        if len(sides) == 1:
            corners_m = dynamics.sole_corners_m[sides[0]]
            dynamics.polygons[sides] = corners_m.take(_AROUND, axis=0)[:, :2]
        else:
            dynamics.polygons[sides] = convex_hull(dynamics.sole_corners_m[list(sides), :, :2].reshape(-1, 2))
    return dynamics.polygons[sides]


def convex_hull(points: Array) -> Array:
    """Corners of the hull of points in the plane, counter-clockwise (Andrew's monotone chain), shape (k, 2)."""
    ordered = sorted(map(tuple, points.tolist()))

    def half(sequence: list[tuple[float, ...]]) -> list[tuple[float, ...]]:
        chain: list[tuple[float, ...]] = []
        for point in sequence:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
                chain.pop()
            chain.append(point)
        return chain[:-1]

    return np.array(half(ordered) + half(ordered[::-1]))


def nearest_inside(point: Array, polygon: Array) -> tuple[Array, float]:
    """The point of a convex polygon that is nearest to ``point``, and the margin in metres.

    The margin is the distance to the edge, positive inside, negative outside.
    """
    x, y = point.tolist()
    corners = polygon.tolist()
    margin_m = math.inf
    ax, ay = corners[-1]
    for bx, by in corners:
        ex, ey = bx - ax, by - ay
        inside_m = (ex * (y - ay) - ey * (x - ax)) / math.hypot(ex, ey)
        if inside_m < 0.0:
            return _nearest_on_edges(x, y, corners)
        margin_m = min(margin_m, inside_m)
        ax, ay = bx, by
    return np.array((x, y)), margin_m


def _nearest_on_edges(x: float, y: float, corners: list[list[float]]) -> tuple[Array, float]:
    """The nearest point of a polygon's edges, and the distance to it, negative."""
    best, best_squared = (x, y), math.inf
    ax, ay = corners[-1]
    for bx, by in corners:
        ex, ey = bx - ax, by - ay
        share = min(1.0, max(0.0, ((x - ax) * ex + (y - ay) * ey) / (ex * ex + ey * ey)))
        cx, cy = ax + share * ex, ay + share * ey
        squared = (cx - x) ** 2 + (cy - y) ** 2
        if squared < best_squared:
            best, best_squared = (cx, cy), squared
        ax, ay = bx, by
    return np.array(best), -math.sqrt(best_squared)


def _turn(a: tuple[float, ...], b: tuple[float, ...], c: tuple[float, ...]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
