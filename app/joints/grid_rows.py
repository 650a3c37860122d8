"""Which rows the joint grid shows and in which order, and how near to its limits each joint is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.joints.limb_use import finger_joints
from twin.robot import RobotSpec

Order = Literal["group", "worst", "name"]
ORDERS: tuple[Order, ...] = ("group", "worst", "name")
Array = NDArray[np.float64]

NEAR_LIMIT = 0.9  # the console's line between normal and warning
# Where heat begins to count and where motors stop, as the agent has it (teleop.agent.account).
_COOL_C, _HOT_C = 40.0, 95.0

# A joint may lag behind its command by what it covers in this time at full speed, without being worth a word.
_TOLERATED_LAG_S = 0.05
# Joints change places only when one is worse by this much, so that rows do not dance.
_WORSE_BY = 0.05


@dataclass(frozen=True)
class JointFigures:
    """What is known of all joints now; arrays of shape (n,), NaN where nothing is known."""

    position_rad: Array
    commanded_rad: Array
    velocity_rad_s: Array
    effort_nm: Array
    temperature_c: Array
    limited: Mapping[int, str]  # joint -> why it was not allowed what was asked
    fresh: bool  # False: the state is too old to be shown as now
    balanced: frozenset[int] = frozenset()  # the robot's balance moves them: they are commanded no angle

    @classmethod
    def unknown(cls, joints: int) -> "JointFigures":
        """Nothing is known of any joint."""
        nothing = np.full(joints, np.nan)
        return cls(nothing, nothing, nothing, nothing, nothing, {}, fresh=False)


class JointUse(NamedTuple):
    """How much of each limit is used, shape (n,), 1 = all of it; 0 where nothing is known."""

    effort: Array
    speed: Array
    temperature: Array
    error: Array
    grips: NDArray[
        np.bool_
    ]  # fingers: they press with all their force, short of where they were told, every day

    @property
    def worst(self) -> Array:
        """The largest of the four, of which fingers count only speed and temperature."""
        strain = np.where(self.grips, 0.0, np.maximum(self.effort, self.error))
        worst: Array = np.maximum.reduce([strain, self.speed, self.temperature])
        return worst


def joint_use(spec: RobotSpec, figures: JointFigures) -> JointUse:
    """How near each joint is to what it may do."""
    tolerance_rad = spec.max_speed_rad_s * _TOLERATED_LAG_S
    return JointUse(
        np.nan_to_num(np.abs(figures.effort_nm) / spec.max_effort_nm),
        np.nan_to_num(np.abs(figures.velocity_rad_s) / spec.max_speed_rad_s),
        np.nan_to_num(np.clip((figures.temperature_c - _COOL_C) / (_HOT_C - _COOL_C), 0.0, None)),
        np.nan_to_num(np.abs(figures.commanded_rad - figures.position_rad) / tolerance_rad),
        np.isin(np.arange(len(spec.joints)), list(finger_joints(spec))),
    )


class Concern(NamedTuple):
    """Why a joint wants to be looked at."""

    severity: str  # "" | warning | alarm
    text: str


_LIMIT_WORDS = {
    "position": "range",
    "speed": "speed",
    "acceleration": "accel",
    "jump": "jump",
    "effort": "torque",
    "temperature": "hot",
}


def concern(use: JointUse, limited: Mapping[int, str], joint: int) -> Concern:
    """The most pressing fact about ``joint``."""
    if use.temperature[joint] >= 1:
        return Concern("alarm", "hot")
    if joint in limited:
        return Concern("warning", _LIMIT_WORDS.get(limited[joint], limited[joint]))
    for share, word in ((use.temperature, "hot"), (use.effort, "torque"), (use.speed, "speed")):
        if share[joint] >= NEAR_LIMIT and not (word == "torque" and use.grips[joint]):
            return Concern("warning", word)
    if use.error[joint] >= 1 and not use.grips[joint]:
        return Concern("warning", "lags")
    return Concern("", "")


class Row(NamedTuple):
    """One line of the grid: a joint, or the head of a group (then ``joint`` is -1)."""

    joint: int
    group: str
    label: str

    @property
    def is_head(self) -> bool:
        """Whether this is the head of a group."""
        return self.joint < 0


def matches(spec: RobotSpec, joint: int, wanted: str) -> bool:
    """Whether every word of ``wanted`` is part of the joint's name or of its group's."""
    names = f"{spec.joints[joint].name} {spec.joints[joint].group}".replace("_", " ").lower()
    return all(word in names for word in wanted.replace("_", " ").lower().split())


def grouped_rows(spec: RobotSpec, wanted: str, closed: frozenset[str]) -> tuple[Row, ...]:
    """All joints that match, under the heads of their groups; groups in ``closed`` show their head only."""
    rows: list[Row] = []
    for group, joints in spec.groups.items():
        found = [joint for joint in joints if matches(spec, joint, wanted)]
        if found:
            rows.append(Row(-1, group, group.replace("_", " ")))
        if group not in closed or wanted:
            rows += [Row(joint, group, _within(spec.joints[joint].name, group)) for joint in found]
    return tuple(rows)


def listed_rows(spec: RobotSpec, wanted: str, order: Sequence[int]) -> tuple[Row, ...]:
    """All joints that match, in ``order``, without groups."""
    return tuple(
        Row(joint, spec.joints[joint].group, spec.joints[joint].name.replace("_", " "))
        for joint in order
        if matches(spec, joint, wanted)
    )


def _within(name: str, group: str) -> str:
    """The joint's name without the side that its group says already."""
    side = group.split("_")[0]
    return name.removeprefix(f"{side}_").replace("_", " ")


def worst_first(use: Array, before: Sequence[int], worse_by: float = _WORSE_BY) -> list[int]:
    """Joints in falling order of ``use``; two change places only when the lower one is clearly worse.

    Args:
        use: (n,) share of the limit in use.
        before: the order shown until now; empty for a plain sort.
        worse_by: how much worse is clearly worse.
    """
    if len(before) != len(use):
        return [int(joint) for joint in np.argsort(-use, kind="stable")]
    order: list[int] = []
    for joint in before:
        place = len(order)
        while place and use[joint] > use[order[place - 1]] + worse_by:
            place -= 1
        order.insert(place, joint)
    return order
