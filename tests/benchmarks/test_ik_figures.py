"""The paths and the scoring of the ik benchmark are what they claim to be; the peer is not needed for that."""

import numpy as np
import pytest

from benchmarks import ik
from twin.ik.model import load_kinematics
from twin.robot import find_robot, load_robot

KINEMATICS = load_kinematics(load_robot(find_robot("optimus")), ik.NEAR_M)


@pytest.fixture(scope="module")
def free():
    return ik._paths(KINEMATICS, 1, seed=1, reach=1.0, colliding=False)


def test_free_paths_are_followed_exactly_within_all_limits(free):
    score = ik._own(KINEMATICS, free)
    assert score.position_mm.mean() < 0.02
    assert score.rotation_deg.mean() < 0.01
    assert score.limit_violations == 0
    assert score.collisions == 0


def test_paths_into_the_body_never_make_the_robot_touch_itself():
    into = ik._paths(KINEMATICS, 1, seed=3, reach=1.9, colliding=True)
    score = ik._own(KINEMATICS, into)
    assert score.collisions == 0
    assert score.limit_violations == 0
    assert score.position_mm.max() > 10, "the path must lead where the hands may not go"


def test_the_score_sees_a_path_that_is_not_followed_and_a_limit_that_is_broken(free):
    spec = KINEMATICS.spec
    arms = ik._arms(KINEMATICS)
    stiff = np.tile(spec.home_rad[arms], (1, free.shape[1], 1))
    score = ik._score(KINEMATICS, free, stiff, np.zeros(free.shape[1]))
    assert score.position_mm.mean() > 10
    stiff[0, 7, 3] = spec.upper_rad[arms[3]] + 0.01
    assert ik._score(KINEMATICS, free, stiff, np.zeros(free.shape[1])).limit_violations == 1


def test_every_watched_pair_is_given_to_the_peer_by_names_that_the_model_has():
    pairs = ik._pairs(KINEMATICS, fingers=True)
    assert len(pairs) > 500
    assert len(ik._pairs(KINEMATICS, fingers=False)) < len(pairs) / 4
    names = {KINEMATICS.model.geom(number).name for number in range(KINEMATICS.model.ngeom)}
    assert {name for pair in pairs for name in pair} <= names
    bodies = {frozenset(pair) for pair in pairs}
    assert frozenset(("left_palm", "right_palm")) in bodies
