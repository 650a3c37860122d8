"""What is asked of a role and what it answers; and STOP."""

from twin.wire.said.message import Message


class Argument(Message, frozen=True, kw_only=True, eq=False):
    """A named value of a request, as text."""

    name: str = ""
    value: str = ""


class Request(Message, frozen=True, kw_only=True, eq=False):
    """Something a person asks of a role."""

    action: str = ""  # e.g. "record.start", "lease.acquire", "power.on"
    sender: str = ""  # who asks, for people to read
    client_id: bytes = b""  # 16 bytes; the routing id of the asker's command channel
    arguments: tuple[Argument, ...] = ()


class Reply(Message, frozen=True, kw_only=True, eq=False):
    """The answer to a request."""

    accepted: bool = False
    reason: str = ""  # why not, or what was done
    results: tuple[Argument, ...] = ()


class Answered(Message, frozen=True, kw_only=True, eq=False):
    """A request and its answer, said aloud so that a take holds it. Speaker: the role that answered."""

    action: str = ""
    sender: str = ""
    arguments: tuple[Argument, ...] = ()
    accepted: bool = False
    reason: str = ""


class StopRequest(Message, frozen=True, kw_only=True, eq=False):
    """STOP, from anyone, at any time; repeated until acknowledged."""

    level: str = "HOLD"  # HOLD | SETTLE | CUT
    source: str = ""  # e.g. "window", "gamepad"
    stop_id: int = 0  # the same for the repetitions of one press
    pressed_ns: int = 0


class StopAcknowledged(Message, frozen=True, kw_only=True, eq=False):
    """The robot's own word that the stop is latched."""

    stop_id: int = 0
    level: str = ""  # what is latched now
    state: str = ""
    epoch: bytes = b""
    latched_ns: int = 0
