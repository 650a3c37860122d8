"""What `understudy headset link` and `status` ask and tell."""

import io
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from twin.errors import NoAnswer, StationError

if TYPE_CHECKING:
    from twin.wire.ask import Asker

_OPENS_WITHIN_S = 15.0
_LOOK_S = 0.05


def opened(asker: "Asker") -> dict[str, str]:
    """What the inputs role says once the link listens; making the first certificate takes a moment.

    Raises:
        StationError: it could not be opened.
        NoAnswer: it is not open yet after 15 s.
    """
    until_s = time.monotonic() + _OPENS_WITHIN_S
    while time.monotonic() < until_s:
        facts = asker.ask("headset.status")
        if facts["state"] == "failed":
            raise StationError(f"the headset link did not open: {facts['reason']}")
        if facts["state"] == "open":
            return facts
        time.sleep(_LOOK_S)
    raise NoAnswer(
        f"the headset link did not open within {_OPENS_WITHIN_S:g} s; see the log of the inputs role"
    )


def told(facts: dict[str, str]) -> str:
    """``facts`` for a person."""
    return "\n".join(_lines(facts))


def _lines(facts: dict[str, str]) -> Iterator[str]:
    state = facts["state"]
    yield f"The headset link is {state}{': ' + facts['reason'] if facts.get('reason') else ''}."
    if "asking" in facts:
        yield f"At the door: {facts['asking']}. `understudy headset allow` lets it in, `deny` turns it away."
    if "linked" in facts:
        how = (
            f"may not drive: {facts['fault']}"
            if facts.get("fault")
            else f"{facts.get('link_ms', '?')} ms away"
        )
        yield f"Linked: {facts['linked']} ({facts['linked_id']}), {how}."
    if "invitation_url" in facts:
        yield from _invitation(facts)
    elif state == "open":
        yield "Nobody is invited now: `understudy headset link` makes a new code."
    for name, text in facts.items():
        if name.startswith("paired."):
            yield f"Paired: {name.removeprefix('paired.')}  {text}"


def _invitation(facts: dict[str, str]) -> Iterator[str]:
    if sys.stdout.isatty():
        yield _qr_code(facts["invitation_url"])
    yield f"In the headset's browser open  {facts['url']}"
    yield f"and type the code              {facts['code'][:3]} {facts['code'][3:]}    (once, within 10 minutes)"
    yield f"Certificate SHA-256            {facts['fingerprint']}"
    yield "It then waits at the door:     understudy headset allow    (or the window's question)"
    if facts["address"] == "127.0.0.1":
        yield (
            "Only this machine can reach that address. For a Quest on its USB cable: "
            f"adb reverse tcp:{facts['port']} tcp:{facts['port']}. For Wi-Fi: --address IP."
        )


def _qr_code(address: str) -> str:
    import segno

    drawn = io.StringIO()
    segno.make(address, error="l").terminal(drawn, compact=True, border=2)
    return drawn.getvalue().rstrip("\n")
