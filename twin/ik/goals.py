"""What one step of inverse kinematics is asked for; whatever is not named stays where it is."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from twin.ik.shapes import SIDES
from twin.spatial import Array, Pose


class Asked(NamedTuple):
    """Which terms a step has; steps with equal ones share their arrays."""

    sides: tuple[str, ...]  # arms, left before right
    gaze: bool = False
    neck: bool = False
    waist: bool = False
    balance: bool = False

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of joints that move."""
        arms = tuple(f"{side}_arm" for side in self.sides)
        torso = ("torso",) if self.waist or self.balance else ()
        neck = ("neck",) if self.gaze or self.neck else ()
        return (*arms, *torso, *neck)


class Goals(NamedTuple):
    """All poses and places are in the frame of the model's world. Joints are in the order of their groups."""

    hands: Mapping[str, Pose] = MappingProxyType({})  # side -> where that hand shall be; moves its arm
    gaze: Array | None = None  # (3, 3) how the head's frame shall be turned, x ahead; moves the neck
    neck_rad: Array | None = None  # or its joints, shape (k,)
    waist_rad: Array | None = None  # the torso's joints, shape (w,); they also help hands that cannot reach
    balance_m: Array | None = None  # (2,) where the centre of mass shall be, x and y; moves torso and arms

    @property
    def asked(self) -> Asked:
        """Which terms these goals have."""
        hands, gaze, neck_rad, waist_rad, balance_m = self
        left, right = SIDES
        return _asked(
            left in hands,
            right in hands,
            gaze is not None,
            neck_rad is not None,
            waist_rad is not None,
            balance_m is not None,
        )


@cache
def _asked(left: bool, right: bool, *others: bool) -> Asked:
    """Made once of each kind: a step that is asked for the same again looks it up."""
    return Asked(
        tuple(side for side, is_asked in zip(SIDES, (left, right), strict=True) if is_asked), *others
    )
