import numpy as np
import pytest
import tiny_world

from twin.render.orbit import OrbitCamera, Pose
from twin.render.picking import pick


@pytest.mark.parametrize(
    ("point", "body"), [((0, 0, 0.5), "base"), ((0, 0, 0.85), "arm"), ((0, 1, 0.5), "world"), ((0, -1, 0.5), "ball")]
)  # fmt: skip
def test_what_is_under_the_pointer_is_the_nearest_thing_shown(point, body):
    model, data, _ = tiny_world.build()
    view = OrbitCamera(Pose((0, 0, 0.6), 4.0, 0.0, 0.05)).view(aspect=1.5)
    picked = pick(model, data, view, *view.project(point))
    assert picked is not None
    assert picked.body == body
    np.testing.assert_allclose(picked.point_m, point, atol=0.13)


def test_collision_shapes_are_never_picked_and_the_sky_is_nothing():
    model, data, _ = tiny_world.build()
    view = OrbitCamera(Pose((0, 0, 0.6), 4.0, 0.0, 0.05)).view(aspect=1.5)
    beside_trunk = view.project((0, 0.3, 0.5))  # inside "hull", which is group 3
    picked = pick(model, data, view, *beside_trunk)
    assert picked is None or picked.body == "world"
    assert pick(model, data, view, 0.02, 0.02) is None
