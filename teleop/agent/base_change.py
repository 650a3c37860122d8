"""Changes on request how a robot's base is held, while the robot holds: on wheels, on its own feet, hanging."""

from typing import Protocol, runtime_checkable

from teleop.agent.agent import Agent
from teleop.agent.states import AgentState
from twin.bases import BASES, GANTRY
from twin.wire.ask import named
from twin.wire.messages import Reply, Request

ACTION = "base.set"


@runtime_checkable
class Rebased(Protocol):
    """A link to a robot whose base can be held in several ways."""

    @property
    def base(self) -> str:
        """How it is held now, one of ``twin.bases.BASES``."""

    @property
    def bases(self) -> tuple[str, ...]:
        """To which that can be changed."""

    def change_base(self, base: str) -> str:
        """Change it without a jump; says why not, or nothing when it is done."""


def answer(agent: Agent, link: object, request: Request) -> Reply:
    """Carry out ``base.set`` with the argument ``base``, or refuse it with a reason. Never raises."""
    base = named(request.arguments).get("base", "")
    if base not in BASES:
        return Reply(reason=f"base is {base!r}; it may be {', '.join(BASES)}")
    if not isinstance(link, Rebased):
        return Reply(reason="this robot does not offer to have its base changed")
    if base not in link.bases:
        return Reply(reason=f"this robot does not offer the base {base!r}; it offers {', '.join(link.bases)}")
    if not agent.lease.is_owner(request.client_id):
        return Reply(reason="base.set needs the lease: arm first")
    if agent.state is not AgentState.HOLD:
        return Reply(reason=f"the robot is in {agent.state.value}: its base is changed in HOLD only")
    if base == link.base:
        return Reply(accepted=True, reason=f"{base} already")
    if why_not := link.change_base(base):
        return Reply(reason=why_not)
    agent.walking = False
    text = f"the base is on {base}" if base != GANTRY else "the base hangs still"
    agent.say("warning", "base", f"{text} now, by {request.sender}; walking is off")
    return Reply(accepted=True, reason=f"{text} now; walking is off")
