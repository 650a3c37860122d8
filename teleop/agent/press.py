"""Hold-to-run on the robot's side: only a rising edge counts, and only after a release was seen."""

from teleop.agent.validity import VALID_FOR_NS


class Press:
    """Tells a fresh press from an input that is merely still held.

    Control marks a press as fresh until it has had its effect; the agent does not rely on that alone. After
    anything that ended or refused motion it wants to see a release: a command without hold-to-run, a command
    whose press is no longer fresh, or silence.
    """

    def __init__(self) -> None:
        self._release_seen = True
        self._heard_until_ns = 0

    def spend(self, now_ns: int) -> None:
        """From now on a release must be seen before a press counts."""
        self._release_seen = False
        self._heard_until_ns = max(self._heard_until_ns, now_ns + VALID_FOR_NS)

    def counts(self, held: bool, fresh: bool, now_ns: int) -> bool:
        """True if the hold-to-run input of a valid command that came now is a new press."""
        silent = now_ns > self._heard_until_ns
        self._heard_until_ns = now_ns + VALID_FOR_NS
        if silent or not (held and fresh):
            self._release_seen = True
        return held and fresh and self._release_seen
