"""Why it does not move: the first broken link of the chain is named, with what mends it."""

from dataclasses import replace

import pytest

from teleop.clutch import Facts
from teleop.why import chain, first_broken
from twin.wire.clock import NS_PER_MS

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
