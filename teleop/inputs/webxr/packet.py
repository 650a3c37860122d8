"""One frame of the headset's page as it comes over the socket: fixed size, little-endian, version first.

``assets/headset/packet.js`` writes what is read here.
"""

import struct
from math import isfinite

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
# The same bytes as plain numbers, which are judged one by one: up to the joints of the left hand, and of the right.
_HAND_FLOATS, _JOINT_FLOATS = 7 + 7 + 8 + 4, 25 * 7
_HEAD_AND_LEFT = struct.Struct(f"<4BI2dfI{7 + _HAND_FLOATS}f")
_HEAD_AT = 9  # so many numbers stand before the head
_RIGHT = struct.Struct(f"<{_HAND_FLOATS}f")
_JOINTS_AT = {"left": _HEAD_AND_LEFT.size, "right": LAYOUT.itemsize - 4 * _JOINT_FLOATS}
_RIGHT_AT = _JOINTS_AT["left"] + 4 * _JOINT_FLOATS
_NO_JOINTS = bytes(4 * _JOINT_FLOATS)


def unpack(payload: bytes) -> SeenFrame:
    """The frame in ``payload``.

    Raises:
        WireError: it is not one, or holds numbers that are none.
    """
    if len(payload) != LAYOUT.itemsize or payload[0] != VERSION:
        raise WireError(
            f"{len(payload)} bytes are no frame of a headset's page of version {VERSION}; reload the page"
        )
    head_and_left = _HEAD_AND_LEFT.unpack_from(payload)
    _, mode, visible, _, seq, sent_ms, frame_ms, picture_age_ms, flags = head_and_left[:_HEAD_AT]
    right = _RIGHT.unpack_from(payload, _RIGHT_AT)
    is_timed = abs(sent_ms) < 1e12 and abs(frame_ms) < 1e12 and abs(picture_age_ms) < 1e12
    if not (is_timed and isfinite(sum(head_and_left[_HEAD_AT:]) + sum(right)) and _are_joints(payload)):
        raise WireError("a frame of the headset's page holds a number that is none; reload the page")
    hands = {
        "left": _hand(payload, "left", head_and_left[_HEAD_AT + 7 :], flags >> 8),
        "right": _hand(payload, "right", right, flags >> 16),
    }
    return SeenFrame(
        seq=seq,
        mode=MODES[mode] if mode < len(MODES) else "",
        visible=bool(visible),
        sent_ns=int(sent_ms * 1e6),
        frame_ns=int(frame_ms * 1e6),
        picture_age_ms=picture_age_ms,
        head=head_and_left[_HEAD_AT : _HEAD_AT + 7] if flags & HEAD_SEEN else None,
        hands=hands,
    )


def _are_joints(payload: bytes) -> bool:
    """Whether the joints of both hands are numbers, seen or not; those not seen are nothing but zeros."""
    for at in _JOINTS_AT.values():
        if (
            payload[at : at + len(_NO_JOINTS)] != _NO_JOINTS
            and not np.isfinite(np.frombuffer(payload, "<f4", _JOINT_FLOATS, at)).all()
        ):
            return False
    return True


def _hand(payload: bytes, side: str, floats: Numbers, flags: int) -> SeenHand:
    joints = (
        np.frombuffer(payload, "<f4", _JOINT_FLOATS, _JOINTS_AT[side]).reshape(25, 7)
        if flags & JOINTS_SEEN
        else None
    )
    return SeenHand(
        grip=floats[:7] if flags & GRIP_SEEN else None,
        aim=floats[7:14] if flags & AIM_SEEN else None,
        buttons=floats[14:22] if flags & HAS_BUTTONS else None,
        axes=floats[22:26],
        joints=joints,
        emulated=bool(flags & EMULATED),
    )
