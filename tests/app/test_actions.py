"""The registry of actions, when they are allowed, and how the palette finds them."""

import pytest

from app.actions import robot as robot_actions
from app.actions import take as take_actions
from app.actions import window as window_actions
from app.actions.drive import driven_side
from app.actions.palette import rank
from app.actions.registry import Action, Actions
from app.feed import Feed
from twin.wire.messages import AgentStatus, ControlStatus, HandGoal, RecorderStatus, SceneState


def nothing() -> None:
    pass


@pytest.fixture
def feed(ear) -> Feed:
    return Feed(ear)


def robot(ear, feed: Feed, state: str, stop_level: str = "NONE") -> Feed:
    ear.say("robot.status", AgentStatus(state=state, stop_level=stop_level), 0)
    feed.drain(1)
    return feed


def test_an_action_that_is_not_allowed_is_refused_with_its_reason_and_not_done(feed):
    done: list[str] = []
    refused: list[str] = []
    actions = Actions()
    actions.when_refused(lambda action, reason: refused.append(f"{action.id}: {reason}"))
    actions.add(Action("a", "A", lambda: done.append("a"), allowed_when=lambda _feed: "not now"))
    assert actions.attempt("a", feed) == "not now"
    assert done == []
    assert refused == ["a: not now"]


def test_two_actions_cannot_have_one_id_or_one_shortcut():
    actions = Actions()
    actions.add(Action("a", "A", nothing, "F5"))
    with pytest.raises(ValueError, match="two actions"):
        actions.add(Action("a", "B", nothing))
    with pytest.raises(ValueError, match="both want the shortcut F5"):
        actions.add(Action("b", "B", nothing, "F5"))


def test_actions_that_come_later_are_announced():
    actions, counts = Actions(), []
    actions.when_changed(lambda: counts.append(len(list(actions))))
    actions.add(Action("a", "A", nothing))
    actions.add(Action("b", "B", nothing), Action("c", "C", nothing))
    assert counts == [1, 3]


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("STANDBY", None),
        ("HOLD", "on already"),
        ("TELEOP", "on already"),
        ("STOPPED_LATCHED", "reset first"),
        ("PROTECTIVE_HOLD", "acknowledge"),
        ("FAULT", "fault"),
        ("BOOT", "starting"),
    ],
)
def test_arming_is_allowed_in_standby_alone(ear, feed, state, word):
    reason = robot_actions.may_arm(robot(ear, feed, state))
    assert reason is None if word is None else word in reason


@pytest.mark.parametrize(
    ("lease_seq", "reason", "allowed"),
    [(3, "", False), (0, "this station does not drive", True), (2, "", True), (3, "paused: go on", True)],
)
def test_a_robot_that_holds_is_armed_again_only_by_a_station_that_does_not_drive_it(
    ear, feed, lease_seq, reason, allowed
):
    ear.say("robot.status", AgentStatus(state="HOLD", lease_seq=3), 0)
    ear.say("control.status", ControlStatus(lease_seq=lease_seq, reason=reason), 0)
    feed.drain(1)
    assert (robot_actions.may_arm(feed) is None) == allowed


@pytest.mark.parametrize(
    ("owner", "ours", "allowed"), [("", 0, False), ("anna at desk", 3, False), ("ben at lab", 0, True)]
)
def test_the_robot_is_taken_over_only_from_somebody_else(ear, feed, owner, ours, allowed):
    ear.say("robot.status", AgentStatus(state="HOLD", lease_seq=3, lease_owner=owner), 0)
    ear.say("control.status", ControlStatus(lease_seq=ours), 0)
    feed.drain(1)
    assert (robot_actions.may_take(feed) is None) == allowed


def test_motors_are_not_switched_off_under_a_moving_robot(ear, feed):
    assert "release" in robot_actions.may_disarm(robot(ear, feed, "TELEOP"))
    assert robot_actions.may_disarm(robot(ear, feed, "HOLD")) is None


def test_the_station_is_not_ended_under_a_moving_robot(ear, feed):
    assert window_actions.may_quit(feed) is None
    assert "release" in window_actions.may_quit(robot(ear, feed, "TELEOP"))


def test_there_is_nothing_to_reset_unless_something_is_latched(ear, feed):
    assert robot_actions.may_reset(robot(ear, feed, "HOLD")) == "nothing is latched"
    assert robot_actions.may_reset(robot(ear, feed, "HOLD", stop_level="HOLD")) is None
    assert robot_actions.may_reset(robot(ear, feed, "STOPPED_LATCHED")) is None


def test_without_a_robot_nothing_is_asked_of_it(feed):
    for allowed in (robot_actions.may_arm, robot_actions.may_disarm, robot_actions.may_reset):
        assert allowed(feed) == "no robot is heard"


def test_a_take_is_begun_only_once_and_ended_only_if_open(ear, feed):
    assert take_actions.may_start_take(feed) == "the recorder is not heard"
    ear.say("recorder.status", RecorderStatus(phase="idle"), 0)
    feed.drain(1)
    assert take_actions.may_start_take(feed) is None
    assert take_actions.may_end_take(feed) == "no take is being recorded"
    ear.say("recorder.status", RecorderStatus(phase="recording"), 2)
    feed.drain(3)
    assert "already" in take_actions.may_start_take(feed)
    assert take_actions.may_end_take(feed) is None


def test_the_other_hand_is_the_one_that_is_not_driven(ear, feed):
    assert driven_side(feed) == "right"
    hands = (HandGoal(side="left", driven=True), HandGoal(side="right"))
    ear.say("control.status", ControlStatus(hands=hands), 0)
    feed.drain(1)
    assert driven_side(feed) == "left"


def test_the_palette_finds_by_beginning_then_word_then_letters():
    arm = Action("arm", "Arm: motors on", nothing, words="power")
    disarm = Action("disarm", "Disarm: motors off", nothing)
    assert rank(arm, "arm") < rank(disarm, "arm")
    assert rank(arm, "motors") == rank(disarm, "motors")
    assert rank(arm, "power") is not None
    assert rank(arm, "amo") is not None
    assert rank(arm, "xyz") is None
    assert rank(arm, "") == 0


def test_the_scene_is_set_up_anew_only_where_it_is_simulated_and_the_robot_stands_still(ear, feed):
    assert robot_actions.may_set_up_scene(feed) == "no simulated surroundings are heard"
    ear.say("robot.scene", SceneState(seed=4), 0)
    assert robot_actions.may_set_up_scene(robot(ear, feed, "HOLD")) is None
    assert robot_actions.next_seed(feed) == 5
    assert "release the hold-to-run" in str(robot_actions.may_set_up_scene(robot(ear, feed, "TELEOP")))
