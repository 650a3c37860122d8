"""A demonstration as a robot performs it: who showed it, which robot, its motion, and how near it came."""

from dataclasses import dataclass
from functools import cached_property

from recordings.retargeted.demonstration import Demonstration
from twin.demonstration.motion import Mask
from twin.demonstration.reach import HandReach, Tolerance, reach_of, within
from twin.demonstration.retarget import Retargeted
from twin.demonstration.steady import RATE_HZ
from twin.robot import RobotSpec


@dataclass(frozen=True, eq=False)
class Performance:
    """What take and page are made of."""

    source: Demonstration
    spec: RobotSpec
    made: Retargeted
    tolerance: Tolerance

    @cached_property
    def reach(self) -> dict[str, HandReach]:
        """How each hand did, by side."""
        return {side: reach_of(track, self.tolerance, RATE_HZ) for side, track in self.made.hands.items()}

    @cached_property
    def reached(self) -> dict[str, Mask]:
        """The frames in which each hand was where it should be, by side, shape (n,)."""
        return {side: within(track, self.tolerance) for side, track in self.made.hands.items()}
