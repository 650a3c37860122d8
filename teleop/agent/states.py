"""The states of the robot agent and the one table that says how they follow one another."""

import enum
from typing import NamedTuple

from teleop.agent.stop import StopLevel


class AgentState(enum.Enum):
    """What the robot is doing. Every state after BOOT is reached by a row of the table below."""

    BOOT = "BOOT"  # self-checks, motors off
    STANDBY = "STANDBY"  # motors off
    POWERING_ON = "POWERING_ON"
    HOLD = "HOLD"  # motors on, standing still
    ENGAGING = "ENGAGING"  # blending from standstill to the operator's target
    TELEOP = "TELEOP"  # following the operator
    SKILL = "SKILL"  # following a policy inside its manifest
    STOPPING = "STOPPING"  # decelerating
    PROTECTIVE_HOLD = "PROTECTIVE_HOLD"  # as HOLD, until a person has acknowledged the fault
    SETTLING = "SETTLING"  # moving slowly to the settle pose
    STOPPED_LATCHED = "STOPPED_LATCHED"  # motors off until reset
    FAULT = "FAULT"  # motors off until restart
    SELFTEST = "SELFTEST"  # scripted motion for service


class Trigger(enum.Enum):
    """Everything that may change the state."""

    CHECKS_PASSED = "self-checks passed"
    CHECKS_FAILED = "self-checks failed"
    POWER_ON = "power on was asked for"
    POWERED = "the motors are on"
    POWER_FAILED = "the motors did not come on in time"
    POWER_OFF = "power off was asked for"
    ENABLE = "hold-to-run was pressed"
    BLENDED = "the blend is done"
    RELEASED = "hold-to-run was released"
    EXPIRED = "no valid command in time"
    GATE_LOST = "a condition for moving was lost"
    LEASE_LOST = "the lease ended"
    LIMIT_HELD = "the request stayed far from what the limits allow"
    JUMPED = "the request jumped three times in a row"
    PROTECT = "a fault asks for standstill"
    STANDSTILL = "the robot stands still"
    FAULTY_STANDSTILL = "the robot stands still after a fault"
    STOP_HOLD = "STOP"
    STOP_SETTLE = "STOP, settle"
    STOP_CUT = "STOP, motors off"
    SETTLED = "the settle pose is reached, or its time is over"
    RESET = "reset was asked for"
    ACKNOWLEDGE = "the fault was acknowledged"
    DRIVE_FAULT = "the drives report a fault"
    START_SKILL = "a skill was started"
    TAKEOVER = "the operator takes over"
    START_SELFTEST = "a self-test was started"
    SELFTEST_ENDED = "the self-test ended"


STOP_TRIGGERS = {
    StopLevel.HOLD: Trigger.STOP_HOLD,
    StopLevel.SETTLE: Trigger.STOP_SETTLE,
    StopLevel.CUT: Trigger.STOP_CUT,
}

_S, _T = AgentState, Trigger

MOVING = frozenset({_S.ENGAGING, _S.TELEOP, _S.SKILL, _S.SELFTEST})
POWERED = MOVING | {_S.HOLD, _S.STOPPING, _S.PROTECTIVE_HOLD, _S.SETTLING}

# Nothing starts to move, or powers up, while a stop is latched.
BARRED_BY_STOP = frozenset({_T.POWER_ON, _T.ENABLE, _T.START_SKILL, _T.START_SELFTEST})

# What a person asks for; a refusal of these has a sentence. The others merely do not apply in some states.
ASKED_FOR = BARRED_BY_STOP | {_T.POWER_OFF, _T.RESET, _T.ACKNOWLEDGE}


def _rows_while_moving() -> dict[Trigger, AgentState]:
    endings = (
        _T.RELEASED,
        _T.EXPIRED,
        _T.GATE_LOST,
        _T.LEASE_LOST,
        _T.LIMIT_HELD,
        _T.JUMPED,
        _T.PROTECT,
        _T.STOP_HOLD,
    )
    return {**dict.fromkeys(endings, _S.STOPPING), **_rows_while_powered()}


def _rows_while_powered() -> dict[Trigger, AgentState]:
    return {_T.STOP_SETTLE: _S.SETTLING, _T.STOP_CUT: _S.STOPPED_LATCHED, _T.DRIVE_FAULT: _S.FAULT}


def _rows_while_off() -> dict[Trigger, AgentState]:
    return {
        _T.STOP_SETTLE: _S.STOPPED_LATCHED,
        _T.STOP_CUT: _S.STOPPED_LATCHED,
        _T.DRIVE_FAULT: _S.FAULT,
    }


TABLE: dict[AgentState, dict[Trigger, AgentState]] = {
    _S.BOOT: {_T.CHECKS_PASSED: _S.STANDBY, _T.CHECKS_FAILED: _S.FAULT, _T.DRIVE_FAULT: _S.FAULT},
    _S.STANDBY: {
        **_rows_while_off(),
        _T.STOP_HOLD: _S.STANDBY,
        _T.POWER_ON: _S.POWERING_ON,
        _T.POWER_OFF: _S.STANDBY,
        _T.RESET: _S.STANDBY,
        _T.ACKNOWLEDGE: _S.STANDBY,
        _T.START_SELFTEST: _S.SELFTEST,
    },
    _S.POWERING_ON: {
        **_rows_while_off(),
        _T.POWERED: _S.HOLD,
        _T.POWER_FAILED: _S.FAULT,
        _T.POWER_OFF: _S.STANDBY,
        _T.STOP_HOLD: _S.STANDBY,
        _T.PROTECT: _S.STANDBY,
    },
    _S.HOLD: {
        **_rows_while_powered(),
        _T.ENABLE: _S.ENGAGING,
        _T.START_SKILL: _S.SKILL,
        _T.START_SELFTEST: _S.SELFTEST,
        _T.POWER_ON: _S.HOLD,
        _T.POWER_OFF: _S.STANDBY,
        _T.PROTECT: _S.PROTECTIVE_HOLD,
        _T.STOP_HOLD: _S.HOLD,
        _T.RESET: _S.HOLD,
        _T.ACKNOWLEDGE: _S.HOLD,
    },
    _S.ENGAGING: {**_rows_while_moving(), _T.BLENDED: _S.TELEOP},
    _S.TELEOP: _rows_while_moving(),
    _S.SKILL: {**_rows_while_moving(), _T.TAKEOVER: _S.STOPPING},
    _S.STOPPING: {
        **_rows_while_powered(),
        _T.STANDSTILL: _S.HOLD,
        _T.FAULTY_STANDSTILL: _S.PROTECTIVE_HOLD,
        _T.PROTECT: _S.STOPPING,
        _T.STOP_HOLD: _S.STOPPING,
    },
    _S.PROTECTIVE_HOLD: {
        **_rows_while_powered(),
        _T.STOP_HOLD: _S.PROTECTIVE_HOLD,
        _T.PROTECT: _S.PROTECTIVE_HOLD,
        _T.RESET: _S.HOLD,
        _T.ACKNOWLEDGE: _S.HOLD,
    },
    _S.SETTLING: {
        **_rows_while_powered(),
        _T.STOP_HOLD: _S.SETTLING,
        _T.SETTLED: _S.STOPPED_LATCHED,
    },
    _S.STOPPED_LATCHED: {
        **_rows_while_off(),
        _T.STOP_HOLD: _S.STOPPED_LATCHED,
        _T.RESET: _S.STANDBY,
    },
    _S.FAULT: {},
    _S.SELFTEST: {**_rows_while_moving(), _T.SELFTEST_ENDED: _S.HOLD},
}


class Transition(NamedTuple):
    """What became of a trigger."""

    state: AgentState
    reason: str  # one sentence, or "" when a trigger merely does not apply
    accepted: bool


def next_state(state: AgentState, trigger: Trigger, stop: StopLevel = StopLevel.NONE) -> Transition:
    """The state after ``trigger``, and why. Total: every pair has an answer, and no pair raises.

    Args:
        state: the state now.
        trigger: what happened.
        stop: the latched stop. While it is not NONE nothing powers up or begins to move, whatever the table
            says, so that STOP wins against an enable of the same instant.
    """
    if stop is not StopLevel.NONE and trigger in BARRED_BY_STOP:
        return Transition(state, f"STOP ({stop.name}) is latched: reset it first", False)
    following = TABLE[state].get(trigger)
    if following is not None:
        return Transition(following, trigger.value, True)
    if trigger in ASKED_FOR:
        return Transition(state, f"{trigger.value}, but {_WHY_NOT[state]}", False)
    return Transition(state, "", False)


_WHY_NOT = {
    _S.BOOT: "the robot is still checking itself: try again in a moment",
    _S.STANDBY: "the motors are off: switch them on first",
    _S.POWERING_ON: "the motors are just coming on: try again in a moment",
    _S.HOLD: "the robot is already in HOLD",
    _S.ENGAGING: "the robot is just engaging: release hold-to-run first",
    _S.TELEOP: "the robot follows the operator: release hold-to-run first",
    _S.SKILL: "a skill is running: stop it first",
    _S.STOPPING: "the robot is just stopping: wait until it stands still",
    _S.PROTECTIVE_HOLD: "a fault holds the robot: acknowledge it first",
    _S.SETTLING: "the robot is settling after a STOP: wait, then reset",
    _S.STOPPED_LATCHED: "the robot was stopped with its motors off: reset it first",
    _S.FAULT: "the robot has a fault: mend its cause and restart the robot's agent",
    _S.SELFTEST: "a self-test is running: wait for its end, or press STOP",
}
