"""What is under the pointer, by casting a ray through the model; needs no OpenGL."""

from typing import Any, NamedTuple

import mujoco
import numpy as np
from numpy.typing import NDArray

from twin.render.geometry import SHOWN_GROUPS
from twin.render.views import View

_GROUPS = np.array([group in SHOWN_GROUPS for group in range(mujoco.mjNGROUP)], np.uint8)


class Picked(NamedTuple):
    """The nearest shown thing on a ray."""

    body: str
    geom: int  # of the model
    point_m: NDArray[np.float64]  # (3,) where the ray meets it, world


def pick(model: Any, data: Any, view: View, x_share: float, y_share: float) -> Picked | None:
    """What is seen at a place of the picture (shares of its width and height, from the top left), if anything.

    Args:
        model: MuJoCo model.
        data: its state after ``mj_kinematics``, as drawn.
        view: from where the picture was drawn.
        x_share: 0 at the left border, 1 at the right.
        y_share: 0 at the top, 1 at the bottom.
    """
    origin, direction = view.ray(x_share, y_share)
    geom = np.full(1, -1, np.int32)
    distance = mujoco.mj_ray(model, data, origin, direction, _GROUPS, 1, -1, geom)
    if distance < 0:
        return None
    body = int(model.geom_bodyid[geom[0]])
    return Picked(model.body(body).name, int(geom[0]), origin + distance * direction)
