"""The state word of the strip, for every state a robot can be in."""

import pytest

from app.frame.mode import AMBER, GREY, LIVE, MAY_MOVE, OFFLINE, RED, mode_of
from twin.wire.messages import AgentStatus

TABLE = {
    "BOOT": ("READY", GREY),
    "STANDBY": ("READY", GREY),
    "POWERING_ON": ("STARTING", GREY),
    "HOLD": ("HOLD", GREY),
    "ENGAGING": ("LIVE", LIVE),
    "TELEOP": ("LIVE", LIVE),
    "SKILL": ("SKILL", LIVE),
    "STOPPING": ("STOPPING", AMBER),
    "SETTLING": ("STOPPING", AMBER),
    "PROTECTIVE_HOLD": ("HOLD", AMBER),
    "STOPPED_LATCHED": ("STOPPED", AMBER),
    "FAULT": ("FAULT", RED),
    "SELFTEST": ("SELF-TEST", GREY),
}


@pytest.mark.parametrize("state", TABLE)
def test_each_state_has_its_word_and_look(state):
    mode = mode_of(AgentStatus(state=state))
    assert (mode.word, mode.look) == TABLE[state]
    assert mode.connected


def test_only_states_in_which_the_robot_may_move_are_live():
    assert {state for state in TABLE if mode_of(AgentStatus(state=state)).live} == MAY_MOVE


def test_the_count_before_the_first_motion_stands_beside_the_robots_own_word():
    mode = mode_of(AgentStatus(state="HOLD"), "2")
    assert (mode.word, mode.look, mode.live) == ("HOLD \u00b7 2", AMBER, False)
    assert mode_of(AgentStatus(state="STANDBY"), "2").word == "READY"


def test_a_silent_robot_is_offline_whatever_it_said_last():
    assert mode_of(None) is OFFLINE
    assert not OFFLINE.connected


def test_a_state_of_a_newer_robot_is_shown_in_red_and_never_as_ready():
    mode = mode_of(AgentStatus(state="FLYING"))
    assert (mode.word, mode.look) == ("FLYING", RED)


def test_the_robots_reason_is_said_with_what_it_asks_of_the_person():
    assert mode_of(AgentStatus(state="PROTECTIVE_HOLD", reason="speed")).detail == "speed · acknowledge"
    assert mode_of(AgentStatus(state="STOPPED_LATCHED", reason="gamepad")).detail == "gamepad · reset"
    assert mode_of(AgentStatus(state="FAULT", reason="knee too hot")).detail == "knee too hot"


def test_the_table_is_that_of_the_agent():
    states = pytest.importorskip("teleop.agent.states")
    assert {state.name for state in states.AgentState} == set(TABLE)
