"""Bad poses of a headset against the guard and what follows hands: how many of them move a target."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Figure
from teleop.following.hands import Followers
from teleop.inputs.webxr.packet import AIM_SEEN, GRIP_SEEN, HAS_BUTTONS, HEAD_SEEN, LAYOUT, unpack
from teleop.inputs.xr.guard import Guard
from twin.spatial import Pose
from twin.wire.clock import NS_PER_MS

_FRAME_NS = 11 * NS_PER_MS
_GOOD_FRAMES = 16  # until a grip counts
_RIGHT = 16  # first bit of the right hand's flags
_AR = 2

Row = NDArray[np.void]
Spoil = Callable[[Row, np.random.Generator], None]


def _untracked(row: Row, _rng: np.random.Generator) -> None:
    row["flags"] = HEAD_SEEN


def _identity(row: Row, _rng: np.random.Generator) -> None:
    row["right_grip"] = (0, 0, 0, 0, 0, 0, 1)


def _jumped(row: Row, rng: np.random.Generator) -> None:
    way = rng.normal(size=3)
    row["right_grip"][0, :3] += way / np.linalg.norm(way) * rng.uniform(0.11, 1.5)


def _without_direction(row: Row, _rng: np.random.Generator) -> None:
    row["right_grip"][0, 3:] = 0


def _late(row: Row, rng: np.random.Generator) -> None:
    row["sent_ms"] -= rng.uniform(51, 2000)


_SPOILS: tuple[Spoil, ...] = (_untracked, _identity, _jumped, _without_direction, _late)


def bad_poses(tries: int) -> Figure:
    """How many of ``tries`` bad frames left a target, or let a later frame with the same grip have one."""
    rng = np.random.default_rng(0)
    moved = sum(_moves(rng, _SPOILS[number % len(_SPOILS)]) for number in range(tries))
    return Figure("bad frames that moved a target", moved, "", tries, 0)


def _moves(rng: np.random.Generator, spoil: Spoil) -> bool:
    guard, followers, at_ns = Guard("headset:0"), Followers(), 10**12
    place = rng.uniform([-0.3, 0.9, -0.6], [0.5, 1.4, -0.3])

    def target(number: int, spoiled: bool) -> bool:
        row = np.zeros(1, LAYOUT)
        now_ns = at_ns + number * _FRAME_NS
        row["version"], row["mode"], row["visible"], row["seq"] = 1, _AR, 1, number + 1
        row["sent_ms"] = row["frame_ms"] = now_ns / NS_PER_MS
        row["picture_age_ms"] = -1
        row["head"] = (0, 1.6, 0, 0, 0, 0, 1)
        row["flags"] = HEAD_SEEN | (GRIP_SEEN | AIM_SEEN | HAS_BUTTONS) << _RIGHT
        row["right_grip"] = (*(place + rng.normal(scale=1e-4, size=3)), 0, 0, 0, 1)
        row["right_buttons"][0, 1] = 0.0 if number < _GOOD_FRAMES else 0.6
        if spoiled:
            spoil(row, rng)
        sample = guard.sample(unpack(row.tobytes()), now_ns)
        if sample is None:
            return False
        followers.hear(sample, lambda _side: Pose(np.zeros(3), np.eye(3)), np.eye(3), 1.0)
        return bool(followers.goals)

    held = [target(number, spoiled=False) for number in range(_GOOD_FRAMES + 2)]
    if not held[-1]:
        return True  # a grip that never counted says nothing about what bad frames do
    after = [target(_GOOD_FRAMES + 2 + number, spoiled=number == 0) for number in range(8)]
    return any(after)
