from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.render.orbit import OrbitCamera, Pose

START = Pose((0.1, -0.2, 0.9), 2.5, 0.4, 0.2)
SHARE = st.floats(-0.45, 0.45)


@given(x=st.floats(0.05, 0.95), y=st.floats(0.05, 0.95), distance=st.floats(0.5, 6.0))
def test_a_point_on_the_ray_behind_a_pixel_is_seen_at_that_pixel(x, y, distance):
    view = OrbitCamera(START).view(aspect=1.6)
    origin, direction = view.ray(x, y)
    seen = view.project(origin + distance * direction)
    np.testing.assert_allclose(seen, (x, y), atol=1e-4)


def test_what_is_behind_the_eye_is_nowhere_in_the_picture():
    view = OrbitCamera(START).view(aspect=1.0)
    origin, direction = view.ray(0.5, 0.5)
    assert view.project(origin - direction) is None


def test_the_target_is_in_the_middle_and_in_front_is_plus_x():
    camera = OrbitCamera(Pose((0, 0, 1), 2.0, 0.0, 0.0))
    view = camera.view(aspect=1.5)
    np.testing.assert_allclose(view.eye_m, [2, 0, 1], atol=1e-9)
    np.testing.assert_allclose(view.project((0, 0, 1)), (0.5, 0.5), atol=1e-6)
    left_of_robot = view.project((0, 0.3, 1))
    assert left_of_robot[0] > 0.5  # the robot faces us, so its left is on our right


@given(right=SHARE, down=SHARE)
def test_panning_carries_the_target_along_with_the_pointer(right, down):
    camera = OrbitCamera(START)
    camera.pan(right, down)
    seen = camera.view(aspect=1.0).project(START.target_m)
    np.testing.assert_allclose(seen, (0.5 + right, 0.5 + down), atol=1e-4)


def test_zooming_towards_a_point_keeps_it_where_it_is_in_the_picture():
    camera = OrbitCamera(START)
    point = np.array([0.4, 0.1, 1.0])
    before = camera.view(1.3).project(point)
    camera.zoom(4, towards_m=point)
    assert camera.pose.distance_m < START.distance_m
    np.testing.assert_allclose(camera.view(1.3).project(point), before, atol=1e-4)


@given(st.lists(st.tuples(SHARE, SHARE, st.floats(-50, 50)), max_size=20))
def test_no_dragging_turns_the_world_upside_down_or_loses_it(moves):
    camera = OrbitCamera(START)
    for right, down, steps in moves:
        camera.orbit(right, down)
        camera.zoom(steps)
        view = camera.view(1.0)
        assert view.view[1, 2] > 0  # the picture's up still has something of the world's up
        assert np.isfinite(view.view).all()
        assert 0.1 < camera.pose.distance_m <= 12.0


def test_a_glide_goes_the_short_way_round_and_arrives_exactly():
    wanted = replace(START, azimuth_rad=START.azimuth_rad + 2 * np.pi - 0.2, distance_m=0.8)
    camera = OrbitCamera(START, {"there": wanted})
    camera.go_to("there", glide_s=0.4)
    passed = [camera.pose.azimuth_rad]
    while camera.advance(0.05):
        passed.append(camera.pose.azimuth_rad)
    assert max(passed) - min(passed) == pytest.approx(0.2, abs=1e-6)
    assert not camera.is_gliding
    assert camera.pose.distance_m == pytest.approx(0.8)
    np.testing.assert_allclose(camera.view(1).eye_m, OrbitCamera(wanted).view(1).eye_m, atol=1e-6)


def test_a_hand_on_the_mouse_ends_a_glide():
    camera = OrbitCamera(START, {"far": replace(START, distance_m=8.0)})
    camera.go_to("far")
    camera.advance(0.1)
    camera.orbit(0.1, 0.0)
    assert not camera.is_gliding
    assert not camera.advance(0.1)


def test_looking_straight_down_is_defined():
    view = OrbitCamera(Pose((0, 0, 0), 2.0, np.pi, np.pi / 2)).view(1.0)
    assert np.isfinite(view.view).all()
    assert np.linalg.det(view.view[:3, :3]) == pytest.approx(1, abs=1e-5)
