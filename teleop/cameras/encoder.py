"""Turns the pictures of one camera into an H.264 stream that a viewer, a recorder or a learner can enter anywhere.

One access unit per picture, Annex B, parameter sets before every keyframe, a keyframe every ``KEYFRAME_EVERY``
pictures, no B-pictures: what ``foxglove.CompressedVideo`` asks for, and nothing is delayed.
"""

from fractions import Fraction

import av
import numpy as np
from foxglove_schemas_protobuf.CompressedVideo_pb2 import CompressedVideo
from numpy.typing import NDArray

from twin.video_colours import say_colours
from twin.wire.clock import NS_PER_S

FORMAT = "h264"
KEYFRAME_EVERY = 10
CONSTANT_RATE_FACTOR = 23
LARGE_PIXELS = 500_000  # in smaller pictures, to wake a second thread costs what it saves

_OPTIONS = {
    "preset": "ultrafast",
    "tune": "zerolatency",
    "crf": str(CONSTANT_RATE_FACTOR),
    "x264-params": f"repeat-headers=1:annexb=1:scenecut=0:keyint={KEYFRAME_EVERY}:min-keyint={KEYFRAME_EVERY}",
}


class Encoder:
    """The stream of one camera."""

    def __init__(self, width: int, height: int) -> None:
        """Open the encoder for pictures of this even size."""
        context = av.CodecContext.create("libx264", "w")
        context.width, context.height, context.pix_fmt = width, height, "yuv420p"
        say_colours(context)
        # The rate only steers x264's rate control, which a constant quality does not use; pictures carry stamps.
        context.time_base, context.framerate = Fraction(1, 30), Fraction(30, 1)
        context.gop_size, context.max_b_frames = KEYFRAME_EVERY, 0
        # Each thread encodes a slice of the same picture (tune zerolatency), so that none is delayed by it.
        self._threads = context.thread_count = 2 if width * height >= LARGE_PIXELS else 1
        context.options = dict(_OPTIONS)
        self._context = context
        self._reformatter = av.video.reformatter.VideoReformatter()
        self._frame = av.VideoFrame(width, height, "rgb24")
        self._rows = np.frombuffer(memoryview(self._frame.planes[0]), np.uint8).reshape(height, -1)
        self._count = 0

    def encode(self, upside_down: NDArray[np.uint8]) -> bytes:
        """The access unit of a picture (height, width, 3) sRGB whose last row is on top."""
        height, width, _ = upside_down.shape
        self._rows[:, : 3 * width] = upside_down.reshape(height, -1)[::-1]
        planar = self._reformatter.reformat(self._frame, format="yuv420p", threads=self._threads)
        planar.pts = self._count
        self._count += 1
        packets = self._context.encode(planar)
        return b"".join(bytes(packet) for packet in packets)


def compressed_video(camera: str, access_unit: bytes, wall_ns: int) -> bytes:
    """The message said on ``camera.<name>``: an encoded ``foxglove.CompressedVideo``.

    Args:
        camera: its name, which is also its frame of reference.
        access_unit: one picture.
        wall_ns: when the picture was true, nanoseconds since 1970 UTC.
    """
    message = CompressedVideo(frame_id=camera, data=access_unit, format=FORMAT)
    message.timestamp.seconds, message.timestamp.nanos = divmod(wall_ns, NS_PER_S)
    encoded: bytes = message.SerializeToString()
    return encoded
