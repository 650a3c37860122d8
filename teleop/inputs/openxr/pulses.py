"""What a person feels in the controllers: the same words as on the headset's page (assets/headset/headset.js)."""

from typing import NamedTuple

from twin.wire.clock import NS_PER_MS


class Pulse(NamedTuple):
    """One shake of both controllers."""

    due_ns: int
    strength: float  # 0..1
    seconds: float


_WORDS = {  # when in ms, strength, seconds
    "counting": ((0, 0.3, 0.040), (1000, 0.3, 0.040), (2000, 0.3, 0.040)),
    "engaged": ((0, 0.6, 0.060),),
    "ready": ((0, 0.5, 0.040), (120, 0.5, 0.040)),  # let go
    "inhibited": ((0, 0.9, 0.150),),
}


def pulses(before: str, after: str, at_ns: int) -> tuple[Pulse, ...]:
    """What is to be felt when control goes from the phase ``before`` to ``after``, instead of what was to be before."""
    if before == after or (after == "ready" and before != "engaged"):
        return ()
    return tuple(
        Pulse(at_ns + after_ms * NS_PER_MS, strength, seconds)
        for after_ms, strength, seconds in _WORDS.get(after, ())
    )
