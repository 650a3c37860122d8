"""What people may ask of the agent, and its answers: lease, power, reset, acknowledge."""

from collections.abc import Callable
from typing import NoReturn

from teleop.agent.agent import Agent
from teleop.agent.lease import Announced, Granted, Refused
from teleop.agent.states import Trigger
from teleop.agent.stop import StopLevel
from twin.wire.ask import arguments, named
from twin.wire.clock import NS_PER_S
from twin.wire.messages import Reply, Request

_Answer = Callable[[Agent, Request, int], Reply]


class _RefusedError(Exception):
    """The sentence with which a request is refused."""


def answer(agent: Agent, request: Request, now_ns: int) -> Reply:
    """Carry out ``request`` or refuse it with a reason. Never raises."""
    act = _ANSWERS.get(request.action)
    if act is None:
        return Reply(reason=f"the robot knows no request {request.action!r}; it knows {', '.join(_ANSWERS)}")
    try:
        return act(agent, request, now_ns)
    except _RefusedError as refusal:
        return Reply(reason=str(refusal))


def _refuse(reason: str) -> NoReturn:
    raise _RefusedError(reason)


def _granted(agent: Agent, text: str) -> Reply:
    results = {"lease_seq": agent.lease.lease_seq, "epoch": agent.epoch.hex()}
    return Reply(accepted=True, reason=text, results=arguments(results))


def _must_own(agent: Agent, request: Request) -> None:
    if not agent.lease.is_owner(request.client_id):
        owner = agent.lease.owner_name
        _refuse(
            f"{request.action} needs the lease, which {owner} holds"
            if owner
            else f"{request.action} needs the lease: acquire it first"
        )


def _acquire(agent: Agent, request: Request, now_ns: int) -> Reply:
    before = agent.lease.lease_seq
    match agent.lease.acquire(request.client_id, request.sender, now_ns):
        case Refused(reason):
            _refuse(reason)
        case Granted(lease_seq) if lease_seq != before:
            agent.say("info", "lease", f"{agent.lease.owner_name} holds the lease now")
            agent.changed = True
    return _granted(agent, "the lease is yours")


def _retain(agent: Agent, request: Request, now_ns: int) -> Reply:
    match agent.lease.retain(request.client_id, now_ns):
        case Refused(reason):
            _refuse(reason)
    return _granted(agent, "")


def _return(agent: Agent, request: Request, now_ns: int) -> Reply:
    refused = agent.lease.give_back(request.client_id)
    if refused:
        _refuse(refused.reason)
    agent.apply(Trigger.LEASE_LOST, now_ns, f"{request.sender} returned the lease")
    agent.say("info", "lease", f"{request.sender} returned the lease")
    agent.changed = True
    return Reply(accepted=True, reason="the lease is free")


def _take(agent: Agent, request: Request, now_ns: int) -> Reply:
    reason = named(request.arguments).get("reason", "")
    owner = agent.lease.owner_name
    announced = bool(agent.lease.claimed_by)
    match agent.lease.take(request.client_id, request.sender, reason, now_ns):
        case Refused(text):
            _refuse(text)
        case Granted():
            return _granted(agent, "the lease is yours")
        case Announced(due_ns):
            text = f"{request.sender} takes the robot from {owner or 'nobody'}: {reason}"
            if not announced:
                agent.apply(Trigger.LEASE_LOST, now_ns, text)
                agent.say("warning", "lease", text)
            agent.tick(now_ns)  # a stale lease of a robot at rest changes hands at once
            if agent.lease.is_owner(request.client_id):
                return _granted(agent, "the lease is yours")
            wait_s = max(0.0, (due_ns - now_ns) / NS_PER_S)
            told = f"{owner} was told; ask again in {wait_s:.1f} s"
            return Reply(accepted=True, reason=told, results=arguments({"wait_s": f"{wait_s:.1f}"}))
    raise AssertionError("every answer of the lease is handled")


def _power_on(agent: Agent, request: Request, now_ns: int) -> Reply:
    _must_own(agent, request)
    return _change(agent, Trigger.POWER_ON, now_ns, f"switched on by {request.sender}")


def _power_off(agent: Agent, request: Request, now_ns: int) -> Reply:
    _must_own(agent, request)
    return _change(agent, Trigger.POWER_OFF, now_ns, f"switched off by {request.sender}")


def _reset(agent: Agent, request: Request, now_ns: int) -> Reply:
    reply = _change(agent, Trigger.RESET, now_ns, f"reset by {request.sender}")
    agent.clear_stop(now_ns, request.sender)
    return reply


def _acknowledge(agent: Agent, request: Request, now_ns: int) -> Reply:
    """As reset, for the driver, and only what leaves the motors as they are."""
    if agent.lease.owner:
        _must_own(agent, request)
    if agent.latch.level > StopLevel.HOLD:
        _refuse(f"STOP {agent.latch.level.name} is latched: it needs a reset, not an acknowledgement")
    reply = _change(agent, Trigger.ACKNOWLEDGE, now_ns, f"acknowledged by {request.sender}")
    agent.clear_stop(now_ns, request.sender)
    return reply


def _change(agent: Agent, trigger: Trigger, now_ns: int, why: str) -> Reply:
    done = agent.apply(trigger, now_ns, why)
    if not done.accepted:
        _refuse(done.reason)
    return Reply(accepted=True, reason=why, results=arguments({"state": agent.state.value}))


_ANSWERS: dict[str, _Answer] = {
    "lease.acquire": _acquire,
    "lease.retain": _retain,
    "lease.return": _return,
    "lease.take": _take,
    "power.on": _power_on,
    "power.off": _power_off,
    "reset": _reset,
    "acknowledge": _acknowledge,
}
