"""A headset that the inputs role sees without a page between: a thread of ours puts whole frames into its mailbox."""

import logging
from typing import Any, Literal, NamedTuple

from teleop.inputs.base import Reading
from teleop.inputs.xr.linked import LinkedHeadset
from teleop.inputs.xr.mailbox import Mailbox
from teleop.inputs.xr.reading import KIND
from teleop.inputs.xr.worn import Worn

log = logging.getLogger(__name__)


class Arrival(NamedTuple):
    """Something that came from the headset, or from what stands in for one."""

    what: Literal["linked", "frame", "event", "gone"]
    content: Any  # its name, a SeenFrame, what happened, why
    at_ns: int


class DirectHeadset(LinkedHeadset[Arrival]):
    """Each time one is linked it is another device, so that nothing of the one before counts for it."""

    def __init__(self, way: str, mailbox: Mailbox[Arrival]) -> None:
        """No headset is there; ``way`` names how it is linked."""
        super().__init__(mailbox)
        self._way, self._count = way, 0

    def _hear(self, arrival: Arrival) -> Reading | None:
        """Take in what arrived; a reading that must be said even if a newer one follows at once."""
        worn = self._worn
        if arrival.what == "linked":
            self._count += 1
            self._worn = Worn(f"{KIND}:{self._way}.{self._count}", arrival.content, self.stops_pressed)
            return worn.gone(arrival.at_ns) if worn else None
        if worn is None:
            return None
        match arrival.what:
            case "frame":
                return worn.frame(arrival.content, arrival.at_ns, self.pedal_held)
            case "event":
                return worn.event(arrival.content, arrival.at_ns)
        log.info("headset %s is gone: %s", worn.name, arrival.content)
        self._worn = None
        return worn.gone(arrival.at_ns)
