"""What was said before a take began and still holds: the newest state of things, and each camera's picture so far."""

from functools import cache

from recordings.dataset.video import is_keyframe
from recordings.log import read_video
from twin.errors import WireError
from twin.wire.bus import Heard
from twin.wire.topics import COMMAND_FRAME, topic

_LONGEST_GROUP = 300  # pictures since a keyframe; a camera that sends none does not fill the memory


class Standing:
    """Remembers what a new take needs in order to be understood alone."""

    def __init__(self) -> None:
        self._newest: dict[str, Heard] = {}
        self._pictures: dict[str, list[Heard]] = {}  # since each camera's last keyframe

    def note(self, heard: Heard) -> None:
        """A message was heard."""
        if heard.topic.startswith("camera."):
            self._note_picture(heard)
        elif _stands(heard.topic):
            self._newest[heard.topic] = heard

    def _note_picture(self, heard: Heard) -> None:
        pictures = self._pictures.setdefault(heard.topic, [])
        if _begins_group(heard.payload) or len(pictures) > _LONGEST_GROUP:
            pictures.clear()
        pictures.append(heard)

    def newest(self, name: str) -> Heard | None:
        """The last message on ``name``."""
        return self._newest.get(name)

    @property
    def cameras(self) -> tuple[str, ...]:
        """Cameras that have shown something."""
        return tuple(name.removeprefix("camera.") for name in sorted(self._pictures))

    def preamble(self) -> list[Heard]:
        """All of it, in the order in which it was heard."""
        pictures = [heard for group in self._pictures.values() for heard in group]
        return sorted([*self._newest.values(), *pictures], key=lambda heard: heard.received_ns)


def _begins_group(payload: bytes) -> bool:
    try:
        return is_keyframe(bytes(read_video(payload).data))
    except WireError:
        return False


@cache
def _stands(name: str) -> bool:
    """Whether a message on this topic tells a state that lasts, not an event that passes."""
    row = topic(name)
    return row.encoding != COMMAND_FRAME and (row.rate_hz > 0 or name == "window.keys")
