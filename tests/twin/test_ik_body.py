"""Arms, waist, neck and balance in one step, and what keeps them from furniture and singular poses."""

from dataclasses import replace

import mujoco
import numpy as np
import pytest

from twin.errors import RobotSpecError
from twin.ik.goals import Goals
from twin.ik.model import SIDES, load_kinematics
from twin.ik.plan import Settings
from twin.ik.solver import BodySolver
from twin.robot import find_robot, load_robot
from twin.robot_parts import IkSpec, TermSpec
from twin.scenery.reading import read_layout
from twin.spatial import Pose, vector_from_rotation

SPEC = load_robot(find_robot("optimus"))
KINEMATICS = load_kinematics(SPEC)
AT_TABLE = load_kinematics(SPEC, surroundings=read_layout("table"))
TORSO, NECK = KINEMATICS.joints["torso"], KINEMATICS.joints["neck"]
TABLE_TOP_M = 0.93
DT = 0.01


@pytest.fixture
def solver():
    return BodySolver(KINEMATICS, Settings())


def hands_of(solver):
    return {side: solver.hand(side) for side in SIDES}


def moved(pose, *metres):
    return Pose(pose.position_m + np.array(metres), pose.rotation)


def settle(solver, goals, steps=200):
    for _ in range(steps):
        step = solver.step(goals, DT)
    return step


def turn_deg(wanted, reached):
    return float(np.degrees(np.linalg.norm(vector_from_rotation(wanted @ reached.T))))


def test_while_the_waist_turns_hands_and_gaze_stay_where_they_are_in_the_world(solver):
    hands, gaze = hands_of(solver), solver.head()
    for turned in np.linspace(0.0, 0.3, 60):
        waist = np.array([turned, 0.3 * turned])
        solver.step(Goals(hands, gaze=gaze, waist_rad=waist), DT)
        for side in SIDES:
            assert np.linalg.norm(solver.hand(side).position_m - hands[side].position_m) < 0.002
    settle(solver, Goals(hands, gaze=gaze, waist_rad=waist), 50)
    np.testing.assert_allclose(solver.position_rad[TORSO], waist, atol=1e-3)
    assert solver.position_rad[NECK[0]] == pytest.approx(-0.3, abs=0.03), "the neck turns back"
    for side in SIDES:
        assert np.linalg.norm(solver.hand(side).position_m - hands[side].position_m) < 1e-4
    # Two joints cannot undo a tilted waist: where it looks stays, its tilt about that line does not.
    assert float(solver.head()[:, 0] @ gaze[:, 0]) > np.cos(np.radians(0.1))


def test_joints_that_serve_no_goal_do_not_move_at_all(solver):
    before = solver.position_rad
    settle(solver, Goals(waist_rad=np.array([0.4, 0.2])), 30)
    assert set(np.flatnonzero(solver.position_rad != before)) <= set(TORSO)
    before = solver.position_rad
    settle(solver, Goals(neck_rad=np.array([0.4, 0.2])), 30)
    assert set(np.flatnonzero(solver.position_rad != before)) <= set(NECK)
    np.testing.assert_allclose(solver.position_rad[NECK], [0.4, 0.2], atol=1e-3)


def test_a_gaze_that_is_asked_for_is_looked_at(solver):
    before = solver.head()
    angle = 0.5
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1.0]])
    settle(solver, Goals(gaze=turn @ before))
    assert turn_deg(turn @ before, solver.head()) < 0.1, "to look aside, a neck need not tilt"


def test_a_head_that_must_turn_far_slows_no_hand():
    slowed, alone = (BodySolver(KINEMATICS, Settings()) for _ in range(2))
    goal = {"left": moved(alone.hand("left"), 0.0, 0.02, 0.02)}
    behind = np.diag([-1.0, -1.0, 1.0]) @ alone.head()
    for _ in range(5):
        alone.step(Goals(goal), DT)
        slowed.step(Goals(goal, gaze=behind), DT)
    np.testing.assert_allclose(slowed.hand("left").position_m, alone.hand("left").position_m, atol=1e-9)


def test_the_waist_leans_for_hands_that_cannot_reach_and_comes_back_after():
    stiff, leaning = (BodySolver(KINEMATICS, Settings()) for _ in range(2))
    upright = SPEC.home_rad[TORSO]
    home = hands_of(stiff)
    far = {side: moved(home[side], 0.30, 0.0, 0.0) for side in SIDES}
    settle(stiff, Goals(far), 300)
    settle(leaning, Goals(far, waist_rad=upright), 300)
    reached = [
        np.linalg.norm(each.hand("left").position_m - far["left"].position_m) for each in (stiff, leaning)
    ]
    assert reached[1] < 0.7 * reached[0]
    assert leaning.position_rad[TORSO[1]] > 0.05
    settle(leaning, Goals(home, waist_rad=upright), 300)
    np.testing.assert_allclose(leaning.position_rad[TORSO], upright, atol=0.01)


def test_the_torso_keeps_the_centre_of_mass_over_the_feet_without_moving_the_hands():
    free, balanced = (BodySolver(KINEMATICS, Settings()) for _ in range(2))
    start_m = free.balance_m()
    ahead = {side: moved(pose, 0.12, 0.0, 0.1) for side, pose in hands_of(free).items()}
    settle(free, Goals(ahead), 300)
    settle(balanced, Goals(ahead, balance_m=start_m), 300)
    away_m = [float(np.linalg.norm(each.balance_m() - start_m)) for each in (free, balanced)]
    assert away_m[0] > 0.002, "reaching forward moves the centre of mass"
    assert away_m[1] < 0.7 * away_m[0]
    for side in SIDES:
        assert np.linalg.norm(balanced.hand(side).position_m - ahead[side].position_m) < 5e-4


def test_what_has_priority_two_gets_only_what_priority_one_leaves():
    """A waist of second priority gives way to the hands wholly; one of first priority takes its share."""
    angles, errors = [], []
    for priority in (1, 2):
        spec = replace(SPEC, ik=replace(SPEC.ik, waist=TermSpec(1.0, priority)))
        solver = BodySolver(load_kinematics(spec), Settings())
        far = {side: moved(pose, 0.30, 0.0, -0.1) for side, pose in hands_of(solver).items()}
        settle(solver, Goals(far, waist_rad=SPEC.home_rad[TORSO]), 400)
        errors.append(np.linalg.norm(solver.hand("left").position_m - far["left"].position_m))
        angles.append(solver.position_rad[TORSO[1]])
    assert angles[1] > angles[0] + 0.05
    assert errors[1] < errors[0]


# --- singular poses -----------------------------------------------------------------------------------


def arm_jacobian(solver, side):
    model, data = KINEMATICS.model, mujoco.MjData(KINEMATICS.model)
    data.qpos[KINEMATICS.qpos_address] = solver.position_rad
    mujoco.mj_kinematics(model, data)
    mujoco.mj_comPos(model, data)
    jacobian = np.zeros((6, model.nv))
    mujoco.mj_jacSite(model, data, jacobian[:3], jacobian[3:], KINEMATICS.hand_site[side])
    jacobian[3:] *= SPEC.ik.radian_m
    return jacobian[:, KINEMATICS.dof_address[KINEMATICS.joints[f"{side}_arm"]]]


def test_the_growth_of_the_condition_number_is_its_derivative(solver):
    rng = np.random.default_rng(4)
    for trial in range(40):
        side, hands = SIDES[trial % 2], hands_of(solver)
        arm = KINEMATICS.joints[f"{side}_arm"]
        angles = SPEC.home_rad.copy()
        angles[arm] = rng.uniform(SPEC.lower_rad[arm], SPEC.upper_rad[arm])
        solver.place(angles)
        memory = solver._plan(Goals(hands, waist_rad=np.zeros(2)).asked).memory
        memory.look()
        number = memory.condition(trial % 2)
        assert number == pytest.approx(np.linalg.cond(arm_jacobian(solver, side)), rel=1e-9)
        growth = memory["growth"][: len(arm)].copy()
        for place, joint in enumerate(arm):
            logs = []
            for step in (-1e-5, 1e-5):
                near = angles.copy()
                near[joint] += step
                solver.place(near)
                logs.append(np.log(np.linalg.cond(arm_jacobian(solver, side))))
            assert growth[place] == pytest.approx((logs[1] - logs[0]) / 2e-5, rel=1e-4, abs=1e-4)


def test_on_random_ways_no_arm_comes_nearer_to_a_singular_pose_than_it_may():
    rng = np.random.default_rng(9)
    solver = BodySolver(KINEMATICS, Settings())
    worst, slowed = 0.0, 0
    for _ in range(60):
        goals = {
            side: Pose(pose.position_m + rng.uniform(-0.5, 0.5, 3), pose.rotation)
            for side, pose in hands_of(solver).items()
        }
        for _ in range(25):
            step = solver.step(Goals(goals), DT)
            worst = max(worst, *(solver.condition(side) for side in SIDES))
            slowed += any(reason.startswith("singularity:") for reason in step.limited_by)
    assert slowed > 20, "the ways never led to a singular pose: the test proves nothing"
    assert worst < 1.1 * SPEC.ik.stop_at_condition


def test_an_arm_leaves_a_singular_pose_more_than_twice_as_fast_as_it_went_there(solver):
    home = solver.hand("left")
    way = np.array([0.6, 0.25, 0.1])
    numbers = []
    for _ in range(300):
        solver.step(Goals({"left": moved(home, *way)}), DT)
        numbers.append(solver.condition("left"))
    middle, end = 24.0, numbers[-1]
    assert end > 29.0
    there = sum(middle < number < 29.0 for number in numbers)
    back = 0
    while solver.condition("left") > middle:
        here = solver.hand("left")
        solver.step(Goals({"left": moved(here, *(-0.03 * way))}), DT)
        back += solver.condition("left") < 29.0
    assert there > 2 * back


# --- furniture ----------------------------------------------------------------------------------------


def nearest_furniture_m(solver, fingers):
    """The least distance of fingers, or of all else, to furniture; 1 if none is near."""
    model, data = AT_TABLE.model, mujoco.MjData(AT_TABLE.model)
    data.qpos[AT_TABLE.qpos_address] = solver.position_rad
    mujoco.mj_kinematics(model, data)
    mujoco.mj_collision(model, data)
    is_near_kind = np.isclose(AT_TABLE.scene_margin_m, SPEC.ik.finger_scene_margin_m)
    nearest = 1.0
    for contact in range(data.ncon):
        pair = data.contact.geom[contact]
        if AT_TABLE.is_scene[pair].any() and is_near_kind[pair].any() == fingers:
            nearest = min(nearest, float(data.contact.dist[contact]))
    return nearest


def test_a_hand_that_is_sent_through_the_table_stops_above_it_and_says_why():
    solver = BodySolver(AT_TABLE, Settings())
    home = solver.hand("right")
    below = Pose(np.array([0.45, -0.1, 0.80]), home.rotation)
    nearest = {True: 1.0, False: 1.0}
    for _ in range(250):
        step = solver.step(Goals({"right": below}), DT)
        for fingers in nearest:
            nearest[fingers] = min(nearest[fingers], nearest_furniture_m(solver, fingers))
    assert any(reason.startswith("scene_collision:right_") for reason in step.limited_by)
    assert solver.hand("right").position_m[2] > TABLE_TOP_M
    assert 0.0 < nearest[True] < 0.01, "fingers get at what lies on the table"
    assert nearest[False] > 0.008


def test_without_a_scene_nothing_is_in_the_way():
    solver = BodySolver(KINEMATICS, Settings())
    home = solver.hand("right")
    below = Pose(np.array([0.40, -0.2, 0.85]), home.rotation)
    settle(solver, Goals({"right": below}), 250)
    assert solver.hand("right").position_m[2] < TABLE_TOP_M


def test_a_waist_that_would_push_a_hand_into_the_table_stops():
    solver = BodySolver(AT_TABLE, Settings())
    down = Pose(np.array([0.36, -0.25, 1.0]), solver.hand("right").rotation)
    settle(solver, Goals({"right": down}), 200)
    reasons, nearest = set(), 1.0
    for _ in range(200):
        step = solver.step(Goals(waist_rad=np.array([0.0, 0.8])), DT)
        reasons |= set(step.limited_by)
        nearest = min(nearest, nearest_furniture_m(solver, True), nearest_furniture_m(solver, False))
    assert any(reason.startswith("scene_collision:") for reason in reasons)
    assert nearest > 0.0


# --- what others move ---------------------------------------------------------------------------------


def test_fingers_that_open_towards_the_body_stop_before_it():
    solver = BodySolver(KINEMATICS, Settings())
    fingers = np.array(SPEC.groups["right_hand"], np.intp)
    closed = SPEC.home_rad[fingers].copy()
    for place, joint in enumerate(fingers):
        if (
            SPEC.joint_names[joint].endswith(("_mcp", "_pip", "_dip"))
            and "thumb" not in SPEC.joint_names[joint]
        ):
            closed[place] = 1.3
    for share in np.linspace(0.0, 1.0, 40):
        solver.carry(fingers, (1 - share) * SPEC.home_rad[fingers] + share * closed, DT)
    # Fingers to the chest, as near as the closed hand can come.
    across = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]) @ solver.hand("right").rotation
    settle(solver, Goals({"right": Pose(np.array([0.12, -0.15, 1.15]), across)}), 300)
    nearest, reasons = 1.0, set()
    wanted = solver.position_rad[fingers]
    data = mujoco.MjData(KINEMATICS.model)
    for _ in range(150):
        wanted = wanted + np.clip(0.0 - wanted, -0.03, 0.03)
        wanted, why = solver.carry(fingers, wanted, DT)
        reasons |= set(why)
        data.qpos[KINEMATICS.qpos_address] = solver.position_rad
        mujoco.mj_kinematics(KINEMATICS.model, data)
        mujoco.mj_collision(KINEMATICS.model, data)
        nearest = min(nearest, float(data.contact.dist.min()) if data.ncon else 1.0)
    assert any(reason.startswith("self_collision:right_") for reason in reasons), "nothing was in the way"
    assert nearest > 0.004


def test_fingers_with_nothing_near_go_where_they_are_wanted(solver):
    fingers = np.array(SPEC.groups["left_hand"], np.intp)
    wanted = SPEC.home_rad[fingers] + 0.02
    reached, why = solver.carry(fingers, wanted, DT)
    np.testing.assert_array_equal(reached, wanted)
    assert why == ()


def test_a_robot_without_a_neck_or_a_head_says_so_when_it_is_to_look(solver):
    without = replace(SPEC, groups={name: j for name, j in SPEC.groups.items() if name != "neck"})
    with pytest.raises(RobotSpecError, match="neck"):
        BodySolver(load_kinematics(without), Settings()).step(Goals(gaze=np.eye(3)), DT)
    without = replace(SPEC, frames={name: s for name, s in SPEC.frames.items() if name != "head"})
    with pytest.raises(RobotSpecError, match="head"):
        BodySolver(load_kinematics(without), Settings()).step(Goals(gaze=np.eye(3)), DT)


def test_the_robot_of_the_house_says_itself_what_counts():
    assert SPEC.ik == IkSpec()
