"""What every message is made of."""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

# One-dimensional float32; on the wire a packed `repeated float`.
Vector = NDArray[np.float32]

EMPTY: Vector = np.zeros(0, np.float32)
EMPTY.setflags(write=False)


def vector(values: Any) -> Vector:
    """A float32 vector of ``values``, ready to be put into a message."""
    return np.asarray(values, np.float32).reshape(-1)


def vectors(*rows: Sequence[float]) -> list[Vector]:
    """Likewise of each of ``rows``: views of one array, since to make an array costs ten times a view."""
    flat: list[float] = []
    for row in rows:
        flat += row
    together, end = np.array(flat, np.float32), 0
    return [together[end : (end := end + len(row))] for row in rows]


class Message(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Base of all messages."""
