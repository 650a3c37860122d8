"""What the gate says about one command frame, as a typed status and as a sentence for people."""

import enum
from dataclasses import dataclass

from twin.wire.command_frame import JointCommand


class Status(enum.Enum):
    """OK, or the first check that failed. The order is the order of the checks (CMD-1)."""

    OK = "accepted"
    BAD_LENGTH = "the command does not have the length of a command for this robot"
    BAD_FORMAT = "the bytes are not a command of this protocol"
    WRONG_EPOCH = "the command is meant for an earlier start of the robot's agent; ask for the lease again"
    NO_LEASE = "nobody holds the lease; acquire it first"
    OLDER_LEASE = "the command carries an older lease"
    UNKNOWN_LEASE = "the command carries a lease that was never granted"
    NOT_OWNER = "the sender does not hold the lease"
    OLD_SEQ = "the command is older than one that was accepted already"
    EXPIRED = "the command came too late"
    TOO_DISTANT = "the command is stamped too far in the future; the clocks disagree"
    WRONG_MODEL = "the command is for another robot model; load the robot's own description"
    BAD_MODE = "the command's control mode is not known"
    BAD_MASK = "the command's joint mask names joints that this robot does not have"
    NOT_FINITE = "the command holds a value that is not a number"
    JUMP = "the command jumps further than a joint may in one step; it was ignored"


# What a correct commander never sends, whatever the network does to it (CMD-3).
STRUCTURAL = frozenset(
    {
        Status.BAD_LENGTH,
        Status.BAD_FORMAT,
        Status.WRONG_MODEL,
        Status.BAD_MODE,
        Status.BAD_MASK,
        Status.NOT_FINITE,
    }
)


@dataclass(frozen=True)
class Verdict:
    """The gate's answer to one frame."""

    status: Status
    text: str  # for people; names numbers and joints where they help
    command: JointCommand | None = None  # only with status OK
    from_owner: bool = False  # whether the holder of the lease sent it

    @property
    def accepted(self) -> bool:
        """True if the frame counts."""
        return self.status is Status.OK
