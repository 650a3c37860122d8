"""What a headset saw in one frame, in XR's axes, however it came here: by the headset's page or through OpenXR."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SIDES = ("left", "right")

# A few plain numbers: every frame is judged one number at a time, which numpy's arrays make ten times dearer.
Numbers = tuple[float, ...]


class SeenHand(NamedTuple):
    """One hand; what was not seen is None. A pose is x y z, then quaternion xyzw."""

    grip: Numbers | None  # 7
    aim: Numbers | None  # 7
    buttons: Numbers | None  # 8, as the xr-standard mapping numbers them
    axes: Numbers  # 4, likewise, with its signs
    joints: NDArray[np.float32] | None  # (25, 7) in the order of WebXR
    emulated: bool  # the position is the headset's guess


class SeenFrame(NamedTuple):
    """Head and hands at one moment."""

    seq: int
    mode: str  # see ``XrSample.mode``
    visible: bool  # the person in the headset sees and drives us, and nothing else
    sent_ns: int  # our monotonic clock, as the sender knows it
    frame_ns: int  # likewise; the moment the poses were predicted for
    picture_age_ms: float  # negative: no picture
    head: Numbers | None  # 7
    hands: dict[str, SeenHand]  # by side
