"""The last seconds of many signals as a min/max envelope in even steps of time, ready to be drawn as it lies.

A plot of 60 s at 500 Hz has forty samples for every pixel. Drawing them all costs 108 ms for 30 curves; drawing
the smallest and the largest of every step costs 8 ms and hides no spike. So the envelope is kept as samples
arrive, and nothing else is. Rows are channels and every step is written twice, half the width apart, so that
the newest stretch of a channel is always one contiguous view.
"""

import numpy as np
from numpy.typing import NDArray

from twin.wire.messages import Vector

Block = NDArray[np.float32]


class EnvelopeRing:
    """Min/max of ``channels`` signals over the last ``steps`` steps of ``step_ns`` each."""

    def __init__(self, channels: int, steps: int, step_ns: int, bridge_ns: int) -> None:
        """Make an empty ring.

        Args:
            channels: number of signals.
            steps: how many steps are kept.
            step_ns: length of a step, > 0.
            bridge_ns: a silence up to this long is drawn as the last value held; a longer one as a gap.
        """
        self.step_ns = step_ns
        self.steps = steps
        self._bridge_steps = bridge_ns // step_ns
        self._columns = 2 * steps
        self._pairs: Block = np.full((channels, 2 * self._columns), np.nan, np.float32)
        self._newest: int | None = None

    @property
    def newest_ns(self) -> int | None:
        """The end of the newest step that holds a sample; None while the ring is empty."""
        return None if self._newest is None else (self._newest + 1) * self.step_ns

    def extend(self, sampled_ns: NDArray[np.int64], block: Block) -> None:
        """Take in ``block`` of shape (k, channels), sampled at ``sampled_ns`` of shape (k,), rising.

        Samples from before the kept stretch are dropped. NaN means "no value" and leaves a gap.
        """
        step = sampled_ns // self.step_ns
        oldest = max(self._newest or 0, int(step[-1]) if len(step) else 0) - self.steps + 1
        if len(step) == 0 or step[-1] < oldest:
            return
        keep = int(np.searchsorted(step, oldest))
        step, block = step[keep:], block[keep:]
        starts = np.flatnonzero(np.diff(step, prepend=step[0] - 1))
        groups = step[starts]
        self._make_room(groups)
        slots = groups % self.steps
        low = np.fmin(self._pairs[:, 2 * slots], np.fmin.reduceat(block, starts, axis=0).T)
        high = np.fmax(self._pairs[:, 2 * slots + 1], np.fmax.reduceat(block, starts, axis=0).T)
        for copy in (0, self._columns):
            self._pairs[:, 2 * slots + copy] = low
            self._pairs[:, 2 * slots + 1 + copy] = high
        self._hold_over_short_gaps(groups)
        self._newest = max(self._newest or 0, int(groups[-1]))

    def _make_room(self, groups: NDArray[np.int64]) -> None:
        """Forget what lies in the slots of the steps that begin now."""
        last = int(groups[-1])
        first = (
            last - self.steps + 1 if self._newest is None else max(self._newest + 1, last - self.steps + 1)
        )
        if first > last:
            return
        slots = np.arange(first, last + 1) % self.steps
        for offset in (0, 1, self._columns, self._columns + 1):
            self._pairs[:, 2 * slots + offset] = np.nan

    def _hold_over_short_gaps(self, groups: NDArray[np.int64]) -> None:
        before = groups[0] if self._newest is None else self._newest
        previous = np.concatenate(([before], groups[:-1]))
        for old, new in zip(previous, groups, strict=True):
            missing = int(new - old) - 1
            if 0 < missing <= self._bridge_steps:
                value = self._pairs[:, 2 * (old % self.steps) + 1]
                for slot in np.arange(old + 1, new) % self.steps:
                    for copy in (0, self._columns):
                        self._pairs[:, 2 * slot + copy] = value
                        self._pairs[:, 2 * slot + 1 + copy] = value

    def view(self, channel: int) -> Vector:
        """Smallest and largest of each kept step in turn, oldest first, shape (2 * steps,), NaN where nothing was.

        A view: it changes with the next ``extend``. It ends with the step of ``newest_ns``.
        """
        envelope: Vector = self.views()[channel]
        return envelope

    def views(self) -> Block:
        """``view`` of all channels, shape (channels, 2 * steps)."""
        end = self._columns if self._newest is None else 2 * (self._newest % self.steps + 1) + self._columns
        return self._pairs[:, end - self._columns : end]

    def ages_s(self) -> NDArray[np.float64]:
        """Seconds from the end of the view for every value of it, <= 0, shape (2 * steps,)."""
        half_steps = np.arange(-self._columns, 0, dtype=np.float64) + 0.5
        return np.asarray(half_steps * (self.step_ns * 0.5e-9), np.float64)
