"""How close each limb is to its limits: for every limb the worst of its joints. Pure arithmetic."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.robot import RobotSpec

Floats = NDArray[np.float64]

# A range shorter than this between the ready pose and a limit says nothing about strain.
_SHORTEST_RANGE_RAD = 0.1

_TITLES = {
    "neck": "Head",
    "torso": "Torso",
    "left_arm": "Left arm",
    "right_arm": "Right arm",
    "left_leg": "Legs",
    "right_leg": "Legs",
    "left_hand": "Hands",
    "right_hand": "Hands",
}
_ORDER = ("Head", "Torso", "Left arm", "Right arm", "Legs", "Hands")


@dataclass(frozen=True)
class Limb:
    """Joints that are shown as one row."""

    title: str
    joints: tuple[int, ...]


@dataclass(frozen=True)
class LimbUse:
    """What one row says. Shares are 0..1 of a limit."""

    use: float = 0.0  # the worst of the three below, over all joints
    joint: int = -1  # whose
    of: str = ""  # range | speed | effort
    effort: float = 0.0
    error_rad: float | None = None  # largest distance between setpoint and angle; None: nobody commands one
    hottest_c: float | None = None


def limbs_of(groups: Mapping[str, tuple[int, ...]]) -> tuple[Limb, ...]:
    """The rows for a robot with ``groups``: both legs in one, both hands in one, unknown groups at the end."""
    rows: dict[str, list[int]] = {}
    for name, joints in groups.items():
        rows.setdefault(_TITLES.get(name, name.replace("_", " ").capitalize()), []).extend(joints)
    known = [title for title in _ORDER if title in rows]
    others = [title for title in rows if title not in _ORDER]
    return tuple(Limb(title, tuple(rows[title])) for title in (*known, *others))


def finger_joints(spec: RobotSpec) -> frozenset[int]:
    """The joints of the hands: they close to the end of their range and to their full force every day."""
    return frozenset(
        joint for name, joints in spec.groups.items() if name.endswith("_hand") for joint in joints
    )


def range_use(spec: RobotSpec, position_rad: Floats) -> Floats:
    """How much of the way from the ready pose to the limit on its side each joint has gone, 0..1, shape (n,).

    Joints that rest at a limit have no way to go on that side and count as 0.
    """
    away = position_rad - spec.home_rad
    room = np.where(away >= 0, spec.upper_rad - spec.home_rad, spec.home_rad - spec.lower_rad)
    used = np.abs(away) / np.maximum(room, _SHORTEST_RANGE_RAD)
    return np.where(room < _SHORTEST_RANGE_RAD, 0.0, np.clip(used, 0.0, 1.0))


def limb_uses(
    spec: RobotSpec,
    limbs: tuple[Limb, ...],
    position_rad: Floats,
    velocity_rad_s: Floats,
    effort_nm: Floats,
    setpoint_rad: Floats,
    temperature_c: Floats,
) -> tuple[LimbUse, ...]:
    """One reading per limb; arrays have shape (n,), NaN where nothing is known."""
    used = range_use(spec, position_rad)
    used[list(finger_joints(spec))] = 0.0
    shares = {
        "range": used,
        "speed": np.abs(velocity_rad_s) / spec.max_speed_rad_s,
        "effort": np.abs(effort_nm) / spec.max_effort_nm,
    }
    error_rad = np.abs(setpoint_rad - position_rad)
    found = []
    for limb in limbs:
        joints = np.array(limb.joints, np.intp)
        worst = {
            kind: (float(share[joints].max()), int(share[joints].argmax())) for kind, share in shares.items()
        }
        of = max(worst, key=lambda kind: worst[kind][0])
        found.append(
            LimbUse(
                use=worst[of][0],
                joint=limb.joints[worst[of][1]],
                of=of,
                effort=worst["effort"][0],
                error_rad=_largest_known(error_rad[joints]),
                hottest_c=_largest_known(temperature_c[joints]),
            )
        )
    return tuple(found)


def _largest_known(values: Floats) -> float | None:
    """The largest of ``values`` that are known, if any is."""
    return None if np.all(np.isnan(values)) else float(np.nanmax(values))
