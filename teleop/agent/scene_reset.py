"""Sets a simulated robot's surroundings up anew on request, while the robot stands still."""

from typing import Protocol, runtime_checkable

from teleop.agent.states import AgentState
from twin.errors import SceneError
from twin.wire.ask import arguments, named
from twin.wire.messages import Reply, Request

ACTION = "scene.reset"

_HIGHEST_SEED = 2**31 - 1
_STILL = (
    AgentState.STANDBY,
    AgentState.HOLD,
    AgentState.PROTECTIVE_HOLD,
    AgentState.STOPPED_LATCHED,
    AgentState.FAULT,
)


@runtime_checkable
class Rearranged(Protocol):
    """A link whose surroundings can be set up anew."""

    def rearrange(self, seed: int) -> str:
        """Set them up as ``seed`` has them; says why not, or nothing when it is done.

        Raises:
            SceneError: the scene's file leaves no room for its objects.
        """


def answer(state: AgentState, link: object, request: Request) -> Reply:
    """Carry out ``scene.reset`` with the argument ``seed``, or refuse it with a reason. Never raises."""
    seed = named(request.arguments).get("seed", "")
    if not (seed.isascii() and seed.isdigit() and int(seed) <= _HIGHEST_SEED):
        return Reply(reason=f"scene.reset needs a seed from 0 to {_HIGHEST_SEED}, not {seed!r}")
    if not isinstance(link, Rearranged):
        return Reply(reason="this robot is real: its surroundings are set up by hand")
    if state not in _STILL:
        return Reply(
            reason=f"the robot is in {state.value}: release the hold-to-run, then set the scene up anew"
        )
    try:
        why_not = link.rearrange(int(seed))
    except SceneError as error:
        why_not = str(error)
    if why_not:
        return Reply(reason=why_not)
    return Reply(
        accepted=True, reason=f"set up anew with seed {int(seed)}", results=arguments({"seed": int(seed)})
    )
