"""A person's motion on an even clock and without the tracker's tremor, offline: nothing is late.

Between two frames of a headset poses are interpolated, over gaps they are not. The low-pass runs forwards and
backwards over each stretch in which a hand was seen without a break, so it delays nothing.
"""

from itertools import pairwise

import numpy as np
from scipy.signal import butter, filtfilt

from twin.demonstration.motion import HandMotion, Mask, PersonMotion, Times
from twin.spatial import Array
from twin.wire.clock import NS_PER_S

RATE_HZ = 100
LONGEST_STEP_S = 0.1  # between two frames; a longer silence is a gap
CUTOFF_HZ = 8.0  # people's hands do not move faster than they shake
_ORDER = 2
_SHORTEST = 3 * (_ORDER + 1) + 1  # frames that filtfilt needs


def steadied(motion: PersonMotion) -> PersonMotion:
    """``motion``, of at least one frame, at ``RATE_HZ``."""
    first_ns, last_ns = int(motion.times_ns[0]), int(motion.times_ns[-1])
    count = (last_ns - first_ns) * RATE_HZ // NS_PER_S + 1
    times_ns = first_ns + np.arange(count, dtype=np.int64) * NS_PER_S // RATE_HZ
    before = np.minimum(np.searchsorted(motion.times_ns, times_ns, side="right") - 1, len(motion) - 1)
    after = np.minimum(before + 1, len(motion) - 1)
    span_ns = motion.times_ns[after] - motion.times_ns[before]
    share = np.where(span_ns > 0, (times_ns - motion.times_ns[before]) / np.maximum(span_ns, 1), 0.0)
    joined = (span_ns <= LONGEST_STEP_S * NS_PER_S) & (motion.anchor[before] == motion.anchor[after])
    anchor = motion.anchor[before]

    def between(values: Array) -> Array:
        weight = share.reshape(-1, *(1 for _ in values.shape[1:]))
        mixed = np.where(
            weight == 0.0, values[before], values[before] * (1 - weight) + values[after] * weight
        )
        return np.asarray(mixed)

    def hand(given: HandMotion) -> HandMotion:
        seen = joined & given.seen[before] & (given.seen[after] | (share == 0.0))
        palm_m, rotation = between(given.palm_m), between(given.rotation)
        for run in _runs(seen, anchor):
            palm_m[run] = _calmed(palm_m[run])
            rotation[run] = _nearest_rotations(_calmed(rotation[run]))
        palm_m[~seen], rotation[~seen] = np.nan, np.nan
        return HandMotion(seen, palm_m, rotation, between(given.points_m), between(given.trigger))

    head_rotation = between(motion.head_rotation)
    known = np.isfinite(head_rotation).all(axis=(1, 2))
    head_rotation[known] = _nearest_rotations(head_rotation[known])
    return PersonMotion(
        times_ns,
        anchor,
        between(motion.head_m),
        head_rotation,
        {side: hand(given) for side, given in motion.hands.items()},
    )


def _runs(seen: Mask, anchor: Times) -> list[slice]:
    """Stretches of frames that are seen, one after the other, under one anchor."""
    edges = np.flatnonzero(np.diff(seen.astype(np.int8), prepend=0, append=0))
    found: list[slice] = []
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        cuts = begin + 1 + np.flatnonzero(np.diff(anchor[begin:end]))
        places = [begin, *cuts.tolist(), end]
        found += [slice(a, b) for a, b in pairwise(places)]
    return found


def _calmed(values: Array) -> Array:
    """``values`` over time, shape (m, ...), low-passed; too few of them stay as they are."""
    if len(values) < _SHORTEST:
        return values
    numerator, denominator = butter(_ORDER, CUTOFF_HZ, fs=RATE_HZ)
    return np.asarray(filtfilt(numerator, denominator, values, axis=0))


def _nearest_rotations(matrices: Array) -> Array:
    """The rotations nearest to ``matrices``, shape (m, 3, 3), by their polar decomposition."""
    if not len(matrices):
        return matrices
    left, _, right = np.linalg.svd(matrices)
    turned = left @ right
    left[..., -1] *= np.sign(np.linalg.det(turned))[:, None]
    return np.asarray(left @ right)
