"""Walks at random go through real control and the robot's real gate, and the judge sees what touches."""

import numpy as np

from benchmarks.contact import Walks
from twin.robot import find_robot, load_robot

SPEC = load_robot(find_robot("optimus"))


def test_hands_that_are_sent_anywhere_touch_nothing_of_the_robot():
    walks = Walks(SPEC, seed=3)
    for _ in range(8):
        walks.walk()
    assert walks.self_contacts == 0
    assert walks.refused == 0
    assert walks.near_frames > 0.1 * walks.frames, "nothing ever came near: the walks prove nothing"


def test_the_judge_sees_a_hand_in_the_body_and_one_in_the_table():
    walks = Walks(SPEC, seed=3)
    place = SPEC.home_rad.copy()
    own_m, scene_m = walks._nearest_m(place)
    assert own_m > 0
    assert scene_m > 0
    place[SPEC.joint_names.index("right_shoulder_yaw")] = -1.8
    place[SPEC.joint_names.index("right_elbow")] = -2.3
    place[SPEC.joint_names.index("right_shoulder_roll")] = 0.3
    assert walks._nearest_m(place)[0] < 0
    place = SPEC.home_rad.copy()
    place[SPEC.joint_names.index("torso_pitch")] = 0.9
    assert walks._nearest_m(place)[1] < 0


def test_walks_of_one_seed_are_the_same_walks():
    walked = [Walks(SPEC, seed=5) for _ in range(2)]
    for walks in walked:
        walks.walk()
    first, second = (walks.driver.position_rad for walks in walked)
    np.testing.assert_array_equal(first, second)
