"""What is missing to a goal is the rotation vector and the way that it is, also by half a turn and with all limits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.ik.goals import Goals
from twin.ik.model import SIDES, load_kinematics
from twin.ik.plan import Settings
from twin.ik.solver import BodySolver
from twin.robot import find_robot, load_robot
from twin.spatial import Pose, rotation_from_vector

KINEMATICS = load_kinematics(load_robot(find_robot("optimus")))
UNCUT = Settings(largest_error_m=10.0, largest_error_rad=4.0)
SOLVER = BodySolver(KINEMATICS, UNCUT)
POSES = {side: SOLVER.hand(side) for side in SIDES}

numbers = st.floats(-1.0, 1.0)
vectors = st.tuples(numbers, numbers, numbers).map(np.array).filter(lambda v: np.linalg.norm(v) > 1e-3)


def missing(goals, solver=SOLVER):
    plan = solver._plan(goals.asked)
    plan.aim(goals)
    plan.memory.propose(0.01)
    return plan.memory["errors"].copy()


@settings(max_examples=60, deadline=None)
@given(vectors, vectors, st.floats(0.0, np.pi - 1e-6))
def test_a_hand_lacks_just_what_its_goal_was_moved_and_turned_by(way, axis, angle):
    turn = angle * axis / np.linalg.norm(axis)
    here = POSES["left"]
    goal = Pose(here.position_m + way, rotation_from_vector(turn) @ here.rotation)
    error = missing(Goals({"left": goal}))
    np.testing.assert_allclose(error[:3], way, atol=1e-12)
    np.testing.assert_allclose(error[3:], turn, atol=1e-6)


@settings(max_examples=60, deadline=None)
@given(vectors)
def test_half_a_turn_is_made_about_its_axis_one_way_or_the_other(axis):
    axis = axis / np.linalg.norm(axis)
    half = 2.0 * np.outer(axis, axis) - np.eye(3)
    here = POSES["right"]
    turn = missing(Goals({"right": Pose(here.position_m, half @ here.rotation)}))[3:]
    assert np.linalg.norm(turn) == pytest.approx(np.pi, abs=1e-6)
    np.testing.assert_allclose(np.abs(turn @ axis), np.pi, atol=1e-6)


def test_what_is_far_away_is_cut_and_points_the_same_way():
    here, way = POSES["left"], np.array([0.3, -0.4, 0.0])
    turn = np.array([0.0, 1.2, 0.0])
    goal = Pose(here.position_m + way, rotation_from_vector(turn) @ here.rotation)
    error = missing(Goals({"left": goal}), BodySolver(KINEMATICS, Settings()))
    np.testing.assert_allclose(error[:3], 0.1 * way / 0.5, atol=1e-12)
    np.testing.assert_allclose(error[3:], [0.0, 0.5, 0.0], atol=1e-9)


def test_rows_are_positions_then_rotations_then_the_gaze_then_the_balance():
    gaze = SOLVER.head() @ rotation_from_vector(np.array([0.0, 0.0, 0.2]))  # about its own z
    error = missing(Goals(POSES, gaze=gaze, balance_m=SOLVER.balance_m() + 0.01))
    np.testing.assert_allclose(error[:12], 0.0, atol=1e-12)
    np.testing.assert_allclose(error[12:14], [0.0, 0.2], atol=1e-9)
    np.testing.assert_allclose(error[14:], [0.01, 0.01, 0.0], atol=1e-12)
