"""What a step makes small, within which bounds it must stay, and the step that does so best."""

from typing import NamedTuple

import daqp
import numpy as np

from twin.spatial import Array

_UNBOUNDED = 1e30
_SOFT = 8  # DAQP's word for a constraint that is violated where nothing else is possible


class Bounds(NamedTuple):
    """``lower <= step <= upper`` and ``rows @ step >= least``."""

    lower: Array  # (n,)
    upper: Array  # (n,)
    rows: Array | None = None  # (r, n) near pairs, then arms near singular poses; None while nothing is near
    least: Array | None = None  # (r,)
    straightening: tuple[str, ...] = ()  # whose arms the last rows are

    def hold(self, step: Array) -> bool:
        """True if ``step`` stays inside."""
        # ``count_nonzero`` takes a third of the time of ``any``.
        if np.count_nonzero(step < self.lower) or np.count_nonzero(step > self.upper):
            return False
        return self.rows is None or self.least is None or not np.count_nonzero(self.rows @ step < self.least)


class Quadratic(NamedTuple):
    """``step' hessian step / 2 - gradient' step``."""

    hessian: Array  # (n, n) positive definite
    gradient: Array  # (n,)

    def least_within(self, bounds: Bounds) -> tuple[Array | None, Array]:
        """The best step within ``bounds``, None if none is found; and the multipliers of the bounds, shape (n + r,)."""
        n = len(self.gradient)
        if bounds.rows is None or bounds.least is None:
            rows, lower, upper = np.zeros((0, n)), bounds.lower, bounds.upper
        else:
            rows = bounds.rows
            lower = np.concatenate((bounds.lower, bounds.least))
            upper = np.concatenate((bounds.upper, np.full(len(bounds.least), _UNBOUNDED)))
        # What moves may be unable to keep a clearance within its acceleration; then as much of it as it can.
        sense = np.full(len(lower), _SOFT, np.int32)
        sense[:n] = 0
        solved, _, flag, info = daqp.solve(self.hessian, -self.gradient, rows, upper, lower, sense)
        if flag < 0 or not np.isfinite(solved).all():
            return None, info["lam"]
        return np.minimum(np.maximum(solved, bounds.lower), bounds.upper), info["lam"]
