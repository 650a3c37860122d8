"""Turns one picture into a JPEG, for a browser that shows single pictures; a large one into two, one below the other.

Both halves are encoded at the same time, and decoded so by the browser: half the time at each end.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from teleop.cameras.encoder import LARGE_PIXELS

QUALITY = 80  # about 1 bit a pixel; what other stations send their headsets
_BLOCK_ROWS = 16  # of JPEG with halved colours; halves that meet between blocks meet without a seam


def encode_still(upside_down: NDArray[np.uint8]) -> bytes:
    """The JPEG of a picture (height, width, 3) sRGB whose last row is on top. Others may run while it is encoded.

    Of a large one: the JPEG of its upper half, and then that of its lower one.
    """
    height, width, _ = upside_down.shape
    if height * width < LARGE_PIXELS:
        return _encoded(upside_down)
    lower_rows = height - height // 2 // _BLOCK_ROWS * _BLOCK_ROWS
    upper = _other_thread().submit(_encoded, upside_down[lower_rows:])
    lower = _encoded(upside_down[:lower_rows])
    return upper.result() + lower


def _encoded(upside_down: NDArray[np.uint8]) -> bytes:
    upright = np.ascontiguousarray(upside_down[::-1])
    encoded: bytes = simplejpeg.encode_jpeg(
        upright, QUALITY, colorspace="RGB", colorsubsampling="420", fastdct=True
    )
    return encoded


@cache
def _other_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "upper half")
