"""What every joint did in the last minute, kept for the plots and the joint grid: measured and commanded.

A commanded value is the one that was applied when the state was sampled, so that both lines of a plot stand at
the same instant. It is held for ``_COMMAND_HOLDS_NS`` and is then no longer a command but a gap. Legs that the
robot's balance moves are commanded no angle: a gap as well.
"""

from collections import deque
from collections.abc import Sequence
from enum import IntEnum
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from app.plots.envelope_ring import EnvelopeRing
from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.messages import AppliedCommand, RobotState, Vector

WINDOWS_S = (10, 30, 60)

_STEPS = 500
_SPARK_S, _SPARK_STEPS = 10, 50
_BRIDGE_NS = 100 * NS_PER_MS
_COMMAND_HOLDS_NS = 100 * NS_PER_MS
_BALANCE_HOLDS_NS = 100 * NS_PER_MS  # it is told fifty times a second


class Signal(IntEnum):
    """What is kept of each joint."""

    POSITION_RAD = 0
    COMMANDED_RAD = 1
    VELOCITY_RAD_S = 2
    EFFORT_NM = 3


class JointHistory:
    """Envelopes of all joints over 10, 30 and 60 s, fed with messages as they arrive."""

    def __init__(self, is_leg: NDArray[np.bool_]) -> None:
        """Keep as many joints as ``is_leg`` tells of; a message with another number of them is left out."""
        self._is_leg, self._joints = is_leg, (joints := len(is_leg))
        self._rings = {
            window_s: EnvelopeRing(
                len(Signal) * joints, _STEPS, window_s * NS_PER_S // _STEPS, bridge_ns=_BRIDGE_NS
            )
            for window_s in WINDOWS_S
        }
        self._spark = EnvelopeRing(
            joints, _SPARK_STEPS, _SPARK_S * NS_PER_S // _SPARK_STEPS, bridge_ns=2 * NS_PER_S // 10
        )
        self._commanded: Vector = np.full(joints, np.nan, np.float32)
        self._commanded_ns, self._balanced_ns = 0, -_BALANCE_HOLDS_NS
        self._last_ns = -1
        self._limited: dict[int, tuple[str, int]] = {}

    @property
    def newest_ns(self) -> int | None:
        """When the newest state was sampled; None before the first."""
        return None if self._last_ns < 0 else self._last_ns

    def hear(self, states: Sequence[Heard], applied: Sequence[Heard], balances: Sequence[Heard] = ()) -> None:
        """Take in all ``robot.state``, ``robot.applied`` and ``robot.balance`` that arrived since the last call."""
        beside = deque(sorted((*applied, *balances), key=attrgetter("sampled_ns")))
        times: list[int] = []
        rows: list[Vector] = []
        for heard in states:
            state = heard.read(RobotState)
            while beside and beside[0].sampled_ns <= heard.sampled_ns:
                self._take(beside.popleft())
            if heard.sampled_ns > self._last_ns and self._fits(state):
                self._last_ns = heard.sampled_ns
                times.append(heard.sampled_ns)
                rows.append(self._row(heard.sampled_ns, state))
        for late in beside:
            self._take(late)
        if times:
            self._extend(np.array(times, np.int64), np.stack(rows))

    def _extend(self, sampled_ns: NDArray[np.int64], block: NDArray[np.float32]) -> None:
        for ring in self._rings.values():
            ring.extend(sampled_ns, block)
        self._spark.extend(sampled_ns, block[:, : self._joints])

    def limited(self, since_ns: int) -> dict[int, str]:
        """Joints that were not allowed what was asked of them at or after ``since_ns``, and the newest reason."""
        return {joint: reason for joint, (reason, at_ns) in self._limited.items() if at_ns >= since_ns}

    def _take(self, heard: Heard) -> None:
        if heard.topic == "robot.balance":
            self._balanced_ns = heard.sampled_ns
            return
        command = heard.read(AppliedCommand)
        for limit in command.limited:
            self._limited[limit.joint] = limit.reason, heard.sampled_ns
        if len(command.position_rad) == self._joints:
            self._commanded, self._commanded_ns = command.position_rad, heard.sampled_ns

    def _fits(self, state: RobotState) -> bool:
        return all(
            len(values) == self._joints
            for values in (state.position_rad, state.velocity_rad_s, state.effort_nm)
        )

    def _row(self, sampled_ns: int, state: RobotState) -> Vector:
        held = sampled_ns - self._commanded_ns <= _COMMAND_HOLDS_NS
        commanded = self._commanded if held else np.full(self._joints, np.nan, np.float32)
        if sampled_ns - self._balanced_ns <= _BALANCE_HOLDS_NS:
            commanded = np.where(self._is_leg, np.float32(np.nan), commanded)
        return np.concatenate((state.position_rad, commanded, state.velocity_rad_s, state.effort_nm))

    def envelope(self, signal: Signal, joint: int, window_s: int) -> Vector:
        """Smallest and largest of each step in turn, oldest first; see ``EnvelopeRing.view``."""
        return self._rings[window_s].view(signal * self._joints + joint)

    def ages_s(self, window_s: int) -> NDArray[np.float64]:
        """Where the values of ``envelope`` stand, in seconds before ``end_ns``, <= 0."""
        return self._rings[window_s].ages_s()

    def end_ns(self, window_s: int) -> int | None:
        """The instant at which the envelopes of this window end; None before the first state."""
        return self._rings[window_s].newest_ns

    @staticmethod
    def step_s(window_s: int) -> float:
        """How long one step of the envelopes of this window is."""
        return window_s / _STEPS

    def sparks_rad(self) -> NDArray[np.float32]:
        """Positions of all joints over the last 10 s, coarsely, shape (joints, points)."""
        return self._spark.views()
