"""Turns a camera's H.264 stream into single JPEG pictures, for browsers that cannot decode it."""

import logging
from fractions import Fraction

import av
from av.error import FFmpegError

log = logging.getLogger(__name__)
_QUALITY = "4"  # MPEG quantiser, 2 best .. 31; about the same size and look as JPEG quality 80


class JpegStream:
    """One stream, fed from its beginning or from any keyframe."""

    def __init__(self) -> None:
        """Wait for a keyframe."""
        self._decoder = av.CodecContext.create("h264", "r")
        self._decoder.thread_count = 1
        self._encoder: av.VideoCodecContext | None = None

    def picture(self, access_unit: bytes) -> bytes:
        """The JPEG of the newest picture that ``access_unit`` completes; empty if it completes none."""
        try:
            frames = self._decoder.decode(av.Packet(access_unit))
        except FFmpegError as error:
            log.debug("a picture for the headset was skipped: %s", error)
            return b""
        if not frames:
            return b""
        frame = frames[-1].reformat(format="yuvj420p")
        encoder = self._encoder
        if encoder is None or (encoder.width, encoder.height) != (frame.width, frame.height):
            encoder = self._encoder = av.CodecContext.create("mjpeg", "w")
            encoder.width, encoder.height, encoder.pix_fmt = frame.width, frame.height, "yuvj420p"
            encoder.time_base = Fraction(1, 30)
            encoder.options = {"qmin": _QUALITY, "qmax": _QUALITY, "flags": "+low_delay"}
            encoder.thread_count = 1
        frame.pts = None
        return b"".join(bytes(packet) for packet in encoder.encode(frame))
