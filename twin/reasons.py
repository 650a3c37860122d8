"""Why a robot does not do as it was asked: the whole list, and for each reason one sentence.

A reason travels as text, ``KIND:SUBJECT`` or ``KIND``, e.g. "limit:left_elbow", "self_collision:right_wrist_roll",
"reach:left_hand", "stale". Its number in ``KINDS`` is its bit in a dataset, so kinds are only ever appended.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Kind:
    """One kind of reason."""

    name: str
    sentence: str  # "{}" stands for the subject
    short: str  # as it is spoken
    fix: str  # what the operator can do
    weight: int  # 3: the robot does not follow at all; 2: it was stopped short; 1: it is slower than asked
    rumble: tuple[float, float, int] = (0.0, 0.0, 0)  # low and high motor 0..1, ms; nothing: it would nag


KINDS = (
    Kind("limit", "{} is at the end of its range", "limit", "move the other way", 2, (0.25, 0.0, 120)),
    Kind("speed", "{} moves as fast as it may", "too fast", "move slower", 1),
    Kind("acceleration", "{} gathers speed as fast as it may", "too sudden", "move more gently", 1),
    Kind(
        "self_collision",
        "{} is about to touch another part of the robot",
        "body",
        "move away from the body",
        2,
        (0.5, 0.2, 160),
    ),
    Kind(
        "scene_collision",
        "{} is about to touch something it was not to touch",
        "obstacle",
        "move away from it",
        2,
        (0.5, 0.2, 160),
    ),
    Kind(
        "singularity",
        "{} is stretched so far that it answers slowly",
        "stretched",
        "bend the arm",
        1,
        (0.2, 0.0, 100),
    ),
    Kind("reach", "{} cannot reach further", "out of reach", "come back, or step nearer", 2, (0.3, 0.0, 120)),
    Kind(
        "torque",
        "the drive of {} gives all the force it has",
        "force",
        "put down what it carries, or move off what it touches",
        2,
        (0.6, 0.0, 200),
    ),
    Kind("temperature", "the drive of {} is too hot", "hot", "let it rest", 2, (0.4, 0.4, 300)),
    Kind("stale", "{} fell silent", "silent", "check the device and the station's roles", 3, (0.0, 0.6, 250)),
    Kind(
        "jump",
        "{} was asked for a jump, which was refused",
        "jump refused",
        "let go, and take hold anew",
        2,
        (0.0, 0.7, 200),
    ),
    Kind("lease", "this station does not drive the robot", "not yours", "arm the robot", 3),
    Kind(
        "not_engaged",
        "the robot does not follow",
        "not engaged",
        "let go of everything, then press hold-to-run",
        3,
        (0.0, 0.4, 150),
    ),
    Kind(
        "countdown",
        "counting down: {}",
        "seconds",
        "keep holding; letting go cancels it",
        3,
        (0.0, 0.3, 60),
    ),
)
NAMES = tuple(kind.name for kind in KINDS)
# Words of the robot's gate, of its limits and of inverse kinematics for the same things.
_ALSO = {"position": "limit", "effort": "torque", "no_solution": "not_engaged"}
_KIND = {kind.name: kind for kind in KINDS}


class Reason(NamedTuple):
    """One reason: its kind, and the joint, hand or device it is about ("" where it is about everything)."""

    kind: Kind
    subject: str = ""

    def __str__(self) -> str:
        """As it travels."""
        return f"{self.kind.name}:{self.subject}" if self.subject else self.kind.name

    @property
    def sentence(self) -> str:
        """What is so, for a person."""
        told = self.kind.sentence.format(self.subject.replace("_", " ") or "something")
        return told[:1].upper() + told[1:]


def reason_of(kind: str, subject: str = "") -> Reason:
    """The reason of that kind, by its own name or by the gate's word for it.

    Raises:
        KeyError: there is no such kind.
    """
    return Reason(_KIND[_ALSO.get(kind, kind)], subject)


def parse(text: str) -> Reason:
    """The reason that travels as ``text``.

    Raises:
        KeyError: its kind is not one of ``KINDS``.
    """
    kind, _, subject = text.partition(":")
    return reason_of(kind, subject)


def parse_known(text: str) -> Reason | None:
    """The reason that travels as ``text``; None for one that a newer speaker invented."""
    kind, _, subject = text.partition(":")
    return reason_of(kind, subject) if _ALSO.get(kind, kind) in _KIND else None


def worst_first(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Each of ``reasons`` once, what stops the robot before what slows it; otherwise in their order."""
    return tuple(sorted(dict.fromkeys(reasons), key=lambda reason: -reason.kind.weight))


def bits_of(reasons: Iterable[Reason]) -> int:
    """The kinds in ``reasons`` as one number: bit i is ``KINDS[i]``."""
    return sum({1 << NAMES.index(reason.kind.name) for reason in reasons})


def kinds_of(bits: int) -> tuple[str, ...]:
    """Names of the kinds whose bits are set in ``bits``."""
    return tuple(name for place, name in enumerate(NAMES) if bits >> place & 1)
