"""Requests to a robot on its own feet: walking on and off, and standing up after a fall."""

from typing import Protocol, runtime_checkable

from teleop.agent.agent import Agent
from teleop.agent.base_change import Rebased
from teleop.agent.states import AgentState, Trigger
from twin.bases import GANTRY
from twin.wire.messages import BalanceState, Reply, Request

ACTIONS = ("walk.on", "walk.off", "stand_up")

_MAY_STAND_UP = (AgentState.STANDBY, AgentState.HOLD, AgentState.PROTECTIVE_HOLD)


@runtime_checkable
class OnFeet(Protocol):
    """A link to a robot that stands by itself."""

    def stand_up(self) -> None:
        """Set a fallen robot on its feet again."""

    def balance(self, is_walking: bool) -> BalanceState | None:
        """How its balance stands."""


def answer(agent: Agent, link: object, request: Request, now_ns: int) -> Reply:
    """Carry out one of ``ACTIONS`` or refuse it with a reason. Never raises."""
    if not isinstance(link, Rebased):
        return Reply(reason="this robot does not offer to walk or to roll: its folder names no base for it")
    if not agent.lease.is_owner(request.client_id):
        return Reply(reason=f"{request.action} needs the lease: arm first")
    match request.action:
        case "walk.on" if agent.reading.fall:
            return Reply(reason=f"{agent.reading.fall}: stand it up first")
        case "walk.on" if link.base == GANTRY:
            return Reply(reason="this robot hangs by its base: put it on wheels or on its feet first")
        case "walk.on" if not agent.is_powered:
            return Reply(reason="the motors are off: arm first")
        case "walk.on" | "walk.off":
            return _switch(agent, request)
    if not isinstance(link, OnFeet):
        return Reply(reason="this robot has no legs to stand on")
    return _stand_up(agent, link, request, now_ns)


def _switch(agent: Agent, request: Request) -> Reply:
    agent.walking = request.action == "walk.on"
    text = f"walking is {'on' if agent.walking else 'off'}"
    agent.say("info", "walk", f"{text}, by {request.sender}")
    return Reply(accepted=True, reason=text)


def _stand_up(agent: Agent, link: OnFeet, request: Request, now_ns: int) -> Reply:
    if not agent.reading.fall:
        return Reply(reason="the robot has not fallen")
    if agent.state not in _MAY_STAND_UP:
        return Reply(reason=f"the robot is in {agent.state.value}: reset or acknowledge first")
    link.stand_up()
    agent.walking = False
    agent.say("warning", "walk", f"stood up again by {request.sender}")
    agent.stood_up(now_ns)
    agent.apply(Trigger.ACKNOWLEDGE, now_ns, f"stood up again by {request.sender}")
    return Reply(accepted=True, reason="it stands again where it began; walking is off")
