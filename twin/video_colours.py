"""What a video says of its colours, so that each player shows those that were drawn.

Numbers of ITU-T H.273, tables 2 to 4. A stream that says nothing is taken for BT.601 by swscale and for BT.709 by
browsers if it is large: what is red is 13 of 255 too bright there.
"""

from typing import Any

_PRIMARIES_BT709, _TRANSFER_SRGB = 1, 13  # together: sRGB
_MATRIX_BT601, _LIMITED_RANGE = 6, 1  # by which swscale makes YUV of it unless told otherwise


def say_colours(context: Any) -> None:
    """Let the encoder ``context`` of PyAV say that its pictures were made of sRGB by swscale."""
    context.color_primaries, context.color_trc = _PRIMARIES_BT709, _TRANSFER_SRGB
    context.colorspace, context.color_range = _MATRIX_BT601, _LIMITED_RANGE


def say_colours_of(context: Any, frame: Any) -> None:
    """Let it say what the decoded ``frame`` says, which it encodes anew."""
    context.color_primaries, context.color_trc = frame.color_primaries, frame.color_trc
    context.colorspace, context.color_range = frame.colorspace, frame.color_range
