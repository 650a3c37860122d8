"""Axes of WebXR and of the robot, and the bytes between page and station."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleop.inputs.webxr.packet import LAYOUT, unpack
from teleop.inputs.xr.frames import ROBOT_FROM_XR, orientations_from_xr, positions_from_xr
from twin.errors import WireError
from twin.spatial import rotation_from_quaternion, rotation_from_vector

number = st.floats(-3, 3)
vectors = st.tuples(number, number, number).map(np.array)
quaternions = (
    st.tuples(number, number, number, number).map(np.array).filter(lambda q: np.linalg.norm(q) > 0.1)
)


def xr_rotation(xyzw):
    return rotation_from_quaternion(np.array([xyzw[3], *xyzw[:3]]))


def test_forward_right_and_up_are_forward_right_and_up():
    np.testing.assert_array_equal(positions_from_xr(np.array([0, 0, -1.0])), [1, 0, 0])
    np.testing.assert_array_equal(positions_from_xr(np.array([1.0, 0, 0])), [0, -1, 0])
    np.testing.assert_array_equal(positions_from_xr(np.array([0, 1.0, 0])), [0, 0, 1])
    assert np.linalg.det(ROBOT_FROM_XR) == pytest.approx(1)


def test_a_head_turned_left_has_a_heading_to_the_left():
    half = np.sqrt(0.5)
    turned = rotation_from_quaternion(orientations_from_xr(np.array([0, half, 0, half])))
    np.testing.assert_allclose(turned, rotation_from_vector(np.array([0, 0, np.pi / 2])), atol=1e-12)


@given(quaternions, vectors)
def test_turning_then_changing_axes_is_changing_axes_then_turning(xyzw, point):
    there = positions_from_xr(xr_rotation(xyzw) @ point)
    np.testing.assert_allclose(
        there, rotation_from_quaternion(orientations_from_xr(xyzw)) @ positions_from_xr(point), atol=1e-9
    )


@given(vectors, vectors)
def test_distances_stay(one, other):
    apart = np.linalg.norm(positions_from_xr(one) - positions_from_xr(other))
    assert apart == pytest.approx(np.linalg.norm(one - other))


def test_many_poses_at_once_are_as_one_after_the_other():
    rng = np.random.default_rng(1)
    many = rng.normal(size=(25, 4))
    np.testing.assert_allclose(orientations_from_xr(many), [orientations_from_xr(each) for each in many])


@given(st.binary(max_size=LAYOUT.itemsize + 8))
def test_bytes_that_are_no_frame_are_refused(payload):
    if len(payload) == LAYOUT.itemsize and payload[0] == 1:
        return
    with pytest.raises(WireError):
        unpack(payload)


@pytest.mark.parametrize("name", ["sent_ms", "picture_age_ms", "right_grip", "left_joints"])
def test_a_number_that_is_none_is_refused(name):
    row = np.zeros(1, LAYOUT)
    row["version"] = 1
    unpack(row.tobytes())
    row[name] = np.nan
    with pytest.raises(WireError, match="reload the page"):
        unpack(row.tobytes())
