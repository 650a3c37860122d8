"""What a step of inverse kinematics promises, on the humanoid itself."""

import mujoco
import numpy as np
import pytest

from twin.errors import RobotSpecError
from twin.ik.goals import Goals
from twin.ik.model import SIDES, load_kinematics
from twin.ik.plan import Settings
from twin.ik.solver import BodySolver
from twin.robot import find_robot, load_robot
from twin.spatial import Pose, rotation_from_vector, vector_from_rotation

SPEC = load_robot(find_robot("optimus"))
KINEMATICS = load_kinematics(SPEC)
ARMS = np.concatenate([KINEMATICS.arm_joints[side] for side in SIDES])
DT = 0.01


@pytest.fixture
def solver():
    return BodySolver(KINEMATICS, Settings())


def clearance_m(solver):
    """The least distance of any two shapes that must keep apart; 1 if none is near."""
    data = mujoco.MjData(KINEMATICS.model)
    data.qpos[KINEMATICS.qpos_address] = solver.position_rad
    mujoco.mj_kinematics(KINEMATICS.model, data)
    mujoco.mj_collision(KINEMATICS.model, data)
    return float(data.contact.dist.min()) if data.ncon else 1.0


def settle(solver, targets, steps=150):
    for _ in range(steps):
        step = solver.step(Goals(targets), DT)
    return step


def shifted(pose, metres, turn=(0.0, 0.0, 0.0)):
    return Pose(
        pose.position_m + np.array(metres), rotation_from_vector(np.array(turn, float)) @ pose.rotation
    )


def test_both_hands_arrive_in_position_and_orientation(solver):
    targets = {
        "left": shifted(solver.hand("left"), (0.08, 0.05, 0.1), (0.2, 0.1, -0.3)),
        "right": shifted(solver.hand("right"), (-0.05, -0.05, 0.06), (-0.1, 0.2, 0.2)),
    }
    settle(solver, targets)
    for side in SIDES:
        reached = solver.hand(side)
        np.testing.assert_allclose(reached.position_m, targets[side].position_m, atol=1e-5)
        turn = vector_from_rotation(targets[side].rotation @ reached.rotation.T)
        assert np.linalg.norm(turn) < 1e-4


def test_the_hand_that_is_not_driven_does_not_move_at_all(solver):
    before = solver.position_rad
    settle(solver, {"right": shifted(solver.hand("right"), (0.1, 0.0, 0.1))})
    moved = np.flatnonzero(solver.position_rad != before)
    assert set(moved) <= set(KINEMATICS.arm_joints["right"])


def test_a_target_where_the_hand_is_moves_nothing(solver):
    before = solver.position_rad
    solver.step(Goals({side: solver.hand(side) for side in SIDES}), DT, ease=dict.fromkeys(SIDES, 0.0))
    np.testing.assert_allclose(solver.position_rad, before, atol=1e-12)


def test_no_step_breaks_position_speed_or_the_gathering_of_speed():
    rng = np.random.default_rng(7)
    solver, settings = BodySolver(KINEMATICS, Settings()), Settings()
    speed_before = np.zeros(len(SPEC.joints))
    for _ in range(60):
        targets = {
            side: shifted(solver.hand(side), rng.uniform(-0.4, 0.4, 3), rng.uniform(-1.5, 1.5, 3))
            for side in SIDES
        }
        for _ in range(12):
            before = solver.position_rad
            solver.step(Goals(targets), DT)
            speed = (solver.position_rad - before) / DT
            assert (solver.position_rad[ARMS] >= SPEC.lower_rad[ARMS] + settings.soft_limit_rad - 1e-9).all()
            assert (solver.position_rad[ARMS] <= SPEC.upper_rad[ARMS] - settings.soft_limit_rad + 1e-9).all()
            assert (np.abs(speed) <= SPEC.max_speed_rad_s * settings.speed_use + 1e-9).all()
            gained = np.abs(speed) - np.abs(speed_before)
            assert (gained <= SPEC.max_acceleration_rad_s2 * DT + 1e-9).all()
            speed_before = speed


def test_targets_inside_the_body_and_the_other_hand_never_make_shapes_touch():
    rng = np.random.default_rng(11)
    solver = BodySolver(KINEMATICS, Settings())
    nearest = 1.0
    for _ in range(25):
        middle = np.array([0.1, 0.0, 1.1]) + rng.uniform(-0.15, 0.15, 3)
        targets = {side: Pose(middle, solver.hand(side).rotation) for side in SIDES}
        for _ in range(40):
            solver.step(Goals(targets), DT)
            nearest = min(nearest, clearance_m(solver))
    assert nearest > 0.004
    assert nearest < 0.03, "the paths never came near: the test proves nothing"


def test_the_reason_names_the_part_that_is_in_the_way(solver):
    chest = np.array([0.05, 0.0, 1.2])
    step = settle(solver, {"right": Pose(chest, solver.hand("right").rotation)})
    assert any(reason.startswith("self_collision:right_") for reason in step.limited_by)


@pytest.mark.parametrize("side", SIDES)
def test_a_target_out_of_reach_stretches_the_arm_calmly_and_says_so(solver, side):
    sign = 1 if side == "left" else -1
    far = Pose(np.array([1.6, 0.4 * sign, 1.5]), solver.hand(side).rotation)
    step = settle(solver, {side: far}, 300)
    assert f"reach:{side}_hand" in step.limited_by
    rest = solver.position_rad
    for _ in range(50):
        before = solver.position_rad
        solver.step(Goals({side: far}), DT)
        assert np.abs(solver.position_rad - before).max() < 2e-3
    assert np.abs(solver.position_rad - rest).max() < 0.05


def test_an_arm_at_its_limit_comes_back_as_soon_as_it_is_asked(solver):
    far = shifted(solver.hand("right"), (0.0, 0.0, 2.0))
    settle(solver, {"right": far}, 200)
    stretched = solver.hand("right")
    settle(solver, {"right": shifted(stretched, (0.0, 0.0, -0.02))}, 12)
    assert solver.hand("right").position_m[2] < stretched.position_m[2] - 0.015


def test_the_ready_pose_is_reached_gently_from_anywhere(solver):
    settle(solver, {"right": shifted(solver.hand("right"), (0.1, 0.1, 0.2), (0.3, 0.0, 0.4))}, 60)
    before = solver.position_rad
    for _ in range(500):
        last = solver.position_rad
        step = solver.step_joints(SPEC.home_rad, ("right",), 0.6, DT)
        assert np.abs(solver.position_rad - last).max() <= 0.6 * DT + 1e-9
    assert np.abs(before - SPEC.home_rad).max() > 0.1
    assert step.error_m[0] < 1e-3
    np.testing.assert_allclose(solver.position_rad, SPEC.home_rad, atol=2e-3)


def test_the_elbow_is_not_drawn_home_unless_the_hand_moves(solver):
    settle(solver, {"right": shifted(solver.hand("right"), (0.1, -0.1, 0.1))}, 60)
    here = solver.hand("right")
    before = solver.position_rad
    for _ in range(200):
        solver.step(Goals({"right": here}), DT, ease={"right": 0.0})
    assert np.abs(solver.position_rad - before).max() < 1e-4


def test_a_stretched_arm_has_a_worse_condition_than_a_bent_one(solver):
    bent = solver.condition("right")
    settle(solver, {"right": shifted(solver.hand("right"), (0.5, 0.0, 0.0))}, 200)
    assert solver.condition("right") > 3 * bent


def test_the_palm_axes_point_forward_left_and_up_on_both_hands(solver):
    for side in SIDES:
        axes = KINEMATICS.hand_axes[side]
        np.testing.assert_allclose(axes.T @ axes, np.eye(3), atol=1e-9)
        assert np.linalg.det(axes) == pytest.approx(1.0)
    forward = solver.hand("right").rotation @ KINEMATICS.hand_axes["right"][:, 0]
    assert forward[0] > 0.5, "fingers point away from the body in the ready pose"


def test_a_joint_found_beyond_its_limit_may_come_back_but_not_go_further(solver):
    angles = SPEC.home_rad.copy()
    elbow = SPEC.joint_names.index("right_elbow")
    angles[elbow] = SPEC.upper_rad[elbow] + 0.02
    solver.place(angles)
    here = solver.hand("right")
    settle(solver, {"right": shifted(here, (0.1, 0.0, 0.1))}, 20)
    assert solver.position_rad[elbow] <= SPEC.upper_rad[elbow] + 0.02 + 1e-9
    settle(solver, {"right": shifted(here, (-0.2, 0.0, 0.1))}, 100)
    assert solver.position_rad[elbow] < SPEC.upper_rad[elbow] - 0.1


def test_a_robot_without_a_hand_frame_is_refused_by_name():
    from dataclasses import replace

    frames = {name: site for name, site in SPEC.frames.items() if name != "left_hand"}
    with pytest.raises(RobotSpecError, match="left_hand"):
        load_kinematics(replace(SPEC, frames=frames))
    groups = {name: joints for name, joints in SPEC.groups.items() if name != "right_arm"}
    with pytest.raises(RobotSpecError, match="right_arm"):
        load_kinematics(replace(SPEC, groups=groups))
