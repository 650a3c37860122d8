"""Why the robot does not do as it is asked at this moment: every source of reasons, in one list, worst first."""

from collections.abc import Container, Iterator

from teleop.bindings.words import SIDES
from teleop.control.clutch import INPUT_STALE_NS, ROBOT_STALE_NS, Facts, Phase, seconds_left
from teleop.control.controller import Controller
from teleop.control.why import Body, body_of
from teleop.following import bands
from twin.reasons import Reason, parse_known, reason_of, worst_first

_WORK_OF_A_FINGER = ("limit", "torque", "speed", "acceleration")


def reasons_now(controller: Controller, now_ns: int) -> tuple[Reason, ...]:
    """All reasons that hold at ``now_ns``. While nobody asks for anything there are none."""
    facts = controller.facts(now_ns)
    found = list(_of_the_way(controller, facts, now_ns))
    if controller.is_coupled:
        body = body_of(controller.spec, controller.robot, now_ns)
        texts = (*controller.driver.limited_by, *body.gate, *_strained(body))
        fingers = controller.spec.finger_names
        found += [reason for reason in map(parse_known, texts) if reason and not _is_work(reason, fingers)]
    return worst_first(found)


def _of_the_way(controller: Controller, facts: Facts, now_ns: int) -> Iterator[Reason]:
    """What keeps the operator from being coupled, of which the operator should know."""
    wants = facts.hold_to_run or controller.is_coupled
    if facts.device and facts.input_age_ns > INPUT_STALE_NS:
        yield reason_of("stale", facts.device.partition(":")[0])
    if facts.robot_age_ns > ROBOT_STALE_NS:
        yield reason_of("stale", "robot")
    for side in SIDES:
        match controller.band(side, now_ns)[0]:
            case bands.REFUSED:
                yield reason_of("jump", f"{side}_hand")
            case bands.SLOWED if controller.is_coupled:
                yield reason_of("speed", f"{side}_hand")
    if wants:
        yield from _of_a_hold(controller, facts)


def _of_a_hold(controller: Controller, facts: Facts) -> Iterator[Reason]:
    """What keeps an operator who holds hold-to-run from being coupled."""
    status = controller.robot.status
    if not facts.leased:
        yield reason_of("lease")
    if status is not None and facts.rejection and status.last_rejection == "JUMP":
        yield reason_of("jump", "robot")
    match controller.phase:
        case Phase.COUNTING:
            yield reason_of("countdown", str(seconds_left(facts.countdown_ns)))
        case Phase.INHIBITED:
            yield reason_of("not_engaged")


def _is_work(reason: Reason, fingers: Container[str]) -> bool:
    """Whether ``reason`` is only a finger that closes until it meets something."""
    return reason.subject in fingers and reason.kind.name in _WORK_OF_A_FINGER


def _strained(body: Body) -> tuple[str, ...]:
    return (f"{body.strained_by}:{body.strained}",) if body.strained else ()
