"""Looks at one camera's pictures: can each be decoded, and from where on?"""

from recordings.checking.verdict import Verdict
from recordings.dataset import video
from recordings.log import read_video
from twin.wire.bus import Heard


class CameraCheck:
    """The pictures of one camera, in their order."""

    def __init__(self, name: str, verdict: Verdict, decode: bool) -> None:
        self._name, self._verdict, self._decode = name, verdict, decode
        self._units: list[bytes] = []
        self._group: list[bytes] = []
        self._last_seq: int | None = None
        self._seen = self._undecodable = self._wrong = 0

    def see(self, heard: Heard) -> None:
        """The next picture."""
        picture = read_video(heard.payload)
        unit = bytes(picture.data)
        self._seen += 1
        if picture.format != "h264" or not video.is_picture(unit):
            self._wrong += 1
            return
        keyframe = video.is_keyframe(unit)
        follows = self._last_seq is not None and heard.seq == self._last_seq + 1
        self._last_seq = heard.seq
        if keyframe:
            self._decode_group()
            self._group = [unit]
        elif follows and self._group:
            self._group.append(unit)
        else:
            self._undecodable += 1
            self._decode_group()
            self._group = []

    def _decode_group(self) -> None:
        if self._decode and self._group and not _all_decode(self._group):
            self._wrong += len(self._group)

    def conclude(self) -> None:
        """No more pictures come: say what was found."""
        self._decode_group()
        name = self._name.removeprefix("camera.")
        self._verdict.video_frames[name] = self._seen
        if self._wrong:
            self._verdict.fault(f"{self._name}: {self._wrong} of {self._seen} pictures cannot be decoded")
        if self._undecodable:
            self._verdict.remarks.append(
                f"{self._name}: {self._undecodable} of {self._seen} pictures follow a gap and must wait for a keyframe"
            )


def _all_decode(units: list[bytes]) -> bool:
    import av

    try:
        return sum(1 for _ in video.decoded(units)) == len(units)
    except av.FFmpegError:
        return False
