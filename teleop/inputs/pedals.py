"""Hold-to-run for hands that hold nothing: the key or pedal of another device is lent to them.

While it is lent it means nothing else: a keyboard whose hold-to-run key moves bare hands does not drive by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol, runtime_checkable

from teleop.inputs.base import Reading


@runtime_checkable
class BareHanded(Protocol):
    """An input whose hands may have nothing to hold."""

    has_bare_hands: bool  # now
    pedal_held: bool  # is told before each poll


class Pedals:
    """Watches the hold-to-run controls of all devices."""

    def __init__(self, controls: Mapping[str, str]) -> None:
        """``controls``: name of the hold-to-run button by kind of device, of the kinds that can be lent."""
        self._controls = controls
        self._held: dict[str, bool] = {}  # by device
        self._lent: dict[str, tuple[Reading, Reading]] = {}  # by device: as read, and without the button

    @property
    def held(self) -> bool:
        """True while any of them is held."""
        return any(self._held.values())

    def see(self, readings: Sequence[Reading]) -> None:
        """Note what is held in ``readings``."""
        for reading in readings:
            control = self._controls.get(reading.kind)
            if control is not None and reading.bound:
                self._held[reading.device] = reading.connected and control in reading.buttons

    def without(self, readings: Sequence[Reading]) -> list[Reading]:
        """``readings`` as they are to be said while the control is lent; the same objects while nothing changed."""
        return [self._without(reading) for reading in readings]

    def _without(self, reading: Reading) -> Reading:
        control = self._controls.get(reading.kind)
        if control is None or control not in reading.buttons:
            return reading
        kept = self._lent.get(reading.device)
        if kept is None or kept[0] is not reading:
            buttons = tuple(name for name in reading.buttons if name != control)
            kept = self._lent[reading.device] = (reading, replace(reading, buttons=buttons))
        return kept[1]
