"""The clutch: only a fresh press engages, whatever is lost lets go in the same tick, every refusal has its sentence."""

from dataclasses import replace
from itertools import product

import pytest

from teleop.control.clutch import (
    ANSWER_WITHIN_NS,
    BLEND_NS,
    COUPLED,
    LONGEST_HOLD_NS,
    Facts,
    Phase,
    next_phase,
)
from twin.wire.clock import NS_PER_MS

GOOD = Facts(device="gamepad:1", agent_state="HOLD", leased=True)
HELD = replace(GOOD, hold_to_run=True)
FOLLOWING = replace(HELD, agent_state="TELEOP", agent_moved=True)

# Everything that must never go on, as a change of facts.
LOSSES = {
    "device": {"device": "", "hold_to_run": False},
    "unplugged": {"device": "", "device_lost": "gamepad unplugged", "hold_to_run": False},
    "stale input": {"input_age_ns": 81 * NS_PER_MS},
    "robot never heard": {"robot_age_ns": -1},
    "robot silent": {"robot_age_ns": 251 * NS_PER_MS},
    "lease": {"leased": False},
    "paused": {"paused": True},
    "fault": {"fault": "bug"},
    "stop": {"stop_level": "HOLD"},
    "agent stopping": {"agent_state": "STOPPING"},
    "agent off": {"agent_state": "STANDBY"},
    "agent protective": {"agent_state": "PROTECTIVE_HOLD"},
    "agent latched": {"agent_state": "STOPPED_LATCHED"},
    "agent fault": {"agent_state": "FAULT"},
    "agent unknown": {"agent_state": "SKILL"},
}


def test_a_fresh_press_with_everything_in_order_engages():
    assert next_phase(Phase.READY, GOOD) == (Phase.READY, "")
    assert next_phase(Phase.READY, HELD) == (Phase.ENGAGING, "")


def test_the_blend_ends_when_the_robot_follows_and_half_a_second_is_over():
    early = replace(FOLLOWING, engaged_for_ns=BLEND_NS - 1)
    assert next_phase(Phase.ENGAGING, early)[0] is Phase.ENGAGING
    assert next_phase(Phase.ENGAGING, replace(early, engaged_for_ns=BLEND_NS))[0] is Phase.ENGAGED
    late = replace(FOLLOWING, engaged_for_ns=2 * BLEND_NS, agent_state="ENGAGING")
    assert next_phase(Phase.ENGAGING, late)[0] is Phase.ENGAGING


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("phase", sorted(COUPLED, key=str))
def test_whatever_is_lost_lets_go_in_the_same_tick_and_says_why(phase, loss):
    after, reason = next_phase(phase, replace(FOLLOWING, **LOSSES[loss]))
    assert after not in COUPLED
    assert reason


@pytest.mark.parametrize("loss", LOSSES)
def test_with_anything_lacking_a_press_does_not_engage_and_has_its_sentence(loss):
    after, reason = next_phase(Phase.READY, replace(HELD, **LOSSES[loss]))
    assert after not in COUPLED
    assert reason


@pytest.mark.parametrize("loss", LOSSES)
def test_after_a_loss_holding_on_never_engages_until_let_go_and_pressed_again(loss):
    phase, _ = next_phase(Phase.ENGAGED, replace(FOLLOWING, **LOSSES[loss]))
    for _ in range(3):
        phase, _ = next_phase(phase, HELD)
        assert phase not in COUPLED
    phase, _ = next_phase(phase, GOOD)
    assert phase is Phase.READY
    assert next_phase(phase, HELD)[0] is Phase.ENGAGING


def test_a_hold_that_was_there_before_the_device_is_inhibited_with_a_sentence():
    phase, reason = next_phase(Phase.IDLE, HELD)
    assert phase is Phase.INHIBITED
    assert "press the left bumper again" in reason


def test_a_deflected_stick_does_not_engage():
    phase, reason = next_phase(Phase.READY, replace(HELD, neutral=False))
    assert phase is Phase.INHIBITED
    assert "not centred" in reason


FIRST = replace(HELD, countdown_ns=2_500 * NS_PER_MS)  # the first press of a session, half a second ago


def test_the_first_press_of_a_session_counts_aloud_before_it_engages():
    assert next_phase(Phase.READY, replace(HELD, countdown_ns=3_000 * NS_PER_MS)) == (
        *(Phase.COUNTING, "counting down: 3"),
    )
    assert next_phase(Phase.COUNTING, replace(FIRST, countdown_ns=1)) == (Phase.COUNTING, "counting down: 1")
    assert next_phase(Phase.COUNTING, replace(FIRST, countdown_ns=0)) == (Phase.ENGAGING, "")


def test_letting_go_cancels_the_count():
    assert next_phase(Phase.COUNTING, replace(FIRST, hold_to_run=False)) == (Phase.READY, "")


@pytest.mark.parametrize(
    "loss", [*LOSSES.values(), {"neutral": False}, {"same_device": False}], ids=[*LOSSES, "stick", "other"]
)
def test_whatever_is_lost_cancels_the_count_and_holding_on_does_not_begin_it_anew(loss):
    phase, reason = next_phase(Phase.COUNTING, replace(FIRST, **loss))
    assert phase in (Phase.INHIBITED, Phase.READY, Phase.IDLE)
    assert reason
    assert next_phase(phase, FIRST)[0] is not Phase.ENGAGING
    if phase is not Phase.READY:
        assert next_phase(phase, FIRST)[0] is Phase.INHIBITED


def test_letting_go_is_not_a_fault():
    assert next_phase(Phase.ENGAGED, replace(FOLLOWING, hold_to_run=False)) == (Phase.READY, "")


def test_a_robot_that_does_not_answer_is_not_waited_for_for_ever():
    waiting = replace(HELD, engaged_for_ns=ANSWER_WITHIN_NS + 1, rejection="not engaged: align first")
    phase, reason = next_phase(Phase.ENGAGING, waiting)
    assert phase is Phase.INHIBITED
    assert "align first" in reason
    assert next_phase(Phase.ENGAGING, replace(waiting, engaged_for_ns=ANSWER_WITHIN_NS))[0] is Phase.ENGAGING


def test_a_robot_that_stopped_following_by_itself_is_let_go_with_its_own_reason():
    stopped = replace(FOLLOWING, agent_state="HOLD", agent_reason="three jumps in a row")
    phase, reason = next_phase(Phase.ENGAGED, stopped)
    assert phase is Phase.INHIBITED
    assert reason.startswith("three jumps in a row")


def test_a_hold_of_more_than_ten_minutes_may_be_a_stuck_button():
    phase, reason = next_phase(Phase.ENGAGED, replace(FOLLOWING, engaged_for_ns=LONGEST_HOLD_NS + 1))
    assert phase is Phase.INHIBITED
    assert "ten minutes" in reason


def test_no_combination_couples_without_device_hold_lease_and_a_robot_that_may_move():
    choices = product(
        Phase,
        ("", "gamepad:1"),
        (False, True),
        (False, True),
        ("HOLD", "ENGAGING", "TELEOP", "STOPPING", "STANDBY", "BOOT", "FAULT"),
        (0, 81 * NS_PER_MS),
        ("NONE", "HOLD"),
        (0, 1),
    )
    coupled = 0
    for phase, device, held, leased, state, age_ns, stop, countdown_ns in choices:
        facts = Facts(
            device=device,
            hold_to_run=held,
            leased=leased,
            agent_state=state,
            input_age_ns=age_ns,
            stop_level=stop,
            countdown_ns=countdown_ns,
            agent_moved=state in ("ENGAGING", "TELEOP"),
        )
        if next_phase(phase, facts)[0] in COUPLED:
            coupled += 1
            assert device
            assert held
            assert leased
            assert stop == "NONE"
            assert age_ns == 0
            assert phase in COUPLED or countdown_ns == 0
            assert state in ("HOLD", "ENGAGING", "TELEOP")
    assert coupled
