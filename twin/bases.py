"""The ways in which a robot's base is held, and which of them a robot offers."""

from collections.abc import Collection, Mapping

GANTRY, WHEELS, LEGS = "gantry", "wheels", "legs"  # it hangs; it rolls upright; it stands on its own feet
BASES = (GANTRY, WHEELS, LEGS)

_SIDES = ("left", "right")
LEG_GROUPS = tuple(f"{side}_leg" for side in _SIDES)  # of joints


def possible_bases(
    body: str, groups: Mapping[str, object] | Collection[str], frames: Mapping[str, object] | Collection[str]
) -> tuple[str, ...]:
    """Those that a robot could offer.

    Args:
        body: its root in the model; without one it can only be as its model has it.
        groups: names of its groups of joints.
        frames: roles of its frames.
    """
    if not body:
        return (GANTRY,)
    stands = all(leg in groups for leg in LEG_GROUPS) and all(f"{side}_foot" in frames for side in _SIDES)
    return BASES if stands else (GANTRY, WHEELS)


def why_not(base: str, possible: Collection[str]) -> str:
    """Why a robot with these ``possible`` bases cannot offer ``base``; empty if it can."""
    if base in possible:
        return ""
    if base == LEGS:
        return "legs needs the groups left_leg and right_leg, the frames left_foot and right_foot, and a body"
    return f"{base} needs the body of the base"
