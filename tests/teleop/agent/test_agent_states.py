"""Every state meets every trigger, and the answer is the specification's."""

import itertools

import pytest

from teleop.agent.states import (
    ASKED_FOR,
    BARRED_BY_STOP,
    MOVING,
    POWERED,
    TABLE,
    AgentState,
    Trigger,
    next_state,
)
from teleop.agent.stop import StopLevel

S, T = AgentState, Trigger
EVERY_PAIR = list(itertools.product(AgentState, Trigger))
ENDINGS = "RELEASED EXPIRED GATE_LOST LEASE_LOST LIMIT_HELD JUMPED PROTECT STOP_HOLD"

# The specification's table (5.1), written once more and differently: "from: trigger>to, ...".
SPECIFIED = {
    "BOOT": "CHECKS_PASSED>STANDBY CHECKS_FAILED>FAULT DRIVE_FAULT>FAULT",
    "STANDBY": "POWER_ON>POWERING_ON POWER_OFF>STANDBY STOP_HOLD>STANDBY STOP_SETTLE>STOPPED_LATCHED "
    "STOP_CUT>STOPPED_LATCHED RESET>STANDBY ACKNOWLEDGE>STANDBY START_SELFTEST>SELFTEST DRIVE_FAULT>FAULT",
    "POWERING_ON": "POWERED>HOLD POWER_FAILED>FAULT POWER_OFF>STANDBY STOP_HOLD>STANDBY PROTECT>STANDBY "
    "STOP_SETTLE>STOPPED_LATCHED STOP_CUT>STOPPED_LATCHED DRIVE_FAULT>FAULT",
    "HOLD": "ENABLE>ENGAGING START_SKILL>SKILL START_SELFTEST>SELFTEST POWER_ON>HOLD POWER_OFF>STANDBY "
    "PROTECT>PROTECTIVE_HOLD STOP_HOLD>HOLD STOP_SETTLE>SETTLING STOP_CUT>STOPPED_LATCHED RESET>HOLD "
    "ACKNOWLEDGE>HOLD DRIVE_FAULT>FAULT",
    "ENGAGING": "BLENDED>TELEOP",
    "TELEOP": "",
    "SKILL": "TAKEOVER>STOPPING",
    "STOPPING": "STANDSTILL>HOLD FAULTY_STANDSTILL>PROTECTIVE_HOLD PROTECT>STOPPING STOP_HOLD>STOPPING "
    "STOP_SETTLE>SETTLING STOP_CUT>STOPPED_LATCHED DRIVE_FAULT>FAULT",
    "PROTECTIVE_HOLD": "ACKNOWLEDGE>HOLD RESET>HOLD STOP_HOLD>PROTECTIVE_HOLD PROTECT>PROTECTIVE_HOLD "
    "STOP_SETTLE>SETTLING STOP_CUT>STOPPED_LATCHED DRIVE_FAULT>FAULT",
    "SETTLING": "SETTLED>STOPPED_LATCHED STOP_HOLD>SETTLING STOP_SETTLE>SETTLING STOP_CUT>STOPPED_LATCHED "
    "DRIVE_FAULT>FAULT",
    "STOPPED_LATCHED": "RESET>STANDBY STOP_HOLD>STOPPED_LATCHED STOP_SETTLE>STOPPED_LATCHED "
    "STOP_CUT>STOPPED_LATCHED DRIVE_FAULT>FAULT",
    "FAULT": "",
    "SELFTEST": "SELFTEST_ENDED>HOLD",
}


def specified(state: AgentState) -> dict[str, str]:
    rows = dict(row.split(">") for row in SPECIFIED[state.name].split())
    if state.name in ("ENGAGING", "TELEOP", "SKILL", "SELFTEST"):
        rows |= dict.fromkeys(ENDINGS.split(), "STOPPING")
        rows |= {"STOP_SETTLE": "SETTLING", "STOP_CUT": "STOPPED_LATCHED", "DRIVE_FAULT": "FAULT"}
    return rows


@pytest.mark.parametrize(("state", "trigger"), EVERY_PAIR, ids=lambda value: value.name)
def test_every_state_answers_every_trigger_as_specified(state, trigger):
    done = next_state(state, trigger)
    assert done.state.name == specified(state).get(trigger.name, state.name)
    assert done.accepted == (trigger.name in specified(state))
    assert done.reason or (not done.accepted and trigger not in ASKED_FOR)


@pytest.mark.parametrize("stop", [level for level in StopLevel if level])
def test_nothing_powers_up_or_begins_to_move_while_a_stop_is_latched(stop):
    for state, trigger in EVERY_PAIR:
        done = next_state(state, trigger, stop)
        if trigger in BARRED_BY_STOP:
            assert not done.accepted
            assert stop.name in done.reason
        if done.state in MOVING:
            assert state in MOVING


def test_stop_is_never_refused_while_motors_are_on():
    for state in POWERED | {S.POWERING_ON}:
        for trigger in (T.STOP_HOLD, T.STOP_SETTLE, T.STOP_CUT):
            done = next_state(state, trigger)
            assert done.accepted
            assert done.state not in MOVING


def test_cut_takes_the_power_from_every_powered_state_at_once():
    assert all(next_state(state, T.STOP_CUT).state is S.STOPPED_LATCHED for state in POWERED)


def test_reset_never_leads_to_motion_nor_to_power():
    for state in AgentState:
        after = next_state(state, T.RESET).state
        assert after is state or after not in MOVING
        if state not in POWERED:
            assert after not in POWERED


def test_from_a_latched_stop_to_motion_takes_three_deliberate_acts():
    def within(acts: int) -> set[AgentState]:
        reached = {S.STOPPED_LATCHED}
        asked = {T.RESET, T.POWER_ON, T.ENABLE, T.ACKNOWLEDGE, T.POWER_OFF}
        by_itself = set(T) - asked - {T.START_SKILL, T.START_SELFTEST, T.TAKEOVER, T.CHECKS_PASSED}
        for _ in range(acts):
            for _ in AgentState:  # let everything that happens by itself happen
                reached |= {next_state(s, t).state for s in reached for t in by_itself}
            reached |= {next_state(s, t).state for s in reached for t in asked}
        return reached

    assert not within(2) & MOVING
    assert within(3) & MOVING


def test_only_boot_leads_out_of_boot_and_never_to_motors():
    assert {next_state(S.BOOT, trigger).state for trigger in T} == {S.BOOT, S.STANDBY, S.FAULT}


def test_a_fault_is_left_by_a_restart_alone():
    assert all(next_state(S.FAULT, trigger).state is S.FAULT for trigger in T)


def test_only_moving_states_are_reached_from_hold_or_standby_by_a_deliberate_trigger():
    deliberate = {T.ENABLE, T.START_SKILL, T.START_SELFTEST}
    for state, rows in TABLE.items():
        for trigger, after in rows.items():
            if after in MOVING and state not in MOVING:
                assert trigger in deliberate
                assert state in (S.HOLD, S.STANDBY)
