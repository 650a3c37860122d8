"""Soft dark patches under feet, hands and things: where something is, and how high, when no shadows are cast."""

from collections.abc import Sequence
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

# One vertex of a patch, as contact.vert.glsl reads it; six make a patch.
CONTACT = np.dtype([("a_centre", "f4", 3), ("a_corner", "f4", 2), ("a_patch", "f4", 3)])

_CORNERS = np.array([[-1, -1], [1, -1], [1, 1], [-1, -1], [1, 1], [-1, 1]], np.float32)
_REACH_M = 0.35  # a thing this high over a surface leaves no patch
_MARGIN_M = 0.03
_STRENGTH = 0.7
_SHADE_GROUPS = np.array([1, 0, 0, 0, 0, 0], np.uint8)  # patches lie on surroundings, not on the robot
_DOWN = np.array([0.0, 0.0, -1.0])


class ContactPatches:
    """Finds, for chosen bodies, the surface below them, and shades it."""

    def __init__(self, model: Any, bodies: Sequence[int]) -> None:
        """Choose what shades.

        Args:
            model: MuJoCo model.
            bodies: of the robot's feet and hands, and of all loose things.
        """
        self._model = model
        boxes = [(body, box_of_body(model, body)) for body in bodies]
        kept = [(body, box) for body, box in boxes if box is not None]
        self._bodies = np.array([body for body, _ in kept], np.int64)
        self._centres = np.array([box[0] for _, box in kept]).reshape(-1, 3)
        self._halves = np.array([box[1] for _, box in kept]).reshape(-1, 3)
        self._geom = np.full(1, -1, np.int32)
        self._made = np.zeros((len(kept), 6), CONTACT)
        self._made["a_corner"] = _CORNERS

    def patches(self, data: Any) -> NDArray[Any]:
        """Vertices of type ``CONTACT``, six for each body; a body too high for a patch has one of no size.

        The array is overwritten by the next call.

        Args:
            data: MuJoCo state, after ``mj_kinematics``.
        """
        rotation = data.xmat[self._bodies].reshape(-1, 3, 3)
        middle = data.xpos[self._bodies] + np.einsum("kij,kj->ki", rotation, self._centres)
        half = np.einsum("kij,kj->ki", np.abs(rotation), self._halves)
        drop = np.array([self._drop(data, int(b), m) for b, m in zip(self._bodies, middle, strict=True)])
        height = drop - half[:, 2]
        near = np.clip(1.0 - height / _REACH_M, 0.0, 1.0)
        foot = middle - drop[:, None] * [0.0, 0.0, 1.0]
        spread = 1.35 * half[:, :2] + _MARGIN_M + 0.35 * np.maximum(height, 0.0)[:, None]
        self._made["a_centre"] = foot[:, None]
        self._made["a_patch"][..., :2] = np.where(near > 0, 1.0, 0.0)[:, None, None] * spread[:, None]
        self._made["a_patch"][..., 2] = _STRENGTH * near[:, None] ** 2
        return self._made.reshape(-1)

    def _drop(self, data: Any, body: int, from_m: NDArray[np.float64]) -> float:
        """How far below a point the next surface is: a thing's, or the ground at z = 0."""
        found = mujoco.mj_ray(
            self._model, data, np.ascontiguousarray(from_m), _DOWN, _SHADE_GROUPS, 1, body, self._geom
        )
        to_ground = max(float(from_m[2]), 0.0)
        return min(float(found), to_ground) if found >= 0 else to_ground


def box_of_body(model: Any, body: int) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Centre (3,) and half sizes (3,), in the body's frame, of a box round what it shows; None if nothing."""
    geoms = [
        geom
        for geom in range(model.body_geomadr[body], model.body_geomadr[body] + model.body_geomnum[body])
        if model.geom_group[geom] in (0, 2)
    ]
    if not geoms:
        return None
    lows, highs = [], []
    for geom in geoms:
        matrix = np.zeros(9)
        mujoco.mju_quat2Mat(matrix, model.geom_quat[geom])
        turned = matrix.reshape(3, 3)
        middle = model.geom_pos[geom] + turned @ model.geom_aabb[geom, :3]
        half = np.abs(turned) @ model.geom_aabb[geom, 3:]
        lows.append(middle - half)
        highs.append(middle + half)
    low, high = np.min(lows, axis=0), np.max(highs, axis=0)
    return (low + high) / 2, (high - low) / 2
