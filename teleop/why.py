"""Why is it not moving? Walks the chain from the device to the drives and names the first broken link."""

from dataclasses import dataclass

from teleop.clutch import INPUT_STALE_NS, MOVING_STATES, ROBOT_STALE_NS, Facts


@dataclass(frozen=True)
class Link:
    """One link of the chain."""

    name: str
    sound: bool
    text: str  # what is so, or what is wrong and what to do


def chain(
    facts: Facts, *, bound_by: str, layer: str, moves_in_layer: bool, limited_by: tuple[str, ...]
) -> list[Link]:
    """All links, in the order in which motion passes them.

    Args:
        facts: as the clutch sees them.
        bound_by: title of the bindings that the device is read by; empty without a device.
        layer: the layer on now.
        moves_in_layer: whether a stick or key that moves something in this layer is deflected.
        limited_by: what limited the last step.
    """
    state = facts.agent_state
    coupled = state in MOVING_STATES and facts.agent_moved
    return [
        Link("robot", 0 <= facts.robot_age_ns <= ROBOT_STALE_NS, _robot(facts)),
        Link("device", bool(facts.device) and facts.input_age_ns <= INPUT_STALE_NS, _device(facts)),
        Link(
            "binding",
            bool(bound_by),
            f"read by the bindings {bound_by}" if bound_by else "no bindings for it",
        ),
        Link("lease", facts.leased, _lease(facts)),
        Link("stop", facts.stop_level in ("", "NONE"), _stop(facts)),
        Link("motors", state in MOVING_STATES | {"HOLD", "STOPPING"}, _motors(facts)),
        Link("pause", not facts.paused, "not paused" if not facts.paused else "paused: hold Start to go on"),
        Link("control", not facts.fault, facts.fault or "control is sound"),
        Link("hold-to-run", facts.hold_to_run, _held(facts)),
        Link("engaged", coupled, _engaged(facts)),
        Link("layer", moves_in_layer, _layer(layer, moves_in_layer)),
        Link("limits", not limited_by, _limits(limited_by)),
    ]


def first_broken(links: list[Link]) -> Link | None:
    """The link to mend first; None if all hold."""
    return next((link for link in links if not link.sound), None)


def _robot(facts: Facts) -> str:
    if facts.robot_age_ns < 0:
        return "no robot is heard: is the robot role running?"
    age_ms = facts.robot_age_ns // 1_000_000
    return f"the robot was heard {age_ms} ms ago" + (
        "" if facts.robot_age_ns <= ROBOT_STALE_NS else ": it went silent"
    )


def _device(facts: Facts) -> str:
    if not facts.device:
        return "no device: plug in a gamepad, or click into the window to use the keyboard"
    age_ms = facts.input_age_ns // 1_000_000
    if facts.input_age_ns > INPUT_STALE_NS:
        return f"{facts.device} was silent for {age_ms} ms: is the inputs role running?"
    return f"{facts.device} drives, heard {age_ms} ms ago"


def _lease(facts: Facts) -> str:
    if facts.leased:
        return "this station drives the robot"
    who = f"{facts.lease_owner} drives the robot" if facts.lease_owner else "nobody drives the robot"
    return f"{who}: arm it (Start held, or the button Arm)"


def _stop(facts: Facts) -> str:
    if facts.stop_level in ("", "NONE"):
        return "no STOP is latched"
    return f"STOP ({facts.stop_level}) is latched: reset it, then arm again"


def _motors(facts: Facts) -> str:
    state = facts.agent_state
    if state in MOVING_STATES | {"HOLD", "STOPPING"}:
        return f"the motors are on ({state})"
    fix = {
        "STANDBY": "arm the robot",
        "STOPPED_LATCHED": "reset it, then arm it",
        "PROTECTIVE_HOLD": "acknowledge the fault",
        "FAULT": "mend the cause and restart the robot's agent",
    }.get(state, "wait a moment")
    return f"the robot is in {state or 'an unknown state'} ({facts.agent_reason}): {fix}"


def _held(facts: Facts) -> str:
    if facts.hold_to_run:
        return f"{facts.press} is held"
    return f"nothing moves by itself: hold {facts.press}"


def _engaged(facts: Facts) -> str:
    if facts.agent_state in MOVING_STATES and facts.agent_moved:
        return "the robot follows"
    why = facts.rejection or facts.agent_reason or "the robot did not engage"
    return f"{why}: let go of everything and press {facts.press} again"


def _layer(layer: str, moves: bool) -> str:
    if moves:
        return f"a control of the layer {layer} is deflected"
    return f"in the layer {layer} no control is deflected: move a stick, or change the layer"


def _limits(limited_by: tuple[str, ...]) -> str:
    if not limited_by:
        return "nothing limits the motion"
    return "limited by " + ", ".join(
        reason.replace("_", " ").replace(":", " of ", 1) for reason in limited_by
    )
