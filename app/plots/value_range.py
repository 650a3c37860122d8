"""The vertical range of a plot: wide enough for what is drawn, on round numbers, and seldom changing."""

import math
from typing import NamedTuple


class Range(NamedTuple):
    """From ``low`` to ``high`` > ``low``."""

    low: float
    high: float

    @property
    def span(self) -> float:
        """How wide."""
        return self.high - self.low


_PAD = 0.12  # of what is drawn, above and below
_USED_LITTLE = 0.25  # a range of which less is used is made smaller


def round_step(span: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten of which at most five fill ``span`` > 0."""
    raw = span / 5
    power = 10.0 ** math.floor(math.log10(raw))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw * (1 - 1e-9))


def fitted(low: float, high: float, least_span: float, shown: Range | None) -> Range:
    """The range for values from ``low`` to ``high``.

    Args:
        low: smallest value drawn.
        high: largest value drawn.
        least_span: a range is never narrower, so that noise looks like noise.
        shown: the range until now; kept while the values are inside it and use enough of it.
    """
    if shown is not None and shown.low <= low and high <= shown.high:
        needed = max(high - low, least_span)
        if needed >= _USED_LITTLE * shown.span:
            return shown
    middle = (low + high) / 2
    half = max((high - low) * (0.5 + _PAD), least_span / 2)
    step = round_step(2 * half)
    return Range(math.floor((middle - half) / step) * step, math.ceil((middle + half) / step) * step)


def levels(shown: Range) -> list[float]:
    """Round numbers inside ``shown``, at which ticks stand."""
    step = round_step(shown.span)
    first, last = math.ceil(shown.low / step - 1e-6), math.floor(shown.high / step + 1e-6)
    return [round(place * step, 9) for place in range(first, last + 1)]
