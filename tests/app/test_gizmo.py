"""A gizmo's handles are found where they are drawn, and a drag goes where the mouse goes, and back."""

import math

import numpy as np
import pytest

from app.twin_view.gizmo import Gizmo, Handle
from twin.render.orbit import OrbitCamera, Pose
from twin.spatial import rotation_from_vector, vector_from_rotation

WIDTH, HEIGHT = 640.0, 480.0
MIDDLE = np.array([0.4, -0.2, 1.1])
TILTED = rotation_from_vector(np.array([0.4, -0.3, 0.9]))


WORLD = np.eye(3)


def gizmo(axes=WORLD) -> Gizmo:
    camera = OrbitCamera(Pose((0.3, 0.0, 1.0), 1.6, 0.6, 0.4))
    return Gizmo(MIDDLE, axes, camera.view(WIDTH / HEIGHT), WIDTH, HEIGHT)


@pytest.mark.parametrize("axes", [WORLD, TILTED])
def test_a_handle_is_under_the_pointer_where_it_is_drawn(axes):
    seen = gizmo(axes)
    assert len(seen.handles) >= 4
    for handle in seen.handles:
        found = [seen.handle_at(x, y) for x, y in seen.line(handle)]
        assert handle in found
        assert all(each is not None for each in found)


def test_the_knob_is_in_the_middle_and_nothing_is_far_away():
    seen = gizmo()
    assert seen.handle_at(*seen.pixel(MIDDLE)) == Handle("free")
    assert seen.handle_at(3, 3) is None


@pytest.mark.parametrize("axis", range(3))
@pytest.mark.parametrize("axes", [WORLD, TILTED])
def test_dragging_an_arrow_moves_along_its_axis_alone_and_under_the_pointer(axes, axis):
    seen = gizmo(axes)
    along = axes[:, axis]
    start, end = MIDDLE + 0.05 * along, MIDDLE + 0.12 * along
    taken = seen.take(Handle("move", axis), *seen.pixel(start))
    moved = taken.to(*seen.pixel(end))
    np.testing.assert_allclose(moved.position_m, 0.07 * along, atol=1e-4)
    np.testing.assert_allclose(moved.rotation, np.eye(3))
    np.testing.assert_allclose(taken.to(*seen.pixel(start)).position_m, 0, atol=1e-4)
    np.testing.assert_allclose(taken.to(*seen.pixel(end), fine=True).position_m, 0.014 * along, atol=1e-4)


@pytest.mark.parametrize("axis", range(3))
def test_dragging_a_ring_turns_about_its_axis_by_the_angle_the_mouse_went_round(axis):
    seen = gizmo(TILTED)
    first, second = TILTED[:, (axis + 1) % 3], TILTED[:, (axis + 2) % 3]
    start = seen.pixel(MIDDLE + 0.1 * first)
    end = seen.pixel(MIDDLE + 0.1 * (math.cos(0.7) * first + math.sin(0.7) * second))
    turned = seen.take(Handle("turn", axis), *start).to(*end)
    np.testing.assert_allclose(vector_from_rotation(turned.rotation), 0.7 * TILTED[:, axis], atol=2e-3)
    assert not turned.position_m.any()


def test_the_knob_keeps_its_distance_from_the_eye():
    seen = gizmo()
    x, y = seen.pixel(MIDDLE)
    moved = seen.take(Handle("free"), x, y).to(x + 60, y - 25)
    forward = seen.view.view[2, :3]
    assert abs(float(moved.position_m @ forward)) < 1e-6
    place = seen.pixel(MIDDLE + moved.position_m)
    assert place == pytest.approx((x + 60, y - 25), abs=0.1)


def test_an_arrow_that_points_at_the_eye_and_a_ring_seen_edge_on_cannot_be_taken():
    camera = OrbitCamera(Pose(tuple(MIDDLE), 1.6, 0.0, 0.0))  # looks along -x, level
    seen = Gizmo(MIDDLE, np.eye(3), camera.view(WIDTH / HEIGHT), WIDTH, HEIGHT)
    assert Handle("move", 0) not in seen.handles
    assert Handle("turn", 2) not in seen.handles
    assert Handle("turn", 1) not in seen.handles
    assert {Handle("move", 1), Handle("move", 2), Handle("turn", 0)} <= set(seen.handles)
    assert seen.take(Handle("move", 0), 320, 240).to(320, 240) is None


def test_a_gizmo_is_as_large_on_the_screen_near_as_far():
    lengths = []
    for distance in (0.6, 3.0):
        camera = OrbitCamera(Pose(tuple(MIDDLE), distance, 0.9, 0.2))
        seen = Gizmo(MIDDLE, np.eye(3), camera.view(WIDTH / HEIGHT), WIDTH, HEIGHT)
        top, middle = seen.pixel(MIDDLE + np.array([0, 0, seen.size_m])), seen.pixel(MIDDLE)
        lengths.append(middle[1] - top[1])
    assert lengths[0] == pytest.approx(lengths[1], rel=0.1)
