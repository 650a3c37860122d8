"""Arms that wave in the trials of the balance: fast, and never into the robot."""

import numpy as np

from benchmarks.standing_robots import standing_robot
from benchmarks.waving_arms import Arms, Reach


def test_arms_run_fast_through_their_whole_range_and_no_two_parts_of_the_robot_come_near():
    robot = standing_robot(5)
    arms = Arms(robot, 5, share_of_range=1.0)
    reach, fastest_rad_s = Reach(robot, arms.joints), []
    for step in range(5000):
        arms.advance(robot)
        fastest_rad_s.append(np.abs(robot.posture_rad_s[arms.joints]).max())
        assert step % 20 or not reach.touches(robot.posture_rad[arms.joints])
    assert np.max(fastest_rad_s) > 5.0
    assert np.mean(fastest_rad_s) > 0.5


def test_a_hand_in_the_thigh_is_a_touch():
    robot = standing_robot(5)
    arms, spec = Arms(robot, 5), robot.simulation.spec
    at_home = spec.home_rad[arms.joints]
    in_the_body = at_home.copy()
    in_the_body[[spec.joint_names[j] == "right_shoulder_yaw" for j in arms.joints]] += 1.5
    reach = Reach(robot, arms.joints)
    assert not reach.touches(at_home)
    assert reach.touches(in_the_body)
