"""What a headset says of a person with a controller in each hand."""

from collections.abc import Mapping

import numpy as np

from twin.spatial import Array, quaternion_from_rotation, rotation_from_vector
from twin.wire.messages import XrHand, XrSample, vector


def facing(yaw_rad: float) -> Array:
    """The heading of somebody who has turned so far to the left, (3, 3)."""
    return rotation_from_vector(np.array([0.0, 0.0, yaw_rad]))


def seen(
    heading: Array,
    at_m: Array,
    eyes_m: float,
    palms_m: Mapping[str, Array],
    turned: Mapping[str, Array],
    frame_ns: int = 0,
) -> XrSample:
    """Somebody who stands at ``at_m`` with the eyes so high; ``palms_m`` (side -> (3,)) in their own axes.

    A controller points ahead, or as it is ``turned`` (side -> (3, 3)).
    """
    hands = [
        XrHand(
            side=side,
            source="controller",
            position_m=vector(at_m + heading @ palm_m),
            orientation_wxyz=vector([1, 0, 0, 0]),
            aim_orientation_wxyz=vector(quaternion_from_rotation(heading @ turned.get(side, np.eye(3)))),
            buttons=vector(np.zeros(8)),
        )
        for side, palm_m in palms_m.items()
    ]
    return XrSample(
        device="headset:1",
        head_position_m=vector(at_m + np.array([0, 0, eyes_m])),
        head_orientation_wxyz=vector(quaternion_from_rotation(heading)),
        hands=tuple(hands),
        frame_ns=frame_ns,
    )
