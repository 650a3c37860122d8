"""How large a person is, and where their shoulders are when only the head is known.

Shares of body height: R. Drillis, R. Contini, "Body segment parameters" (1966), as in D. A. Winter, "Biomechanics
and Motor Control of Human Movement": eyes 0.936, shoulders 0.818, upper arm 0.186, forearm 0.146, hand 0.108 of which
the palm's middle lies at 0.506.
"""

from dataclasses import dataclass

import numpy as np

from twin.demonstration.motion import PersonMotion
from twin.spatial import Array, heading_of

EYES, SHOULDERS, UPPER_ARM = 0.936, 0.818, 0.186
ARM = UPPER_ARM + 0.146 + 0.506 * 0.108  # from the shoulder to the palm's middle
EYES_BEFORE_SHOULDERS_M = 0.08
USUAL_M = 1.70
SHORTEST_M, TALLEST_M = 1.2, 2.2
_STANDING_FRAMES = 100  # of the beginning, that say where the person stands


@dataclass(frozen=True)
class Person:
    """Somebody's size."""

    height_m: float
    is_measured: bool  # from the take or by the person; else it is the usual one
    own_arm_m: float = 0.0  # as the person knows it; 0: they do not

    @property
    def arm_m(self) -> float:
        """From the shoulder to the palm's middle, stretched."""
        return self.own_arm_m or ARM * self.height_m


@dataclass(frozen=True)
class Stand:
    """Where a person stands: the middle between the shoulders, and which way they face."""

    shoulders_m: Array  # (3,) in the room
    heading: Array  # (3, 3) in the room


def person_of(motion: PersonMotion, height_m: float = 0.0, arm_m: float = 0.0) -> Person:
    """Who moved in ``motion``: with the height and the arm that they know, else from how high the head was."""
    if height_m:
        return Person(height_m, is_measured=True, own_arm_m=arm_m)
    above_m = motion.head_m[np.isfinite(motion.head_m).all(axis=1), 2]
    measured_m = float(np.median(above_m)) / EYES if len(above_m) else 0.0
    if SHORTEST_M <= measured_m <= TALLEST_M:
        return Person(measured_m, is_measured=True, own_arm_m=arm_m)
    return Person(USUAL_M, is_measured=False, own_arm_m=arm_m)


def stands(motion: PersonMotion, person: Person) -> dict[int, Stand]:
    """Where the person stood under each anchor, from the first frames after it; without one where no head was seen.

    Looking round, leaning and stepping aside later move nothing: the robot that is to do the same cannot.
    """
    found: dict[int, Stand] = {}
    known = np.isfinite(motion.head_m).all(axis=1) & np.isfinite(motion.head_rotation).all(axis=(1, 2))
    for anchor in dict.fromkeys(motion.anchor.tolist()):
        rows = np.flatnonzero(known & (motion.anchor == anchor))[:_STANDING_FRAMES]
        if not len(rows):
            continue
        headings = np.stack([heading_of(motion.head_rotation[row]) for row in rows])
        heading = heading_of(headings.mean(axis=0))
        below_m = np.array([0.0, 0.0, -(EYES - SHOULDERS) * person.height_m])
        eyes_m = np.median(motion.head_m[rows], axis=0)
        found[anchor] = Stand(eyes_m + below_m - heading[:, 0] * EYES_BEFORE_SHOULDERS_M, heading)
    return found
