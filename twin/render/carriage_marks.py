"""The base on wheels, drawn under a robot that rolls: a plate with four wheels, and a mast that holds the pelvis.

It is drawn, not simulated: physics carries the base itself (``twin/simulation/carriage.py``).
"""

import numpy as np

from twin.bases import WHEELS
from twin.mirror import Mirror
from twin.render import marks
from twin.render.marks import CONTRAST, MEASURED, PLANNED, Marks, Points, dressed

_PLATE_M, _PLATE_HIGH_M = 0.34, 0.006
_WHEEL_M, _WHEEL_WIDE_M, _WHEELS_AT_M = 0.05, 0.035, 0.30
_MAST_BACK_M, _MAST_WIDE_M = 0.24, 0.05


class CarriageMarks:
    """Makes marks of where a mirror shows the base."""

    def __init__(self, mirror: Mirror) -> None:
        """Look at ``mirror``'s robot."""
        self._mirror = mirror

    def vertices(self) -> Marks:
        """All marks; none unless the robot says that it is on wheels."""
        mirror = self._mirror
        if mirror.base != WHEELS or mirror.robot_root < 0:
            return marks.NONE
        place = mirror.measured.xpos[mirror.robot_root]
        forward = mirror.measured.xmat[mirror.robot_root].reshape(3, 3)[:, 0]
        heading = np.arctan2(forward[1], forward[0])
        c, s = np.cos(heading), np.sin(heading)
        turn = np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
        at = np.array([place[0], place[1], 0.0])
        return np.concatenate(
            [dressed(part @ turn + at, tone, alpha) for part, tone, alpha in _parts(float(place[2]))]
        )


def _parts(pelvis_m: float) -> list[tuple[Points, int, float]]:
    """Triangles (k, 3, 3) in the heading frame of the base over the ground, with tone and alpha."""
    high = np.array([0.0, 0.0, _PLATE_HIGH_M])
    found = [
        (marks.disc(high, _PLATE_M), CONTRAST, 0.55),
        (marks.disc(2 * high, _PLATE_M, _PLATE_M - 0.012), MEASURED, 0.9),
    ]
    for forward in (-1, 1):
        for left in (-1, 1):
            hub = np.array([0.6 * forward, 0.8 * left, 0.0]) * _WHEELS_AT_M + [0.0, 0.0, _WHEEL_M]
            found.append((_tyre(hub), CONTRAST, 1.0))
            for side in (-1, 1):
                face = hub + np.array([0.0, side * (_WHEEL_WIDE_M / 2 + 0.001), 0.0])
                found.append((_upright(face, 0.5 * _WHEEL_M), MEASURED, 0.9))
    front = np.array([[0.26, 0.0, 0.0], [0.20, 0.04, 0.0], [0.20, -0.04, 0.0]]) + 2 * high
    foot, top = np.array([-_MAST_BACK_M, 0.0, _PLATE_HIGH_M]), np.array([-_MAST_BACK_M, 0.0, pelvis_m])
    return [
        *found,
        (front[None], PLANNED, 1.0),
        (_bar(foot, top), MEASURED, 0.9),
        (_bar(top, np.array([0.0, 0.0, pelvis_m])), MEASURED, 0.9),
    ]


def _upright(centre_m: Points, radius_m: float) -> Points:
    """A disc that stands, facing to the side."""
    return marks.disc(np.zeros(3), radius_m)[:, :, [0, 2, 1]] + centre_m


def _tyre(hub_m: Points) -> Points:
    """A short cylinder whose axle goes from left to right, closed at both ends."""
    side = np.array([0.0, _WHEEL_WIDE_M / 2, 0.0])
    angles = np.linspace(0.0, 2 * np.pi, 17)
    rim = hub_m + _WHEEL_M * np.stack([np.cos(angles), np.zeros_like(angles), np.sin(angles)], axis=1)
    left, right = rim + side, rim - side
    tread = [
        np.stack([left[:-1], left[1:], right[:-1]], axis=1),
        np.stack([left[1:], right[1:], right[:-1]], axis=1),
    ]
    return np.concatenate([*tread, _upright(hub_m + side, _WHEEL_M), _upright(hub_m - side, _WHEEL_M)])


def _bar(start_m: Points, end_m: Points) -> Points:
    """A square bar."""
    along = (end_m - start_m) / np.linalg.norm(end_m - start_m)
    across = np.cross(along, [0.0, 1.0, 0.0])
    half = 0.5 * _MAST_WIDE_M * np.array([[0.0, 1.0, 0.0], across, [0.0, -1.0, 0.0], -across])
    corners = half + np.roll(half, 1, axis=0)
    faces = []
    for one, next_one in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        a, b, c, d = start_m + one, start_m + next_one, end_m + next_one, end_m + one
        faces += [[a, b, c], [a, c, d]]
    return np.array(faces)
