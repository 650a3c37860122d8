"""What `understudy headset webcam` asks and tells."""

import time
from typing import TYPE_CHECKING

from twin.errors import StationError

if TYPE_CHECKING:
    from twin.wire.ask import Asker

_OPENS_WITHIN_S = 10.0
_LOOK_S = 0.05


def looked(asker: "Asker", switch: str | None, camera: str, view_deg: str) -> dict[str, str]:
    """What the inputs role says of the webcam once it knows; opening a camera takes a moment.

    Raises:
        StationError: it gives no pictures, or there is no hand tracker.
    """
    facts = asker.ask("headset.webcam", switch=switch or "", camera=camera, view_deg=view_deg)
    until_s = time.monotonic() + _OPENS_WITHIN_S
    while switch == "on" and facts["state"] == "opening" and time.monotonic() < until_s:
        time.sleep(_LOOK_S)
        facts = asker.ask("headset.webcam")
    if facts["state"] == "failed" and switch != "off":
        raise StationError(f"the webcam is off: {facts['reason']}")
    return facts


def told(facts: dict[str, str]) -> str:
    """``facts`` for a person."""
    if facts["state"] != "open":
        return f"The webcam is {facts['state']}{': ' + facts['reason'] if facts['reason'] else ''}."
    hands = [side for side in ("left", "right") if facts.get(side) == "seen"]
    seen = f"the {' and the '.join(hands)} hand seen" if hands else "no hand seen"
    return (
        f"{facts['camera']} is watched, {seen}, {facts.get('age_ms', '?')} ms ago.\n"
        f"A hand {float(facts['hand_m']):.3f} m long is taken for granted, and a view {float(facts['view_deg']):g} "
        "degrees wide: how far away a hand is follows from both. Hold Shift or a pedal to drive."
    )
