"""Parts of a picture at the size and the turn that a network wants to see them."""

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]  # (height, width, 3), red green blue, row 0 on top
Seen = NDArray[np.float32]  # (1, side, side, 3), 0..1


def cut_out(picture: Picture, x_px: NDArray[np.float64], y_px: NDArray[np.float64]) -> Seen:
    """What lies at the points of ``picture``, both shape (side, side); black outside. Between pixels it is blended."""
    height, width, _ = picture.shape
    x, y = x_px.astype(np.float32) - np.float32(0.5), y_px.astype(np.float32) - np.float32(0.5)
    left, top = np.floor(x), np.floor(y)
    right_share, low_share = (x - left)[..., None], (y - top)[..., None]
    # A frame of black around the picture, so that points outside need no case of their own.
    column = np.clip(left, -1, width).astype(np.int32) + 1
    row = np.clip(top, -1, height).astype(np.int32) + 1
    framed = np.zeros((height + 3, width + 3, 3), np.uint8)
    framed[1 : height + 1, 1 : width + 1] = picture
    pixels, stride = framed.reshape(-1, 3), width + 3
    at = row * stride + column
    upper = pixels[at] * (1 - right_share) + pixels[at + 1] * right_share
    lower = pixels[at + stride] * (1 - right_share) + pixels[at + stride + 1] * right_share
    return np.asarray((upper * (1 - low_share) + lower * low_share) / 255, np.float32)[None]


def letterboxed(picture: Picture, side_px: int) -> tuple[Seen, float, NDArray[np.float64]]:
    """The whole of ``picture`` in a square; its scale, and where its corner lies, shape (2,)."""
    height, width, _ = picture.shape
    scale = side_px / max(height, width)
    margin_px = (side_px - scale * np.array([width, height])) / 2
    middles = np.arange(side_px) + 0.5
    x_px, y_px = np.meshgrid((middles - margin_px[0]) / scale, (middles - margin_px[1]) / scale)
    return cut_out(picture, x_px, y_px), scale, margin_px
