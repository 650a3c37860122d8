"""Writes one camera's pictures of an episode into an MP4 of constant rate: copied if they fit, else encoded.

Frame i lies exactly at i / fps, which is what readers of the dataset look for.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recordings.dataset.align import Indices
from recordings.dataset.video import decoded
from twin.errors import ExportError
from twin.video_colours import say_colours_of

_TICKS_PER_FRAME = 512
# Keyframes every 10 pictures: random access for a learner costs 1.1 ms, at half the size of every second.
_ENCODER = {"preset": "veryfast", "crf": "20", "g": "10", "bf": "0", "threads": "1"}


@dataclass(frozen=True)
class VideoFacts:
    """What a reader must know of a file."""

    width: int
    height: int
    codec: str
    pixel_format: str


def copy_pictures(access_units: Sequence[bytes], fps: int, path: Path) -> None:
    """Put ``access_units``, the first a keyframe, into ``path`` as they are, one per frame time."""
    import av

    joined: Any = io.BytesIO(b"".join(access_units))
    with (
        av.open(joined, "r", format="h264") as source,
        av.open(str(path), "w", format="mp4") as target,
    ):
        stream = source.streams.video[0]
        copied = target.add_stream_from_template(stream)
        # Kept aside: the container may choose a finer time base once it begins to write.
        tick = copied.time_base = Fraction(1, fps * _TICKS_PER_FRAME)
        number = 0
        for packet in source.demux(stream):
            if not packet.size:
                continue
            packet.stream, packet.time_base = copied, tick
            packet.pts = packet.dts = number * _TICKS_PER_FRAME
            packet.duration = _TICKS_PER_FRAME
            target.mux(packet)
            number += 1


def encode_pictures(access_units: Sequence[bytes], index: Indices, fps: int, path: Path) -> None:
    """Encode the pictures ``index`` of ``access_units`` anew, one per row; a held picture is repeated."""
    import av

    first = int(index[0])
    counts = np.bincount(index - first)
    tick = Fraction(1, fps * _TICKS_PER_FRAME)
    with av.open(str(path), "w", format="mp4") as target:
        stream: Any = None
        number = 0
        # Decoding starts at the beginning, because the first row need not show a keyframe.
        for position, frame in enumerate(decoded(access_units[: int(index[-1]) + 1])):
            if position < first:
                continue
            if stream is None:
                stream = _encoder(target, frame, fps)
            plain = frame.reformat(format="yuv420p")
            for _ in range(int(counts[position - first])):
                plain.pts, plain.time_base = number * _TICKS_PER_FRAME, tick
                # The decoder's picture types would force keyframes.
                plain.pict_type = 0
                target.mux(stream.encode(plain))
                number += 1
        if stream is None:
            raise ExportError(f"no picture for {path.name} could be decoded")
        target.mux(stream.encode())


def _encoder(target: Any, frame: Any, fps: int) -> Any:
    """A stream of ``target`` for pictures like ``frame``."""
    stream = target.add_stream("libx264", rate=fps, options=_ENCODER)
    stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, "yuv420p"
    say_colours_of(stream.codec_context, frame)
    stream.time_base = Fraction(1, fps * _TICKS_PER_FRAME)
    return stream


def check(path: Path, rows: int, fps: int) -> VideoFacts:
    """Read the file back: one picture for each row, each at its time.

    Raises:
        ExportError: it is not so.
    """
    import av

    with av.open(str(path)) as file:
        stream: Any = file.streams.video[0]
        times = [packet.pts * stream.time_base for packet in file.demux(stream) if packet.size]
        facts = VideoFacts(stream.width, stream.height, stream.codec_context.name, stream.pix_fmt)
    if times != [Fraction(number, fps) for number in range(rows)]:
        raise ExportError(f"{path.name} holds {len(times)} pictures that do not fit its {rows} rows")
    return facts


def sample(path: Path, at_most: int = 100, step: int = 4) -> NDArray[np.uint8]:
    """Some of the file's keyframes, every ``step``-th pixel each way, shape (k, h, w, 3), for statistics."""
    import av

    found: list[Any] = []
    with av.open(str(path)) as file:
        stream: Any = file.streams.video[0]
        stream.thread_count = 1
        stream.codec_context.skip_frame = "NONKEY"
        found.extend(frame.to_ndarray(format="rgb24")[::step, ::step] for frame in file.decode(stream))
    return np.stack(found[:: max(1, -(-len(found) // at_most))])
