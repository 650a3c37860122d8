"""Where a picture is taken from: matrices for OpenGL, and the ray behind a pixel.

Matrices are 4x4 float32 for column vectors (``clip = projection @ view @ world``). The eye looks along its own -z.
"""

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
    eye, target = np.asarray(eye_m, np.float64), np.asarray(target_m, np.float64)
    forward = (target - eye) / np.linalg.norm(target - eye)
    up = np.array([0.0, 0.0, 1.0]) if abs(forward[2]) < 0.9999 else np.array([1.0, 0.0, 0.0])
    right = np.cross(forward, up)
    right /= np.linalg.norm(right)
    made = np.eye(4)
    made[:3, :3] = right, np.cross(right, forward), -forward
    made[:3, 3] = -made[:3, :3] @ eye
    return made.astype(np.float32)
