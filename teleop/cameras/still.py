"""Turns one picture into a JPEG, for a browser that shows single pictures; a large one into two, one below the other.

Both halves are encoded at the same time, and decoded so by the browser: half the time at each end. They stay upside
down, as OpenGL gives pictures: the browser draws them the right way up for nothing, and to turn one costs a tenth of
the time of its encoding.
"""

import threading
from functools import cache
from queue import SimpleQueue

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from teleop.cameras.encoder import LARGE_PIXELS

QUALITY = 80  # about 1 bit a pixel; what other stations send their headsets
_BLOCK_ROWS = 16  # of JPEG with halved colours; halves that meet between blocks meet without a seam


def encode_still(upside_down: NDArray[np.uint8]) -> bytes:
    """The JPEG of a picture (height, width, 3) sRGB whose last row is on top, and stays so.

    Of a large one: the JPEG of the half with the first rows in memory, and then that of the other. Other threads may
    run while it is encoded.
    """
    height, width, _ = upside_down.shape
    if height * width < LARGE_PIXELS:
        return _encoded(upside_down)
    rows = height // 2 // _BLOCK_ROWS * _BLOCK_ROWS
    first = _Half(upside_down[:rows])
    _other_thread().put(first)
    second = _encoded(upside_down[rows:])
    return first.result() + second


def _encoded(picture: NDArray[np.uint8]) -> bytes:
    rows = np.ascontiguousarray(picture)
    encoded: bytes = simplejpeg.encode_jpeg(rows, QUALITY, colorspace="RGB", colorsubsampling="420")
    return encoded


class _Half:
    """Half a picture that another thread encodes. A future would be a tenth of a millisecond slower."""

    def __init__(self, picture: NDArray[np.uint8]) -> None:
        self._picture = picture
        self._done: SimpleQueue[bytes | Exception] = SimpleQueue()

    def encode(self) -> None:
        try:
            self._done.put(_encoded(self._picture))
        except Exception as error:  # noqa: BLE001 - raised by whoever waits for it
            self._done.put(error)

    def result(self) -> bytes:
        done = self._done.get()
        if isinstance(done, Exception):
            raise done
        return done


@cache
def _other_thread() -> "SimpleQueue[_Half]":
    """What is put into it is encoded, one after the other."""
    halves: SimpleQueue[_Half] = SimpleQueue()

    def work() -> None:
        while True:
            halves.get().encode()

    threading.Thread(target=work, name="first half", daemon=True).start()
    return halves
