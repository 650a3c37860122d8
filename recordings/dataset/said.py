"""What control and the window said during a take, as arrays over time."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recordings.dataset.align import Times
from recordings.log import read_command
from twin.errors import ExportError
from twin.reasons import bits_of, parse_known
from twin.wire.bus import Heard
from twin.wire.messages import ControlLatency, ControlStatus, LatencyStage

TOPICS = ("control.status", "control.latency", "control.command", "window.drawn")
# What control asks of legs or wheels, beside the joints.
BASE = ("forward_m_s", "left_m_s", "turn_rad_s", "height_m", "lean_rad")


@dataclass(frozen=True, eq=False)
class SaidStream:
    """One kind of what was said."""

    times_ns: Times  # (m,) monotonic
    values: NDArray[Any]  # (m,) or (m, k)


class Said:
    """Takes in the messages of ``TOPICS`` in their order."""

    def __init__(self, path: Path) -> None:
        """Nothing was said yet in the take ``path``."""
        self._path = path
        self._rows: dict[str, list[tuple[int, Any]]] = {topic: [] for topic in TOPICS}

    def hear(self, heard: Heard) -> None:
        """Take in one message.

        Raises:
            WireError: it cannot be read.
        """
        self._rows[heard.topic].append((heard.sampled_ns, _value_of(heard)))

    @property
    def reasons(self) -> SaidStream:
        """Why the robot did not do as it was asked, as bits of ``twin.reasons.KINDS``."""
        return self._stream("control.status", np.int64)

    @property
    def base(self) -> SaidStream:
        """What of ``BASE`` was asked of whatever carries the body, values of shape (m, 5)."""
        return self._stream("control.command", np.float32, len(BASE))

    @property
    def latency_ms(self) -> SaidStream:
        """From the hand to the measured motion, the median of two seconds."""
        return self._stream("control.latency", np.float32)

    @property
    def drawn_ms(self) -> SaidStream:
        """From hearing a state to its picture in the window, likewise."""
        return self._stream("window.drawn", np.float32)

    def _stream(self, topic: str, kind: Any, *width: int) -> SaidStream:
        rows = self._rows[topic]
        times_ns = rising(self._path, topic, [at_ns for at_ns, _ in rows])
        return SaidStream(times_ns, np.array([value for _, value in rows], kind).reshape(-1, *width))


def rising(path: Path, name: str, times_ns: list[int]) -> Times:
    """``times_ns`` of the stream ``name``.

    Raises:
        ExportError: time runs backwards.
    """
    times = np.array(times_ns, np.int64)
    if np.any(np.diff(times) < 0):
        raise ExportError(
            f"{path.name}: time runs backwards on {name}; run `understudy takes verify {path.name}`"
        )
    return times


def reason_bits(texts: Iterable[str]) -> int:
    """The reasons in ``texts`` as bits; what this program does not know has none."""
    return bits_of(reason for reason in map(parse_known, texts) if reason is not None)


def _value_of(heard: Heard) -> float | tuple[float, ...]:
    match heard.topic:
        case "control.status":
            status = heard.read(ControlStatus)
            return reason_bits((*status.reasons, *status.limited_by))
        case "control.latency":
            return heard.read(ControlLatency).whole_p50_ms
        case "control.command":
            asked = read_command(heard.payload)
            return (*asked.base_velocity, asked.body_height_m, asked.body_lean_rad)
    return heard.read(LatencyStage).p50_ms
