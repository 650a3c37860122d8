"""Rotations agree with SciPy's and survive many small turns."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from twin.spatial import (
    heading_of,
    heading_of_bowed,
    quaternion_from_rotation,
    rotation_from_quaternion,
    rotation_from_vector,
    turned_by,
    vector_from_rotation,
)

VECTORS = [
    *np.random.default_rng(0).uniform(-1.8, 1.8, (50, 3)),
    np.zeros(3),
    np.array([1e-13, 0, 0]),
    np.array([1e-5, 2e-5, 0]),
    np.array([np.pi, 0, 0]),
    np.array([0, -np.pi + 1e-9, 0]),
]


@pytest.mark.parametrize("vector", VECTORS)
def test_a_rotation_vector_goes_there_and_back(vector):
    rotation = rotation_from_vector(vector)
    np.testing.assert_allclose(rotation, Rotation.from_rotvec(vector).as_matrix(), atol=1e-12)
    back = rotation_from_vector(vector_from_rotation(rotation))
    np.testing.assert_allclose(back, rotation, atol=1e-7)


@pytest.mark.parametrize("vector", VECTORS)
def test_a_quaternion_goes_there_and_back(vector):
    rotation = rotation_from_vector(vector)
    wxyz = quaternion_from_rotation(rotation)
    assert np.linalg.norm(wxyz) == pytest.approx(1.0)
    assert wxyz[0] >= 0
    np.testing.assert_allclose(rotation_from_quaternion(wxyz), rotation, atol=1e-7)


def test_heading_forgets_tilt_and_keeps_the_way_it_faces():
    tilted = Rotation.from_euler("ZYX", [0.7, 0.4, -0.3]).as_matrix()
    np.testing.assert_allclose(heading_of(tilted), Rotation.from_euler("z", 0.7).as_matrix(), atol=1e-12)


@pytest.mark.parametrize("bowed_rad", [-0.5, 0.0, 0.85, 1.75, 3.0])
def test_a_body_that_bows_beyond_level_keeps_its_heading(bowed_rad):
    bowed = Rotation.from_euler("ZY", [0.7, bowed_rad]).as_matrix()
    np.testing.assert_allclose(heading_of_bowed(bowed), Rotation.from_euler("z", 0.7).as_matrix(), atol=1e-12)


def test_a_hundred_thousand_small_turns_stay_a_rotation():
    rotation = np.eye(3)
    for _ in range(100_000):
        rotation = turned_by(rotation, np.array([0.011, -0.007, 0.003]))
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
