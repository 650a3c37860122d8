"""What the body can do of a stride that is asked of it, and why it does no more."""

import math
from typing import NamedTuple

from twin.balance.gains import Gains
from twin.balance.stride import Stride

_NOTHING_ASKED = 0.02  # m/s or rad/s: less is a stick that does not quite rest
_WAYS = (("along", "m/s"), ("sideways", "m/s"), ("turning", "rad/s"))


class Possible(NamedTuple):
    """Of one stride."""

    pace: tuple[float, ...]  # m/s forward, m/s left, rad/s
    down_m: float  # of the base, against the home pose
    lean_rad: float
    reasons: tuple[str, ...]  # e.g. "walk slowed: 0.60 m/s is its most along"


def possible(stride: Stride, is_standing: bool, gains: Gains) -> Possible:
    """Within the limits of a body that stands, or else walks."""
    reasons: list[str] = []
    slow = (-gains.most_backward_m_s, -gains.most_speed[1], -gains.most_speed[2])
    pace = []
    for axis, wanted in enumerate((stride.forward_m_s, stride.left_m_s, stride.turn_rad_s)):
        asked = min(max(wanted, slow[axis]), gains.most_speed[axis])
        if abs(asked - wanted) > _NOTHING_ASKED:
            way, unit = _WAYS[axis]
            reasons.append(f"walk slowed: {abs(asked):.2f} {unit} is its most {way}")
        pace.append(0.0 if abs(asked) < _NOTHING_ASKED else asked)
    while_so = "" if is_standing else " while it walks"
    crouch_m = 0.0 if is_standing else gains.crouch_m
    lowest_m = -gains.deepest_m if is_standing else -gains.deepest_m / 2
    if stride.height_m < lowest_m - 0.01:
        reasons.append(f"body not lower: {-100.0 * lowest_m:.1f} cm is its lowest{while_so}")
    back, forth = gains.most_lean_rad
    forth = forth if is_standing else gains.most_lean_walking_rad
    if stride.lean_rad > forth + 0.01:
        reasons.append(f"body not bent further: {math.degrees(forth):.0f} degrees is its most{while_so}")
    down_m = max(min(0.0, stride.height_m - gains.crouch_m / 2, -crouch_m), lowest_m)
    return Possible(tuple(pace), down_m, min(max(stride.lean_rad, back), forth), tuple(reasons))
