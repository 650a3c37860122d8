"""What time it is on the robot's machine, for those who want to know how far their clocks are apart."""

from twin.wire.ask import arguments
from twin.wire.clock import now_ns
from twin.wire.messages import Reply

ACTION = "clock"


def answer(heard_ns: int) -> Reply:
    """When the question was heard, and when this answer was written."""
    return Reply(accepted=True, results=arguments({"heard_ns": heard_ns, "answered_ns": now_ns()}))
