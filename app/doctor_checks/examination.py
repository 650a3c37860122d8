"""What a check of this machine is: something to find, and the texts for everything that may be wrong with it.

The texts are data, so that ``understudy doctor`` and the README's troubleshooting say the same words.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "lack", "fault"]


@dataclass(frozen=True)
class Trouble:
    """One thing that may be wrong."""

    status: Literal["lack", "fault"]  # lack: something works less well; fault: the station cannot be used
    sign: str  # what a person sees; a heading in the README
    meaning: str  # what it means for them, a sentence
    remedy: str  # what to do, a sentence


@dataclass(frozen=True)
class Finding:
    """What was found here."""

    found: str  # a fact, for people
    trouble: str = ""  # key into the examination's troubles; empty if all is well


@dataclass(frozen=True)
class Examination:
    """One check of this machine."""

    id: str
    title: str
    find: Callable[[], Finding]
    troubles: Mapping[str, Trouble]


@dataclass(frozen=True)
class Check:
    """The result of one examination."""

    id: str
    title: str
    status: Status
    found: str
    meaning: str = ""
    remedy: str = ""


def examine(examination: Examination) -> Check:
    """Carry out one check."""
    finding = examination.find()
    if not finding.trouble:
        return Check(examination.id, examination.title, "ok", finding.found)
    trouble = examination.troubles[finding.trouble]
    return Check(
        examination.id, examination.title, trouble.status, finding.found, trouble.meaning, trouble.remedy
    )
