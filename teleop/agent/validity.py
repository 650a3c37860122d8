"""How long a command counts, judged on the robot's own clock."""

from twin.wire.clock import NS_PER_MS

VALID_FOR_NS = 80 * NS_PER_MS  # after it was sent (CMD-7)
MOST_DISTANT_NS = 200 * NS_PER_MS  # an end further away than this is a clock that is wrong (CMD-6)
MOST_AHEAD_NS = 20 * NS_PER_MS  # how far clocks may disagree (TIME)


def deadline_ns(sent_ns: int, not_after_ns: int) -> int:
    """The instant after which a command of these stamps no longer moves anything."""
    return min(not_after_ns, sent_ns + VALID_FOR_NS)


def is_expired(sent_ns: int, not_after_ns: int, now_ns: int) -> bool:
    """True if the command comes too late."""
    return now_ns > deadline_ns(sent_ns, not_after_ns)


def is_too_distant(sent_ns: int, not_after_ns: int, now_ns: int) -> bool:
    """True if the command claims to be from the future, or to be valid for too long."""
    return not_after_ns > now_ns + MOST_DISTANT_NS or sent_ns > now_ns + MOST_AHEAD_NS
