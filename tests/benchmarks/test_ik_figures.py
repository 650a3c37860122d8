"""The paths and the scoring of the ik benchmark are what they claim to be; the peers are not needed for that."""

import numpy as np
import pytest

from benchmarks import ik
from benchmarks.ik_paths import ARMS, BODY, joints_of, make_paths, score
from benchmarks.ik_peers import NEAR_M, watched_pairs
from twin.ik.model import load_kinematics
from twin.ik.plan import Settings
from twin.robot import find_robot, load_robot

KINEMATICS = load_kinematics(load_robot(find_robot("optimus")), NEAR_M)


@pytest.fixture(scope="module")
def free():
    return make_paths(KINEMATICS, ARMS, 1, seed=1, reach=1.0, colliding=False)


def test_free_paths_are_followed_exactly_within_all_limits_of_control(free):
    result = ik.solve_own(KINEMATICS, free, Settings(acceleration_use=0.0))
    assert result.position_mm.mean() < 0.02
    assert result.rotation_deg.mean() < 0.01
    assert result.limit_violations == 0
    assert result.collisions == 0


def test_paths_of_the_whole_body_are_followed_with_hands_gaze_waist_and_balance():
    body = make_paths(KINEMATICS, BODY, 1, seed=5, reach=1.0, colliding=False)
    result = ik.solve_own(KINEMATICS, body, Settings(acceleration_use=0.0))
    assert np.ptp(body.waist_rad[0], axis=0).max() > 0.02, "the waist must have something to do"
    assert result.position_mm.mean() < 0.02
    assert result.limit_violations == 0
    assert result.collisions == 0


def test_paths_into_the_body_never_make_the_robot_touch_itself():
    into = make_paths(KINEMATICS, ARMS, 1, seed=3, reach=1.9, colliding=True)
    result = ik.solve_own(KINEMATICS, into, Settings())
    assert result.collisions == 0
    assert result.limit_violations == 0
    assert result.position_mm.max() > 10, "the path must lead where the hands may not go"


def test_the_score_sees_a_path_that_is_not_followed_and_a_limit_that_is_broken(free):
    spec = KINEMATICS.spec
    arms = joints_of(KINEMATICS, ARMS)
    stiff = np.tile(spec.home_rad[arms], (1, free.hands.shape[1], 1))
    result = score(KINEMATICS, free, stiff, np.zeros(free.hands.shape[1]))
    assert result.position_mm.mean() > 10
    stiff[0, 7, 3] = spec.upper_rad[arms[3]] + 0.01
    assert score(KINEMATICS, free, stiff, np.zeros(free.hands.shape[1])).limit_violations == 1


def test_every_watched_pair_is_given_to_the_peer_by_names_that_the_model_has():
    pairs = watched_pairs(KINEMATICS, fingers=True)
    assert len(pairs) > 500
    assert len(watched_pairs(KINEMATICS, fingers=False)) < len(pairs) / 4
    names = {KINEMATICS.model.geom(number).name for number in range(KINEMATICS.model.ngeom)}
    assert {name for pair in pairs for name in pair} <= names
    bodies = {frozenset(pair) for pair in pairs}
    assert frozenset(("left_palm", "right_palm")) in bodies
