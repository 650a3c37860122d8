"""A film for tests of the camera panes, encoded as a camera of the station encodes."""

from collections.abc import Sequence
from fractions import Fraction

import av
import numpy as np
from foxglove_schemas_protobuf.CompressedVideo_pb2 import CompressedVideo
from numpy.typing import NDArray

from twin.wire.bus import Heard

WIDTH, HEIGHT, KEY_EVERY = 64, 48, 10


def film(count: int) -> list[Heard]:
    """A film whose picture number k is a grey of brightness 8 k, as a camera says it."""
    return filmed([np.full((HEIGHT, WIDTH, 3), 8 * number % 256, np.uint8) for number in range(count)])


def filmed(pictures: Sequence[NDArray[np.uint8]], topic: str = "camera.head") -> list[Heard]:
    """A film of ``pictures``, each (HEIGHT, WIDTH, 3)."""
    codec = av.CodecContext.create("libx264", "w")
    codec.width, codec.height, codec.pix_fmt, codec.time_base = WIDTH, HEIGHT, "yuv420p", Fraction(1, 30)
    codec.gop_size = KEY_EVERY
    codec.options = {"preset": "ultrafast", "tune": "zerolatency", "bf": "0", "x264-params": "scenecut=0"}
    heard = []
    for number, picture in enumerate(pictures):
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts = number
        (packet,) = codec.encode(frame)
        payload = CompressedVideo(data=bytes(packet), format="h264").SerializeToString()
        heard.append(Heard(topic, number + 1, number * 33_000_000, 0, payload))
    return heard
