"""What is known of the robot's clock, in one line. A station on one machine has one clock, and sees that it has."""

from twin.wire.messages import ControlStatus

APART_MS = 10.0  # commands live for 80 ms by the robot's clock
VAGUE_MS = 20.0


def clock_words(control: ControlStatus | None) -> str:
    """By how much the robot's clock is ahead of this machine's, and how well that is known."""
    if control is None or control.clock_within_ms < 0:
        return "the robot's clock is not known: it has not answered"
    offset_ms, within_ms = control.clock_offset_ms, control.clock_within_ms
    return f"the robot's clock: {offset_ms:+.2f} ms from ours, known to \u00b1{within_ms:.2f} ms"
