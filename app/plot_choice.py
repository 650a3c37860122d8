"""Which joints are plotted: those a person pinned, those that are selected, and the one that works hardest."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.wire.clock import NS_PER_S

_WORST_STAYS_NS = 3 * NS_PER_S  # a plot that changes its joint more often cannot be read
_WORSE_BY = 0.1


class Plotted(NamedTuple):
    """One joint and why it is plotted."""

    joint: int
    why: str  # pinned | selected | worst


def plotted(pinned: tuple[int, ...], selected: tuple[int, ...], worst: int, room: int) -> tuple[Plotted, ...]:
    """The joints to plot, each once, at most ``room``; of many selected ones the newest.

    Args:
        pinned: joints that stay, in the order in which they were pinned.
        selected: joints that are selected, the newest last.
        worst: the joint that works hardest; -1 if none is known.
        room: how many fit, >= 1.
    """
    found = [Plotted(joint, "pinned") for joint in pinned[:room]]
    fresh = [joint for joint in reversed(selected) if joint not in pinned]
    found += [Plotted(joint, "selected") for joint in fresh[: room - len(found)]]
    if worst >= 0 and len(found) < room and worst not in pinned and worst not in selected:
        found.append(Plotted(worst, "worst"))
    return tuple(found)


class WorstJoint:
    """The joint that works hardest, changing its mind seldom."""

    def __init__(self) -> None:
        self.joint = -1
        self._since_ns = 0

    def consider(self, use: NDArray[np.float64], now_ns: int) -> int:
        """The joint after looking at ``use``, shape (n,): the share of its limits that each joint uses."""
        candidate = int(np.argmax(use))
        if self.joint < 0:
            clearly = use[candidate] > 0
        else:
            rested = now_ns - self._since_ns >= _WORST_STAYS_NS
            clearly = rested and use[candidate] > use[self.joint] + _WORSE_BY
        if clearly:
            self.joint, self._since_ns = candidate, now_ns
        return self.joint
