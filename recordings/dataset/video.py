"""H.264 as the cameras send it: where a picture can be entered, and decoding."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

# A start code and the header of a NAL unit; the type is in its five low bits.
_NAL = re.compile(rb"\x00\x00\x01(.)", re.DOTALL)
_SLICE, _IDR, _SPS = 1, 5, 7


def nal_types(access_unit: bytes) -> Iterator[int]:
    """Types of the NAL units in ``access_unit``, in order, up to its first slice of picture."""
    for match in _NAL.finditer(access_unit):
        kind = match.group(1)[0] & 0x1F
        yield kind
        if _SLICE <= kind <= _IDR:
            return


def is_keyframe(access_unit: bytes) -> bool:
    """Whether decoding can begin here: a complete picture with its parameter sets before it."""
    kinds = list(nal_types(access_unit))
    return _IDR in kinds and _SPS in kinds


def is_picture(access_unit: bytes) -> bool:
    """Whether there is a slice of a picture in it at all."""
    return any(_SLICE <= kind <= _IDR for kind in nal_types(access_unit))


def decoded(access_units: Sequence[bytes]) -> Iterator[Any]:
    """The pictures (``av.VideoFrame``) of ``access_units``, one for each, in order.

    The first must be a keyframe. Streams without B-frames only, which is what the cameras send.
    """
    import av

    decoder = av.CodecContext.create("h264", "r")
    decoder.thread_count = 1
    for access_unit in access_units:
        yield from decoder.decode(av.Packet(access_unit))
    yield from decoder.decode(None)
