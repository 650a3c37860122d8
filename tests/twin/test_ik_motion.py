"""What is commanded is what joints can do: they brake as they gather speed, and what is let go comes to rest."""

import mujoco
import numpy as np
import pytest

from teleop.driving.arms import ArmDriver, HandRates
from twin.ik.goals import Goals
from twin.ik.model import SIDES, load_kinematics
from twin.ik.plan import Settings
from twin.ik.solver import BodySolver
from twin.ik.stopping import Stopping, levers_m
from twin.robot import find_robot, load_robot
from twin.scenery.reading import read_layout
from twin.spatial import Pose, rotation_from_vector

SPEC = load_robot(find_robot("optimus"))
KINEMATICS = load_kinematics(SPEC)
AT_TABLE = load_kinematics(SPEC, surroundings=read_layout("table"))
ARMS = np.concatenate([KINEMATICS.arm_joints[side] for side in SIDES])
LIMIT = 0.9 * SPEC.max_acceleration_rad_s2
DT = 0.01


def test_joints_brake_no_harder_than_they_can_wherever_hands_are_sent():
    rng = np.random.default_rng(4)
    solver = BodySolver(KINEMATICS, Settings())
    before = np.zeros(len(SPEC.joints))
    for _ in range(40):
        goals = {
            side: Pose(rng.uniform((-0.1, -0.4, 0.8), (0.6, 0.4, 1.6)), solver.hand(side).rotation)
            for side in SIDES
        }
        for _ in range(int(rng.integers(2, 25))):
            here = solver.position_rad
            solver.step(Goals(goals), DT)
            speed = (solver.position_rad - here) / DT
            change = np.abs(speed - before)[ARMS]
            assert (change <= LIMIT[ARMS] * DT + 1e-6).all()
            before = speed


def test_a_hand_that_trails_its_goal_comes_to_rest_on_it():
    solver = BodySolver(KINEMATICS, Settings())
    begin = solver.hand("right")
    goal = Pose(begin.position_m + np.array([0.1, -0.1, 0.1]), begin.rotation)
    farthest = float(np.linalg.norm(goal.position_m - begin.position_m))
    along = (goal.position_m - begin.position_m) / farthest
    beyond = 0.0
    for _ in range(80):
        solver.step(Goals({"right": goal}), DT)
        beyond = max(beyond, float((solver.hand("right").position_m - begin.position_m) @ along) - farthest)
    np.testing.assert_allclose(solver.hand("right").position_m, goal.position_m, atol=1e-5)
    assert beyond < 0.004


@pytest.mark.parametrize("also_left", [False, True])
def test_an_arm_whose_stick_is_let_go_coasts_to_rest_and_stays_there(also_left):
    driver = ArmDriver(KINEMATICS)
    still = HandRates(np.zeros(3), np.zeros(3), np.zeros(3))
    up = HandRates(np.array([0.0, 0.0, 0.5]), np.zeros(3), np.zeros(3))
    speeds, here = [], driver.solver.position_rad
    for tick in range(120):
        rates = {"right": up if tick < 40 else still} | ({"left": up} if also_left and tick >= 20 else {})
        driver.drive(rates, DT)
        speeds.append((driver.solver.position_rad - here) / DT)
        here = driver.solver.position_rad
    right = np.array(speeds)[:, KINEMATICS.arm_joints["right"]]
    limit = LIMIT[KINEMATICS.arm_joints["right"]] * DT + 1e-6
    assert np.abs(right[39]).max() > 0.2
    assert (np.abs(np.diff(right, axis=0)) <= limit).all()
    assert not right[-30:].any()


def away_from_ready(rng) -> np.ndarray:
    """A pose in which an arm stands at random, its elbow where nobody would hold it by itself."""
    arm = KINEMATICS.arm_joints["right"]
    position = SPEC.home_rad.copy()
    low, high = SPEC.lower_rad[arm], SPEC.upper_rad[arm]
    position[arm] += 0.6 * (rng.uniform(low, high) - position[arm])
    return position


@pytest.mark.parametrize("seed", range(12))
def test_a_hand_that_hardly_moves_does_not_make_its_elbow_move(seed):
    """A hand that trembles, or a filter that still converges: the arm does no more by itself than was asked of it."""
    rng, driver = np.random.default_rng(seed), ArmDriver(KINEMATICS)
    driver.latch(away_from_ready(rng))
    begin, here = driver.solver.hand("right"), driver.solver.position_rad
    for _ in range(100):
        near = Pose(begin.position_m + rng.uniform(-5e-5, 5e-5, 3), begin.rotation)
        driver.follow({"right": near}, 1.0, 3.0, DT)
    assert np.abs(driver.solver.position_rad - here).max() < np.radians(1.0)


@pytest.mark.parametrize("lean_rad", [0.0, 0.85, 1.75])
def test_forward_is_forward_and_up_is_up_however_far_the_body_bows(lean_rad):
    driver, turn = ArmDriver(KINEMATICS), rotation_from_vector(np.array([0.0, lean_rad, 0.0]))
    for way in np.eye(3):
        driver.latch(SPEC.home_rad)
        driver.level(turn)
        begin = driver.solver.hand("right").position_m
        for _ in range(30):
            driver.drive({"right": HandRates(0.1 * way, np.zeros(3), np.zeros(3))}, DT)
        gone_m = turn @ (driver.solver.hand("right").position_m - begin)
        assert gone_m @ way > 0.99 * np.linalg.norm(gone_m) > 0.01


def test_an_elbow_goes_to_the_ready_pose_while_its_hand_moves():
    driver, arm = ArmDriver(KINEMATICS), KINEMATICS.arm_joints["right"]
    driver.latch(away_from_ready(np.random.default_rng(3)))
    begin, here = driver.solver.hand("right"), driver.solver.position_rad
    ways_m = 0.05 * np.sin(0.06 * np.arange(105))  # there and back
    for way_m in ways_m:
        driver.follow({"right": Pose(begin.position_m + way_m, begin.rotation)}, 1.0, 3.0, DT)
    before, after = (
        np.linalg.norm(each[arm] - SPEC.home_rad[arm]) for each in (here, driver.solver.position_rad)
    )
    assert after < 0.95 * before


def test_fingers_close_on_the_table_they_reach_down_to_and_the_hand_lifts_off():
    solver = BodySolver(AT_TABLE, Settings())
    fingers = np.array(SPEC.groups["right_hand"], np.intp)
    above = Pose(np.array([0.40, -0.2, 0.99]), solver.hand("right").rotation)
    for _ in range(200):
        solver.step(Goals({"right": above}), DT)
    curled = SPEC.home_rad[fingers].copy()
    for place, joint in enumerate(fingers):
        if SPEC.joint_names[joint].endswith(("_mcp", "_pip", "_dip")):
            curled[place] = 0.6 * SPEC.upper_rad[joint]
    begin = solver.position_rad[fingers]
    reasons: set[str] = set()
    for share in np.linspace(0, 1, 100):
        _, why = solver.carry(fingers, (1 - share) * begin + share * curled, DT, may_touch=True)
        reasons |= set(why)
    assert not any(reason.startswith("scene_collision") for reason in reasons)
    np.testing.assert_allclose(solver.position_rad[fingers], curled, atol=1e-9)
    lifted = Pose(above.position_m + np.array([0.0, 0.0, 0.1]), above.rotation)
    for _ in range(100):
        solver.step(Goals({"right": lifted}), DT)
    np.testing.assert_allclose(solver.hand("right").position_m, lifted.position_m, atol=1e-3)


def test_what_hands_work_in_is_not_in_the_way_and_what_stands_is():
    names = [AT_TABLE.model.geom(shape).name for shape in np.flatnonzero(AT_TABLE.is_scene)]
    assert any("table_top" in name for name in names)
    assert not any("tote" in name for name in names)


def test_a_fast_arm_looks_farther_than_what_is_near():
    stopping = Stopping(KINEMATICS, LIMIT)
    slow, fast = np.zeros(len(SPEC.joints)), np.zeros(len(SPEC.joints))
    slow[ARMS], fast[ARMS[0]] = 0.05, 4.0
    assert stopping.is_within_sight(slow)
    assert not stopping.is_within_sight(fast)


def test_no_part_is_farther_from_a_joint_than_its_lever():
    data = mujoco.MjData(KINEMATICS.model)
    levers = levers_m(KINEMATICS)
    rng = np.random.default_rng(2)
    for _ in range(20):
        data.qpos[KINEMATICS.qpos_address] = rng.uniform(SPEC.lower_rad, SPEC.upper_rad)
        mujoco.mj_kinematics(KINEMATICS.model, data)
        for side in SIDES:
            joint = int(KINEMATICS.arm_joints[side][0])
            anchor = data.xanchor[KINEMATICS.model.joint(SPEC.joint_names[joint]).id]
            away = np.linalg.norm(data.site_xpos[KINEMATICS.hand_site[side]] - anchor)
            assert away < levers[joint]


def test_hands_that_sweep_are_followed_along_the_curve_their_arms_make():
    """Steps of several degrees: along a straight Jacobian alone a hand would be 43 micrometres off on average."""
    solver = BodySolver(KINEMATICS, Settings())
    begin = {side: solver.hand(side) for side in SIDES}
    away_m = []
    for tick in range(100):
        way = 0.06 * np.array([np.sin(0.09 * tick), 0.5 - 0.5 * np.cos(0.09 * tick), np.sin(0.05 * tick)])
        goals = {
            side: Pose(
                begin[side].position_m + way * (1, 1 if side == "left" else -1, 1), begin[side].rotation
            )
            for side in SIDES
        }
        solver.step(Goals(goals), DT)
        away_m.append(max(np.linalg.norm(solver.hand(s).position_m - goals[s].position_m) for s in SIDES))
    assert np.mean(away_m[20:]) < 1.5e-5
