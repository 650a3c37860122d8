"""What `understudy headset openxr` asks and tells."""

import time
from typing import TYPE_CHECKING

from twin.errors import StationError

if TYPE_CHECKING:
    from twin.wire.ask import Asker

_LOADS_WITHIN_S = 15.0
_LOOK_S = 0.05


def looked(asker: "Asker", switch: str | None) -> dict[str, str]:
    """What the inputs role says of OpenXR once it knows; loading a runtime takes a moment.

    Raises:
        StationError: it does not work here.
    """
    facts = asker.ask("headset.openxr", switch=switch or "")
    until_s = time.monotonic() + _LOADS_WITHIN_S
    while switch == "on" and facts["reason"] == "looking for a runtime" and time.monotonic() < until_s:
        time.sleep(_LOOK_S)
        facts = asker.ask("headset.openxr")
    if facts["state"] == "failed":
        raise StationError(facts["reason"])
    return facts


def told(facts: dict[str, str]) -> str:
    """``facts`` for a person."""
    if facts["state"] == "open":
        fault = f": {facts['fault']}" if facts.get("fault") else ", and may drive"
        return f"{facts['headset']} on {facts['runtime']} is seen{fault}."
    return f"OpenXR is {facts['state']}{': ' + facts['reason'] if facts['reason'] else ''}."
