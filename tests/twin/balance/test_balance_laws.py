"""The formulas of the balance, each against what it must mean."""

import dataclasses
import math

import mujoco
import numpy as np
import pytest

from twin.balance.body import LEFT, RIGHT, Body, load_body
from twin.balance.contacts import Generators, convex_hull, nearest_inside, pyramid, support_polygon
from twin.balance.dynamics import Dynamics
from twin.balance.falls import FallWatch
from twin.balance.footsteps import Moment, Pace, periodic_offset, plan_step, plane_rotation
from twin.balance.gains import Gains
from twin.balance.joint_filter import JointFilter
from twin.balance.standing import com_acceleration, pendulum_rate, standing_cop, tracking_cop
from twin.balance.swing import Swing
from twin.balance.whole_body_qp import WholeBodyQp, Wishes
from twin.robot import find_robot, load_robot

SQUARE = convex_hull(np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.5, 0.5]]))


@pytest.fixture(scope="module")
def body() -> Body:
    return load_body(load_robot(find_robot("optimus")))


def test_the_hull_has_the_corners_and_not_the_inner_point():
    assert len(SQUARE) == 4


@pytest.mark.parametrize(
    ("point", "nearest", "margin"),
    [((0.5, 0.9), (0.5, 0.9), 0.1), ((2.0, 0.5), (1.0, 0.5), -1.0), ((2.0, 2.0), (1.0, 1.0), -math.sqrt(2))],
)
def test_a_point_is_kept_inside_and_told_how_far_it_was_from_the_edge(point, nearest, margin):
    found, found_margin = nearest_inside(np.array(point), SQUARE)
    np.testing.assert_allclose(found, nearest)
    assert found_margin == pytest.approx(margin)


def test_the_pyramid_lies_inside_the_friction_cone():
    edges = pyramid(0.6)
    assert np.hypot(edges[:, 0], edges[:, 1]).max() == pytest.approx(0.6)


def test_the_model_of_the_balance_has_no_fingers_but_all_of_the_mass(body):
    assert body.joint_count == 30
    assert body.mass_kg == pytest.approx(56.96, abs=0.01)


def test_the_sole_is_found_in_the_geometry_of_the_foot(body):
    assert body.soles[LEFT].centre_m == pytest.approx([0.035, 0.0, -0.09])
    assert body.soles[LEFT].half_length_m < 0.125


def test_generators_are_the_speeds_of_the_corners_along_the_edges(body):
    dynamics = Dynamics(body)
    foot = body.soles[LEFT].body
    units = Generators(pyramid()).at(dynamics.sole_corners_m, dynamics.sole_m)
    speeds = units[LEFT] @ dynamics.foot_jacobian[LEFT]
    corner = np.zeros((3, dynamics.size))
    mujoco.mj_jac(body.model, dynamics.data, corner, None, dynamics.sole_corners_m[LEFT][2], foot)
    np.testing.assert_allclose(speeds[8:12], pyramid() @ corner, atol=1e-12)


def test_pressure_beyond_the_dcm_brings_it_back(body):
    rate = pendulum_rate(0.95)
    dcm, middle = np.array([0.52, 0.5]), np.array([0.5, 0.5])
    cop = standing_cop(dcm, middle, SQUARE, 2.0)
    assert (rate * (dcm - cop))[0] < 0.0  # d DCM/dt
    assert com_acceleration(np.array([0.52, 0.5, 1.0]), cop, rate)[0] < 0.0


def test_a_dcm_on_its_path_keeps_the_speed_of_the_path():
    speed, dcm = np.array([0.1, 0.0]), np.array([0.5, 0.5])
    cop = tracking_cop(dcm, dcm, speed, SQUARE, 3.2, 1.5)
    np.testing.assert_allclose(3.2 * (dcm - cop), speed)


def test_a_periodic_gait_repeats_itself():
    """From the offset of one foothold, a step of the pendulum leads to the mirrored offset of the next one."""
    rate, gains = 3.2, Gains()
    pace = Pace(0.4, 0.0, 0.0, 0.21)
    start = periodic_offset(
        pace, RIGHT, rate, gains.step_time_s
    )  # the right foot has just landed at the origin
    dcm = start * math.exp(rate * gains.step_time_s)
    foothold = np.array([0.4 * gains.step_time_s, 0.21])
    np.testing.assert_allclose(
        dcm - foothold, periodic_offset(pace, LEFT, rate, gains.step_time_s), atol=1e-12
    )


def _moment(dcm: tuple[float, float]) -> Moment:
    sole = np.array([[0.11, 0.04], [-0.11, 0.04], [-0.11, -0.04], [0.11, -0.04]])
    return Moment(complex(*dcm), 3.2, 0j, 0.21j, LEFT, 0.0, 0.15, sole, (0.11, 0.04))


def test_a_push_moves_the_foothold_its_way_and_undisturbed_steps_keep_their_time():
    pace, gains = Pace(0.0, 0.0, 0.0, 0.21), Gains()
    at_start = periodic_offset(pace, RIGHT, 3.2, gains.step_time_s) * math.exp(3.2 * 0.15)
    calm = plan_step(_moment(tuple(at_start)), pace, gains)
    pushed = plan_step(_moment((at_start[0] + 0.12, at_start[1])), pace, gains)
    assert calm.remaining_s == pytest.approx(gains.step_time_s - 0.15)
    np.testing.assert_allclose(calm.foothold_m, [0.0, 0.21], atol=1e-6)
    assert pushed.foothold_m[0] > 0.05


def test_no_foothold_crosses_the_other_leg_or_lies_out_of_reach():
    gains = Gains()
    for dcm in np.random.default_rng(1).uniform(-0.6, 0.6, (200, 2)):
        plan = plan_step(_moment(tuple(dcm)), Pace(0.3, 0.1, 0.0, 0.21), gains)
        assert gains.least_width_m - 1e-9 <= plan.foothold_m[1] <= gains.widest_m + 1e-9
        assert -gains.backward_reach_m - 1e-9 <= plan.foothold_m[0] <= gains.forward_reach_m + 1e-9


@pytest.mark.parametrize("turn_rad_s", [-0.6, -0.3, 0.3, 0.6])
def test_a_foot_that_is_pushed_towards_the_other_comes_no_nearer_with_its_toes_or_heel_when_turned(
    turn_rad_s,
):
    gains = Gains()

    def gap_m(turn_rad_s: float) -> float:
        plan = plan_step(_moment((0.0, -0.5)), Pace(0.0, 0.0, turn_rad_s, 0.21), gains)
        turned = plane_rotation(plan.heading_rad)
        corners = np.array([[x, y] for x in (-0.11, 0.11) for y in (-0.04, 0.04)]) @ turned.T
        return float((plan.foothold_m + corners)[:, 1].min()) - 0.04

    assert gap_m(0.0) == pytest.approx(gains.least_width_m - 0.08, abs=1e-3)
    assert gap_m(turn_rad_s) > gap_m(0.0) - 0.006


def test_a_swinging_foot_lifts_off_at_rest_and_comes_down_where_it_was_told():
    swing = Swing(LEFT, np.array([0.0, 0.1, 0.0]), 0.0, 0.0, 0.07)
    left_s, highest = 0.45, 0.0
    while left_s > 0.0:
        goal = swing.advance(np.array([0.3, 0.12]), 0.2, left_s, 0.004)
        highest = max(highest, float(goal.position_m[2]))
        left_s -= 0.004
    np.testing.assert_allclose(goal.position_m[:2], [0.3, 0.12], atol=5e-3)
    assert highest == pytest.approx(0.07, abs=0.005)
    assert goal.position_m[2] < 0.005


def test_a_toe_right_before_an_edge_is_above_it_before_it_goes_forward():
    swing = Swing(LEFT, np.array([0.0, 0.1, 0.0]), 0.0, 0.03, 0.07)
    gone_m, height_m = [], []
    for tick in range(112):
        goal = swing.advance(np.array([0.36, 0.1]), 0.0, 0.45 - 0.004 * tick, 0.004)
        gone_m.append(goal.position_m[0])
        height_m.append(goal.position_m[2])
    reaches_edge = int(np.argmax(np.array(gone_m) > 0.004))
    assert height_m[reaches_edge] > 0.03
    assert gone_m[-1] == pytest.approx(0.36, abs=5e-3)


def test_a_foot_that_must_catch_a_fall_does_not_wait():
    swing = Swing(LEFT, np.array([0.0, 0.1, 0.0]), 0.0, 0.0, 0.07)
    goals = [swing.advance(np.array([0.36, 0.1]), 0.0, 0.45 - 0.004 * i, 0.004, True) for i in range(5)]
    assert goals[-1].position_m[0] > 0.0


def test_a_robot_at_rest_is_told_torques_that_carry_it_and_the_ground_carries_its_weight(body):
    dynamics = Dynamics(body)
    still = np.zeros(dynamics.size)
    dynamics.update(body.home_position(), still)
    wishes = Wishes((LEFT, RIGHT), np.zeros(3), np.eye(3), 0.0, body.home_rad, still[6:])
    solution = WholeBodyQp(dynamics, Gains()).solve(wishes)
    assert solution is not None
    assert solution.force_n[:, 2].sum() == pytest.approx(9.81 * body.mass_kg, rel=0.01)
    assert np.abs(solution.acceleration).max() < 0.5
    polygon = support_polygon(dynamics, (LEFT, RIGHT))
    assert nearest_inside(solution.cop_m, polygon)[1] > 0.0


def test_torques_and_forces_of_the_ground_make_the_accelerations(body):
    """Inverse dynamics with the Jacobian of every single corner, and nothing but the ground on the base."""
    random, dynamics = np.random.default_rng(2), Dynamics(body)
    position = body.home_position()
    position[3:7] = [math.cos(0.1), 0.0, math.sin(0.1), 0.0]
    position[7:] += random.normal(0.0, 0.05, body.joint_count)
    dynamics.update(position, random.normal(0.0, 0.05, dynamics.size))
    for stance in ((LEFT, RIGHT), (RIGHT,)):
        wishes = Wishes(stance, np.zeros(3), np.eye(3), 0.1, body.home_rad, np.zeros(body.joint_count))
        solution = WholeBodyQp(dynamics, Gains()).solve(wishes)
        assert solution is not None
        left = dynamics.mass_matrix @ solution.acceleration + dynamics.bias
        for side, forces_n, corners_m in zip(stance, solution.corner_n, solution.corner_m, strict=True):
            for force_n, corner_m in zip(forces_n, corners_m, strict=True):
                jacobian = np.zeros((3, dynamics.size))
                mujoco.mj_jac(body.model, dynamics.data, jacobian, None, corner_m, body.soles[side].body)
                left -= jacobian.T @ force_n
        np.testing.assert_allclose(left[:6], 0.0, atol=1e-6)
        np.testing.assert_allclose(left[6:], solution.torque_nm, atol=1e-6)


def test_a_joint_whose_limit_is_met_leaves_the_rest_to_the_others(body):
    def at_rest(strength: Body):
        dynamics = Dynamics(strength)
        crouched = body.home_rad.copy()
        crouched[body.legs] *= 3.0
        position = body.home_position()
        position[7:] = crouched
        dynamics.update(position, np.zeros(dynamics.size))
        wishes = Wishes((LEFT, RIGHT), np.zeros(3), np.eye(3), 0.0, crouched, np.zeros(len(crouched)))
        solution = WholeBodyQp(dynamics, Gains()).solve(wishes)
        assert solution is not None
        return solution

    strong = at_rest(body)
    joint = int(np.argmax(np.abs(strong.torque_nm)))
    limits = body.max_effort_nm.copy()
    limits[joint] = 0.8 * abs(strong.torque_nm[joint])
    weak = at_rest(dataclasses.replace(body, max_effort_nm=limits))
    assert abs(weak.torque_nm[joint]) <= limits[joint] + 1e-6
    assert weak.force_n[:, 2].sum() == pytest.approx(9.81 * body.mass_kg, rel=0.15)


def test_gains_grow_with_the_legs():
    usual, long = Gains(), Gains.scaled_to(4 * 0.89)
    assert long.stance_width_m == pytest.approx(4 * usual.stance_width_m)
    assert long.step_time_s == pytest.approx(2 * usual.step_time_s)
    assert long.com_weight == usual.com_weight


def test_a_fall_is_latched_and_says_what_it_saw(body):
    falls = FallWatch(body)
    assert falls.look(np.eye(3), 0.9, 0.1, 0.004) == ""
    lying = np.array([[1.0, 0, 0], [0, 0, -1.0], [0, 1.0, 0]])
    assert "tilted by 90 degrees" in falls.look(lying, 0.9, 0.1, 0.004)
    assert falls.look(np.eye(3), 0.9, 0.1, 0.004)


def test_a_dcm_that_no_step_can_catch_is_a_fall_before_the_ground(body):
    falls = FallWatch(body)
    reasons = [falls.look(np.eye(3), 0.9, -0.8, 0.004) for _ in range(30)]
    assert not reasons[10]
    assert "no step can catch it" in reasons[-1]


def test_joint_speeds_come_out_quieter_than_their_sensors():
    random, filtered = np.random.default_rng(0), JointFilter(0.004)
    errors = []
    for tick in range(500):
        now_s = 0.004 * tick
        angle, speed = math.sin(3 * now_s), 3 * math.cos(3 * now_s)
        filtered.update(
            np.array([angle + 1e-4 * random.standard_normal()]),
            np.array([speed + 0.3 * random.standard_normal()]),
        )
        errors.append(filtered.velocity_rad_s[0] - speed)
    assert np.std(errors[50:]) < 0.12
