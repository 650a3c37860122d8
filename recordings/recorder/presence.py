"""Whether there is anybody to record: a robot, or a person in a headset where there is no robot by intent."""

from recordings.recorder.standing import Standing
from twin.errors import RecordingError
from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_S
from twin.wire.topics import topic

_PERSON_SILENT_NS = NS_PER_S


class Presence:
    """Who was heard last, and when."""

    def __init__(self, standing: Standing, is_demonstration: bool) -> None:
        """Nobody yet; ``is_demonstration``: a person is wanted, and no robot."""
        self._standing, self._is_demonstration = standing, is_demonstration
        self._person_heard_ns = -_PERSON_SILENT_NS  # when a headset said something last

    def hear(self, heard: Heard) -> None:
        """Take note of a message."""
        if heard.topic == "operator.xr":
            self._person_heard_ns = heard.received_ns

    def require(self, at_ns: int) -> None:
        """Somebody is heard at ``at_ns``.

        Raises:
            RecordingError: nobody is, and what to do about it.
        """
        if self._is_demonstration:
            if at_ns - self._person_heard_ns > _PERSON_SILENT_NS:
                raise RecordingError(
                    "no headset is heard, so there is nobody to record; link one and enter VR or pass-through first"
                )
            return
        identity = self._standing.newest("robot.identity")
        silent_ns = topic("robot.identity").stale_after_s * NS_PER_S
        if identity is None or at_ns - identity.received_ns > silent_ns:
            raise RecordingError("no robot is heard, so there is nothing to record; start the robot first")
