"""Whether the disk lasts, judged by how much is being said."""

from pathlib import Path

from recordings.recorder import disk
from recordings.recorder.disk import Room, SpaceLimits
from twin.errors import RecordingError
from twin.wire.clock import NS_PER_S

_SMALLEST_RATE_BYTES_S = 200_000.0
_MEMORY = 0.7  # of the rate before, each second


class SpaceWatch:
    """The room left in one folder, and how fast takes would fill it."""

    def __init__(self, folder: Path, limits: SpaceLimits) -> None:
        """Watch ``folder``, which exists."""
        self.free = disk.free_bytes(folder)
        self._folder, self._limits = folder, limits
        self._heard_bytes, self._rate_bytes_s, self._looked_ns = 0, _SMALLEST_RATE_BYTES_S, 0

    def heard(self, size: int) -> None:
        """So many bytes were said that a take would hold."""
        self._heard_bytes += size

    def look(self, at_ns: int) -> tuple[Room, str] | None:
        """Once a second: what the room left allows a running take, and a sentence unless it is enough."""
        if at_ns - self._looked_ns < NS_PER_S:
            return None
        if self._looked_ns:
            rate = self._heard_bytes * NS_PER_S / (at_ns - self._looked_ns)
            self._rate_bytes_s = max(
                _SMALLEST_RATE_BYTES_S, _MEMORY * self._rate_bytes_s + (1 - _MEMORY) * rate
            )
        self._heard_bytes, self._looked_ns = 0, at_ns
        self.free = disk.free_bytes(self._folder)
        return (room := disk.room(self.free, self._rate_bytes_s, self._limits)), self._sentence(room)

    def _sentence(self, room: Room) -> str:
        limits, folder = self._limits, self._folder
        match room:
            case Room.ENDING:
                return (
                    f"less than {limits.end_minutes:g} min of disk space were left under {folder}; "
                    "the take was ended and saved. Free some space before the next one"
                )
            case Room.SHORT:
                return f"disk space for less than {limits.warn_minutes:g} min is left under {folder}"
            case Room.ENOUGH:
                return ""

    def check(self) -> None:
        """See that a take may begin.

        Raises:
            RecordingError: there is too little room; the text says how much is needed.
        """
        self.free = disk.free_bytes(self._folder)
        if refusal := disk.refusal(self.free, self._rate_bytes_s, self._limits, self._folder):
            raise RecordingError(refusal)
