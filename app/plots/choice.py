"""Which joints are plotted: those a person pinned, those that are selected, and those that work hardest."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.joints.grid_rows import worst_first
from twin.wire.clock import NS_PER_S

_WORST_STAYS_NS = 3 * NS_PER_S  # a plot that changes its joint more often cannot be read
_WORSE_BY = 0.1


class Plotted(NamedTuple):
    """One joint and why it is plotted."""

    joint: int
    why: str  # pinned | selected | worst


def plotted(
    pinned: tuple[int, ...], selected: tuple[int, ...], worst: tuple[int, ...], room: int
) -> tuple[Plotted, ...]:
    """The joints to plot, each once, at most ``room``; of many selected ones the newest.

    Args:
        pinned: joints that stay, in the order in which they were pinned.
        selected: joints that are selected, the newest last.
        worst: the joints that work hardest, the worst first.
        room: how many fit, >= 1.
    """
    found: list[Plotted] = []
    for joints, why in ((pinned, "pinned"), (tuple(reversed(selected)), "selected"), (worst, "worst")):
        for joint in joints:
            if len(found) < room and all(joint != each.joint for each in found):
                found.append(Plotted(joint, why))
    return tuple(found)


class WorstJoints:
    """The joints that work hardest, changing their mind seldom."""

    def __init__(self, count: int) -> None:
        """Name ``count`` joints."""
        self._count = count
        self._order: list[int] = []
        self._since_ns = -_WORST_STAYS_NS

    @property
    def joints(self) -> tuple[int, ...]:
        """The worst first; empty before anything is known."""
        return tuple(self._order[: self._count])

    def consider(self, use: NDArray[np.float64], now_ns: int) -> tuple[int, ...]:
        """The joints after looking at ``use``, shape (n,): the share of its limits that each joint uses."""
        if use.max() > 0 and now_ns - self._since_ns >= _WORST_STAYS_NS:
            before = self.joints
            self._order = worst_first(use, self._order, _WORSE_BY)
            if self.joints != before:
                self._since_ns = now_ns
        return self.joints
