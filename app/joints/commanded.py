"""Which angles the joints are commanded now: none for legs that the balance moves."""

import numpy as np
from numpy.typing import NDArray

from app.feed import Feed
from twin.robot import RobotSpec
from twin.wire.messages import AppliedCommand

BALANCE_MOVES = (
    "On its own feet the robot's balance moves the legs: they are commanded no angle, so they have no error"
)


def balanced_joints(feed: Feed, spec: RobotSpec) -> frozenset[int]:
    """The joints that the robot's balance moves now.

    It turns the legs by torque, as it must: what is handed over for them is no more than how they would stand at
    rest, and being away from that is no error.
    """
    return frozenset() if feed.balance is None else frozenset(np.flatnonzero(spec.is_leg).tolist())


def commanded_rad(feed: Feed, spec: RobotSpec) -> NDArray[np.float64]:
    """What was handed to the drives last, shape (n,); NaN where nobody commands an angle."""
    applied = feed.fresh("robot.applied", AppliedCommand)
    if applied is None or len(applied.position_rad) != len(spec.joints):
        return np.full(len(spec.joints), np.nan)
    commanded = applied.position_rad.astype(np.float64)
    commanded[list(balanced_joints(feed, spec))] = np.nan
    return commanded
