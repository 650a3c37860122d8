"""Why is it not moving? Walks the chain from the device to the drives and names the first broken link.

The order is the one in which a person can mend it: what must be so before hold-to-run is worth pressing comes first,
then what pressing does, then what may still hold the motion back.
"""

from dataclasses import dataclass, replace

import numpy as np

from teleop.control.clutch import INPUT_STALE_NS, MOVING_STATES, ROBOT_STALE_NS, Facts, seconds_left
from teleop.control.robot_view import RobotView
from twin.robot import RobotSpec
from twin.wire.clock import NS_PER_MS

SOUND, BROKEN, WAITS = "ok", "broken", "waits"

_APPLIED_FRESH_NS = 150 * NS_PER_MS
_BALANCE_FRESH_NS = 500 * NS_PER_MS
_LAGS_RAD = 0.25  # a joint so far from its setpoint is held by something
_STRAINED = 0.98  # share of a limit
_SLOW = 0.8  # simulated time over wall time


@dataclass(frozen=True)
class Link:
    """One link of the chain."""

    name: str
    sound: bool
    text: str  # what is so, or what is wrong and what to do


@dataclass(frozen=True)
class Body:
    """What the robot made of the commands."""

    gate: tuple[str, ...] = ()  # what its gate changed in the newest command, e.g. "jump:left_elbow"
    lagging: str = ""  # the joint that is farthest from where its drive was told to be, if that is far
    lag_rad: float = 0.0
    strained: str = ""  # the joint whose drive gives all it has
    strained_by: str = ""  # effort | temperature
    real_time_factor: float = 1.0  # of a simulation
    balance: tuple[str, ...] = ()  # why a robot on its own feet slows or refuses a command


def body_of(spec: RobotSpec, robot: RobotView, now_ns: int) -> Body:
    """What the newest words of the robot say about its gate and its drives at ``now_ns``.

    Fingers that press on what they hold do their work: neither their force nor their lag stands in the way. Legs under
    the balance go where it needs them, not where they are told to rest.
    """
    names = spec.joint_names
    grips = spec.is_finger
    applied, state, status, balance = robot.applied, robot.state, robot.status, robot.balance
    if balance is not None and now_ns - robot.balance_ns > _BALANCE_FRESH_NS:
        balance = None
    goes_its_way = grips if balance is None else grips | spec.is_leg
    found = Body()
    if applied is not None and now_ns - robot.applied_ns <= _APPLIED_FRESH_NS:
        gate = [f"{each.reason}:{names[each.joint]}" for each in applied.limited]
        found = replace(found, gate=tuple(gate))
        if state is not None:
            lags = np.where(goes_its_way, 0.0, np.abs(applied.position_rad - state.position_rad))
            worst = int(np.argmax(lags))
            if lags[worst] > _LAGS_RAD:
                found = replace(found, lagging=names[worst], lag_rad=float(lags[worst]))
    if status is not None:
        is_gripping = bool(grips[status.worst_joint]) and status.worst_joint_limit == "effort"
        is_full = status.worst_joint_use >= _STRAINED and status.worst_joint_limit in (
            "effort",
            "temperature",
        )
        if is_full and not is_gripping:
            strained = names[status.worst_joint]
            found = replace(found, strained=strained, strained_by=status.worst_joint_limit)
        if status.simulated:
            found = replace(found, real_time_factor=status.real_time_factor)
    if balance is not None:
        found = replace(found, balance=(balance.fall,) if balance.fall else balance.reasons)
    return found


def chain(
    facts: Facts,
    *,
    bound_by: str,
    layer: str,
    moves_in_layer: bool,
    limited_by: tuple[str, ...],
    waits_for: str = "",
    fingers: str = "",
    body: Body | None = None,
) -> list[Link]:
    """All links, in the order in which they can be mended.

    Args:
        facts: as the clutch sees them.
        bound_by: title of the bindings that the device is read by; empty without a device.
        layer: the layer on now.
        moves_in_layer: whether a stick, key or hand that moves something in this layer does so.
        limited_by: what limited the last step.
        waits_for: the clutch's own sentence why it does not engage, or not yet.
        fingers: what is wrong with a bare hand that is seen.
        body: what the robot makes of the commands.
    """
    state, body = facts.agent_state, body or Body()
    heard = bool(facts.device) and facts.input_age_ns <= INPUT_STALE_NS and not facts.device_fault
    coupled = state in MOVING_STATES and facts.agent_moved
    return [
        Link("device", heard, _device(facts)),
        Link("binding", bool(bound_by), _binding(facts, bound_by)),
        Link("robot", 0 <= facts.robot_age_ns <= ROBOT_STALE_NS, _robot(facts)),
        Link("stop", facts.stop_level in ("", "NONE"), _stop(facts)),
        Link("lease", facts.leased, _lease(facts)),
        Link("motors", state in MOVING_STATES | {"HOLD", "STOPPING"}, _motors(facts)),
        Link("pause", not facts.paused, "not paused" if not facts.paused else "paused: hold Start to go on"),
        Link("control", not facts.fault, facts.fault or "control is sound"),
        Link("hold-to-run", facts.hold_to_run, _held(facts)),
        Link("engaged", coupled, _engaged(facts, waits_for)),
        Link("layer", moves_in_layer, _layer(layer, moves_in_layer)),
        Link("fingers", not fingers, fingers or "no bare hand is seen wrongly"),
        Link("limits", not limited_by, _limits(limited_by)),
        Link("gate", not body.gate, _gate(body)),
        Link("drive", not body.lagging and not body.strained, _drive(body)),
        Link("balance", not body.balance, _balance(body)),
        Link("physics", body.real_time_factor >= _SLOW, _physics(body)),
    ]


def first_broken(links: list[Link]) -> Link | None:
    """The link to mend first; None if all hold."""
    return next((link for link in links if not link.sound), None)


def verdicts(links: list[Link]) -> list[str]:
    """For each link ``SOUND``, ``BROKEN`` for the first that does not hold, and ``WAITS`` for those behind it."""
    first = first_broken(links)
    return [SOUND if link.sound else BROKEN if link is first else WAITS for link in links]


def _binding(facts: Facts, bound_by: str) -> str:
    if bound_by:
        return f"read by the bindings {bound_by}"
    if not facts.device:
        return "nothing to read without a device"
    return f"nothing says what {facts.device} means: choose bindings for it in the settings"


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
    if facts.device_fault:
        return facts.device_fault
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


def _engaged(facts: Facts, waits_for: str) -> str:
    if facts.agent_state in MOVING_STATES and facts.agent_moved:
        return "the robot follows"
    if not facts.hold_to_run:
        count = f", after a count of {seconds_left(facts.countdown_ns)}" if facts.countdown_ns else ""
        return f"the robot follows as soon as {facts.press} is held{count}"
    if waits_for:
        return waits_for
    why = facts.rejection or facts.agent_reason or "the robot did not engage"
    return f"{why}: let go of everything and press {facts.press} again"


def _layer(layer: str, moves: bool) -> str:
    if moves:
        return f"a control of the layer {layer} is deflected"
    return f"in the layer {layer} no control is deflected: move a stick, or change the layer"


def _limits(limited_by: tuple[str, ...]) -> str:
    if not limited_by:
        return "nothing limits the motion"
    return f"limited by {_words(limited_by)}: move the other way, or change the pose of the arm"


def _gate(body: Body) -> str:
    if not body.gate:
        return "the robot does what it is told"
    return f"the robot's own gate holds back: {_words(body.gate)}; move slower, or away from the limit"


def _drive(body: Body) -> str:
    if body.strained:
        what = (
            "is too hot: let it rest" if body.strained_by == "temperature" else "gives all the force it has"
        )
        return f"the drive of {_spoken(body.strained)} {what}; put down what it carries, move off what it touches"
    if body.lagging:
        return (
            f"{_spoken(body.lagging)} is {body.lag_rad:.2f} rad from where it was told to be: "
            "something is in its way, or it carries too much"
        )
    return "every joint is where it was told to be"


def _balance(body: Body) -> str:
    if not body.balance:
        return "the balance allows what is asked"
    return f"the balance holds back: {'; '.join(body.balance)}"


def _physics(body: Body) -> str:
    if body.real_time_factor >= _SLOW:
        return "time passes as it should"
    return (
        f"the simulation runs at {body.real_time_factor:.0%} of real time: the computer is too busy, "
        "close other programs"
    )


def _words(reasons: tuple[str, ...]) -> str:
    return ", ".join(_spoken(reason).replace(":", " of ", 1) for reason in reasons)


def _spoken(name: str) -> str:
    return name.replace("_", " ")
