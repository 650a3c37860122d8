"""What the operator has chosen: layer, scale, hand; and the passing note that tells of a choice."""

from teleop.bindings import Bindings
from twin.wire.clock import NS_PER_MS

_NOTE_NS = 2500 * NS_PER_MS


def other(side: str) -> str:
    """The other side."""
    return "left" if side == "right" else "right"


class Selection:
    """Choices that outlive an engagement."""

    def __init__(self, bindings: Bindings, can_walk: bool) -> None:
        """Start as ``bindings`` say."""
        self.layer: str = bindings.layers.start
        self.scale: str = bindings.scales.start
        self.side = "right"
        self.can_walk = can_walk
        if self.layer not in self.layers(bindings):
            self.layer = self.layers(bindings)[0]
        self._note, self._note_until_ns = "", 0

    def layers(self, bindings: Bindings) -> tuple[str, ...]:
        """The layers one steps through with this robot: a robot that cannot walk has no layer for it."""
        return tuple(layer for layer in bindings.layers.order if layer != "walk" or self.can_walk)

    def choose(self, action: str, bindings: Bindings, now_ns: int) -> None:
        """Carry out ``side.*``, ``layer.*`` or ``scale.*``."""
        kind, _, what = action.partition(".")
        if kind == "side":
            self.side = other(self.side)
            self.note(f"{self.side} hand", now_ns)
        elif kind == "layer":
            self.layer = _after(self.layers(bindings), self.layer)
            self.note(f"layer {self.layer}", now_ns)
        else:
            self.scale = _scale(bindings.scales.order, self.scale, what)
            self.note(f"speed {self.scale}", now_ns)

    def note(self, text: str, now_ns: int) -> None:
        """Show ``text`` for a moment."""
        self._note, self._note_until_ns = text, now_ns + _NOTE_NS

    def current_note(self, now_ns: int) -> str:
        """What is to be shown now, usually nothing."""
        return self._note if now_ns < self._note_until_ns else ""


def _after(choices: tuple[str, ...], now: str) -> str:
    return choices[(choices.index(now) + 1) % len(choices)] if now in choices else choices[0]


def _scale(order: tuple[str, ...], now: str, what: str) -> str:
    if what == "next" or now not in order:
        return _after(order, now)
    place = order.index(now) + (1 if what == "faster" else -1)
    return order[min(max(place, 0), len(order) - 1)]
