"""STOP on the robot's side: a latch that only ever gets more restrictive, until a person resets it."""

import enum

from twin.wire.messages import StopAcknowledged, StopRequest


class StopLevel(enum.IntEnum):
    """How much is stopped; a higher level includes the lower ones."""

    NONE = 0
    HOLD = 1  # decelerate and stand still, motors on
    SETTLE = 2  # go slowly to the settle pose, then motors off
    CUT = 3  # motors off now

    @classmethod
    def of(cls, name: str) -> "StopLevel":
        """The level called ``name``. A word we do not know still means stop: HOLD."""
        level = cls.__members__.get(name.upper(), cls.HOLD)
        return max(level, cls.HOLD)


class StopLatch:
    """The latched level and who asked for it.

    Needs no lease and counts no presses: the same level twice is the same stop, so repeated sendings do no
    harm. Escalation (a second press asks for SETTLE) is decided where the button is.
    """

    def __init__(self) -> None:
        self.level = StopLevel.NONE
        self.source = ""
        self.latched_ns = 0

    def latch(self, request: StopRequest, now_ns: int) -> bool:
        """Latch what ``request`` asks for; True if the level rose."""
        level = StopLevel.of(request.level)
        if level <= self.level:
            return False
        self.level, self.source, self.latched_ns = level, request.source or "unnamed source", now_ns
        return True

    def acknowledged(self, request: StopRequest, state: str, epoch: bytes) -> StopAcknowledged:
        """The answer to ``request``: what is latched now, by an agent of ``epoch`` in ``state``."""
        return StopAcknowledged(
            stop_id=request.stop_id,
            level=self.level.name,
            state=state,
            epoch=epoch,
            latched_ns=self.latched_ns,
        )

    def clear(self) -> None:
        """Forget the stop. Only the agent calls this, for a person's reset or acknowledgement."""
        self.level, self.source, self.latched_ns = StopLevel.NONE, "", 0
