"""Where the estimate's world lies in the simulator's."""

import numpy as np
import pytest

from twin.estimate_frame import EstimateFrame


def wxyz(heading_rad):
    return np.array([np.cos(heading_rad / 2), 0.0, 0.0, np.sin(heading_rad / 2)])


def learnt(pairs, frame=None):
    frame = frame or EstimateFrame()
    for estimated, true in pairs:
        frame.learn(np.array(estimated[0]), wxyz(estimated[1]), np.array(true[0]), wxyz(true[1]))
    return frame


def test_before_anything_is_known_both_worlds_are_the_same():
    np.testing.assert_allclose(EstimateFrame().to_world(np.array([1.0, 2.0, 3.0])), [1.0, 2.0, 3.0])


def test_a_point_beside_the_estimated_base_lies_beside_the_true_one():
    frame = learnt([(((1.0, 0.0, 0.9), 0.0), ((2.0, 1.0, 0.9), np.pi / 2))])
    np.testing.assert_allclose(frame.to_world(np.array([1.5, 0.0, 0.0])), [2.0, 1.5, 0.0], atol=1e-9)
    np.testing.assert_allclose(frame.turn(np.array([1.0, 0.0, 0.0])), [0.0, 1.0, 0.0], atol=1e-9)
    np.testing.assert_allclose(frame.orientation(wxyz(0.3)), wxyz(0.3 + np.pi / 2), atol=1e-9)


def test_a_slow_drift_is_followed_without_trembling():
    frame = learnt([(((0.0, 0.0, 0.9), 0.0), ((0.0, 0.0, 0.9), 0.0))])
    learnt([(((0.0, 0.0, 0.9), 0.0), ((0.01, 0.0, 0.9), 0.0))], frame)
    once = frame.to_world(np.zeros(3))[0]
    assert 0.0 < once < 0.003
    learnt([(((0.0, 0.0, 0.9), 0.0), ((0.01, 0.0, 0.9), 0.0))] * 60, frame)
    assert frame.to_world(np.zeros(3))[0] == pytest.approx(0.01, abs=1e-4)


def test_an_estimate_that_begins_anew_is_followed_at_once():
    frame = learnt([(((3.0, 0.0, 0.9), 0.0), ((3.02, 0.0, 0.9), 0.0))])
    learnt([(((0.0, 0.0, 0.9), 0.0), ((3.0, 1.0, 0.9), 0.0))], frame)
    np.testing.assert_allclose(frame.to_world(np.zeros(3)), [3.0, 1.0, 0.0], atol=1e-9)
