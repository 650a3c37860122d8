"""How much of the sky each vertex of the robot sees past its neighbouring links: soft dark in the crevices.

Each geom is taken as the capsule that fills it. For a point p with normal n, a ball of radius r whose centre
lies at distance d in direction u blocks the share  max(0, n.u) (r / d)^2  of the hemisphere's light (the form
factor of a ball seen from a patch, exact while the ball is above the horizon; P. Dutre, Global Illumination
Compendium). The nearest point of a capsule's axis stands for its ball. Only links that are joined or share a
body are compared: they keep their distance when the robot moves, so this can be worked out once.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_DEEPEST = 0.25  # light never falls below this: some always bounces in
_STRENGTH = 0.85


def crevices(
    model: Any, data: Any, geoms: NDArray[np.int64], vertices: NDArray[Any], is_baked: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Share of light (v,) in 0..1 that reaches each vertex.

    Args:
        model: MuJoCo model.
        data: its state after ``mj_kinematics``.
        geoms: the model's geom behind each palette row.
        vertices: merged vertices in their geoms' frames; grouped by ``a_geom`` in ascending order.
        is_baked: which geoms bring their light along; it is left as it is.
    """
    starts, ends, radii = _capsules(model, data, geoms)
    bodies = np.asarray(model.geom_bodyid, np.int64)[geoms]
    parents = np.asarray(model.body_parentid, np.int64)
    row_of = vertices["a_geom"].astype(np.int64)
    edges = np.searchsorted(row_of, np.arange(len(geoms) + 1))
    reached = np.array(vertices["a_open"], np.float32)
    for row, geom in enumerate(geoms):
        body = bodies[row]
        joined = (bodies == body) | (bodies == parents[body]) | (parents[bodies] == body)
        joined &= (bodies != 0) & (np.arange(len(geoms)) != row)
        if body == 0 or is_baked[row] or not joined.any():
            continue
        own = slice(edges[row], edges[row + 1])
        to_world = data.geom_xmat[geom].reshape(3, 3).T.astype(np.float32)
        points = vertices["a_position"][own] @ to_world + data.geom_xpos[geom].astype(np.float32)
        normals = vertices["a_normal"][own] @ to_world
        reached[own] = _reached(points, normals, starts[joined], ends[joined], radii[joined])
    return reached


def _reached(
    points: NDArray[np.float32],
    normals: NDArray[np.float32],
    starts: NDArray[np.float32],
    ends: NDArray[np.float32],
    radii: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Share of light at ``points`` (v, 3) past ``k`` capsules."""
    axis = ends - starts
    length2 = np.maximum(np.einsum("ki,ki->k", axis, axis), 1e-9)
    along = (points @ axis.T - np.einsum("ki,ki->k", starts, axis)) / length2
    nearest = starts + np.clip(along, 0, 1)[..., None] * axis
    towards = nearest - points[:, None]
    distance = np.sqrt(np.einsum("vki,vki->vk", towards, towards)) + 1e-6
    facing = np.einsum("vki,vi->vk", towards, normals) / distance
    solid = np.minimum(radii / distance, 1.0) ** 2
    # A vertex inside its neighbour is hidden; the smooth horizon keeps the ring around it from a hard edge.
    blocked = _STRENGTH * solid * np.clip(0.5 * facing + 0.5, 0, 1) ** 2
    reached: NDArray[np.float32] = np.clip(np.prod(1.0 - blocked, axis=1), _DEEPEST, 1.0).astype(np.float32)
    return reached


def _capsules(
    model: Any, data: Any, geoms: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Ends (n, 3), (n, 3) in the world and radii (n,) of the capsule that fills each geom's bounding box."""
    centre, half = model.geom_aabb[geoms, :3], model.geom_aabb[geoms, 3:]
    longest = half.argmax(axis=1)
    others = np.sort(half, axis=1)[:, :2]
    radius = np.sqrt(others[:, 0] * others[:, 1])
    reach = np.maximum(half.max(axis=1) - radius, 0.0)
    rotation = data.geom_xmat[geoms].reshape(-1, 3, 3)
    middle = data.geom_xpos[geoms] + np.einsum("nij,nj->ni", rotation, centre)
    direction = rotation[np.arange(len(geoms)), :, longest] * reach[:, None]
    return (
        (middle - direction).astype(np.float32),
        (middle + direction).astype(np.float32),
        radius.astype(np.float32),
    )
