"""What the process that watches the camera tells: one record of fixed size for each picture."""

import numpy as np

from teleop.inputs.webcam.joints import HEAD
from teleop.inputs.xr.seen import SIDES, SeenFrame, SeenHand
from twin.errors import WireError

MODE = "window"  # nothing is shown to the eyes: the person sees the station's window
RECORD = np.dtype(
    [
        ("seq", "<u4"),
        ("seen", "u1", 2),  # left, right
        ("spare", "u1", 2),
        ("sampled_ns", "<i8"),  # monotonic; when the picture came from the camera
        ("joints", "<f4", (2, 25, 7)),
    ]
)


def packed(seq: int, sampled_ns: int, joints: dict[str, np.ndarray]) -> bytes:
    """A record with the joints by side, each shape (25, 7) in XR's axes; a side that is not there was not seen."""
    row = np.zeros(1, RECORD)
    row["seq"], row["sampled_ns"] = seq, sampled_ns
    for place, side in enumerate(SIDES):
        if side in joints:
            row["seen"][0, place], row["joints"][0, place] = 1, joints[side]
    return row.tobytes()


def unpacked(record: bytes) -> SeenFrame:
    """What a headset would have seen.

    Raises:
        WireError: a joint is no number.
    """
    row = np.frombuffer(record, RECORD)[0]
    if not np.isfinite(row["joints"]).all():
        raise WireError("the hand tracker gave a joint that is no number")
    at_ns = int(row["sampled_ns"])
    return SeenFrame(
        seq=int(row["seq"]),
        mode=MODE,
        visible=True,
        sent_ns=at_ns,
        frame_ns=at_ns,
        picture_age_ms=-1.0,
        head=HEAD,
        hands={
            side: SeenHand(
                None, None, None, (0.0,) * 4, row["joints"][place] if seen else None, emulated=False
            )
            for place, (side, seen) in enumerate(zip(SIDES, row["seen"].tolist(), strict=True))
        },
    )
