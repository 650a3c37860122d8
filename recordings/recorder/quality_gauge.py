"""Gathers what the quality of a take is computed from while its messages pass."""

from array import array

import numpy as np
from numpy.typing import NDArray

from recordings.checking.quality import (
    PICTURE_STALE_NS,
    STATE_STALE_NS,
    Quality,
    Times,
    jerk_m_s3,
    rate_hz,
    stale_s,
)
from recordings.log import read_command
from twin.errors import WireError
from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.messages import AppliedCommand, ControlStatus

_DRIVING = ("teleop", "blend", "retarget")
_LONGEST_STEP_NS = 100 * NS_PER_MS  # between two applied commands; longer means that nobody drove
_LONGEST_HAND_STEP_NS = 200 * NS_PER_MS
_COMMANDS_KEPT = 500


class QualityGauge:
    """Of one take. Messages from before it began, with which every take starts, do not count."""

    def __init__(self, started_ns: int) -> None:
        """Gather from ``started_ns`` on (monotonic)."""
        self._started_ns = started_ns
        self._times: dict[str, array[int]] = {"robot.state": array("q")}
        self._inputs: dict[int, tuple[int, int]] = {}  # command -> the operator's sample: number, time
        self._latency_ns = array("q")
        self._newest_input = self._newest_command = self._applied_ns = 0
        self._driven_ns = self._limited_ns = 0
        self._driven_from_ns = self._driven_to_ns = 0
        self._control_limits = False
        self._ways: dict[str, list[tuple[list[int], list[NDArray[np.float32]]]]] = {}

    def note(self, heard: Heard) -> None:
        """A message passed; one that cannot be read does not count."""
        if heard.sampled_ns < self._started_ns:
            return
        try:
            if heard.topic == "robot.state" or heard.topic.startswith("camera."):
                self._times.setdefault(heard.topic, array("q")).append(heard.sampled_ns)
            elif heard.topic == "robot.applied":
                self._note_applied(heard.read(AppliedCommand))
            elif heard.topic == "control.command":
                self._note_command(heard.payload)
            elif heard.topic == "control.status":
                self._note_status(heard.read(ControlStatus), heard.sampled_ns)
        except WireError:
            return

    def _note_command(self, frame: bytes) -> None:
        command = read_command(frame)
        self._inputs[command.cmd_seq] = (command.input_seq, command.input_sampled_ns)
        if len(self._inputs) > _COMMANDS_KEPT:
            del self._inputs[next(iter(self._inputs))]

    def _note_applied(self, applied: AppliedCommand) -> None:
        step_ns = applied.applied_ns - self._applied_ns if self._applied_ns else 0
        self._applied_ns = applied.applied_ns
        if applied.source in _DRIVING and 0 < step_ns <= _LONGEST_STEP_NS:
            self._driven_ns += step_ns
            self._driven_from_ns = self._driven_from_ns or applied.applied_ns - step_ns
            self._driven_to_ns = applied.applied_ns
            if applied.limited or self._control_limits:
                self._limited_ns += step_ns
        if applied.command_seq == self._newest_command:
            return
        self._newest_command = applied.command_seq
        number, sampled_ns = self._inputs.get(applied.command_seq, (0, 0))
        if sampled_ns and number != self._newest_input:
            self._newest_input = number
            self._latency_ns.append(applied.applied_ns - sampled_ns)

    def _note_status(self, status: ControlStatus, at_ns: int) -> None:
        self._control_limits = status.engaged and bool(status.limited_by)
        for hand in status.hands:
            if not (status.engaged and hand.driven and len(hand.position_m) == 3):
                continue
            ways = self._ways.setdefault(hand.side, [])
            if not ways or at_ns - ways[-1][0][-1] > _LONGEST_HAND_STEP_NS:
                ways.append(([], []))
            ways[-1][0].append(at_ns)
            ways[-1][1].append(hand.position_m)

    def quality(self, ended_ns: int, lost: int, messages: int) -> Quality:
        """The figures of the take that ended at ``ended_ns`` (monotonic).

        Args:
            ended_ns: its last moment.
            lost: messages that are missing.
            messages: messages that are there.
        """
        times = {name: np.array(found, np.int64) for name, found in sorted(self._times.items())}
        jerks = {side: jerk_m_s3([_as_arrays(way) for way in ways]) for side, ways in self._ways.items()}
        latency_ns = np.array(self._latency_ns, np.int64)
        return Quality(
            seconds=round(max(0, ended_ns - self._started_ns) / NS_PER_S, 3),
            driven_s=round(self._driven_ns / NS_PER_S, 3),
            lost=lost,
            lost_share=round(lost / (lost + messages), 6) if lost + messages else 0.0,
            latency_ms_p95=round(float(np.percentile(latency_ns, 95)) / NS_PER_MS, 2)
            if len(latency_ns)
            else None,
            camera_hz={
                name.removeprefix("camera."): round(rate_hz(found), 2)
                for name, found in times.items()
                if name.startswith("camera.")
            },
            limited_share=round(self._limited_ns / self._driven_ns, 4) if self._driven_ns else 0.0,
            stale_s={
                name: round(stale_s(found, self._started_ns, ended_ns, _allowed_ns(name)), 3)
                for name, found in times.items()
            },
            hand_jerk_m_s3={side: round(jerk, 3) for side, jerk in sorted(jerks.items()) if jerk is not None},
            driven_span_s=self._driven_span_s(),
        )

    def _driven_span_s(self) -> tuple[float, float] | None:
        if not self._driven_ns:
            return None
        ends_ns = (self._driven_from_ns - self._started_ns, self._driven_to_ns - self._started_ns)
        return (round(max(0, ends_ns[0]) / NS_PER_S, 3), round(ends_ns[1] / NS_PER_S, 3))


def _allowed_ns(name: str) -> int:
    return STATE_STALE_NS if name == "robot.state" else PICTURE_STALE_NS


def _as_arrays(way: tuple[list[int], list[NDArray[np.float32]]]) -> tuple[Times, NDArray[np.float32]]:
    return np.array(way[0], np.int64), np.array(way[1], np.float32)
