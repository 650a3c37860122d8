"""One frame of the headset's page as it comes over the socket: fixed size, little-endian, version first.

``assets/headset/packet.js`` writes what is read here.
"""

import struct

import numpy as np

from teleop.inputs.xr.seen import SIDES, Numbers, SeenFrame, SeenHand
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
_HEAD = struct.Struct(
    "<4BI2dfI"
)  # of the same bytes, up to the poses; numpy's own way to them takes twice as long
_HAND_FLOATS = 7 + 7 + 8 + 4 + 25 * 7


def unpack(payload: bytes) -> SeenFrame:
    """The frame in ``payload``.

    Raises:
        WireError: it is not one, or holds numbers that are none.
    """
    if len(payload) != LAYOUT.itemsize or payload[0] != VERSION:
        raise WireError(
            f"{len(payload)} bytes are no frame of a headset's page of version {VERSION}; reload the page"
        )
    _, mode, visible, _, seq, sent_ms, frame_ms, picture_age_ms, flags = _HEAD.unpack_from(payload)
    floats = np.frombuffer(payload, "<f4", offset=_HEAD.size)
    times_ms = (sent_ms, frame_ms, picture_age_ms)
    if not (
        np.isfinite(floats).all() and all(abs(each) < 1e12 for each in times_ms)
    ):  # false for what is no number
        raise WireError("a frame of the headset's page holds a number that is none; reload the page")
    return SeenFrame(
        seq=seq,
        mode=MODES[mode] if mode < len(MODES) else "",
        visible=bool(visible),
        sent_ns=int(sent_ms * 1e6),
        frame_ns=int(frame_ms * 1e6),
        picture_age_ms=picture_age_ms,
        head=floats[:7] if flags & HEAD_SEEN else None,
        hands={
            side: _hand(floats[7 + at * _HAND_FLOATS :][:_HAND_FLOATS], flags >> 8 * (1 + at))
            for at, side in enumerate(SIDES)
        },
    )


def _hand(floats: Numbers, flags: int) -> SeenHand:
    return SeenHand(
        grip=floats[:7] if flags & GRIP_SEEN else None,
        aim=floats[7:14] if flags & AIM_SEEN else None,
        buttons=floats[14:22] if flags & HAS_BUTTONS else None,
        axes=floats[22:26],
        joints=floats[26:].reshape(25, 7) if flags & JOINTS_SEEN else None,
        emulated=bool(flags & EMULATED),
    )
