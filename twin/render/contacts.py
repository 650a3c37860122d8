"""Soft dark patches where things stand: what ties them to the ground when no shadows are cast."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

# One vertex of a patch, as contact.vert.glsl reads it; six make a patch.
CONTACT = np.dtype([("a_centre", "f4", 3), ("a_corner", "f4", 2), ("a_patch", "f4", 3)])

_CORNERS = np.array([[-1, -1], [1, -1], [1, 1], [-1, -1], [1, 1], [-1, 1]], np.float32)
_REACH_M = 0.30  # a thing this high over the surface leaves no patch
_MARGIN_M = 0.02
_STRENGTH = 0.55


def patches(
    centre_m: NDArray[np.float64], half_m: NDArray[np.float64], height_m: NDArray[np.float64]
) -> NDArray[Any]:
    """Patches under ``k`` things, ready for the renderer.

    Args:
        centre_m: (k, 3) points of the surface below each thing, world.
        half_m: (k, 2) half sizes of the thing along world x and y.
        height_m: (k,) from the surface up to the thing's lowest point; a higher thing leaves a wider, fainter
            patch.

    Returns:
        Vertices of type ``CONTACT``, six for each thing that is low enough.
    """
    near = np.clip(1.0 - height_m / _REACH_M, 0.0, 1.0)
    low = near > 0.0
    made = np.zeros((int(low.sum()), 6), CONTACT)
    made["a_centre"] = centre_m[low][:, None]
    made["a_corner"] = _CORNERS
    # A parabola squared looks as wide as about 1 / 1.35 of its support.
    made["a_patch"][..., :2] = (1.35 * half_m[low] + _MARGIN_M + 0.4 * np.maximum(height_m[low], 0)[:, None])[
        :, None
    ]
    made["a_patch"][..., 2] = _STRENGTH * near[low][:, None] ** 2
    return made.reshape(-1)
