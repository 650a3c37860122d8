"""One frame of the headset's page as it comes over the socket: fixed size, little-endian, version first.

``assets/headset/packet.js`` writes what is read here.
"""

import numpy as np

from teleop.inputs.xr.seen import SIDES, SeenFrame, SeenHand
from twin.errors import WireError

VERSION = 1
MODES = ("", "vr", "ar")

HEAD_SEEN = 1
# Bits of each hand; those of the left hand begin at bit 8, of the right hand at bit 16.
GRIP_SEEN, AIM_SEEN, HAS_BUTTONS, JOINTS_SEEN, EMULATED = 1, 2, 4, 8, 16

_POSE = ("<f4", 7)  # x y z, then quaternion xyzw
LAYOUT = np.dtype(
    [
        ("version", "u1"),
        ("mode", "u1"),
        ("visible", "u1"),
        ("spare", "u1"),
        ("seq", "<u4"),
        ("sent_ms", "<f8"),
        ("frame_ms", "<f8"),
        ("picture_age_ms", "<f4"),
        ("flags", "<u4"),
        ("head", *_POSE),
        *(
            (f"{side}_{name}", *kind)
            for side in SIDES
            for name, kind in (
                ("grip", _POSE),
                ("aim", _POSE),
                ("buttons", ("<f4", 8)),
                ("axes", ("<f4", 4)),
                ("joints", ("<f4", (25, 7))),
            )
        ),
    ]
)


def unpack(payload: bytes) -> SeenFrame:
    """The frame in ``payload``.

    Raises:
        WireError: it is not one, or holds numbers that are none.
    """
    if len(payload) != LAYOUT.itemsize or payload[0] != VERSION:
        raise WireError(
            f"{len(payload)} bytes are no frame of a headset's page of version {VERSION}; reload the page"
        )
    row = np.frombuffer(payload, LAYOUT)[0]
    times_ms = (float(row["sent_ms"]), float(row["frame_ms"]), float(row["picture_age_ms"]))
    floats = np.frombuffer(payload, "<f4", offset=LAYOUT.fields["head"][1]) if LAYOUT.fields else row["head"]
    if not (np.isfinite(times_ms).all() and max(np.abs(times_ms)) < 1e12 and np.isfinite(floats).all()):
        raise WireError("a frame of the headset's page holds a number that is none; reload the page")
    flags, mode = int(row["flags"]), int(row["mode"])
    return SeenFrame(
        seq=int(row["seq"]),
        mode=MODES[mode] if mode < len(MODES) else "",
        visible=bool(row["visible"]),
        sent_ns=int(times_ms[0] * 1e6),
        frame_ns=int(times_ms[1] * 1e6),
        picture_age_ms=float(row["picture_age_ms"]),
        head=row["head"] if flags & HEAD_SEEN else None,
        hands={side: _hand(row, side, flags >> 8 * (1 + at)) for at, side in enumerate(SIDES)},
    )


def _hand(row: np.void, side: str, flags: int) -> SeenHand:
    return SeenHand(
        grip=row[f"{side}_grip"] if flags & GRIP_SEEN else None,
        aim=row[f"{side}_aim"] if flags & AIM_SEEN else None,
        buttons=row[f"{side}_buttons"] if flags & HAS_BUTTONS else None,
        axes=row[f"{side}_axes"],
        joints=row[f"{side}_joints"] if flags & JOINTS_SEEN else None,
        emulated=bool(flags & EMULATED),
    )
