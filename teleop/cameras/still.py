"""Turns one picture into a JPEG, for a browser that shows single pictures."""

import numpy as np
import simplejpeg
from numpy.typing import NDArray

QUALITY = 80  # about 1 bit a pixel; what other stations send their headsets


def encode_still(upside_down: NDArray[np.uint8]) -> bytes:
    """The JPEG of a picture (height, width, 3) sRGB whose last row is on top. Others may run while it is encoded."""
    upright = np.ascontiguousarray(upside_down[::-1])
    encoded: bytes = simplejpeg.encode_jpeg(
        upright, QUALITY, colorspace="RGB", colorsubsampling="420", fastdct=True
    )
    return encoded
