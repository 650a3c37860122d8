"""Why it does not move: the first broken link of the chain is named, with what mends it."""

from dataclasses import replace

import pytest

from teleop.control.clutch import Facts
from teleop.control.robot_view import RobotView
from teleop.control.why import BROKEN, SOUND, WAITS, Body, body_of, chain, first_broken, verdicts
from twin.robot import find_robot, load_robot
from twin.wire.clock import NS_PER_MS
from twin.wire.messages import (
    AgentStatus,
    AppliedCommand,
    BalanceState,
    JointLimited,
    RobotState,
    vector,
)

SPEC = load_robot(find_robot("optimus"))

MOVING = Facts(
    device="gamepad:1",
    hold_to_run=True,
    agent_state="TELEOP",
    agent_moved=True,
    leased=True,
    robot_age_ns=5 * NS_PER_MS,
)


def broken(facts=MOVING, bound_by="Gamepad", moves=True, limited_by=()):
    return first_broken(
        chain(facts, bound_by=bound_by, layer="arms", moves_in_layer=moves, limited_by=limited_by)
    )


def test_with_everything_in_order_nothing_is_broken():
    assert broken() is None


@pytest.mark.parametrize(
    ("changes", "link", "told"),
    [
        ({"robot_age_ns": -1}, "robot", "running"),
        ({"robot_age_ns": 400 * NS_PER_MS}, "robot", "silent"),
        ({"device": ""}, "device", "plug in"),
        ({"input_age_ns": 200 * NS_PER_MS}, "device", "200 ms"),
        ({"leased": False, "lease_owner": "Eva at desk:7"}, "lease", "Eva at desk:7"),
        ({"stop_level": "HOLD"}, "stop", "reset"),
        ({"agent_state": "STANDBY", "agent_moved": False}, "motors", "arm"),
        ({"agent_state": "PROTECTIVE_HOLD", "agent_reason": "slipped"}, "motors", "slipped"),
        ({"paused": True}, "pause", "Start"),
        ({"fault": "another model"}, "control", "another model"),
        ({"hold_to_run": False}, "hold-to-run", "the left bumper"),
        ({"agent_state": "HOLD", "rejection": "not engaged: align first"}, "engaged", "align first"),
    ],
)
def test_each_lost_condition_is_the_first_broken_link_and_says_what_to_do(changes, link, told):
    found = broken(replace(MOVING, **changes))
    assert found is not None
    assert found.name == link
    assert told in found.text


def test_a_stick_that_means_nothing_here_and_a_limit_are_named_last():
    assert broken(moves=False).name == "layer"
    limited = broken(limited_by=("reach:right_hand", "position:right_elbow"))
    assert limited.name == "limits"
    assert "reach of right hand" in limited.text
    assert "position of right elbow" in limited.text


def test_of_two_broken_links_the_one_that_motion_passes_first_is_named():
    assert broken(replace(MOVING, device="", leased=False, hold_to_run=False)).name == "device"


def test_what_comes_after_the_broken_link_waits_and_is_not_blamed():
    links = chain(
        replace(MOVING, leased=False), bound_by="", layer="arms", moves_in_layer=False, limited_by=()
    )
    told = dict(zip([link.name for link in links], verdicts(links), strict=True))
    assert told["device"] == SOUND
    assert told["binding"] == BROKEN
    assert told["lease"] == told["layer"] == WAITS
    assert list(told.values()).count(BROKEN) == 1


def test_a_device_that_must_not_be_followed_is_a_broken_device():
    found = broken(replace(MOVING, device_fault="the headset does not know where it is"))
    assert found.name == "device"
    assert "where it is" in found.text


def test_the_clutchs_own_reason_not_to_engage_is_told():
    links = chain(
        replace(MOVING, agent_state="HOLD", agent_moved=False),
        bound_by="Gamepad",
        layer="arms",
        moves_in_layer=True,
        limited_by=(),
        waits_for="a stick is not centred; let go of everything",
    )
    assert first_broken(links).text == "a stick is not centred; let go of everything"


@pytest.mark.parametrize(
    ("body", "link", "told"),
    [
        (Body(gate=("jump:left_elbow",)), "gate", "jump of left elbow"),
        (Body(lagging="right_elbow", lag_rad=0.4), "drive", "right elbow is 0.40 rad"),
        (Body(strained="right_elbow", strained_by="effort"), "drive", "all the force"),
        (Body(strained="right_elbow", strained_by="temperature"), "drive", "too hot"),
        (Body(real_time_factor=0.4), "physics", "40%"),
    ],
)
def test_what_the_robot_itself_holds_back_is_named(body, link, told):
    links = chain(MOVING, bound_by="Gamepad", layer="arms", moves_in_layer=True, limited_by=(), body=body)
    assert first_broken(links).name == link
    assert told in first_broken(links).text


def test_gate_and_drives_are_read_from_the_robots_newest_words():
    names, elbow = SPEC.joint_names, SPEC.joint_names.index("left_elbow")
    setpoint = SPEC.home_rad.copy()
    measured = setpoint.copy()
    measured[elbow] += 0.5
    robot = RobotView(
        len(SPEC.joints),
        state=RobotState(position_rad=vector(measured)),
        applied=AppliedCommand(
            position_rad=vector(setpoint), limited=(JointLimited(joint=elbow, reason="effort"),)
        ),
        applied_ns=1_000 * NS_PER_MS,
        status=AgentStatus(
            simulated=True,
            real_time_factor=0.5,
            worst_joint=elbow,
            worst_joint_use=1.0,
            worst_joint_limit="effort",
        ),
    )
    body = body_of(SPEC, robot, 1_050 * NS_PER_MS)
    assert body.gate == ("effort:left_elbow",)
    assert body.lagging == names[elbow]
    assert body.lag_rad == pytest.approx(0.5, abs=1e-6)
    assert (body.strained, body.strained_by) == ("left_elbow", "effort")
    assert body.real_time_factor == 0.5
    assert not body_of(SPEC, robot, 2_000 * NS_PER_MS).gate, "what is old says nothing about now"
    assert body_of(SPEC, RobotView(len(SPEC.joints)), 0) == Body()


def test_a_finger_that_presses_on_what_it_holds_is_not_to_blame():
    thumb = SPEC.joint_names.index("right_thumb_ip")
    measured = SPEC.home_rad.copy()
    measured[thumb] -= 0.6
    robot = RobotView(
        len(SPEC.joints),
        state=RobotState(position_rad=vector(measured)),
        applied=AppliedCommand(position_rad=vector(SPEC.home_rad)),
        status=AgentStatus(worst_joint=thumb, worst_joint_use=1.0, worst_joint_limit="effort"),
    )
    assert body_of(SPEC, robot, 0) == Body()
    robot.status = AgentStatus(worst_joint=thumb, worst_joint_use=1.0, worst_joint_limit="temperature")
    assert body_of(SPEC, robot, 0).strained == "right_thumb_ip"


def test_legs_that_the_balance_bends_do_not_lag_behind_their_rest():
    knee = SPEC.joint_names.index("left_knee")
    crouched = SPEC.home_rad.copy()
    crouched[knee] += 1.0
    robot = RobotView(
        len(SPEC.joints),
        state=RobotState(position_rad=vector(crouched)),
        applied=AppliedCommand(position_rad=vector(SPEC.home_rad)),
        balance=BalanceState(phase="stand"),
    )
    assert body_of(SPEC, robot, 0).lagging == ""
    robot.balance = None
    assert body_of(SPEC, robot, 0).lagging == "left_knee"


def test_what_the_balance_holds_back_is_said_in_its_own_words_while_it_is_true():
    robot = RobotView(
        len(SPEC.joints), balance=BalanceState(reasons=("arms slowed: CoM margin 1.2 cm",)), balance_ns=1
    )
    body = body_of(SPEC, robot, 100 * NS_PER_MS)
    found = first_broken(
        chain(MOVING, bound_by="Gamepad", layer="arms", moves_in_layer=True, limited_by=(), body=body)
    )
    assert found is not None
    assert found.name == "balance"
    assert "arms slowed: CoM margin 1.2 cm" in found.text
    assert body_of(SPEC, robot, 900 * NS_PER_MS).balance == ()
