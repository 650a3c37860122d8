"""What a person feels in the controllers: the same words as on the headset's page (assets/headset/headset.js)."""

from typing import NamedTuple

from twin.wire.clock import NS_PER_MS


class Pulse(NamedTuple):
    """One shake of both controllers."""

    due_ns: int
    strength: float  # 0..1
    seconds: float


_APART_NS = 120 * NS_PER_MS
_WORDS = {
    "engaged": ((0.6, 0.060),),
    "ready": ((0.5, 0.040), (0.5, 0.040)),  # let go
    "inhibited": ((0.9, 0.150),),
}


def pulses(before: str, after: str, at_ns: int) -> tuple[Pulse, ...]:
    """What is to be felt when control goes from the phase ``before`` to ``after``."""
    if before == after or (after == "ready" and before != "engaged"):
        return ()
    word = _WORDS.get(after, ())
    return tuple(
        Pulse(at_ns + number * _APART_NS, strength, seconds)
        for number, (strength, seconds) in enumerate(word)
    )
