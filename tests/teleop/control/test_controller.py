"""The tick of control against a robot that obeys: no sockets, given times, the real humanoid's model."""

import numpy as np
import pytest
from driving_bench import ARMS, EPOCH, RIGHT_ARM, RIGHT_HAND, SPEC, Bench, joint_speeds

from teleop.control.status import status_of
from twin.wire.clock import NS_PER_MS
from twin.wire.command_frame import FRESH_PRESS, HOLD_TO_RUN, pack


@pytest.fixture
def bench():
    return Bench()


def test_nothing_is_sent_before_hold_to_run(bench):
    bench.axes = {"left_y": 1.0}
    bench.go_on(0.3)
    assert bench.commands == []


def test_the_first_frame_says_released_then_fresh_until_the_robot_engaged(bench):
    bench.buttons = ("left_shoulder",)
    bench.go_on(0.1)
    bits = [command.hold_to_run_bits for command in bench.commands]
    assert bits[0] == 0
    assert bits[1] == HOLD_TO_RUN | FRESH_PRESS
    assert bits[-1] == HOLD_TO_RUN


def test_commands_name_their_cause_and_expire(bench):
    bench.engage()
    command = bench.commands[-1]
    assert command.input_seq == bench.seq
    assert command.input_sampled_ns == command.sent_ns == bench.now_ns
    assert command.not_after_ns - command.sent_ns == 80 * NS_PER_MS
    assert command.model_hash.hex() == SPEC.model_hash[:16]
    assert (command.lease_seq, command.epoch) == (1, EPOCH)
    sequence = [command.cmd_seq for command in bench.commands]
    assert sequence == list(range(sequence[0], sequence[0] + len(sequence)))


def test_engaging_anywhere_moves_nothing_at_first_and_little_in_the_first_second():
    rng = np.random.default_rng(3)
    worst_first, worst_second = 0.0, 0.0
    for _ in range(20):
        low, high = SPEC.lower_rad + 0.05, SPEC.upper_rad - 0.05
        start = SPEC.home_rad + 0.3 * (rng.uniform(low, high) - SPEC.home_rad)
        bench = Bench(start)
        began = bench.held_rad.astype(np.float64)
        bench.engage()
        bench.go_on(0.4)
        path = np.array([command.position_rad for command in bench.commands], np.float64)
        worst_first = max(worst_first, np.abs(path[:3] - began).max())
        worst_second = max(worst_second, np.abs(path - began).max())
    assert worst_first <= 0.2e-3
    assert worst_second <= 1e-6, "with neutral sticks there is nothing to do at all"


def test_a_stick_pushed_during_the_blend_moves_the_hand_gently_at_first(bench):
    bench.buttons = ("left_shoulder",)
    bench.go_on(0.03)
    bench.axes = {"right_y": 1.0}
    bench.go_on(0.4)
    speeds = joint_speeds(bench.commands[:20])
    assert np.abs(speeds).max() < 0.2
    first = np.abs(np.diff([c.position_rad for c in bench.commands[:6]], axis=0)).max()
    assert first <= 0.2e-3


def test_sticks_move_the_driven_hand_in_the_heading_frame(bench):
    bench.engage()
    for axes, direction in (
        ({"left_y": 0.7}, (1, 0, 0)),
        ({"left_x": 0.7}, (0, 1, 0)),
        ({"right_y": 0.7}, (0, 0, 1)),
    ):
        before, left = bench.hand(), bench.hand("left")
        bench.axes = axes
        bench.go_on(0.4)
        bench.axes = {}
        bench.go_on(0.3)
        moved = bench.hand() - before
        assert moved @ np.array(direction) > 0.02
        assert np.linalg.norm(moved - moved @ np.array(direction) * np.array(direction)) < 0.004
        np.testing.assert_allclose(bench.hand("left"), left, atol=1e-7)


def test_the_right_bumper_drives_the_other_hand_without_moving_the_first(bench):
    bench.engage()
    bench.buttons = ("left_shoulder", "right_shoulder")
    right = bench.hand()
    left = bench.hand("left")
    bench.axes = {"right_y": 0.8}
    bench.go_on(0.5)
    assert bench.hand("left")[2] > left[2] + 0.03
    np.testing.assert_allclose(bench.hand(), right, atol=1e-7)
    assert status_of(bench.controller, bench.now_ns).side == "left"


def test_changing_hands_and_scales_while_driving_never_jumps(bench):
    bench.engage()
    bench.axes = {"left_y": -0.6, "right_y": 0.5}
    bench.go_on(0.3)
    begin = len(bench.commands)
    bench.press("left_stick")
    bench.buttons = ("left_shoulder", "right_shoulder")
    bench.go_on(0.3)
    bench.buttons = ("left_shoulder",)
    bench.go_on(0.3)
    bench.press("left_stick")
    speeds = joint_speeds(bench.commands[begin - 2 :])[:, ARMS]
    gained = np.abs(np.diff(np.abs(speeds), axis=0)) / 0.01
    assert (np.abs(speeds) <= SPEC.max_speed_rad_s[ARMS]).all()
    assert np.abs(np.diff(speeds, axis=0)).max() < 0.5
    assert (
        np.where(np.diff(np.abs(speeds), axis=0) > 0, gained, 0) <= SPEC.max_acceleration_rad_s2[ARMS]
    ).all()


def test_a_scale_changes_the_speed(bench):
    bench.engage()
    bench.axes = {"right_y": 1.0}
    bench.go_on(0.4)
    normal = bench.hand()[2]
    bench.go_on(0.1)
    normal = bench.hand()[2] - normal
    for _ in range(2):  # normal, fast, slow
        bench.press("left_stick")
    bench.go_on(0.5)
    slow = bench.hand()[2]
    bench.go_on(0.1)
    slow = bench.hand()[2] - slow
    assert normal == pytest.approx(0.025, rel=0.1)
    assert slow == pytest.approx(0.008, rel=0.1)


def test_turning_the_stick_back_at_the_end_of_reach_answers_within_three_ticks(bench):
    bench.engage()
    bench.axes = {"left_y": 1.0}
    bench.go_on(4.0)
    status = status_of(bench.controller, bench.now_ns)
    assert status.limited_by
    assert status.hands[1].error_m < 0.01
    stretched = bench.hand()[0]
    bench.axes = {"left_y": -1.0}
    bench.go_on(0.4)
    assert bench.hand()[0] < stretched - 0.05
    speeds = joint_speeds(bench.commands)
    assert (np.abs(speeds) <= SPEC.max_speed_rad_s).all()


def test_letting_go_of_the_stick_stops_the_hand_and_it_stays(bench):
    bench.engage()
    bench.axes = {"left_y": -0.8}
    bench.go_on(0.5)
    bench.axes = {}
    bench.go_on(0.3)
    rest = bench.commands[-1].position_rad
    bench.go_on(0.5)
    np.testing.assert_array_equal(bench.commands[-1].position_rad, rest)


def test_the_trigger_closes_its_hand_and_only_it(bench):
    bench.engage()
    before = bench.commands[-1].position_rad
    bench.axes = {"right_trigger": 1.0}
    bench.go_on(1.0)
    moved = np.abs(bench.commands[-1].position_rad - before)
    assert moved[RIGHT_HAND].max() > 0.8
    moved[RIGHT_HAND] = 0
    assert moved.max() < 1e-6


def test_engaging_again_with_the_trigger_released_keeps_hold_of_the_object(bench):
    bench.engage()
    bench.axes = {"right_trigger": 1.0}
    bench.go_on(1.0)
    gripped = bench.commands[-1].position_rad
    bench.buttons, bench.axes = (), {}
    bench.go_on(0.3)
    bench.engage()
    bench.go_on(0.3)
    np.testing.assert_allclose(bench.commands[-1].position_rad, gripped, atol=1e-6)
    # The trigger takes over once it has been where the fingers are.
    bench.axes = {"right_trigger": 0.5}
    bench.go_on(0.2)
    np.testing.assert_allclose(bench.commands[-1].position_rad, gripped, atol=1e-6)
    bench.axes = {"right_trigger": 1.0}
    bench.go_on(0.2)
    bench.axes = {}
    bench.go_on(1.0)
    assert np.abs(bench.commands[-1].position_rad - gripped)[RIGHT_HAND].max() > 0.8


def test_a_locked_grasp_ignores_the_trigger_until_unlocked(bench):
    bench.engage()
    bench.press("y")
    assert bench.controller.selection.layer == "hands"
    bench.axes = {"right_trigger": 1.0}
    bench.go_on(0.8)
    bench.press("dpad_right")
    gripped = bench.commands[-1].position_rad
    bench.axes = {}
    bench.go_on(0.5)
    np.testing.assert_allclose(bench.commands[-1].position_rad[RIGHT_HAND], gripped[RIGHT_HAND], atol=0.02)
    bench.buttons = ("left_shoulder", "x")
    bench.go_on(1.6)
    assert np.abs(bench.commands[-1].position_rad - gripped)[RIGHT_HAND].max() > 0.8


def test_presets_are_stepped_through_in_the_hands_layer(bench):
    bench.engage()
    bench.press("y")
    seen = []
    for _ in range(6):
        bench.press("dpad_up")
        seen.append(bench.controller.driver.fingers["right"].preset)
    assert set(seen) == {"open", "power", "pinch", "tripod", "lateral", "point"}
    assert status_of(bench.controller, bench.now_ns).note.startswith("right hand: ")


def test_the_ready_pose_needs_hold_to_run_and_a_stick_ends_it(bench):
    bench.buttons = ("x",)
    bench.go_on(0.6)
    assert "nothing moves without it" in status_of(bench.controller, bench.now_ns).note
    assert bench.commands == []
    bench.buttons = ()
    bench.go_on(0.1)
    bench.engage()
    bench.axes = {"left_y": -0.8, "right_y": 0.8}
    bench.go_on(0.8)
    bench.axes = {}
    bench.go_on(0.2)
    away = np.abs(bench.commands[-1].position_rad - SPEC.home_rad)[RIGHT_ARM].max()
    bench.buttons = ("left_shoulder", "x")
    bench.go_on(3.0)
    assert away > 0.1
    assert np.abs(bench.commands[-1].position_rad - SPEC.home_rad)[RIGHT_ARM].max() < 5e-3


def test_record_discard_and_arm_are_wishes_for_others(bench):
    bench.press("a")
    bench.press("b")
    bench.press("b")
    bench.buttons = ("start",)
    bench.go_on(0.6)
    assert bench.wishes == ["record", "discard", "arm"]


def test_a_robot_that_hangs_has_neck_and_waist_in_the_layer_walk_and_is_told_that_it_cannot_walk(bench):
    seen = []
    for _ in range(4):
        seen.append(bench.controller.selection.layer)
        bench.press("y")
    assert seen == ["arms", "hands", "walk", "arms"]
    bench.controller.selection.set_layer("walk")
    hints = status_of(bench.controller, bench.now_ns).hints
    assert any(hint.startswith("Walking=") for hint in hints)
    assert not any("walk forward" in hint or "body up" in hint for hint in hints)
    assert any("look up / down" in hint for hint in hints)


def test_sticks_walk_a_robot_on_its_feet_in_the_layer_for_it_and_its_height_stays():
    bench = Bench(can_walk=True)
    bench.press("y")
    bench.press("y")
    assert bench.controller.selection.layer == "walk"
    bench.engage()
    bench.axes = {"left_y": 1.0, "right_x": -1.0}
    bench.buttons = (*bench.buttons, "dpad_down")
    bench.go_on(1.0)
    command = bench.commands[-1]
    assert command.base_velocity[0] > 0.3
    assert command.base_velocity[2] < -0.3
    assert command.body_height_m == pytest.approx(-0.08, abs=0.021)
    bench.axes, bench.buttons = {}, ()
    bench.go_on(0.1)
    assert bench.commands[-1].base_velocity == (0.0, 0.0, 0.0)
    assert bench.commands[-1].body_height_m == command.body_height_m


def test_the_same_samples_at_the_same_times_give_the_same_bytes():
    def drive():
        bench = Bench()
        bench.engage()
        for tick in range(150):
            bench.axes = {
                "left_y": np.sin(tick / 20),
                "right_x": np.cos(tick / 30),
                "left_trigger": (tick % 50) / 50,
            }
            bench.tick(10 if tick % 3 else 4)
        return [pack(command) for command in bench.commands]

    assert drive() == drive()
