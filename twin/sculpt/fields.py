"""Signed distance fields of simple solids, and how fields blend.

A field maps points (n, 3) in metres to values (n,): negative inside, positive outside, and near the surface about
the distance to it. Sources: I. Quilez, "Distance functions" and "Smooth minimum" (polynomial, quadratic).
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import PchipInterpolator

Points = NDArray[np.float64]
Values = NDArray[np.float64]
Field = Callable[[Points], Values]

_TINY = 1e-12


def ellipsoid(centre: ArrayLike, radii: ArrayLike) -> Field:
    """An ellipsoid with semi-axes (3,); a first-order distance, exact on the surface."""
    middle, radius = np.asarray(centre, float), np.asarray(radii, float)

    def field(points: Points) -> Values:
        scaled = (points - middle) / radius
        length = np.sqrt(np.einsum("ni,ni->n", scaled, scaled))
        slope = np.sqrt(np.einsum("ni,ni->n", scaled / radius, scaled / radius))
        return np.asarray(np.where(length > 1e-6, length * (length - 1) / (slope + _TINY), -radius.min()))

    return field


def rounded_box(centre: ArrayLike, half: ArrayLike, round_m: float) -> Field:
    """A box of half sizes (3,), its edges rounded."""
    middle, inner = np.asarray(centre, float), np.asarray(half, float) - round_m

    def field(points: Points) -> Values:
        beyond = np.abs(points - middle) - inner
        outside = np.linalg.norm(np.maximum(beyond, 0), axis=1)
        return np.asarray(outside + np.minimum(beyond.max(axis=1), 0) - round_m)

    return field


def capsule(start: ArrayLike, end: ArrayLike, radius_start: float, radius_end: float) -> Field:
    """A capsule whose radius runs from one end's to the other's."""
    first, axis = np.asarray(start, float), np.subtract(end, start)
    length2 = float(axis @ axis) + _TINY

    def field(points: Points) -> Values:
        share = np.clip((points - first) @ axis / length2, 0, 1)
        away = np.linalg.norm(points - first - share[:, None] * axis, axis=1)
        return np.asarray(away - (radius_start + (radius_end - radius_start) * share))

    return field


def cylinder(start: ArrayLike, end: ArrayLike, radius: float, round_m: float) -> Field:
    """A cylinder between two points, its rims rounded."""
    first = np.asarray(start, float)
    axis = np.subtract(end, start)
    length = float(np.linalg.norm(axis))
    axis = axis / length

    def field(points: Points) -> Values:
        along = (points - first) @ axis
        from_axis = np.linalg.norm(points - first - along[:, None] * axis, axis=1)
        return _rounded_corner(
            from_axis - radius + round_m, np.abs(along - length / 2) - length / 2 + round_m, round_m
        )

    return field


def loft(start: ArrayLike, end: ArrayLike, across: ArrayLike, rows: ArrayLike, round_m: float) -> Field:
    """Superellipse sections swept from one point towards another, the sections between by monotone cubics (PCHIP).

    Args:
        start: where the axis begins.
        end: where it ends.
        across: direction of the sections' first half width; made orthogonal to the axis.
        rows: (k, 6) of share along the axis, two offsets, two half widths in metres, exponent (2 is an ellipse).
        round_m: how far the rims at both ends are rounded.
    """
    first, axis = np.asarray(start, float), np.subtract(end, start)
    length = float(np.linalg.norm(axis))
    axis = axis / length
    side = np.asarray(across, float) - (np.asarray(across, float) @ axis) * axis
    side /= np.linalg.norm(side)
    frame = np.stack([side, np.cross(axis, side), axis])
    table = np.asarray(rows, float)
    section = PchipInterpolator(table[:, 0] * length, table[:, 1:])
    low, high = table[0, 0] * length, table[-1, 0] * length

    def field(points: Points) -> Values:
        local = (points - first) @ frame.T
        row = section(np.clip(local[:, 2], low, high))
        x, y = np.abs((local[:, :2] - row[:, :2]) / row[:, 2:4]).T + 1e-9
        n = row[:, 4]
        reach = (x**n + y**n) ** (1 / n)  # 1 on the section's outline
        slope = reach ** (1 - n) * np.hypot(x ** (n - 1) / row[:, 2], y ** (n - 1) / row[:, 3])
        sideways = (reach - 1) / (slope + _TINY)
        beyond = np.abs(local[:, 2] - (low + high) / 2) - (high - low) / 2
        return _rounded_corner(sideways + round_m, beyond + round_m, round_m)

    return field


def seam(axis: int, at: float, bends: tuple[tuple[int, float, float], ...]) -> Field:
    """All beyond a surface across ``axis`` at ``at`` that rises by factor * |coordinate|^power along others."""

    def field(points: Points) -> Values:
        height = np.full(len(points), at)
        for other, factor, power in bends:
            height += factor * np.abs(points[:, other]) ** power
        return np.asarray(height - points[:, axis])

    return field


def plane(point: ArrayLike, normal: ArrayLike) -> Field:
    """All space on the side of a plane that its normal points to."""
    on, towards = np.asarray(point, float), np.asarray(normal, float)
    towards = towards / np.linalg.norm(towards)
    return lambda points: (on - points) @ towards


def join(first: Values, second: Values, blend_m: float) -> Values:
    """Both solids, the crease between them filled over ``blend_m``."""
    if blend_m <= 0:
        return np.minimum(first, second)
    share = np.clip(0.5 + 0.5 * (second - first) / blend_m, 0, 1)
    return second + (first - second) * share - blend_m * share * (1 - share)


def meet(first: Values, second: Values, blend_m: float) -> Values:
    """What both solids have in common, its edge rounded over ``blend_m``."""
    return -join(-first, -second, blend_m)


def _rounded_corner(across: Values, along: Values, round_m: float) -> Values:
    outside = np.hypot(np.maximum(across, 0), np.maximum(along, 0))
    return np.asarray(outside + np.minimum(np.maximum(across, along), 0) - round_m)
