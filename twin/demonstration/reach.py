"""What of a person's motion a robot could do: for each hand how often it was where it should be, and why it was not."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from twin.demonstration.motion import SIDES, Mask
from twin.spatial import Array

_SHORTEST_FRAMES = 5  # a stretch that is worth telling
_JOINS_FRAMES = 10  # two stretches with less between them are one

WORDS = {
    "reach": "out of reach",
    "singularity": "arm nearly straight",
    "self_collision": "would touch itself",
    "position": "joint limit",
    "speed": "too fast",
    "acceleration": "too sudden",
    "no_solution": "no solution",
    "": "not caught up yet",
}


@dataclass(frozen=True)
class Tolerance:
    """How near is near enough."""

    distance_m: float = 0.02
    angle_rad: float = 0.26


@dataclass(frozen=True, eq=False)
class HandTrack:
    """One of the robot's hands over ``n`` frames, against where the person's was."""

    seen: Mask  # (n,) the person's hand was seen; else the robot's stays
    wanted_m: Array  # (n, 3) in the robot's world
    reached_m: Array  # (n, 3)
    error_m: Array  # (n,) not a number where the hand was not seen
    error_rad: Array  # (n,)
    reason: tuple[
        str, ...
    ]  # what held it back, as inverse kinematics says it: kind, or kind and joint; else empty


@dataclass(frozen=True)
class Stretch:
    """A time in which a hand was not where it should be."""

    from_s: float
    to_s: float
    largest_m: float
    reason: str  # in words


@dataclass(frozen=True)
class HandReach:
    """How one hand did."""

    seen_share: float  # of all frames
    reached_share: float  # of those in which it was seen
    error_mm_p50: float
    error_mm_p95: float
    error_deg_p95: float
    reasons: dict[str, float] = field(
        default_factory=dict
    )  # why not, in words -> share of the frames it was seen
    joints: dict[str, float] = field(default_factory=dict)  # which joint was at its limit -> likewise
    stretches: tuple[Stretch, ...] = ()  # longest first


def within(track: HandTrack, tolerance: Tolerance) -> Mask:
    """The frames in which the hand was where it should be, shape (n,)."""
    near = (track.error_m <= tolerance.distance_m) & (track.error_rad <= tolerance.angle_rad)
    return np.asarray(track.seen & near)


def reach_of(track: HandTrack, tolerance: Tolerance, rate_hz: float) -> HandReach:
    """How the hand of ``track`` did."""
    count = int(track.seen.sum())
    if not count:
        return HandReach(0.0, 0.0, float("nan"), float("nan"), float("nan"))
    good = within(track, tolerance)
    missed = np.flatnonzero(track.seen & ~good)
    kinds = Counter(in_words(track.reason[row]) for row in missed)
    joints = Counter(joint for row in missed if (joint := _joint(track.reason[row])))
    error_mm, error_deg = 1000 * track.error_m[track.seen], np.degrees(track.error_rad[track.seen])
    return HandReach(
        seen_share=count / len(track.seen),
        reached_share=float(good.sum()) / count,
        error_mm_p50=float(np.median(error_mm)),
        error_mm_p95=float(np.percentile(error_mm, 95)),
        error_deg_p95=float(np.percentile(error_deg, 95)),
        reasons={words: number / count for words, number in kinds.most_common()},
        joints={joint: number / count for joint, number in joints.most_common(5)},
        stretches=_stretches(track, missed, rate_hz),
    )


def in_words(reason: str) -> str:
    """What ``reason`` means for people."""
    kind = reason.partition(":")[0]
    return WORDS.get(kind, kind.replace("_", " "))


def _joint(reason: str) -> str:
    kind, _, name = reason.partition(":")
    return name.replace("_", " ") if kind in ("position", "speed", "acceleration") else ""


def _stretches(track: HandTrack, missed: NDArray[np.intp], rate_hz: float) -> tuple[Stretch, ...]:
    found: list[Stretch] = []
    cuts = np.flatnonzero(np.diff(missed) > _JOINS_FRAMES) + 1
    for rows in np.split(missed, cuts):
        if len(rows) < _SHORTEST_FRAMES:
            continue
        kind, _ = Counter(in_words(track.reason[row]) for row in rows).most_common(1)[0]
        largest_m = float(np.nanmax(track.error_m[rows]))
        found.append(Stretch(rows[0] / rate_hz, (rows[-1] + 1) / rate_hz, largest_m, kind))
    return tuple(sorted(found, key=lambda each: each.from_s - each.to_s))


def reason_for(side: str, limited_by: tuple[str, ...]) -> str:
    """The weightiest of inverse kinematics' reasons that is about the hand ``side``; empty if none is.

    A hand that is out of reach also has a straight arm, and joints at their limits: that it is too far says it all.
    """
    other = SIDES[1 - SIDES.index(side)]
    about = [reason for reason in limited_by if f"{other}_" not in reason]
    return min(about, key=lambda reason: not reason.startswith("reach:"), default="")
