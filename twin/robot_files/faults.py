"""A fault in a robot's files: which file, which part of it, and what is wrong."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path


@dataclass(frozen=True)
class Fault:
    """One thing that keeps a robot folder from being used."""

    file: Path
    where: str  # e.g. "joint 'left_knee'"; may be empty
    text: str

    def __str__(self) -> str:
        where = f"{self.where}: " if self.where else ""
        return f"{self.file}: {where}{self.text}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint to append to a sentence about an unknown ``name``, or nothing."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" (did you mean {near[0]!r}?)" if near else ""
