"""How good a take is as a demonstration: its figures, and whether to keep it or do it again."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from twin.wire.clock import NS_PER_S

Times = NDArray[np.int64]

STATE_STALE_NS = NS_PER_S // 10  # a longer silence of the joints is stale, as in an export
PICTURE_STALE_NS = NS_PER_S // 2

_JERK_GRID_S = 0.1
_SHORTEST_S = 1.0
_MOST_IDLE = 0.9
_MOST_STALE_S = 0.5
_MOST_LOST = 0.01
_MOST_LATENCY_MS = 80.0  # the life of a command
_MOST_LIMITED = 0.25
_LEAST_CAMERA_RATE = 0.5  # of the wanted one


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of one take, taken while it was recorded."""

    seconds: float
    driven_s: float  # a person's hand was behind what the drives were told
    lost: int  # messages that never arrived, and pictures left out
    lost_share: float
    latency_ms_p95: float | None  # operator's sample taken -> handed to the motors; None: nobody drove
    camera_hz: dict[str, float]  # measured
    limited_share: float  # of the driven time: the gate or control changed what was asked
    stale_s: dict[str, float]  # per stream, without what is allowed between two samples
    hand_jerk_m_s3: dict[str, float]  # RMS per hand, of where the operator wanted it
    driven_span_s: tuple[float, float] | None = (
        None  # when driving first began and last ended, of the whole take
    )

    @property
    def jerk_m_s3(self) -> float | None:
        """Of the hand that jerked most; None if it was not measured."""
        return max(self.hand_jerk_m_s3.values(), default=None)

    @property
    def idle_share(self) -> float:
        """Share of the take in which nobody drove."""
        return min(1.0, max(0.0, 1.0 - self.driven_s / self.seconds)) if self.seconds else 1.0


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """What the figures speak for; the person decides."""

    keep: bool
    reason: str

    @property
    def word(self) -> str:
        """As one word: keep or redo."""
        return "keep" if self.keep else "redo"


def stale_s(times_ns: Times, started_ns: int, ended_ns: int, allowed_ns: int) -> float:
    """Seconds between ``started_ns`` and ``ended_ns`` in which the newest sample was older than ``allowed_ns``.

    Args:
        times_ns: when samples were taken, shape (m,), rising.
        started_ns: where the take begins; a stream that begins late was stale until then.
        ended_ns: where it ends.
        allowed_ns: the oldest a sample may be.
    """
    edges = np.concatenate(([started_ns], times_ns, [max(ended_ns, started_ns)]))
    return float(np.maximum(np.diff(edges) - allowed_ns, 0).sum() / NS_PER_S)


def rate_hz(times_ns: Times) -> float:
    """Samples per second from the first to the last; 0 of fewer than two."""
    if len(times_ns) < 2 or times_ns[-1] <= times_ns[0]:
        return 0.0
    return float((len(times_ns) - 1) * NS_PER_S / (times_ns[-1] - times_ns[0]))


def jerk_m_s3(ways: Sequence[tuple[Times, NDArray[np.float32]]]) -> float | None:
    """RMS of the third derivative of a hand's position over uninterrupted ``ways``; None if all are too short.

    Each way is (times (m,), positions (m, 3) in metres). It is put on a grid of 100 ms first: third
    differences at the full rate would measure the steps between samples.
    """
    squares: list[NDArray[np.float64]] = []
    for times_ns, position_m in ways:
        seconds = (times_ns - times_ns[0]) / NS_PER_S if len(times_ns) else np.zeros(0)
        if len(seconds) < 4 or seconds[-1] < 4 * _JERK_GRID_S:
            continue
        grid = np.arange(0.0, seconds[-1], _JERK_GRID_S)
        even = np.column_stack([np.interp(grid, seconds, position_m[:, axis]) for axis in range(3)])
        squares.append(((np.diff(even, n=3, axis=0) / _JERK_GRID_S**3) ** 2).sum(axis=1))
    return float(np.sqrt(np.concatenate(squares).mean())) if squares else None


def suggest(
    quality: Quality,
    *,
    stops: Sequence[str] = (),
    succeeded: bool | None = None,
    wanted_camera_hz: float = 0.0,
) -> Suggestion:
    """Keep or redo, with the weightiest reason.

    Args:
        quality: the take's figures.
        stops: levels of stop that were latched in it.
        succeeded: what the scene judged; None where nobody judges.
        wanted_camera_hz: what the cameras should have; 0: not known.
    """
    for reason in _reasons_against(quality, stops, succeeded, wanted_camera_hz):
        return Suggestion(keep=False, reason=reason)
    return Suggestion(keep=True, reason="nothing speaks against it")


def _reasons_against(
    quality: Quality, stops: Sequence[str], succeeded: bool | None, wanted_camera_hz: float
) -> list[str]:
    found: list[str] = []
    if quality.seconds < _SHORTEST_S:
        found.append(f"it is only {quality.seconds:.1f} s long")
    found += [f"a stop was latched ({level})" for level in stops]
    if quality.idle_share > _MOST_IDLE:
        found.append(f"nobody drove in {quality.idle_share:.0%} of it")
    stream = _worst(quality.stale_s)
    if stream and quality.stale_s[stream] > _MOST_STALE_S:
        found.append(f"{stream} was silent or late for {quality.stale_s[stream]:.1f} s")
    if quality.lost_share > _MOST_LOST:
        found.append(f"{quality.lost_share:.1%} of the messages were lost")
    if quality.latency_ms_p95 is not None and quality.latency_ms_p95 > _MOST_LATENCY_MS:
        found.append(f"from hand to motor took {quality.latency_ms_p95:.0f} ms (p95)")
    if quality.limited_share > _MOST_LIMITED:
        found.append(f"limits held the robot back in {quality.limited_share:.0%} of the driving")
    for camera, measured_hz in quality.camera_hz.items():
        if measured_hz < _LEAST_CAMERA_RATE * wanted_camera_hz:
            found.append(
                f"the {camera} camera gave {measured_hz:.0f} of {wanted_camera_hz:.0f} pictures a second"
            )
    if succeeded is False:
        found.append("the task was not achieved")
    return found


def _worst(values: Mapping[str, float]) -> str:
    return max(values, key=lambda name: values[name], default="")


def in_words(quality: Quality) -> tuple[str, ...]:
    """The figures as "name=value", in the order in which they are shown."""
    latency = quality.latency_ms_p95
    jerk = quality.jerk_m_s3
    return (
        f"lost={quality.lost}",
        f"latency p95={'-' if latency is None else f'{latency:.0f} ms'}",
        f"cameras={min(quality.camera_hz.values(), default=0.0):.1f} Hz",
        f"limited={quality.limited_share:.0%}",
        f"stale={max(quality.stale_s.values(), default=0.0):.1f} s",
        f"idle={quality.idle_share:.0%}",
        f"jerk={'-' if jerk is None else f'{jerk:.1f} m/s³'}",
    )
