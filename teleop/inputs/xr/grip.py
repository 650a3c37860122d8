"""A controller's grip as hold-to-run: held or open; and, where it is asked for, squeezed in fear.

Only a press that was seen from its beginning counts, and only while the hand is tracked (SAFETY ENG-1, ENG-4).
That a hard squeeze lets go is an option, and only a grip that was seen between open and closed has it: one that
knows but two values would never drive (docs/decisions/0007).
"""

from twin.wire.clock import NS_PER_MS

RELEASED_BELOW = 0.15
HELD_FROM, HELD_TO = 0.2, 0.9
PANIC_ABOVE = 0.92
PANIC_NS = 80 * NS_PER_MS


class Grip:
    """One grip. Fed with every frame, in their order."""

    def __init__(self, hard_squeeze_lets_go: bool = False) -> None:
        """Whatever is held already was not pressed for us."""
        self.held = False
        self.panicked = False  # squeezed hard; until it is open again
        self._may_panic = hard_squeeze_lets_go
        self._is_analog = False  # was seen between open and closed
        self._blocked = True  # must be seen open first
        self._hard_since_ns = 0

    def block(self) -> None:
        """Something was lost: nothing is held until the grip was seen open."""
        self.held, self._blocked = False, True

    def turn(self, value: float, may_begin: bool, at_ns: int) -> bool:
        """Whether the grip is held, with ``value`` 0..1 at ``at_ns``; a press begins only if it ``may_begin``."""
        self._is_analog |= HELD_FROM <= value <= HELD_TO
        if value < RELEASED_BELOW:
            self.held = self.panicked = self._blocked = False
        if self._may_panic and self._is_analog:
            self._watch_for_fear(value, at_ns)
        if not self.held and not self._blocked and value >= HELD_FROM:
            if not may_begin:
                self.block()
            elif value <= HELD_TO or not (self._may_panic and self._is_analog):
                self.held = True
        return self.held

    def _watch_for_fear(self, value: float, at_ns: int) -> None:
        self._hard_since_ns = 0 if value <= PANIC_ABOVE else self._hard_since_ns or at_ns
        if self._hard_since_ns and at_ns - self._hard_since_ns >= PANIC_NS:
            self.block()
            self.panicked = True
