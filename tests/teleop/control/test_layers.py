"""Layers beyond arms and hands: neck and waist, both arms at once, one joint, what is frozen, and left hands."""

import mujoco
import numpy as np
import pytest
from driving_bench import (
    ARMS,
    BINDINGS,
    LEFT_ARM,
    RIGHT_ARM,
    RIGHT_HAND,
    SPEC,
    Bench,
    joint_speeds,
)
from msgspec.structs import replace

from teleop.bindings.mirror_image import for_left_handed
from teleop.control.status import status_of
from twin.balance.gains import Gains
from twin.spatial import quaternion_from_rotation, rotation_from_vector

NECK_YAW, NECK_PITCH = (SPEC.joint_names.index(name) for name in ("neck_yaw", "neck_pitch"))
WAIST_YAW, WAIST_PITCH = (SPEC.joint_names.index(name) for name in ("torso_yaw", "torso_pitch"))
LB = "left_shoulder"


@pytest.fixture
def bench():
    made = Bench()
    made.engage()
    return made


def moved(bench, seconds, axes=None, buttons=()):
    """How far each joint was commanded to move, shape (n,)."""
    before = bench.commands[-1].position_rad.copy()
    bench.axes, bench.buttons = axes or {}, (LB, *buttons)
    bench.go_on(seconds)
    bench.axes, bench.buttons = {}, (LB,)
    bench.go_on(0.5)
    return bench.commands[-1].position_rad - before


def choose(bench, layer):
    bench.controller.selection.set_layer(layer)
    bench.go_on(0.05)


def only(change, *joints):
    """Whether no other joint than ``joints`` moved."""
    return np.abs(np.delete(change, joints)).max() < 1e-6


# --- neck and waist -------------------------------------------------------------------------------------


def test_in_walk_the_stick_looks_up_and_with_the_bumper_to_the_side(bench):
    choose(bench, "walk")
    up = moved(bench, 0.3, {"right_y": 1.0})
    assert up[NECK_PITCH] < -0.1, "stick up looks up"
    assert only(up, NECK_PITCH)
    left = moved(bench, 0.3, {"right_x": 1.0}, ("right_shoulder",))
    assert left[NECK_YAW] > 0.1
    assert only(left, NECK_YAW)


def test_the_waist_bends_and_turns_and_carries_the_arms_without_their_joints_moving(bench):
    choose(bench, "walk")
    chest = bench.controller.driver.arms.solver.chest()
    bent = moved(bench, 0.5, {}, ("right_shoulder", "dpad_up"))
    assert bent[WAIST_PITCH] > 0.05
    assert only(bent, WAIST_PITCH)
    turned = moved(bench, 0.5, {}, ("right_shoulder", "dpad_left"))
    assert turned[WAIST_YAW] > 0.05
    assert not np.allclose(chest, bench.controller.driver.arms.solver.chest(), atol=0.02)
    choose(bench, "arms")
    still = moved(bench, 0.5)
    assert np.abs(still).max() < 1e-6, "the arms have nothing to make up for"


def test_looking_ahead_brings_the_neck_back_and_a_stick_ends_it(bench):
    choose(bench, "walk")
    moved(bench, 0.5, {"right_x": 1.0}, ("right_shoulder",))
    bench.press("right_stick")
    bench.go_on(1.5)
    assert bench.commands[-1].position_rad[NECK_YAW] == pytest.approx(SPEC.home_rad[NECK_YAW], abs=1e-3)


def test_joints_keep_to_speed_acceleration_and_range_whatever_the_stick_asks(bench):
    choose(bench, "walk")
    bench.controller.selection.scale = "fast"
    bench.axes, bench.buttons = {"right_x": 1.0}, (LB, "right_shoulder")
    bench.go_on(2.0)
    path = np.array([command.position_rad for command in bench.commands], np.float64)[:, NECK_YAW]
    assert path.max() <= SPEC.upper_rad[NECK_YAW] - np.radians(2.0)
    assert path.max() > SPEC.upper_rad[NECK_YAW] - np.radians(3.0)
    speeds = joint_speeds(bench.commands)[:, NECK_YAW]
    assert np.abs(speeds).max() <= SPEC.max_speed_rad_s[NECK_YAW]
    assert np.abs(np.diff(speeds)).max() / 0.01 <= 6.0
    assert status_of(bench.controller, bench.now_ns).limited_by == ("position:neck_yaw",)


def test_a_ready_pose_in_walk_brings_arms_neck_and_waist_home(bench):
    choose(bench, "walk")
    moved(bench, 0.5, {}, ("right_shoulder", "dpad_left"))
    choose(bench, "arms")
    moved(bench, 0.5, {"right_y": 0.7})
    choose(bench, "walk")
    bench.buttons = (LB, "x")
    bench.go_on(4.0)
    body = [*ARMS, NECK_YAW, NECK_PITCH, WAIST_YAW, WAIST_PITCH]
    assert np.abs(bench.commands[-1].position_rad - SPEC.home_rad)[body].max() < 5e-3


def test_a_press_lowers_the_body_by_two_centimetres_and_trims_the_heading_by_a_tenth():
    bench = Bench(can_walk=True)
    bench.engage()
    choose(bench, "walk")
    bench.press("dpad_down")
    bench.go_on(0.5)
    assert bench.commands[-1].body_height_m == pytest.approx(-0.02)
    sent = len(bench.commands)
    bench.press("dpad_left")
    bench.go_on(0.5)
    turned_rad = sum(command.base_velocity[2] for command in bench.commands[sent:]) * 0.01
    assert turned_rad == pytest.approx(0.1, abs=0.01)
    assert bench.commands[-1].base_velocity == (0.0, 0.0, 0.0)


def test_a_held_stick_bends_the_body_instead_of_walking_and_it_stays_bent():
    bench = Bench(can_walk=True)
    bench.engage()
    choose(bench, "walk")
    moved(bench, 1.0, {"left_y": 1.0}, ("right_shoulder",))
    command = bench.commands[-1]
    assert command.body_lean_rad == pytest.approx(0.25, abs=0.05)
    assert command.base_velocity == (0.0, 0.0, 0.0)
    moved(bench, 4.0, {"left_y": 1.0}, ("right_shoulder",))
    assert bench.commands[-1].body_lean_rad == pytest.approx(Gains().most_lean_rad[1])
    moved(bench, 0.2, {})
    assert bench.commands[-1].body_lean_rad == pytest.approx(Gains().most_lean_rad[1])


def test_a_hand_goes_straight_down_in_the_world_however_the_body_leans():
    bench = Bench(can_walk=True)
    base = bench.controller.driver.arms.kinematics.base
    lean = rotation_from_vector(np.array([0.0, 0.5, 0.0]))
    bench.base_orientation_wxyz = quaternion_from_rotation(lean @ base.rotation)
    bench.engage()
    before = bench.hand().copy()
    moved(bench, 0.5, {"right_y": 1.0})
    way = lean @ (bench.hand() - before)
    assert abs(way[2]) > 0.03
    assert np.linalg.norm(way[:2]) < 0.1 * abs(way[2])


# --- both arms at once ----------------------------------------------------------------------------------


def test_two_taps_move_both_hands_as_in_a_mirror(bench):
    hands = bench.controller.driver.arms.solver.hand
    before = {side: hands(side) for side in ("left", "right")}
    for _ in range(2):
        bench.press("right_shoulder")
    assert status_of(bench.controller, bench.now_ns).mirrored
    moved(bench, 0.4, {"left_x": 0.7, "right_y": 0.5, "right_x": 0.5})
    left, right = (hands(side).position_m - before[side].position_m for side in ("left", "right"))
    assert right[1] > 0.02
    np.testing.assert_allclose(left, right * (1, -1, 1), atol=2e-3)
    mirror = np.diag([1.0, -1.0, 1.0])
    turn = {side: hands(side).rotation @ before[side].rotation.T for side in ("left", "right")}
    np.testing.assert_allclose(turn["left"], mirror @ turn["right"] @ mirror, atol=5e-3)
    for _ in range(2):
        bench.press("right_shoulder")
    alone = moved(bench, 0.3, {"right_y": 0.7})
    assert np.abs(alone[LEFT_ARM]).max() < 1e-6


# --- what is frozen -------------------------------------------------------------------------------------


def test_a_frozen_arm_stays_while_the_other_and_its_fingers_go_on(bench):
    bench.controller.selection.mirrored = True
    bench.controller.selection.freeze("left_arm", True)
    change = moved(bench, 0.4, {"right_y": 0.7, "left_trigger": 1.0})
    assert np.abs(change[LEFT_ARM]).max() < 1e-6
    assert np.abs(change[RIGHT_ARM]).max() > 0.02
    assert np.abs(change[SPEC.groups["left_hand"],]).max() > 0.02
    assert status_of(bench.controller, bench.now_ns).frozen == ("left_arm",)


def test_nothing_jumps_when_an_arm_or_a_hand_is_let_go_of_again(bench):
    selection = bench.controller.selection
    selection.freeze("right_arm", True)
    selection.freeze("right_hand", True)
    bench.axes = {"right_y": 0.7, "right_trigger": 0.9}
    bench.go_on(0.5)
    sent = len(bench.commands)
    selection.freeze("right_arm", False)
    selection.freeze("right_hand", False)
    bench.go_on(0.05)
    assert np.abs(joint_speeds(bench.commands[sent - 2 :]))[:, RIGHT_ARM].max() < 1.0
    bench.axes = {"right_trigger": 0.9}
    bench.go_on(1.0)
    change = bench.commands[-1].position_rad - bench.commands[sent - 1].position_rad
    assert np.abs(change[RIGHT_HAND]).max() < 1e-6, "a trigger moved meanwhile has to come to the fingers"


def test_a_frozen_neck_ends_its_way_home(bench):
    choose(bench, "walk")
    moved(bench, 0.5, {"right_x": 1.0}, ("right_shoulder",))
    bench.press("right_stick")
    bench.controller.selection.freeze("neck", True)
    bench.go_on(0.3)
    assert np.abs(moved(bench, 0.5)).max() < 1e-6


def test_the_bumper_and_x_freeze_the_arm_that_the_sticks_drive(bench):
    bench.buttons = (LB, "right_shoulder")
    bench.go_on(0.05)
    bench.press("x")
    assert bench.controller.selection.frozen == {"right_arm"}
    bench.press("x")
    assert not bench.controller.selection.frozen


# --- one joint ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["left_elbow", "right_index_mcp", "neck_pitch", "left_knee", "torso_yaw"])
def test_the_chosen_joint_turns_alone_and_only_by_the_stick(bench, name):
    joint = SPEC.joint_names.index(name)
    bench.controller.selection.choose_joint(name)
    assert np.abs(moved(bench, 0.3)).max() < 1e-6
    towards = 1.0 if SPEC.home_rad[joint] < (SPEC.lower_rad + SPEC.upper_rad)[joint] / 2 else -1.0
    change = moved(bench, 0.4, {"left_y": towards})
    assert towards * change[joint] > 0.03
    assert only(change, joint)
    assert status_of(bench.controller, bench.now_ns).joint == name
    bench.press("y")
    assert bench.controller.selection.layer == "arms"
    assert np.abs(moved(bench, 0.3)).max() < 1e-6, "going back to the arms moves nothing"


def test_an_arm_joint_slows_down_before_the_body(bench):
    """The elbow's upper arm is swung into the chest: it stops a margin before."""
    bench.controller.selection.choose_joint("right_shoulder_yaw")
    bench.axes = {"left_y": -1.0}
    bench.go_on(4.0)
    bench.controller.selection.choose_joint("right_shoulder_roll")
    bench.axes = {"left_y": 1.0}
    bench.go_on(4.0)
    kinematics = bench.controller.driver.arms.kinematics
    data = mujoco.MjData(kinematics.model)
    data.qpos[kinematics.qpos_address] = bench.commands[-1].position_rad
    mujoco.mj_kinematics(kinematics.model, data)
    mujoco.mj_collision(kinematics.model, data)
    assert 0.008 < data.contact.dist.min() < 0.02
    assert any(reason.startswith("self_collision:right_") for reason in bench.controller.driver.limited_by)


# --- left hands -----------------------------------------------------------------------------------------


def test_a_left_handed_person_has_sticks_and_bumpers_changed_over_and_triggers_as_they_were():
    bindings = BINDINGS | {"gamepad": for_left_handed(BINDINGS["gamepad"])}
    bench = Bench()
    bench.controller.devices.rebind(bindings)
    bench.buttons = ()
    bench.go_on(0.05)
    bench.buttons = ("right_shoulder",)
    bench.go_on(0.6)
    assert bench.controller.phase.value == "engaged"
    before = bench.hand()
    bench.axes = {"right_y": 0.7}
    bench.go_on(0.4)
    assert bench.hand()[0] > before[0] + 0.02, "the right stick moves forward now"
    hints = status_of(bench.controller, bench.now_ns).hints
    assert hints[0] == "RB=hold to move"
    assert "Right stick=hand forward / back, left / right" in hints
    assert "LT / RT=close left / right hand" in hints


def test_changed_over_twice_is_as_before():
    plain = BINDINGS["gamepad"]
    assert for_left_handed(for_left_handed(plain)) == plain
    assert for_left_handed(BINDINGS["keyboard"]) is BINDINGS["keyboard"]


# --- hold-to-run that holds itself ----------------------------------------------------------------------


def test_a_latch_that_the_robot_ended_is_open():
    plain = BINDINGS["gamepad"]
    latching = replace(plain, hold_to_run=replace(plain.hold_to_run, latch=True))
    bench = Bench()
    bench.controller.devices.rebind(BINDINGS | {"gamepad": latching})
    bench.tick()
    bench.press(LB)
    bench.go_on(0.5)
    assert bench.controller.phase.value == "engaged"
    assert status_of(bench.controller, bench.now_ns).latched
    bench.state = "HOLD"  # the robot stopped by itself
    bench.obey = bool  # and follows no more
    bench.go_on(0.1)
    status = status_of(bench.controller, bench.now_ns)
    assert (status.phase, status.latched, status.hold_to_run) == ("ready", False, False)


def test_off_its_gantry_a_robot_walks_by_the_stick_and_its_legs_are_no_more_turned_by_themselves(bench):
    def says(base):
        status = replace(bench.controller.robot.status, base=base)
        bench.controller.hear_status(status, bench.now_ns)

    says("gantry")
    bench.controller.selection.choose_joint("left_knee")
    assert not bench.controller.selection.can_walk
    says("wheels")
    assert bench.controller.selection.can_walk
    assert bench.controller.selection.joint == ""
    assert "left_knee" not in bench.controller.turnable_joints
    says("gantry")  # it hangs again, from what carries it
    assert "left_knee" not in bench.controller.turnable_joints
    choose(bench, "walk")
    assert any("walk forward" in hint for hint in status_of(bench.controller, bench.now_ns).hints)
