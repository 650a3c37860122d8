"""Whether the operator's hand is coupled to the robot now: a pure table of phases, each change with its reason.

The rules (SAFETY 5.5): only a rising edge of hold-to-run engages; a hold that was already there when the device
appeared, or when anything was lost, is inhibited until it was seen released; the robot's agent decides, control
only asks; whatever is lost ends the coupling, or the count before the first one, in the same tick.
"""

from dataclasses import dataclass
from enum import Enum

from twin.wire.clock import NS_PER_S

INPUT_STALE_NS = 80_000_000
ROBOT_STALE_NS = 250_000_000
ANSWER_WITHIN_NS = 400_000_000  # an agent that has not begun to engage by then has refused
LONGEST_HOLD_NS = 600_000_000_000  # ENG-6: a hold that never ends may be a stuck button
BLEND_NS = 500_000_000
BLEND_SPEED = 0.25  # share of the speed that is allowed during the blend

MOVING_STATES = frozenset({"ENGAGING", "TELEOP"})


class Phase(Enum):
    """How the operator and the robot are coupled."""

    IDLE = "idle"  # there is no device or no robot
    READY = "ready"  # press hold-to-run and it moves
    COUNTING = "counting"  # hold-to-run is held for the first time in this session: soon it moves
    ENGAGING = "engaging"  # asked the agent; moving in gently
    ENGAGED = "engaged"  # the robot follows
    INHIBITED = "inhibited"  # hold-to-run is held but may not engage; let go first


COUPLED = frozenset({Phase.ENGAGING, Phase.ENGAGED})


@dataclass(frozen=True)
class Facts:
    """All that decides about the phase, at one moment."""

    device: str = ""  # what drives, "" if there is nothing
    device_lost: str = ""  # sentence about the device that drove and went away in this very tick
    device_fault: str = ""  # why what the device says must not be followed, in its own words
    input_age_ns: int = 0
    hold_to_run: bool = False
    seen_released: bool = True  # the device's hold-to-run, since the device appeared
    same_device: bool = True  # as at the engagement
    neutral: bool = True
    robot_age_ns: int = 0  # of the older of its state and its status; negative: never heard
    agent_state: str = ""
    agent_reason: str = ""
    stop_level: str = "NONE"
    rejection: str = ""  # the agent's newest refusal since the engagement began, for a person
    leased: bool = False
    lease_owner: str = ""  # somebody else's name
    paused: bool = False
    fault: str = ""  # control's own reason not to go on
    countdown_ns: int = 0  # still to be counted before the robot first follows in this session
    engaged_for_ns: int = 0
    agent_moved: bool = False  # the agent was seen moving since the engagement began
    press: str = "the left bumper"  # how the hold-to-run control is called


def next_phase(phase: Phase, facts: Facts) -> tuple[Phase, str]:
    """The phase after this tick and one sentence why it does not move; empty while it does."""
    obstacle = _obstacle(facts)
    again = f"; let go and press {facts.press} again"
    if facts.device_lost:
        return Phase.IDLE, facts.device_lost
    if not facts.device:
        return Phase.IDLE, obstacle
    if phase in COUPLED:
        return _next_coupled(phase, facts, obstacle, again)
    if not facts.hold_to_run:
        return Phase.READY, obstacle
    return _next_held(phase, facts, obstacle, again)


def _next_held(phase: Phase, facts: Facts, obstacle: str, again: str) -> tuple[Phase, str]:
    """Of a hold-to-run that is held but not coupled yet."""
    if phase is Phase.INHIBITED:
        return Phase.INHIBITED, ""
    if phase is Phase.IDLE or not facts.seen_released:
        # A hold that was there before the device was is nobody's wish to move now.
        return Phase.INHIBITED, f"{facts.press} was held already{again}"
    if obstacle:
        return Phase.INHIBITED, f"{obstacle}{again}"
    if not facts.neutral:
        return Phase.INHIBITED, f"a stick is not centred; let go of everything, then press {facts.press}"
    if phase is Phase.COUNTING and not facts.same_device:
        return Phase.INHIBITED, f"another device drives now{again}"
    if facts.countdown_ns > 0:
        return Phase.COUNTING, f"counting down: {seconds_left(facts.countdown_ns)}"
    return Phase.ENGAGING, ""


def seconds_left(countdown_ns: int) -> int:
    """The number that is said while so much is left to be counted."""
    return -(-countdown_ns // NS_PER_S)


def _next_coupled(phase: Phase, facts: Facts, obstacle: str, again: str) -> tuple[Phase, str]:
    if not facts.hold_to_run and not obstacle:
        return Phase.READY, ""
    if not facts.same_device:
        return Phase.INHIBITED, f"another device drives now{again}"
    moving = facts.agent_state in MOVING_STATES
    if facts.agent_moved and not moving:
        why = facts.agent_reason or f"the robot is in {facts.agent_state}"
        return Phase.INHIBITED, f"{why}{again}"
    if obstacle:
        return (Phase.INHIBITED if facts.hold_to_run else Phase.READY), f"{obstacle}{again}"
    if facts.engaged_for_ns > LONGEST_HOLD_NS:
        return Phase.INHIBITED, f"{facts.press} was held for ten minutes{again}"
    if not facts.agent_moved and facts.engaged_for_ns > ANSWER_WITHIN_NS:
        why = facts.rejection or "the robot did not engage"
        return Phase.INHIBITED, f"{why}{again}"
    if facts.agent_state == "TELEOP" and facts.engaged_for_ns >= BLEND_NS:
        return Phase.ENGAGED, ""
    return phase, ""


def _obstacle(facts: Facts) -> str:
    """The first thing that stands in the way, whatever the phase; empty if nothing does."""
    if not facts.device:
        return "no device: plug in a gamepad, or click into the window to use the keyboard"
    if facts.input_age_ns > INPUT_STALE_NS:
        return f"the device has been silent for more than {INPUT_STALE_NS // 1_000_000} ms"
    if facts.device_fault:
        return facts.device_fault
    if facts.robot_age_ns < 0:
        return facts.fault or "no robot is heard: start one, or check the station"
    if facts.robot_age_ns > ROBOT_STALE_NS:
        return f"the robot has been silent for more than {ROBOT_STALE_NS // 1_000_000} ms"
    if facts.fault:
        return facts.fault
    if not facts.leased:
        owner = f": {facts.lease_owner} has it" if facts.lease_owner else ""
        return f"this station does not drive the robot{owner}; arm it (Start held, or the button Arm)"
    if facts.paused:
        return "paused: hold Start to go on"
    return _agent_obstacle(facts)


def _agent_obstacle(facts: Facts) -> str:
    state = facts.agent_state
    if facts.stop_level not in ("", "NONE"):
        return "STOP is latched: reset it, then arm the robot again"
    if state == "HOLD" or state in MOVING_STATES:
        return ""
    if state == "STANDBY":
        return "the motors are off: arm the robot (Start held, or the button Arm)"
    if state in ("BOOT", "POWERING_ON"):
        return "the robot is starting up: wait a moment"
    if state == "STOPPING":
        return "the robot is coming to a stop"
    if state == "STOPPED_LATCHED":
        return "the robot was stopped: reset it, then arm it again"
    if state == "PROTECTIVE_HOLD":
        return f"the robot holds after a fault ({facts.agent_reason}): acknowledge it"
    return f"the robot is in {state} ({facts.agent_reason})"
