"""One merged triangle mesh of everything a model shows, each vertex knowing which geom carries it."""

from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from twin.errors import GraphicsError
from twin.render import materials, primitives
from twin.render.occlusion import crevices
from twin.render.primitives import Mesh

# One vertex as the shaders read it. ``a_geom`` is a row of the palette, ``a_open`` how much light reaches it.
VERTEX = np.dtype(
    [("a_position", "f4", 3), ("a_normal", "f4", 3), ("a_geom", "f4"), ("a_open", "f4")], align=False
)
SHOWN_GROUPS = (0, 2)  # scene and robot shells; 3 is collision only

SCULPTED = "sculpt:"  # so begins the name of a mesh whose first texture coordinate is its baked light

LitMesh = tuple[Mesh, NDArray[np.float32] | None]  # with the share of light at each vertex, if it is known

_GEOM = mujoco.mjtGeom
_INVISIBLE_ALPHA = 0.02
_GROUND_AT_M = (
    0.02  # a level plane of the world this near z = 0 is the ground, which the renderer draws itself
)


@dataclass(frozen=True)
class Geometry:
    """What is drawn, in ``n`` geoms of which the first ``n_robot`` belong to the robot."""

    vertices: NDArray[Any]  # (v,) of VERTEX
    triangles: NDArray[np.uint32]  # (t, 3); those of the robot come first
    robot_triangles: int
    geoms: NDArray[np.int64]  # (n,) the model's geom behind each palette row
    n_robot: int
    bodies: NDArray[np.int64]  # (n,) the model's body behind each palette row
    colours: NDArray[np.float32]  # (n, 4) sRGB
    materials: NDArray[np.float32]  # (n, 4) columns as in ``materials``
    body_names: tuple[str, ...]  # of all bodies of the model

    @property
    def n(self) -> int:
        """How many geoms are drawn."""
        return len(self.geoms)

    def rows_of_body(self, name: str) -> NDArray[np.int64]:
        """Palette rows of the geoms that the body ``name`` carries; empty if it shows none."""
        if name not in self.body_names:
            return np.zeros(0, np.int64)
        return np.flatnonzero(self.bodies == self.body_names.index(name))


def geometry_of(model: Any, data: Any, robot_root: int) -> Geometry:
    """Merge the shown geoms of ``model``.

    Args:
        model: MuJoCo model.
        data: its state after ``mj_kinematics`` in a typical pose; where links touch there, light is blocked.
        robot_root: the top body of the robot; its whole tree counts as robot. -1 if there is none.

    Raises:
        GraphicsError: the model shows nothing at all.
    """
    geoms, n_robot = _shown(model, robot_root)
    if not len(geoms):
        raise GraphicsError("the scene shows nothing: none of its geoms is in group 0 or 2; check the model")
    known_meshes: dict[int, LitMesh] = {}
    vertices, is_baked, triangles, first, robot_triangles = [], [], [], 0, 0
    for row, geom in enumerate(geoms):
        mesh, light = _mesh_of(model, int(geom), known_meshes)
        part = np.empty(len(mesh.positions), VERTEX)
        part["a_position"], part["a_normal"], part["a_geom"], part["a_open"] = (
            *mesh[:2],
            row,
            1.0 if light is None else light,
        )
        is_baked.append(light is not None)
        vertices.append(part)
        triangles.append(mesh.triangles + np.uint32(first))
        first += len(part)
        robot_triangles += len(mesh.triangles) if row < n_robot else 0
    merged = np.concatenate(vertices)
    merged["a_open"] = crevices(model, data, geoms, merged, np.array(is_baked))
    return Geometry(
        vertices=merged,
        triangles=np.concatenate(triangles),
        robot_triangles=robot_triangles,
        geoms=geoms,
        n_robot=n_robot,
        bodies=np.asarray(model.geom_bodyid, np.int64)[geoms],
        colours=materials.colours(model, geoms),
        materials=materials.rows(model, geoms),
        body_names=tuple(model.body(b).name for b in range(model.nbody)),
    )


def _shown(model: Any, robot_root: int) -> tuple[NDArray[np.int64], int]:
    """The shown geoms, those of the robot first, and how many of the robot there are."""
    shown = [
        geom
        for geom in range(model.ngeom)
        if model.geom_group[geom] in SHOWN_GROUPS
        and materials.colours(model, np.array([geom]))[0, 3] > _INVISIBLE_ALPHA
        and model.geom_type[geom] not in (_GEOM.mjGEOM_HFIELD, _GEOM.mjGEOM_SDF)
        and not _is_ground(model, geom)
    ]
    root = np.asarray(model.body_rootid)[np.asarray(model.geom_bodyid)[shown]]
    robot = [geom for geom, top in zip(shown, root, strict=True) if top == robot_root]
    others = [geom for geom, top in zip(shown, root, strict=True) if top != robot_root]
    return np.array(robot + others, np.int64), len(robot)


def _is_ground(model: Any, geom: int) -> bool:
    upright = abs(float(model.geom_quat[geom][0])) > 0.999
    low = abs(float(model.geom_pos[geom][2])) < _GROUND_AT_M
    return bool(
        model.geom_type[geom] == _GEOM.mjGEOM_PLANE and model.geom_bodyid[geom] == 0 and upright and low
    )


def _mesh_of(model: Any, geom: int, known_meshes: dict[int, LitMesh]) -> LitMesh:
    """A geom's mesh and, for a sculpted one, its baked light."""
    if int(model.geom_type[geom]) != _GEOM.mjGEOM_MESH:
        return _primitive(model, geom), None
    mesh_id = int(model.geom_dataid[geom])
    if mesh_id not in known_meshes:
        known_meshes[mesh_id] = _compiled_mesh(model, mesh_id)
    return known_meshes[mesh_id]


def _primitive(model: Any, geom: int) -> Mesh:
    size = np.asarray(model.geom_size[geom], np.float64)
    match int(model.geom_type[geom]):
        case _GEOM.mjGEOM_SPHERE:
            return primitives.ellipsoid(np.full(3, size[0]))
        case _GEOM.mjGEOM_ELLIPSOID:
            return primitives.ellipsoid(size)
        case _GEOM.mjGEOM_CAPSULE:
            return primitives.capsule(size[0], size[1])
        case _GEOM.mjGEOM_CYLINDER:
            return primitives.cylinder(size[0], size[1])
        case _GEOM.mjGEOM_PLANE:
            return primitives.quad(size[0] or 5.0, size[1] or 5.0)
        case _:
            return primitives.box(size)


def _compiled_mesh(model: Any, mesh_id: int) -> LitMesh:
    """A mesh of the model with one vertex for each pair of position and normal that its faces use.

    A mesh that was sculpted carries the light baked into it as its first texture coordinate.
    """
    face_start, face_count = int(model.mesh_faceadr[mesh_id]), int(model.mesh_facenum[mesh_id])
    faces = slice(face_start, face_start + face_count)
    vertex = np.asarray(model.mesh_face[faces], np.int64).reshape(-1)
    normal = np.asarray(model.mesh_facenormal[faces], np.int64).reshape(-1)
    stride = int(model.mesh_normalnum[mesh_id]) + 1
    pairs, used_by, triangles = np.unique(vertex * stride + normal, return_index=True, return_inverse=True)
    mesh = Mesh(
        np.asarray(model.mesh_vert[int(model.mesh_vertadr[mesh_id]) + pairs // stride], np.float32),
        np.asarray(model.mesh_normal[int(model.mesh_normaladr[mesh_id]) + pairs % stride], np.float32),
        triangles.reshape(-1, 3).astype(np.uint32),
    )
    texture = int(model.mesh_texcoordadr[mesh_id])
    if texture < 0 or not model.mesh(mesh_id).name.startswith(SCULPTED):
        return mesh, None
    texture_of = np.asarray(model.mesh_facetexcoord[faces], np.int64).reshape(-1)[used_by]
    return mesh, np.asarray(model.mesh_texcoord[texture + texture_of, 0], np.float32)
