import numpy as np
import pytest

from twin.render import primitives

SHAPES = {
    "box": primitives.box(np.array([0.1, 0.2, 0.3])),
    "sphere": primitives.ellipsoid(np.full(3, 0.05)),
    "ellipsoid": primitives.ellipsoid(np.array([0.1, 0.2, 0.05])),
    "capsule": primitives.capsule(0.05, 0.2),
    "cylinder": primitives.cylinder(0.03, 0.1),
    "quad": primitives.quad(0.5, 0.25),
}


@pytest.mark.parametrize("name", SHAPES)
def test_every_triangle_is_wound_outward_and_its_normals_agree(name):
    mesh = SHAPES[name]
    a, b, c = (mesh.positions[mesh.triangles[:, k]].astype(float) for k in range(3))
    facing = np.cross(b - a, c - a)
    shading = mesh.normals[mesh.triangles].sum(axis=1)
    assert (np.einsum("ij,ij->i", facing, shading) > 0).all()
    np.testing.assert_allclose(np.linalg.norm(mesh.normals, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "half"),
    [
        ("box", (0.1, 0.2, 0.3)),
        ("sphere", (0.05, 0.05, 0.05)),
        ("ellipsoid", (0.1, 0.2, 0.05)),
        ("capsule", (0.05, 0.05, 0.25)),
        ("cylinder", (0.03, 0.03, 0.1)),
        ("quad", (0.5, 0.25, 0.0)),
    ],
)
def test_a_shape_fills_exactly_its_bounds(name, half):
    positions = SHAPES[name].positions
    np.testing.assert_allclose(positions.max(axis=0), half, atol=1e-6)
    np.testing.assert_allclose(positions.min(axis=0), np.negative(half), atol=1e-6)


@pytest.mark.parametrize("name", ["box", "sphere", "ellipsoid", "capsule", "cylinder"])
def test_a_solid_is_closed(name):
    mesh = SHAPES[name]
    # By place, because a shape has several vertices in one place where its normals differ.
    places, number = np.unique(np.round(mesh.positions, 7), axis=0, return_inverse=True)
    assert len(places) > 4
    faces = number[mesh.triangles]
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    edges = edges[edges[:, 0] != edges[:, 1]]
    there = {tuple(edge) for edge in edges}
    assert all((b, a) in there for a, b in there)


def test_a_finger_is_divided_less_than_a_thigh():
    assert primitives.segments_for(0.008) < primitives.segments_for(0.08)
    assert primitives.segments_for(0.0) >= 12
