"""Where a robot's links are in its home pose, and which of them are near each other for good."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from twin.render.primitives import Mesh

_NEAR_JOINTS = 3  # links that are this many steps apart in the tree still take light from each other


@dataclass(frozen=True)
class Link:
    """A link's frame in the world, and the links near it."""

    rotation: NDArray[np.float64]  # (3, 3) link to world
    position_m: NDArray[np.float64]  # (3,)
    near: frozenset[str]  # itself among them

    def points(self, local: NDArray[Any]) -> NDArray[np.float64]:
        """Points (n, 3) of the link in the world."""
        return np.asarray(local @ self.rotation.T + self.position_m)

    def directions(self, local: NDArray[Any]) -> NDArray[np.float64]:
        """Directions (n, 3) of the link in the world."""
        return np.asarray(local @ self.rotation.T)

    def placed(self, mesh: Mesh) -> Mesh:
        """The mesh in the world; its normals are left as they are."""
        return Mesh(self.points(mesh.positions).astype(np.float32), mesh.normals, mesh.triangles)


def home_links(model_path: Path, home_rad: Mapping[str, float]) -> dict[str, Link]:
    """All links in the home pose; the model's meshes, which may not be made yet, are left out."""
    root = ElementTree.parse(model_path).getroot()  # noqa: S314 - local file, expat limits entities
    for assets in root.findall("asset"):
        for mesh in assets.findall("mesh"):
            assets.remove(mesh)
    for body in root.iter("body"):
        for geom in [geom for geom in body.findall("geom") if geom.get("mesh")]:
            body.remove(geom)
    model = mujoco.MjModel.from_xml_string(ElementTree.tostring(root, encoding="unicode"))
    data = mujoco.MjData(model)
    for name, angle in home_rad.items():
        data.joint(name).qpos[0] = angle
    mujoco.mj_kinematics(model, data)
    names = [model.body(body).name for body in range(model.nbody)]
    return {
        names[body]: Link(
            data.xmat[body].reshape(3, 3).copy(),
            data.xpos[body].copy(),
            frozenset(names[other] for other in _near(model, body)),
        )
        for body in range(1, model.nbody)
    }


def _near(model: Any, body: int) -> set[int]:
    found = {body}
    for _ in range(_NEAR_JOINTS):
        parents = {int(model.body_parentid[known]) for known in found}
        children = {child for child in range(1, model.nbody) if int(model.body_parentid[child]) in found}
        found |= (parents | children) - {0}
    return found
