"""What ground can do to a foot: push at the corners of its sole, inside a friction pyramid; and the support polygon."""

import math

import numpy as np

from twin.balance.body import Array
from twin.balance.dynamics import Dynamics

GENERATORS_PER_FOOT = 16
FRICTION = 0.6  # assumed; the pyramid lies inside the cone of this coefficient


def pyramid(friction: float = FRICTION) -> Array:
    """Edges of the inner linearized friction cone, shape (4, 3).

    Caron, Pham, Nakamura, "Stability of surface contacts for humanoid robots", ICRA 2015: a force in the cone is a
    sum of edges with weights >= 0; dividing by sqrt(2) keeps the pyramid inside the round cone.
    """
    side = friction / math.sqrt(2.0)
    return np.array([[side, side, 1.0], [side, -side, 1.0], [-side, side, 1.0], [-side, -side, 1.0]])


def generator_jacobian(
    corners_m: Array, point_m: Array, linear: Array, angular: Array, edges: Array
) -> Array:
    """Jacobian (16, 6 + m): from velocities to speeds along each edge at each corner.

    Its transpose takes the weights of the edges to generalized forces.

    Args:
        corners_m: corners of the sole in the world, (4, 3).
        point_m: point of the foot to which ``linear`` belongs, (3,).
        linear: Jacobian of that point, (3, 6 + m).
        angular: Jacobian of the foot's rotation, (3, 6 + m).
        edges: of the friction pyramid in the world, (4, 3).
    """
    rows = np.empty((len(corners_m) * len(edges), linear.shape[1]))
    along = edges @ linear
    for index, arm in enumerate(corners_m - point_m):
        # e . (v + w x r) = e . v + (r x e) . w
        rows[4 * index : 4 * index + 4] = along + np.cross(arm, edges) @ angular
    return rows


def support_polygon(dynamics: Dynamics, sides: tuple[int, ...]) -> Array:
    """Corners of the convex hull of the soles that stand, in the ground plane, counter-clockwise, shape (k, 2)."""
    return convex_hull(np.concatenate([dynamics.sole_corners(side)[:, :2] for side in sides]))


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
    x, y = float(point[0]), float(point[1])
    corners = polygon.tolist()
    best, best_squared, inside = (x, y), math.inf, True
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
        ex, ey = bx - ax, by - ay
        if ex * (y - ay) - ey * (x - ax) < 0.0:
            inside = False
        share = min(1.0, max(0.0, ((x - ax) * ex + (y - ay) * ey) / (ex * ex + ey * ey)))
        cx, cy = ax + share * ex, ay + share * ey
        squared = (cx - x) ** 2 + (cy - y) ** 2
        if squared < best_squared:
            best, best_squared = (cx, cy), squared
    margin_m = math.sqrt(best_squared)
    return (np.array([x, y]), margin_m) if inside else (np.array(best), -margin_m)


def _turn(a: tuple[float, ...], b: tuple[float, ...], c: tuple[float, ...]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
