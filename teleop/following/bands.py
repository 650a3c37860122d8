"""The band that each hand of a headset is in: followed as it moves, slowed because it is too fast, refused for a jump.

A hand that is only calmed by its filter is followed. One that was refused must be let go and pressed anew; that it was
is told until it follows again, or for a while.
"""

import math

from teleop.bindings.bindings import Scale
from twin.spatial import Pose, vector_from_rotation
from twin.wire.clock import NS_PER_S
from twin.wire.messages import XrSample

FOLLOWED, SLOWED, REFUSED = "followed", "slowed", "refused"
SLOWED_FROM_S = 0.1  # what a hand covers in this time at its full speed, it may be behind
TOLD_NS = 4 * NS_PER_S


class Bands:
    """Both hands of one headset. Told of every sample."""

    def __init__(self) -> None:
        """Nothing was refused."""
        self._held: frozenset[str] = frozenset()
        self._refused_ns: dict[str, int] = {}

    def hear(self, sample: XrSample, sampled_ns: int) -> None:
        """Take in ``sample``: a hand that was held and moved as no hand can was refused."""
        for hand in sample.hands:
            if hand.jumped and hand.side in self._held:
                self._refused_ns[hand.side] = sampled_ns
            elif hand.held:
                self._refused_ns.pop(hand.side, None)
        self._held = frozenset(hand.side for hand in sample.hands if hand.held)

    def refused(self, now_ns: int) -> tuple[str, ...]:
        """The sides of hands that were refused for a jump and have not followed since."""
        return tuple(side for side, at_ns in self._refused_ns.items() if now_ns - at_ns <= TOLD_NS)


def band_of(goal: Pose, wanted: Pose, scale: Scale) -> str:
    """The band of a hand that follows.

    Args:
        goal: where the tracked hand would have it.
        wanted: how far it got on the way there.
        scale: the fastest it may go.
    """
    behind_s = math.dist(goal.position_m, wanted.position_m) / scale.linear_m_s
    turn_rad = math.hypot(*vector_from_rotation(goal.rotation @ wanted.rotation.T).tolist())
    return SLOWED if max(behind_s, turn_rad / scale.angular_rad_s) > SLOWED_FROM_S else FOLLOWED
