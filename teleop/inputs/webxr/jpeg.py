"""Turns a camera's H.264 stream into single JPEG pictures, for browsers that cannot decode it."""

import logging
from fractions import Fraction

import av
from av.error import FFmpegError

_QUALITY = 4  # MPEG quantiser, 2 best .. 31; about the same size and look as JPEG quality 80
_BIT_RATE = 50_000_000  # out of the way of the quality

log = logging.getLogger(__name__)


class JpegStream:
    """One stream, fed from its beginning or from any keyframe."""

    def __init__(self) -> None:
        """Wait for a keyframe."""
        self._decoder = av.CodecContext.create("h264", "r")
        self._decoder.thread_count = 1
        self._encoder: av.VideoCodecContext | None = None

    def picture(self, access_unit: bytes, is_wanted: bool = True) -> bytes:
        """The JPEG of the newest picture that ``access_unit`` completes; empty if it completes none.

        One that is not wanted is decoded, because those after it need it, and not encoded.
        """
        try:
            frames = self._decoder.decode(av.Packet(access_unit))
            return self._encoded(frames[-1]) if frames and is_wanted else b""
        except FFmpegError as error:
            log.debug("a picture for the headset was skipped: %s", error)
            return b""

    def _encoded(self, decoded: av.VideoFrame) -> bytes:
        frame = decoded.reformat(format="yuvj420p")
        encoder = self._encoder
        if encoder is None or (encoder.width, encoder.height) != (frame.width, frame.height):
            encoder = self._encoder = av.CodecContext.create("mjpeg", "w")
            encoder.width, encoder.height, encoder.pix_fmt = frame.width, frame.height, "yuvj420p"
            encoder.time_base = Fraction(1, 30)
            encoder.thread_count = 1
            encoder.qmin = encoder.qmax = _QUALITY
            encoder.bit_rate = _BIT_RATE
        frame.pts = None
        return b"".join(bytes(packet) for packet in encoder.encode(frame))
