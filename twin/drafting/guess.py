"""Guesses from names and from the tree which part of a body a joint, a site or a camera belongs to."""

import re
from collections.abc import Iterable

from twin.drafting.facts import JointFacts

GROUPS = (
    "left_leg",
    "right_leg",
    "torso",
    "neck",
    "left_arm",
    "right_arm",
    "left_hand",
    "right_hand",
)
OTHER = "other"
_PARTS = {  # the first that matches; fingers before arms, because a wrist of a hand is an arm's
    "hand": r"thumb|index|middle|ring|little|pinky|finger|gripper|knuckle|dip|pip|mcp",
    "arm": r"shoulder|elbow|wrist|forearm|upperarm|arm",
    "leg": r"hip|knee|ankle|thigh|shank|calf|foot|toe|leg",
    "neck": r"neck|head",
    "torso": r"torso|waist|spine|chest|trunk|abdomen",
}
_SIDES = {"left": r"(^|[_\-. ])(left|l)([_\-. ]|$)|left", "right": r"(^|[_\-. ])(right|r)([_\-. ]|$)|right"}


def side_of(name: str) -> str:
    """``left``, ``right``, or nothing."""
    for side, pattern in _SIDES.items():
        if re.search(pattern, name.lower()):
            return side
    return ""


def group_of(name: str) -> str:
    """The group that the name alone speaks for; nothing if it does not."""
    for part, pattern in _PARTS.items():
        if re.search(pattern, name.lower()):
            if part in ("neck", "torso"):
                return part
            return f"{side_of(name)}_{part}" if side_of(name) else ""
    return ""


def groups_of(joints: Iterable[JointFacts]) -> dict[str, tuple[str, bool]]:
    """The group of each joint, and whether its own name spoke for it.

    A joint whose name says nothing goes with the nearest joint that carries it, since limbs are chains.
    """
    found: dict[str, tuple[str, bool]] = {}
    for joint in joints:
        if group := group_of(joint.name):
            found[joint.name] = (group, True)
            continue
        carried_by = (found[name][0] for name in joint.ancestors if name in found)
        found[joint.name] = (next(carried_by, OTHER), False)
    return found


def site_for(role: str, sites: Iterable[str]) -> str:
    """The site that is most likely meant by a frame, e.g. ``left_hand``; nothing if none is."""
    words = {"hand": ("palm", "hand", "grasp", "tcp", "ee"), "foot": ("foot", "sole")}
    side, _, part = role.rpartition("_")
    for word in words.get(part, (part,)):
        for site in sites:
            if word in site.lower() and side_of(site) == side and not re.search(_PARTS["hand"], site.lower()):
                return site
    return ""
