"""How long things took, read out of a take: from the hand to the wire, from the wire to the motors."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recordings.log import read_command, read_take
from twin.wire.clock import NS_PER_MS
from twin.wire.messages import AppliedCommand

_PAUSE_NS = 80 * NS_PER_MS  # the life of a command: with a longer gap nobody was driving


@dataclass(frozen=True)
class Percentiles:
    """Of one duration, in milliseconds; not a number where there was no sample."""

    p50: float
    p95: float
    p99: float
    samples: int


@dataclass(frozen=True)
class LatencyFigures:
    """All durations of a take."""

    input_to_wire: Percentiles  # operator's sample taken -> the first command made of it sent
    wire_to_applied: Percentiles  # command sent -> first handed to the motors
    control_period: Percentiles  # between commands while driving


def measure(path: Path) -> LatencyFigures:
    """The latencies in the take ``path``.

    Raises:
        RecordingError: it cannot be read.
    """
    input_ns: list[int] = []
    applied_ns: list[int] = []
    sent_ns: list[int] = []
    newest_input = newest_applied = 0
    for heard in read_take(path, ["control.command", "robot.applied"]):
        if heard.topic == "control.command":
            command = read_command(heard.payload)
            sent_ns.append(command.sent_ns)
            if command.input_seq != newest_input and command.input_sampled_ns:
                newest_input = command.input_seq
                input_ns.append(command.sent_ns - command.input_sampled_ns)
        else:
            applied = heard.read(AppliedCommand)
            if applied.command_seq and applied.command_seq != newest_applied:
                newest_applied = applied.command_seq
                applied_ns.append(applied.applied_ns - applied.command_sent_ns)
    sent = np.array(sent_ns, np.int64)
    periods = sent[1:] - sent[:-1]
    return LatencyFigures(
        input_to_wire=_percentiles(np.array(input_ns, np.int64)),
        wire_to_applied=_percentiles(np.array(applied_ns, np.int64)),
        control_period=_percentiles(periods[periods <= _PAUSE_NS]),
    )


def _percentiles(durations_ns: NDArray[np.int64]) -> Percentiles:
    if not len(durations_ns):
        return Percentiles(float("nan"), float("nan"), float("nan"), 0)
    p50, p95, p99 = np.percentile(durations_ns, (50, 95, 99)) / NS_PER_MS
    return Percentiles(float(p50), float(p95), float(p99), len(durations_ns))
