"""Where the facts come from that decide whether the operator is coupled: the device, the robot, the headset."""

from dataclasses import replace

from teleop.control.clutch import INPUT_STALE_NS, Facts
from teleop.control.devices import Device
from teleop.control.robot_view import RobotView, Session
from twin.wire.clock import NS_PER_MS
from twin.wire.messages import AgentStatus, XrSample


def with_device(facts: Facts, device: Device, same: bool, fault: str, now_ns: int) -> Facts:
    """``facts`` and what ``device``, which drives, says.

    Args:
        facts: what is known besides.
        device: the one that drives.
        same: it is the one that engaged.
        fault: why what it says must not be followed; empty if it may.
        now_ns: monotonic.
    """
    return replace(
        facts,
        device=device.sample.device,
        device_fault=fault,
        same_device=same,
        input_age_ns=max(0, now_ns - device.sampled_ns),
        hold_to_run=device.intent.hold_to_run,
        seen_released=device.seen_released,
        neutral=device.intent.neutral,
        press=device.interpreter.bindings.hold_to_run.title,
    )


def with_robot(facts: Facts, robot: RobotView, session: Session, rejected_before: int, now_ns: int) -> Facts:
    """``facts`` and what the robot says of itself; ``rejected_before`` counts frames refused before engaging."""
    age_ns, status = robot.age_ns(now_ns), robot.status
    if status is None:
        return replace(facts, robot_age_ns=age_ns)
    leased = robot.is_leased_to(session)
    return replace(
        facts,
        robot_age_ns=age_ns,
        agent_state=status.state,
        agent_reason=status.reason,
        stop_level=status.stop_level,
        leased=leased,
        lease_owner="" if leased else status.lease_owner,
        rejection=_rejection(status, rejected_before),
    )


def is_news(status: AgentStatus, before: AgentStatus | None) -> bool:
    """Whether ``status`` may change the decision that was taken when ``before`` was the newest."""
    return before is None or _decisive(status) != _decisive(before)


def _decisive(status: AgentStatus) -> tuple[object, ...]:
    return (
        *(status.state, status.reason, status.stop_level, status.rejected),
        *(status.epoch, status.lease_seq, status.lease_owner),
    )


def headset_fault(xr: XrSample, age_ns: int) -> str:
    """Why no hand of a headset may be followed at all, ``age_ns`` after it was heard; empty if one may."""
    if age_ns > INPUT_STALE_NS:
        return f"no head and hands were heard for {INPUT_STALE_NS // NS_PER_MS} ms"
    faults = [hand.fault for hand in xr.hands]
    return xr.fault or (faults[-1] if all(faults) and faults else "")


def _rejection(status: AgentStatus, rejected_before: int) -> str:
    if status.reason.startswith("not engaged"):
        return status.reason
    return status.last_rejection_text if status.rejected > rejected_before else ""
