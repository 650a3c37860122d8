"""How far from the centre a stick rests, and what dead zone that asks for."""

import math
from collections.abc import Sequence

from teleop.inputs.base import AXES

SMALLEST, LARGEST = 0.05, 0.35
_MARGIN = 0.02  # beyond the farthest rest that was seen; what was not seen may be a little farther
_MOVED = 0.5  # a stick so far out was pushed, it did not rest


class StickNoise:
    """Watches sticks that nobody touches."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self.farthest = {"left": 0.0, "right": 0.0}
        self.samples = 0
        self.touched = False  # a stick was pushed, so this says nothing

    def see(self, axes: Sequence[float]) -> None:
        """Take in one reading, in the order of ``AXES``."""
        values = dict(zip(AXES, axes, strict=True))
        self.samples += 1
        for side in self.farthest:
            out = math.hypot(values[f"{side}_x"], values[f"{side}_y"])
            self.touched |= out > _MOVED
            self.farthest[side] = max(self.farthest[side], out)

    def dead_zone(self) -> float:
        """The smallest dead zone in which both sticks rest, with a margin, to two decimals."""
        wanted = max(self.farthest.values()) + _MARGIN
        return round(min(LARGEST, max(SMALLEST, wanted)), 2)
