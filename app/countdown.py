"""The count before the first motion of a session, as the window hears it from control."""

from twin.reasons import parse_known
from twin.wire.messages import ControlStatus


def seconds_until_it_follows(control: ControlStatus | None) -> str:
    """The number that control says now while it counts down; empty while it does not."""
    reasons = map(parse_known, control.reasons) if control else ()
    return next((each.subject for each in reasons if each and each.kind.name == "countdown"), "")
