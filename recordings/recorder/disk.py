"""Whether there is room for a take: before it begins, and while it runs."""

import os
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

GIB = 2**30
_MINUTE_S = 60.0


@dataclass(frozen=True)
class SpaceLimits:
    """How much must be free."""

    smallest_bytes: int = 5 * GIB  # below this no take begins
    begin_minutes: float = 10  # of writing at the present rate, to begin a take
    warn_minutes: float = 5
    end_minutes: float = 2  # the take is ended cleanly while there still is room to do so


class Room(Enum):
    """What the space left allows."""

    ENOUGH = "enough"
    SHORT = "short"  # a running take goes on, the person is told
    ENDING = "ending"  # a running take is ended now


def free_bytes(folder: Path) -> int:
    """Bytes that may be written under ``folder``, which exists."""
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize


def refusal(free: int, rate_bytes_s: float, limits: SpaceLimits, folder: Path) -> str:
    """Why no take may begin, as a sentence; empty if it may.

    Args:
        free: bytes that may still be written.
        rate_bytes_s: what a take is expected to need.
        limits: how much must be free.
        folder: where takes go, for the sentence.
    """
    needed = max(limits.smallest_bytes, int(rate_bytes_s * limits.begin_minutes * _MINUTE_S))
    if free >= needed:
        return ""
    return (
        f"only {_size(free)} are free under {folder}, and a take needs {_size(needed)}: "
        "free some space, or choose another folder for takes"
    )


def room(free: int, rate_bytes_s: float, limits: SpaceLimits) -> Room:
    """What ``free`` bytes allow a running take that grows by ``rate_bytes_s``."""
    minutes = free / max(rate_bytes_s, 1.0) / _MINUTE_S
    if minutes < limits.end_minutes:
        return Room.ENDING
    return Room.SHORT if minutes < limits.warn_minutes else Room.ENOUGH


def _size(count: float) -> str:
    return f"{count / GIB:.1f} GiB" if count >= GIB else f"{count / 2**20:.0f} MiB"
