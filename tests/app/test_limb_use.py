"""Limbs: each row says its worst joint, of the right kind, and a resting finger is no strain."""

from pathlib import Path

import numpy as np
import pytest

from app.joints.limb_use import limb_uses, limbs_of, range_use
from twin.robot import JointSpec, RobotSpec


def joint(index: int, name: str, group: str, lower: float, upper: float, home: float = 0.0) -> JointSpec:
    return JointSpec(name, index, group, lower, upper, 2.0, 10.0, 10.0, home)


@pytest.fixture
def spec() -> RobotSpec:
    joints = (
        joint(0, "neck_yaw", "neck", -1.0, 1.0),
        joint(1, "left_elbow", "left_arm", 0.0, 2.0, home=1.0),
        joint(2, "left_wrist", "left_arm", -1.0, 1.0),
        joint(3, "left_pip", "left_hand", 0.0, 1.5),
        joint(4, "right_pip", "right_hand", 0.0, 1.5),
    )
    groups = {"neck": (0,), "left_arm": (1, 2), "left_hand": (3,), "right_hand": (4,)}
    return RobotSpec(
        Path("/nowhere"), "r", "R", "", Path("/nowhere/r.xml"), "simulated", joints, groups, {}, (), (), ""
    )


def uses(spec: RobotSpec, position=(0, 1, 0, 0, 0), velocity=(0,) * 5, effort=(0,) * 5, setpoint=None):
    return limb_uses(
        spec,
        limbs_of(spec.groups),
        np.array(position, float),
        np.array(velocity, float),
        np.array(effort, float),
        np.full(5, np.nan) if setpoint is None else np.array(setpoint, float),
        np.full(5, np.nan),
    )


def test_hands_share_a_row_and_arms_have_their_own(spec):
    assert [limb.title for limb in limbs_of(spec.groups)] == ["Head", "Left arm", "Hands"]
    assert limbs_of(spec.groups)[2].joints == (3, 4)


def test_groups_that_nobody_foresaw_get_a_row_at_the_end():
    assert [limb.title for limb in limbs_of({"tail": (0,), "neck": (1,)})] == ["Head", "Tail"]


def test_at_the_ready_pose_nothing_is_used(spec):
    assert all(use.use == 0.0 for use in uses(spec))


def test_range_is_counted_from_the_ready_pose_to_the_limit_on_that_side(spec):
    used = range_use(spec, np.array([0.5, 1.5, -1.0, 0.0, 0.0]))
    np.testing.assert_allclose(used, [0.5, 0.5, 1.0, 0.0, 0.0])


def test_the_worst_joint_of_a_limb_is_named_with_what_it_lacks(spec):
    arm = uses(spec, velocity=(0, 0, 1.5, 0, 0), effort=(0, 9.0, 0, 0, 0))[1]
    assert (arm.joint, arm.of) == (1, "effort")
    assert arm.use == pytest.approx(0.9)


def test_a_closed_finger_is_no_strain_but_a_squeezing_one_is(spec):
    assert uses(spec, position=(0, 1, 0, 1.5, 1.5))[2].use == 0.0
    assert uses(spec, effort=(0, 0, 0, 0, 8.0))[2].use == pytest.approx(0.8)


def test_the_error_is_that_of_the_joint_that_lags_most(spec):
    arm = uses(spec, position=(0, 1, 0, 0, 0), setpoint=(0, 1.02, -0.05, 0, 0))[1]
    assert arm.error_rad == pytest.approx(0.05)


def test_where_nobody_commands_an_angle_there_is_no_error_and_what_is_commanded_beside_it_counts(spec):
    assert uses(spec)[1].error_rad is None
    arm = uses(spec, setpoint=(0, np.nan, -0.05, 0, 0))[1]
    assert arm.error_rad == pytest.approx(0.05)
