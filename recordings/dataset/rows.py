"""One take on one clock: for every row what was known then, when it was true, and how old it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recordings.dataset.align import Indices, Times, grid, hold_last, is_one_to_one, measured_fps, steady_grid
from recordings.dataset.said import SaidStream
from recordings.dataset.streams import TakeStreams
from twin.errors import ExportError

STATE, ACTION = "state", "action"  # names of the two joint streams in ages and reports
_NS_PER_S = 1_000_000_000
_JOINTS_OLD_AFTER_S = 0.1
_PICTURE_OLD_AFTER_S = 0.5
_STATUS_OLD_AFTER_S, _LATENCY_OLD_AFTER_S = 0.25, 0.5
_COMMAND_OLD_AFTER_S = 0.1  # what the robot takes for ended is older by far
_FPS_WITHOUT_CAMERAS = 30
_KEYFRAME_WITHIN_S = 1.0  # the start may be moved by so much to make a common keyframe the first row


@dataclass(frozen=True, eq=False)
class EpisodeRows:
    """The rows of one episode. Streams are "state", "action" and the cameras."""

    fps: int
    times_ns: Times  # (n,) monotonic; the grid
    state_rad: NDArray[np.float32]  # (n, joints)
    action_rad: NDArray[np.float32]  # (n, joints)
    driven: NDArray[np.bool_]  # (n,) a person's hand was behind the action
    limited: NDArray[np.bool_]  # (n,)
    reasons: NDArray[
        np.int64
    ]  # (n,) why the robot did not do as it was asked, as bits of ``twin.reasons.KINDS``
    base: NDArray[np.float32]  # (n, 5) what of ``BASE`` was asked of legs or wheels; 0 while nothing was
    latency_ms: NDArray[np.float32]  # (n,) from the hand to the motion; -1 where nobody drove
    drawn_ms: NDArray[
        np.float32
    ]  # (n,) from hearing a state to its picture in the window; -1 where none was drawn
    pictures: Mapping[str, Indices]  # per camera (n,): which picture
    sampled_ns: Mapping[str, Times]  # per stream (n,) monotonic: when what the row shows was true
    stale: NDArray[np.bool_]  # (n,) something in the row was older than it should be and was held

    def __len__(self) -> int:
        return len(self.times_ns)

    def age_ms(self, stream: str) -> NDArray[np.float32]:
        """How old each row's sample of ``stream`` was, shape (n,), never negative."""
        return ((self.times_ns - self.sampled_ns[stream]) / 1e6).astype(np.float32)

    def is_remuxable(self, camera: str, keyframes: NDArray[np.bool_]) -> bool:
        """Whether the camera's own pictures, in their order, are exactly the rows."""
        index = self.pictures[camera]
        return is_one_to_one(index) and bool(keyframes[index[0]])


def master_camera(streams: TakeStreams) -> str:
    """The camera whose pictures tick the clock: the robot's first that has any."""
    for name in (*streams.episode.camera_names, *streams.pictures):
        if name in streams.pictures and len(streams.pictures[name].times_ns):
            return name
    raise ExportError(f"{streams.path.name} holds no picture that can be decoded")


def natural_fps(streams: TakeStreams) -> int:
    """Pictures per second of the master camera; of a robot that has none, what most datasets have."""
    if not streams.episode.camera_names and not streams.pictures:
        return _FPS_WITHOUT_CAMERAS
    return measured_fps(streams.pictures[master_camera(streams)].times_ns)


def _ticks_ns(streams: TakeStreams, fps: int) -> Times:
    """The grid: in step with the master camera, or with the measured joints where there is no camera."""
    if not streams.episode.camera_names and not streams.pictures:
        measured_ns = streams.state.times_ns
        return grid(int(max(streams.started_ns, measured_ns[0])), int(measured_ns[-1]), fps)
    pictures = streams.pictures[master_camera(streams)].times_ns
    return steady_grid(pictures[pictures >= streams.started_ns], fps)


def build_rows(streams: TakeStreams, fps: int) -> EpisodeRows:
    """Put ``streams`` on a grid of ``fps``, from where everything is known to where something ends.

    Raises:
        ExportError: there is no time at which everything is known.
    """
    times_ns = _ticks_ns(streams, fps)
    seen = {
        STATE: (streams.state.times_ns, _JOINTS_OLD_AFTER_S),
        ACTION: (streams.applied.times_ns, _JOINTS_OLD_AFTER_S),
        **{name: (stream.times_ns, _PICTURE_OLD_AFTER_S) for name, stream in streams.pictures.items()},
    }
    held = {name: hold_last(times_ns, at_ns) for name, (at_ns, _) in seen.items()}
    fresh = np.ones(len(times_ns), np.bool_)
    for at_ns, old_after_s in seen.values():
        fresh &= hold_last(times_ns, at_ns, old_after_s) >= 0
    known = np.flatnonzero(fresh)
    if not len(known):
        raise ExportError(
            f"{streams.path.name}: there is no moment at which joints, commands and all pictures are known; "
            "was the robot powered while it was recorded?"
        )
    first, last = int(known[0]), int(known[-1])
    first = _common_keyframe(streams, held, first, min(last, first + int(fps * _KEYFRAME_WITHIN_S)))
    chosen = slice(first, last + 1)
    index = {name: each[chosen] for name, each in held.items()}
    return EpisodeRows(
        fps=fps,
        times_ns=times_ns[chosen],
        state_rad=streams.state.position_rad[index[STATE]],
        action_rad=streams.applied.position_rad[index[ACTION]],
        driven=streams.applied.driven[index[ACTION]],
        limited=streams.applied.limited[index[ACTION]],
        reasons=streams.applied.reasons[index[ACTION]]
        | _known_or(streams.said.reasons, times_ns[chosen], _STATUS_OLD_AFTER_S, 0),
        base=_known_or(streams.said.base, times_ns[chosen], _COMMAND_OLD_AFTER_S, 0.0),
        latency_ms=_known_or(streams.said.latency_ms, times_ns[chosen], _LATENCY_OLD_AFTER_S, -1.0),
        drawn_ms=_known_or(streams.said.drawn_ms, times_ns[chosen], _LATENCY_OLD_AFTER_S, -1.0),
        pictures={name: index[name] for name in streams.pictures},
        sampled_ns={name: seen[name][0][index[name]] for name in seen},
        stale=~fresh[chosen],
    )


def _known_or(stream: SaidStream, times_ns: Times, old_after_s: float, unknown: float) -> NDArray[Any]:
    """What ``stream`` had said at each of ``times_ns``; ``unknown`` before it spoke and once that is old."""
    if not len(stream.times_ns):
        return np.full((len(times_ns), *stream.values.shape[1:]), unknown, stream.values.dtype)
    held = hold_last(times_ns, stream.times_ns, old_after_s)
    found = stream.values[held]
    found[held < 0] = unknown
    return found


def _common_keyframe(streams: TakeStreams, held: Mapping[str, Indices], first: int, last: int) -> int:
    """The first row from ``first`` to ``last`` that shows a keyframe of every camera, else ``first``.

    Beginning there lets the pictures be copied instead of encoded again, if they tick with the rows.
    """
    if not all(is_one_to_one(held[name][first : last + 1]) for name in streams.pictures):
        return first
    for row in range(first, last + 1):
        if all(stream.keyframes[held[name][row]] for name, stream in streams.pictures.items()):
            return row
    return first
