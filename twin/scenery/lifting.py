"""What the judge must know of a thing that is to be lifted: how high it is, who touches it, whether it lies down."""

import mujoco
import numpy as np

_UPRIGHT = 0.7  # of the cosine between a thing's own upright axis and the vertical; less: it was knocked over


def lowest_m(model: mujoco.MjModel, data: mujoco.MjData, body: int) -> float:
    """How high over the ground the lowest point of ``body`` is, taking each of its geoms for the box around it."""
    first, count = int(model.body_geomadr[body]), int(model.body_geomnum[body])
    lowest = np.inf
    for geom in range(first, first + count):
        up = data.geom_xmat[geom].reshape(3, 3)[2]
        centre, half = model.geom_aabb[geom].reshape(2, 3)
        lowest = min(lowest, float(data.geom_xpos[geom][2] + up @ centre - np.abs(up) @ half))
    return lowest


def lies_down(data: mujoco.MjData, body: int) -> bool:
    """Whether ``body``, which stood upright when it was laid out, does no more."""
    return float(data.xmat[body].reshape(3, 3)[2, 2]) < _UPRIGHT


def touching(model: mujoco.MjModel, data: mujoco.MjData, body: int) -> frozenset[int]:
    """The bodies that are in contact with ``body``; 0 is the world."""
    pairs = model.geom_bodyid[data.contact.geom[: data.ncon]]
    return frozenset(int(pair[0] if pair[1] == body else pair[1]) for pair in pairs if body in pair)
