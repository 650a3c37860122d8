"""Hold-to-run that holds itself, for those who ask for it: closed by a press, opened by the next, or by idleness.

Holding a bumper all day tires a hand. A latch that is forgotten must not leave a robot coupled to nobody, so it
opens by itself when nothing has been moved or pressed for some seconds.
"""

from collections.abc import Mapping

from teleop.bindings.bindings import HoldToRun
from twin.wire.clock import NS_PER_S

_MOVED = 0.02  # so much a trigger must move to count as use


class Latch:
    """Of one device. Without ``latch`` in its bindings, hold-to-run is simply what is held."""

    def __init__(self, control: HoldToRun) -> None:
        """Open."""
        self._control = control
        self.closed = False
        self.dropped = False  # it opened by itself in the last reading
        self._was_held = False
        self._used_ns = 0
        self._down: frozenset[str] = frozenset()
        self._rates: dict[str, float] = {}

    def open(self) -> None:
        """Let go, whatever is held."""
        self.closed = False

    def read(
        self, held: bool, down: set[str], rates: Mapping[str, float], at_ns: int, is_first: bool
    ) -> bool:
        """Whether hold-to-run counts as held at ``at_ns``.

        Args:
            held: the control is held down now.
            down: all that is held down.
            rates: what the axes ask for.
            at_ns: now.
            is_first: the device has just appeared; what it holds was not pressed for us.
        """
        self.dropped = False
        if not self._control.latch:
            return held
        pressed, self._was_held = held and not self._was_held and not is_first, held
        if self._is_used(down, rates):
            self._used_ns = at_ns
        if pressed:
            self.closed = not self.closed
        elif self.closed and at_ns - self._used_ns > self._control.drops_after_s * NS_PER_S:
            self.closed, self.dropped = False, True
        return self.closed

    def _is_used(self, down: set[str], rates: Mapping[str, float]) -> bool:
        """A stick is deflected, a trigger moves, or a button changed."""
        before, self._rates = self._rates, dict(rates)
        buttons_before, self._down = self._down, frozenset(down)
        if buttons_before != self._down:
            return True
        return any(
            abs(value - before.get(name, 0.0)) > _MOVED if name.startswith("closure.") else bool(value)
            for name, value in rates.items()
        )
