"""Control and robot as real processes, driven by samples as the inputs role says them."""

import numpy as np
import pytest
from driving import AT_REST, Cockpit

from twin.robot import find_robot, load_robot
from twin.wire.clock import NS_PER_MS, now_ns
from twin.wire.command_frame import HOLD_TO_RUN, unpack
from twin.wire.messages import AppliedCommand, RecorderStatus, RobotState

pytestmark = pytest.mark.serial

SPEC = load_robot(find_robot("optimus"))
RIGHT_ARM = np.array(SPEC.groups["right_arm"])
LEFT_ARM = np.array(SPEC.groups["left_arm"])


def test_a_stick_moves_the_right_arm_and_an_unplugged_pad_stops_it(station_folder):
    with Cockpit(station_folder) as cockpit:
        cockpit.arm()
        cockpit.engage()
        before = cockpit.read("robot.state", RobotState).position_rad
        started = np.array(cockpit.status.hands[1].position_m)

        def risen_m():
            return cockpit.status.hands[1].position_m[2] - started[2]

        cockpit.drive(
            (0.0, 0.0, 0.0, 0.8, 0.0, 0.0), lambda: risen_m() > 0.1, "right stick up: the hand rises"
        )
        moved = np.abs(cockpit.read("robot.state", RobotState).position_rad - before)
        assert moved[RIGHT_ARM].max() > 0.1
        assert moved[LEFT_ARM].max() < 0.02
        rise = np.array(cockpit.status.hands[1].position_m) - started
        assert abs(rise[0]) + abs(rise[1]) < 0.02
        applied = cockpit.read("robot.applied", AppliedCommand)
        assert 0 < cockpit.spoken_seq - applied.input_seq + 1 < 12

        unplugged_ns = now_ns()
        cockpit.unplug()
        cockpit.until(lambda: cockpit.agent.state in ("STOPPING", "HOLD"), "robot stops")
        assert now_ns() - unplugged_ns < 500 * NS_PER_MS
        cockpit.until(lambda: cockpit.status.phase == "idle", "control idle")
        frame = unpack(cockpit.newest["control.command"].payload, len(SPEC.joints))
        assert not frame.hold_to_run_bits & HOLD_TO_RUN
        assert cockpit.status.reason == "gamepad unplugged: plug it in and press the left bumper again"
        cockpit.until(lambda: cockpit.agent.state == "HOLD", "robot holds")
        cockpit.go_on(0.1)

        # Plugged in again with everything held: nothing moves until it was let go and pressed again.
        held = cockpit.read("robot.applied", AppliedCommand).position_rad
        cockpit.plugged, cockpit.device = True, "gamepad:2"
        cockpit.go_on(0.6)
        assert cockpit.status.phase == "inhibited"
        assert cockpit.agent.state == "HOLD"
        np.testing.assert_array_equal(cockpit.read("robot.applied", AppliedCommand).position_rad, held)
        cockpit.axes, cockpit.buttons = AT_REST, ()
        cockpit.until(lambda: cockpit.status.phase == "ready", "ready again")
        cockpit.engage()


def test_letting_go_holds_at_once_and_taking_hold_again_does_not_jump(station_folder):
    with Cockpit(station_folder) as cockpit:
        cockpit.arm()
        cockpit.engage()
        cockpit.axes = (0.3, 0.5, 0.0, 0.4, 0.0, 0.0)
        cockpit.go_on(0.8)
        cockpit.buttons, cockpit.axes = (), AT_REST
        cockpit.until(lambda: cockpit.agent.state == "HOLD", "holds")
        cockpit.go_on(0.1)
        held = cockpit.read("robot.applied", AppliedCommand).position_rad
        cockpit.engage()
        cockpit.go_on(0.3)
        again = cockpit.read("robot.applied", AppliedCommand).position_rad
        assert np.abs(again - held).max() < 2e-4


def test_the_trigger_closes_the_hand(station_folder):
    with Cockpit(station_folder) as cockpit:
        cockpit.arm()
        cockpit.engage()
        right, left = (SPEC.joint_names.index(f"{side}_middle_mcp") for side in ("right", "left"))

        def angles():
            return cockpit.read("robot.state", RobotState).position_rad

        cockpit.drive(
            (0.0, 0.0, 0.0, 0.0, 0.0, 1.0), lambda: angles()[right] > 0.8, "the right hand is closed"
        )
        assert cockpit.status.hands[1].closure == pytest.approx(1.0)
        assert angles()[left] < 0.4


def test_why_names_the_first_broken_link_and_how_to_mend_it(station_folder):
    with Cockpit(station_folder) as cockpit:
        cockpit.until_up()
        assert cockpit.ask("why")["broken"] == "lease"
        cockpit.ask("arm")
        cockpit.until(lambda: cockpit.agent.state == "HOLD" and cockpit.status.phase == "ready", "armed")
        answer = cockpit.ask("why")
        assert answer["broken"] == "hold-to-run"
        assert "the left bumper" in answer["hold-to-run"]
        cockpit.engage()
        assert cockpit.ask("why")["broken"] == "layer"


def test_the_keyboard_drives_when_there_is_no_gamepad(station_folder):
    with Cockpit(station_folder) as cockpit:
        cockpit.device = cockpit.kind = "keyboard"
        cockpit.axes = ()
        cockpit.arm()
        cockpit.engage()
        started = np.array(cockpit.status.hands[1].position_m)
        cockpit.buttons = ("shift", "r")

        def risen_m():
            return cockpit.status.hands[1].position_m[2] - started[2]

        cockpit.until(lambda: risen_m() > 0.05, "the hand rises")


def test_after_a_crash_of_control_the_robot_holds_and_the_same_station_arms_again(station_folder):
    with Cockpit(station_folder) as cockpit:
        cockpit.arm()
        cockpit.engage()
        cockpit.axes = (0.0, 0.0, 0.0, 0.5, 0.0, 0.0)
        cockpit.go_on(0.3)
        cockpit.kill_and_restart("control")
        cockpit.until(lambda: cockpit.agent.state == "HOLD", "robot holds")
        cockpit.until(lambda: cockpit.status.phase == "inhibited", "control is back and does not go on", 20)
        cockpit.buttons, cockpit.axes = (), AT_REST
        cockpit.until(lambda: cockpit.status.phase == "ready", "let go")
        cockpit.until(
            lambda: not cockpit.status.reason.startswith("no robot is heard"), "the robot is heard again"
        )
        cockpit.go_on(1.2)  # and has told who it is, which it does once a second
        assert cockpit.ask("arm")["reason"] == "armed"
        cockpit.until(lambda: cockpit.status.reason == "", "armed")
        cockpit.engage()


def test_after_a_crash_of_the_robot_control_lets_go_and_arms_anew(station_folder):
    with Cockpit(station_folder) as cockpit:
        cockpit.arm()
        cockpit.engage()
        cockpit.kill_and_restart("robot")
        cockpit.until(lambda: cockpit.status.phase == "inhibited", "control lets go")
        cockpit.buttons = ()
        cockpit.until(
            lambda: cockpit.agent.state == "STANDBY" and cockpit.status.phase == "ready", "robot is back", 20
        )
        cockpit.until(lambda: "arm it" in cockpit.status.reason, "the lease is gone")
        cockpit.arm()
        cockpit.engage()


def test_start_held_arms_and_pauses(station_folder):
    with Cockpit(station_folder) as cockpit:
        cockpit.until(lambda: cockpit.agent.state == "STANDBY" and cockpit.status.phase == "ready", "up", 30)
        cockpit.buttons = ("start",)
        cockpit.until(lambda: cockpit.agent.state == "HOLD", "armed by the pad")
        cockpit.buttons = ()
        cockpit.go_on(0.1)
        cockpit.buttons = ("start",)
        cockpit.until(lambda: cockpit.status.reason.startswith("paused"), "paused")
        cockpit.buttons = ("left_shoulder",)
        cockpit.go_on(0.3)
        assert cockpit.status.phase == "inhibited"
        assert cockpit.agent.state == "HOLD"


def test_the_pad_starts_saves_marks_redoes_and_discards_takes(station_folder):
    with Cockpit(station_folder, ("robot", "control", "recorder")) as cockpit:

        def recorder() -> RecorderStatus:
            return cockpit.read("recorder.status", RecorderStatus) or RecorderStatus()

        def press(button, *held):
            cockpit.buttons = held
            cockpit.go_on(0.1)
            cockpit.buttons = (*held, button)
            cockpit.go_on(0.1)
            cockpit.buttons = ()
            cockpit.go_on(0.1)

        cockpit.until(lambda: cockpit.status.phase == "ready" and recorder().phase == "idle", "all up", 30)
        cockpit.until(lambda: cockpit.agent.state == "STANDBY", "robot up", 30)
        cockpit.until(lambda: "robot.identity" in cockpit.newest, "the robot has said who it is")
        press("a")
        cockpit.until(lambda: recorder().phase == "recording", "recording")
        press("a")
        cockpit.until(lambda: recorder().phase == "idle" and recorder().takes_saved == 1, "saved")
        press("b", "right_shoulder")
        cockpit.until(lambda: recorder().rating == "bad", "marked bad")
        press("a", "right_shoulder")
        cockpit.until(lambda: recorder().rating == "good", "marked good")
        assert recorder().phase == "idle"
        press("a")
        cockpit.until(lambda: recorder().phase == "recording", "recording again")
        before = recorder().take
        press("y", "right_shoulder")
        assert "redo" in cockpit.status.note
        press("y", "right_shoulder")
        cockpit.until(lambda: recorder().phase == "recording" and recorder().take != before, "done again")
        press("b")
        assert "discard" in cockpit.status.note
        assert recorder().phase == "recording"
        press("b")
        cockpit.until(lambda: recorder().phase == "idle", "discarded")
