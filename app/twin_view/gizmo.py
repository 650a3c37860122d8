"""Three arrows, three rings and a knob round a pose, by which a mouse moves and turns it. Geometry alone, no Qt.

What is dragged is worked out from where the mouse began, never step by step: going back brings the pose back.
"""

import itertools
import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from twin.render.views import View
from twin.spatial import Array, Pose, rotation_from_vector

AXES = "xyz"
SIZE_SHARE = 0.13  # length of an arrow, as a share of the picture's height
_RING_SHARE = 0.72  # radius of a ring, in arrow lengths
_NEAR_PX = 9.0
_KNOB_PX = 11.0
_RING_POINTS = 49
# Sines below which a ring is seen too edge-on to point at, and an arrow lies too much along the view to be pulled.
_EDGE_ON, _ALONG_VIEW = 0.2, 0.3


class Handle(NamedTuple):
    """One part of the gizmo."""

    kind: str  # "move" along an axis | "turn" about one | "free": move in the plane of the picture
    axis: int = 0  # 0 x, 1 y, 2 z


@dataclass(frozen=True)
class Gizmo:
    """Handles round ``position_m``, along the columns of ``axes``, as seen in ``view``."""

    position_m: Array  # (3,) in the world
    axes: Array  # (3, 3)
    view: View
    width_px: float
    height_px: float
    asleep: bool = False  # only the knob is there

    @property
    def size_m(self) -> float:
        """How long an arrow is: always the same share of the picture."""
        forward = -self.view.view[2, :3].astype(np.float64)
        depth_m = max(0.05, float(forward @ (self.position_m - self.view.eye_m)))
        return float(SIZE_SHARE * 2 * depth_m / self.view.projection[1, 1])

    def pixel(self, point_m: Array) -> tuple[float, float] | None:
        """Where a point of the world is in the picture; None behind the eye."""
        place = self.view.project(point_m)
        return None if place is None else (place[0] * self.width_px, place[1] * self.height_px)

    def line(self, handle: Handle) -> list[tuple[float, float]]:
        """The pixels to draw ``handle`` along; a knob is its middle alone, and what is behind the eye is left out."""
        if handle.kind == "free":
            points = [self.position_m]
        elif handle.kind == "move":
            along = self.axes[:, handle.axis] * self.size_m
            points = [self.position_m + 0.12 * along, self.position_m + along]
        else:
            first, second = (self.axes[:, (handle.axis + turn) % 3] for turn in (1, 2))
            radius = _RING_SHARE * self.size_m
            points = [
                self.position_m + radius * (math.cos(angle) * first + math.sin(angle) * second)
                for angle in np.linspace(0.0, 2 * math.pi, _RING_POINTS)
            ]
        return [pixel for pixel in map(self.pixel, points) if pixel is not None]

    @property
    def handles(self) -> tuple[Handle, ...]:
        """What can be taken from here: not an arrow that points at the eye, nor a ring that is seen edge-on."""
        if self.asleep:
            return (Handle("free"),)
        to_eye = self.view.eye_m - self.position_m
        cosines = np.abs(self.axes.T @ to_eye) / max(float(np.linalg.norm(to_eye)), 1e-9)
        moves = [Handle("move", axis) for axis in range(3) if 1 - cosines[axis] ** 2 > _ALONG_VIEW**2]
        turns = [Handle("turn", axis) for axis in range(3) if cosines[axis] > _EDGE_ON]
        return (*moves, *turns, Handle("free"))

    def handle_at(self, x_px: float, y_px: float) -> Handle | None:
        """What is under the pointer: the knob before an arrow, an arrow before a ring."""
        middle = self.pixel(self.position_m)
        if middle is None:
            return None
        if math.hypot(x_px - middle[0], y_px - middle[1]) <= _KNOB_PX:
            return Handle("free")
        for handle in self.handles:
            line = self.line(handle)
            if any(
                _distance_px(x_px, y_px, start, end) <= _NEAR_PX for start, end in itertools.pairwise(line)
            ):
                return handle
        return None

    def take(self, handle: Handle, x_px: float, y_px: float) -> "Taken":
        """Begin to drag ``handle`` at this pixel."""
        return Taken(self, handle, self._grip(handle, x_px, y_px))

    def _grip(self, handle: Handle, x_px: float, y_px: float) -> Array:
        """The place on the handle's line or plane behind a pixel, seen from the middle; nan where there is none."""
        origin, ray = self.view.ray(x_px / self.width_px, y_px / self.height_px)
        away = origin - self.position_m
        if handle.kind == "move":
            axis = self.axes[:, handle.axis]
            across = float(ray @ axis)
            beside = 1.0 - across * across
            if beside < 1e-3:
                return np.full(3, np.nan)
            # Where the axis is nearest to the ray.
            return np.asarray(axis * ((float(away @ axis) - across * float(away @ ray)) / beside))
        normal = self.view.view[2, :3].astype(np.float64)
        if handle.kind == "turn":
            normal = self.axes[:, handle.axis]
        slope = float(ray @ normal)
        if abs(slope) < 1e-3:
            return np.full(3, np.nan)
        return np.asarray(away - ray * (float(away @ normal) / slope))


@dataclass(frozen=True)
class Taken:
    """A handle that is being dragged."""

    gizmo: Gizmo  # as it was when it was taken
    handle: Handle
    grip: Array  # where on it

    def to(self, x_px: float, y_px: float, fine: bool = False) -> Pose | None:
        """How far the mouse at this pixel has moved and turned it, in the world; ``fine``: a fifth as far.

        None where the pixel says nothing: far beyond the horizon of the handle's plane.
        """
        here = self.gizmo._grip(self.handle, x_px, y_px)
        if not (np.isfinite(here).all() and np.isfinite(self.grip).all()):
            return None
        share = 0.2 if fine else 1.0
        if self.handle.kind != "turn":
            return Pose((here - self.grip) * share, np.eye(3))
        axis = self.gizmo.axes[:, self.handle.axis]
        angle = math.atan2(float(axis @ np.cross(self.grip, here)), float(self.grip @ here))
        return Pose(np.zeros(3), rotation_from_vector(axis * angle * share))


def _distance_px(x: float, y: float, start: tuple[float, float], end: tuple[float, float]) -> float:
    along = (end[0] - start[0], end[1] - start[1])
    length2 = along[0] ** 2 + along[1] ** 2
    share = 0.0
    if length2 > 0:
        share = ((x - start[0]) * along[0] + (y - start[1]) * along[1]) / length2
        share = min(1.0, max(0.0, share))
    return math.hypot(x - start[0] - share * along[0], y - start[1] - share * along[1])
