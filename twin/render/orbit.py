"""A camera that orbits a point: turn, shift, zoom, and smooth ways to named views."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from twin.render.views import View, look_at, perspective

_FOVY_RAD = np.radians(34.0)
_CLOSEST_M, _FARTHEST_M = 0.12, 12.0
_STEEPEST_RAD = np.radians(89.0)
_TURN_RAD_PER_HEIGHT = np.pi  # dragging over the height of the picture turns by half a circle
_ZOOM_PER_STEP = 0.88


@dataclass(frozen=True)
class Pose:
    """Where an orbit camera is: round what, how far, from which side."""

    target_m: tuple[float, float, float]
    distance_m: float
    azimuth_rad: (
        float  # of the eye as seen from the target; 0 is in front of the robot (+x), pi / 2 on its left
    )
    elevation_rad: float  # of the eye over the target's level


class OrbitCamera:
    """Holds the pose, glides between poses, and makes views of it."""

    def __init__(self, pose: Pose, presets: Mapping[str, Pose] | None = None) -> None:
        self.pose = pose
        self.presets = dict(presets or {})
        self._from: Pose | None = None
        self._to = pose
        self._glide_s = 0.0
        self._gone_s = 0.0

    @property
    def is_gliding(self) -> bool:
        """Whether ``advance`` still has somewhere to go."""
        return self._from is not None

    def view(self, aspect: float) -> View:
        """What it sees in a picture of width over height ``aspect``."""
        pose = self.pose
        target = np.array(pose.target_m)
        eye = target + pose.distance_m * _direction(pose.azimuth_rad, pose.elevation_rad)
        near = max(0.02, 0.05 * pose.distance_m)
        return View(look_at(eye, target), perspective(_FOVY_RAD, aspect, near, near * 1000), eye)

    def orbit(self, right_share: float, down_share: float) -> None:
        """Turn as the scene is dragged by these shares of the picture's height."""
        self._stop()
        steep = self.pose.elevation_rad + down_share * _TURN_RAD_PER_HEIGHT
        self.pose = replace(
            self.pose,
            azimuth_rad=self.pose.azimuth_rad - right_share * _TURN_RAD_PER_HEIGHT,
            elevation_rad=float(np.clip(steep, -_STEEPEST_RAD, _STEEPEST_RAD)),
        )

    def pan(self, right_share: float, down_share: float) -> None:
        """Shift so that what is at the target stays under the pointer dragged by these shares of the height."""
        self._stop()
        pose = self.pose
        to_eye = look_at(_direction(pose.azimuth_rad, pose.elevation_rad), (0.0, 0.0, 0.0))[:3, :3]
        height_m = 2 * pose.distance_m * np.tan(_FOVY_RAD / 2)
        shift = height_m * (down_share * to_eye[1] - right_share * to_eye[0])
        self.pose = replace(pose, target_m=_point(np.array(pose.target_m) + shift))

    def zoom(self, steps: float, towards_m: NDArray[np.float64] | None = None) -> None:
        """Go nearer (steps > 0) or farther, keeping a point of the world where it is in the picture."""
        self._stop()
        pose = self.pose
        wanted = pose.distance_m * _ZOOM_PER_STEP**steps
        distance = float(np.clip(wanted, _CLOSEST_M, _FARTHEST_M))
        target = np.array(pose.target_m)
        if towards_m is not None:
            target = towards_m + (target - towards_m) * (distance / pose.distance_m)
        self.pose = replace(pose, target_m=_point(target), distance_m=distance)

    def look_towards(self, target_m: NDArray[np.float64], glide_s: float = 0.35) -> None:
        """Glide until a point of the world is in the middle, from the same side and distance."""
        self.glide(replace(self.pose, target_m=_point(target_m)), glide_s)

    def go_to(self, preset: str, glide_s: float = 0.35) -> None:
        """Glide to a named view.

        Raises:
            KeyError: no view has this name.
        """
        self.glide(self.presets[preset], glide_s)

    def glide(self, pose: Pose, glide_s: float = 0.35) -> None:
        """Glide to ``pose``, turning the short way round; at once if ``glide_s`` is 0."""
        turn = (pose.azimuth_rad - self.pose.azimuth_rad + np.pi) % (2 * np.pi) - np.pi
        self._to = replace(pose, azimuth_rad=float(self.pose.azimuth_rad + turn))
        if glide_s <= 0:
            self.pose, self._from = self._to, None
            return
        self._from, self._glide_s, self._gone_s = self.pose, glide_s, 0.0

    def go_along(self, shift_m: NDArray[np.float64]) -> None:
        """Move everything, the named views too, with what is looked at, by ``shift_m`` (3,)."""

        def moved(pose: Pose) -> Pose:
            return replace(pose, target_m=_point(np.array(pose.target_m) + shift_m))

        self.pose, self._to = moved(self.pose), moved(self._to)
        self._from = None if self._from is None else moved(self._from)
        self.presets = {name: moved(pose) for name, pose in self.presets.items()}

    def advance(self, dt_s: float) -> bool:
        """Go on gliding for ``dt_s``; whether the view changed."""
        if self._from is None:
            return False
        self._gone_s += dt_s
        share = min(self._gone_s / self._glide_s, 1.0)
        self.pose = _between(self._from, self._to, share * share * (3 - 2 * share))
        if share >= 1.0:
            self.pose, self._from = self._to, None
        return True

    def _stop(self) -> None:
        self._from = None


def _between(first: Pose, second: Pose, share: float) -> Pose:
    def mix(a: float, b: float) -> float:
        return a + share * (b - a)

    a, b = np.array(first.target_m), np.array(second.target_m)
    return Pose(
        target_m=_point(a + share * (b - a)),
        # A zoom looks even when every step is the same ratio.
        distance_m=float(np.exp(mix(np.log(first.distance_m), np.log(second.distance_m)))),
        azimuth_rad=mix(first.azimuth_rad, second.azimuth_rad),
        elevation_rad=mix(first.elevation_rad, second.elevation_rad),
    )


def _direction(azimuth_rad: float, elevation_rad: float) -> NDArray[np.float64]:
    level = np.cos(elevation_rad)
    return np.array(
        [level * np.cos(azimuth_rad), level * np.sin(azimuth_rad), np.sin(elevation_rad)], np.float64
    )


def _point(values: NDArray[np.float64]) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])
