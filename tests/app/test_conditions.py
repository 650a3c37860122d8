"""What the window finds wrong by listening alone."""

import pytest

from app.conditions import (
    balance_severity,
    conditions,
    disk_minutes,
    events,
    joint_severity,
    latency_severity,
)
from app.feed import Feed
from twin.wire.messages import (
    AgentEvent,
    AgentStatus,
    AppliedCommand,
    BalanceState,
    InputSample,
    RecorderStatus,
    RobotIdentity,
    RoleRow,
    StationRoles,
)

MS = 1_000_000
S = 1000 * MS


@pytest.fixture
def feed(ear) -> Feed:
    return Feed(ear)


def found(feed: Feed, at_ns: int) -> dict[str, str]:
    feed.drain(at_ns)
    return {condition.code: f"{condition.severity}: {condition.text}" for condition in conditions(feed)}


def test_a_station_that_has_only_begun_has_no_alarms(feed):
    assert found(feed, 0) == {}


def test_a_robot_that_was_heard_and_is_silent_is_an_alarm(ear, feed):
    ear.say("robot.status", AgentStatus(state="HOLD"), 0)
    assert found(feed, 100 * MS) == {}
    assert found(feed, 3 * S) == {"silent.robot.status": "alarm: the robot has been silent for 3 s"}


def test_a_role_that_was_given_up_is_an_alarm_with_its_last_words(ear, feed):
    row = RoleRow(role="cameras", state="given up", note="no EGL on this machine")
    ear.say("station.roles", StationRoles(rows=(row,)), 0)
    assert found(feed, MS) == {"role.cameras": "alarm: cameras does not run: no EGL on this machine"}


@pytest.mark.parametrize(
    ("limit", "use", "severity"),
    [
        ("effort", 0.89, ""),
        ("effort", 0.93, "warning"),
        ("effort", 1.0, "warning"),
        ("temperature", 0.93, "warning"),
        ("temperature", 1.0, "alarm"),
        ("position", 1.0, ""),
    ],
)
def test_a_joint_near_its_limit_is_a_warning_and_one_too_hot_an_alarm(limit, use, severity):
    status = AgentStatus(worst_joint=1, worst_joint_use=use, worst_joint_limit=limit)
    assert joint_severity(status, fingers=()) == severity


def test_a_finger_that_squeezes_is_no_trouble_but_one_that_burns_is():
    squeezing = AgentStatus(worst_joint=7, worst_joint_use=1.0, worst_joint_limit="effort")
    burning = AgentStatus(worst_joint=7, worst_joint_use=1.0, worst_joint_limit="temperature")
    assert joint_severity(squeezing, fingers={7}) == ""
    assert joint_severity(burning, fingers={7}) == "alarm"


def test_a_strained_joint_is_named(ear, feed):
    ear.say("robot.identity", RobotIdentity(joint_names=("neck_yaw", "left_elbow")), 0)
    status = AgentStatus(state="HOLD", worst_joint=1, worst_joint_use=0.93, worst_joint_limit="effort")
    ear.say("robot.status", status, 0)
    assert found(feed, MS)["robot.worst"] == "warning: left elbow uses 93% of its effort"


def test_a_joint_at_the_end_of_its_range_is_no_trouble(ear, feed):
    status = AgentStatus(state="HOLD", worst_joint_use=1.0, worst_joint_limit="position")
    ear.say("robot.status", status, 0)
    assert found(feed, MS) == {}


@pytest.mark.parametrize(("ms", "severity"), [(99, ""), (101, "advisory"), (201, "warning"), (301, "alarm")])
def test_latency_has_the_bands_of_the_literature(ms, severity):
    assert latency_severity(ms) == severity


def test_a_slow_way_from_hand_to_motor_is_said_with_its_number(ear, feed):
    ear.say("operator.input", InputSample(), 0)
    ear.say("robot.applied", AppliedCommand(input_seq=1, applied_ns=250 * MS), 250 * MS)
    assert found(feed, 260 * MS)["latency"] == "warning: from hand to motor takes 250 ms"


def test_the_disk_lasts_as_long_as_the_take_has_shown():
    recorder = RecorderStatus(seconds=10, bytes_written=20_000_000, bytes_free=1_200_000_000)
    assert disk_minutes(recorder) == pytest.approx(10)
    assert disk_minutes(RecorderStatus(bytes_free=10**9)) is None


def test_a_disk_that_is_soon_full_is_a_warning(ear, feed):
    recorder = RecorderStatus(
        phase="recording", seconds=10, bytes_written=20_000_000, bytes_free=1_200_000_000
    )
    ear.say("recorder.status", recorder, 0)
    assert found(feed, MS) == {"disk": "warning: the disk is full in 10 min"}


def test_what_the_robot_tells_of_comes_through_and_chatter_does_not(ear, feed):
    ear.say("robot.event", AgentEvent(severity="info", code="state", text="HOLD"), 0)
    ear.say("robot.event", AgentEvent(severity="warning", code="reject", text="too old"), 0)
    feed.drain(MS)
    assert [condition.text for condition in events(feed)] == ["too old"]


def test_what_the_balance_holds_back_is_told_with_its_reason_while_it_does(ear, feed):
    held = BalanceState(phase="stand", margin_m=0.012, reasons=("arms slowed: CoM margin 1.2 cm",))
    ear.say("robot.balance", held, 0)
    assert found(feed, MS) == {"balance.arms slowed": "advisory: balance: arms slowed: CoM margin 1.2 cm"}
    assert found(feed, 2 * S) == {}


def test_a_fall_is_an_alarm_that_says_how_to_go_on(ear, feed):
    ear.say("robot.balance", BalanceState(phase="fallen", fall="tilted by 41 degrees"), 0)
    feed.drain(MS)
    (fall,) = conditions(feed)
    assert fall.severity == "alarm"
    assert "tilted by 41 degrees" in fall.text
    assert "stand it up" in fall.first


@pytest.mark.parametrize(
    ("phase", "margin_m", "severity"),
    [("stand", 0.06, ""), ("stand", 0.004, "warning"), ("step", -0.05, ""), ("shift", -0.01, "")],
)
def test_a_narrow_margin_is_a_warning_only_where_no_step_is_under_way(phase, margin_m, severity):
    assert balance_severity(BalanceState(phase=phase, margin_m=margin_m)) == severity
