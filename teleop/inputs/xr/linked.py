"""What a headset is to the inputs role, whichever way it is linked: one at a time, a thread of its own behind it."""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from teleop.inputs.base import Reading
from teleop.inputs.xr.mailbox import Mailbox
from teleop.inputs.xr.reading import KIND
from teleop.inputs.xr.worn import Worn
from twin.wire.messages import InputDevice

Letter = TypeVar("Letter")


class LinkedHeadset(Generic[Letter]):
    """The one headset on a link whose own thread puts what comes into ``mailbox``."""

    kind = KIND

    def __init__(self, mailbox: Mailbox[Letter]) -> None:
        """No headset is there."""
        self.stops_pressed: list[str] = []
        self.cut_held = False
        self.pedal_held = False
        self.mailbox = mailbox
        self._worn: Worn | None = None

    @property
    def has_bare_hands(self) -> bool:
        """True while hands without controllers are seen: then keys and pedals of other devices are their grip."""
        return self._worn is not None and self._worn.has_bare_hands

    def wake_sources(self) -> tuple[Any, ...]:
        """What the link's thread wakes us with."""
        return (self.mailbox.source,)

    def poll(self, at_ns: int) -> list[Reading]:
        """The headset, and once more one that is gone."""
        self.stops_pressed.clear()
        readings = [said for letter in self.mailbox.take() if (said := self._hear(letter)) is not None]
        return [*readings, self._worn.look(at_ns)] if self._worn else readings

    def devices(self) -> Sequence[InputDevice]:
        """The headset, if one is there."""
        worn = self._worn
        if worn is None:
            return []
        return [InputDevice(device=worn.device, kind=KIND, name=worn.name, bound=True, note=worn.fault)]

    def _hear(self, letter: Letter) -> Reading | None:
        """Take in what came; a reading that must be said even if a newer one follows at once."""
        raise NotImplementedError
