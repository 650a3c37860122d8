"""Where a picture is taken from: matrices for OpenGL, and the ray behind a pixel.

Matrices are 4x4 float32 for column vectors (``clip = projection @ view @ world``). The eye looks along its own -z.
"""

import math
from operator import mul
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Matrix = NDArray[np.float32]
Point = NDArray[np.float64]


class View(NamedTuple):
    """One point of view, for one shape of picture."""

    view: Matrix  # (4, 4) world to eye
    projection: Matrix  # (4, 4) eye to clip space
    eye_m: Point  # (3,) in the world

    def ray(self, x_share: float, y_share: float) -> tuple[Point, Point]:
        """Origin (3,) and unit direction (3,) in the world behind a place in the picture.

        Args:
            x_share: 0 at the left border, 1 at the right.
            y_share: 0 at the top, 1 at the bottom.
        """
        clip_x, clip_y = 2 * x_share - 1, 1 - 2 * y_share
        in_eye = np.array([clip_x / self.projection[0, 0], clip_y / self.projection[1, 1], -1.0])
        direction = self.view[:3, :3].T.astype(np.float64) @ in_eye
        return self.eye_m, direction / np.linalg.norm(direction)

    def project(self, point_m: ArrayLike) -> tuple[float, float] | None:
        """Where in the picture (shares, as in ``ray``) a point of the world is; None behind the eye."""
        in_clip = self.projection @ (self.view @ np.append(np.asarray(point_m, np.float32), np.float32(1)))
        if in_clip[3] <= 1e-6:
            return None
        return float(in_clip[0] / in_clip[3] + 1) / 2, float(1 - in_clip[1] / in_clip[3]) / 2


def perspective(fovy_rad: float, aspect: float, near_m: float, far_m: float) -> Matrix:
    """OpenGL's perspective projection; ``aspect`` is width over height."""
    focal = 1 / np.tan(fovy_rad / 2)
    made = np.zeros((4, 4), np.float32)
    made[0, 0], made[1, 1] = focal / aspect, focal
    made[2, 2], made[2, 3] = (far_m + near_m) / (near_m - far_m), 2 * far_m * near_m / (near_m - far_m)
    made[3, 2] = -1
    return made


def parallel(half_width_m: float, near_m: float, far_m: float) -> Matrix:
    """OpenGL's parallel projection of a square."""
    made = np.eye(4, dtype=np.float32)
    made[0, 0] = made[1, 1] = 1 / half_width_m
    made[2, 2], made[2, 3] = -2 / (far_m - near_m), -(far_m + near_m) / (far_m - near_m)
    return made


def look_at(eye_m: ArrayLike, target_m: ArrayLike) -> Matrix:
    """World to eye, for an eye that looks at ``target_m`` with z up (or x up, when it looks straight down)."""
    # Plain numbers: NumPy's cross product of two vectors alone would cost more than all of this.
    eye = ex, ey, ez = _numbers(eye_m)
    tx, ty, tz = _numbers(target_m)
    fx, fy, fz = _unit(tx - ex, ty - ey, tz - ez)
    if abs(fz) < 0.9999:
        right = rx, ry, rz = _unit(fy, -fx, 0.0)
    else:
        right = rx, ry, rz = _unit(0.0, fz, -fy)
    up = (ry * fz - rz * fy, rz * fx - rx * fz, rx * fy - ry * fx)
    axes = (right, up, (-fx, -fy, -fz))
    made: Matrix = np.array(
        [(*axis, -sum(map(mul, axis, eye))) for axis in axes] + [(0, 0, 0, 1)], np.float32
    )
    return made


def _numbers(point: ArrayLike) -> tuple[float, float, float]:
    x, y, z = np.asarray(point, np.float64).tolist()
    return x, y, z


def _unit(x: float, y: float, z: float) -> tuple[float, float, float]:
    length = math.hypot(x, y, z)
    return x / length, y / length, z / length
