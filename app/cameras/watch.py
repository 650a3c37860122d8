"""What one camera's topic has to say: its newest picture, how old and how many, and why there is none."""

from collections import deque

from app.cameras.pane import CameraCondition
from app.cameras.video_decoder import Picture, VideoDecoder
from app.feed import Feed
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.messages import CamerasStatus
from twin.wire.topics import camera_topic

_COUNTED_NS = 2 * NS_PER_S
_FIGURES_EVERY_NS = NS_PER_S // 2  # figures that change faster cannot be read


class CameraWatch:
    """Follows one camera through the feed; knows nothing of widgets."""

    def __init__(self, name: str) -> None:
        """Follow the camera ``name``."""
        self._topic = camera_topic(name)
        self._name = name
        self._decoder = VideoDecoder()
        self._arrived_ns: deque[int] = deque()
        self._since_ns = 0  # pictures are counted from this one on: the first after a silence
        self._figures_ns = 0
        self._oldest_ms = 0.0  # of the pictures since the figures were made
        self._shown_ns: int | None = None  # when the picture on the screen was taken
        self._age_ms: float | None = None
        self._rate_hz: float | None = None

    def look(self, feed: Feed, now_ns: int) -> Picture | None:
        """Take in what arrived in this frame; the newest picture, if there is a new one."""
        heard = feed.all(self._topic.name)
        self._forget(now_ns)
        if heard and not self._arrived_ns:
            self._since_ns = heard[0].received_ns
        self._arrived_ns.extend(each.received_ns for each in heard)
        self._forget(now_ns)
        picture = self._decoder.decode(heard)
        if picture is not None:
            self._shown_ns = picture.sampled_ns
            self._oldest_ms = max(self._oldest_ms, (now_ns - picture.sampled_ns) / NS_PER_MS)
        return picture

    def condition(self, feed: Feed, now_ns: int) -> CameraCondition:
        """What to say beside the picture now."""
        if self._shown_ns is None:
            return CameraCondition(sentence=self._why_not(feed))
        age_ns = now_ns - self._shown_ns
        stale = age_ns > self._topic.stale_after_s * NS_PER_S
        if stale or now_ns - self._figures_ns >= _FIGURES_EVERY_NS:
            self._figures_ns = now_ns
            # Tenths are enough for a picture that stands still, and let it be painted ten times a second only.
            self._age_ms = round(age_ns / NS_PER_MS, -2) if stale else round(self._oldest_ms)
            self._rate_hz = self._count(now_ns)
            self._oldest_ms = 0.0
        return CameraCondition(self._age_ms, self._rate_hz, stale)

    def _forget(self, now_ns: int) -> None:
        while self._arrived_ns and self._arrived_ns[0] <= now_ns - _COUNTED_NS:
            self._arrived_ns.popleft()

    def _count(self, now_ns: int) -> float | None:
        """Pictures a second; None until they were counted for a second, as at the start or after a jump in a take."""
        counted_ns = min(now_ns - self._since_ns, _COUNTED_NS)
        if counted_ns < NS_PER_S:
            return None
        later = sum(arrived_ns > self._since_ns for arrived_ns in self._arrived_ns)
        return later * NS_PER_S / counted_ns

    def _why_not(self, feed: Feed) -> str:
        status = feed.fresh("cameras.status", CamerasStatus)
        if status is None:
            return "the cameras process says nothing"
        if self._name not in [camera.name for camera in status.cameras]:
            return status.note or f"the cameras process does not know {self._name}"
        return self._decoder.problem or status.note or "waiting for the first one"
