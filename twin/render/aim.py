"""Where the eye, the lamps and the lit ground are, as the shaders have it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.render.views import View, look_at, parallel

# Lamps stand still relative to the viewer: x towards the viewer, y to the viewer's right, z up.
_LAMPS = np.array([(0.62, -0.55, 0.95), (0.50, -0.62, 0.60), (-0.45, 0.80, 0.38)])  # main, warm box, cool box
_LAMPS /= np.linalg.norm(_LAMPS, axis=1, keepdims=True)
_LIT_HALF_WIDTH_M = 1.5


class Aim(NamedTuple):
    """One moment's. Matrices are float32 and for row vectors, which is OpenGL's order in memory."""

    clip: NDArray[np.float32]  # (4, 4) world to the eye's clip space
    eye_m: NDArray[np.float64]  # (3,) world
    lamps: NDArray[
        np.float32
    ]  # (3, 3) world; rows are unit directions towards the main lamp and both soft boxes
    lamp_clip: NDArray[np.float32] | None  # (4, 4) world to the main lamp's clip space; None without shadows
    centre_m: tuple[float, float]  # of the lit ground, world x and y


def aim(view: View, centre_m: tuple[float, float], shadows: bool) -> Aim:
    """Set the lamps up round the viewer and, for shadows, the main one's view of what stands at ``centre_m``."""
    back = view.view[2, :3]
    level = float(np.hypot(back[0], back[1]))
    c, s = (back[0] / level, back[1] / level) if level > 1e-3 else (1.0, 0.0)
    lamps = _LAMPS @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])
    return Aim(
        clip=np.ascontiguousarray((view.projection @ view.view).T),
        eye_m=view.eye_m,
        lamps=lamps.astype(np.float32),
        lamp_clip=_seen_by_lamp(lamps[0], centre_m) if shadows else None,
        centre_m=centre_m,
    )


def _seen_by_lamp(lamp: NDArray[np.float64], centre_m: tuple[float, float]) -> NDArray[np.float32]:
    middle = np.array([*centre_m, 0.7])
    lit = parallel(_LIT_HALF_WIDTH_M, 0.1, 8.0) @ look_at(middle + 4.0 * lamp, middle)
    return np.ascontiguousarray(lit.T)
