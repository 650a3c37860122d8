"""How late the robot follows the hand, measured all the time and split by stage.

device      from when the device can have reported at the earliest (the poll before), to when inputs read it
inputs      to when control heard it
control     to when the command made of it was sent
wire        to when the robot's agent took the command from its socket
gate        to when the drives were told
robot       how long the measured joints trail their setpoints: the slope of the error over the speed
state_back  from a measurement to when control heard of it

Only samples that changed something are followed: a stick that rests is not late. The window adds what drawing takes.
"""

import math
from collections import deque

import numpy as np

from twin.spatial import Array
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.command_frame import JointCommand
from twin.wire.messages import (
    AppliedCommand,
    ControlLatency,
    InputSample,
    LatencyStage,
    RobotState,
    Vector,
)

STAGES = ("device", "inputs", "control", "wire", "gate", "robot", "state_back")
WINDOW_NS = 2 * NS_PER_S
_LATEST_NS = NS_PER_S  # a command that has not reached the drives by then is forgotten
_LEAST_SPEED_RAD_S = 0.02  # slower joints tell nothing of how late they are
_LEAST_VARIANCE = 0.05  # rad^2/s^2, of all joints together; less motion says nothing


class LatencyMeter:
    """Follows commands from the hand to the motion. Told everything with its times; knows no clock."""

    def __init__(self, joints: int) -> None:
        """For a robot of so many joints."""
        self._kept: dict[str, deque[tuple[int, float]]] = {stage: deque() for stage in STAGES}
        self._whole: deque[tuple[int, float]] = deque()
        self._cause: tuple[int, int, int, int] | None = None  # seq, device, sampled and received ns
        self._device_ns = 0  # of the newest sample that changed something
        self._way: dict[int, float] = {}  # command -> ms from the hand until it was sent
        self._sent: dict[int, tuple[int, int]] = {}  # command -> input seq, sent ns
        self._received: dict[int, int] = {}  # command -> ns
        self._followed_seq = 0
        self._lag = _Lag(joints)

    # --- what is told ---------------------------------------------------------------------------------

    def hear_input(self, sample: InputSample, seq: int, sampled_ns: int, received_ns: int) -> None:
        """A sample of the device that drives."""
        if sample.device_sampled_ns != self._device_ns and sample.device_sampled_ns <= sampled_ns:
            self._device_ns = sample.device_sampled_ns
            reported_ns = sample.device_sampled_ns - sample.device_waited_ns
            self._cause = seq, reported_ns, sampled_ns, received_ns

    def sent(self, command: JointCommand) -> None:
        """A command went out."""
        if self._cause is None or command.input_seq < self._cause[0]:
            return
        (seq, device_ns, sampled_ns, received_ns), self._cause = self._cause, None
        self._keep("device", sampled_ns - device_ns, command.sent_ns)
        self._keep("inputs", received_ns - sampled_ns, command.sent_ns)
        self._keep("control", command.sent_ns - received_ns, command.sent_ns)
        self._sent[command.cmd_seq] = seq, command.sent_ns
        self._way[command.cmd_seq] = (command.sent_ns - device_ns) / NS_PER_MS
        self._forget(command.sent_ns)

    def hear_state(self, state: RobotState, sampled_ns: int, received_ns: int) -> None:
        """What the robot measured, and which command it has."""
        if state.command_seq in self._sent and state.command_seq not in self._received:
            self._received[state.command_seq] = state.command_received_ns
            sent_ns = self._sent[state.command_seq][1]
            self._keep("wire", state.command_received_ns - sent_ns, received_ns)
        self._keep("state_back", received_ns - sampled_ns, received_ns)
        self._lag.measured(state.position_rad, state.velocity_rad_s, sampled_ns)

    def hear_applied(self, applied: AppliedCommand) -> None:
        """What the drives were told, and by which command."""
        self._lag.told(applied.position_rad, applied.applied_ns)
        if applied.command_seq not in self._received:
            return
        received_ns = self._received.pop(applied.command_seq)
        seq, sent_ns = self._sent.pop(applied.command_seq)
        self._keep("gate", applied.applied_ns - received_ns, applied.applied_ns)
        way_ms = self._way.pop(applied.command_seq) + (applied.applied_ns - sent_ns) / NS_PER_MS
        self._followed_seq = seq
        lag_s = self._lag.seconds()
        if lag_s is None:
            return
        self._keep("robot", round(lag_s * NS_PER_S), applied.applied_ns)
        back_ms = self._kept["state_back"][-1][1] if self._kept["state_back"] else 0.0
        self._whole.append((applied.applied_ns, way_ms + lag_s * 1000.0 + back_ms))

    # --- what is known --------------------------------------------------------------------------------

    def account(self, now_ns: int) -> ControlLatency:
        """The last two seconds before ``now_ns``."""
        whole = _percentiles(_recent(self._whole, now_ns))
        return ControlLatency(
            stages=tuple(_stage(name, _recent(self._kept[name], now_ns)) for name in STAGES),
            input_seq=self._followed_seq,
            whole_p50_ms=whole[0],
            whole_p95_ms=whole[1],
        )

    def _keep(self, stage: str, duration_ns: int, at_ns: int) -> None:
        self._kept[stage].append((at_ns, duration_ns / NS_PER_MS))

    def _forget(self, now_ns: int) -> None:
        """Drop commands whose fate was never heard."""
        for seq in [seq for seq, (_, sent_ns) in self._sent.items() if now_ns - sent_ns > _LATEST_NS]:
            del self._sent[seq], self._way[seq]
            self._received.pop(seq, None)


class _Lag:
    """How long measured joints trail their setpoints: with an error e = sag + lag * speed, the slope over all joints.

    The constant part of each joint's error, which gravity makes, does not count; sums decay over two seconds.
    """

    def __init__(self, joints: int) -> None:
        self._joints = joints
        self._setpoints: deque[tuple[int, Array]] = deque(maxlen=2)
        self._waiting: deque[tuple[int, Array, Array]] = deque(maxlen=20)  # measured, setpoints not yet heard
        self._sums = np.zeros((5, joints))  # of 1, v, e, v v, v e
        self._at_ns = 0

    def told(self, position_rad: Vector, at_ns: int) -> None:
        """Setpoints that the drives were told at ``at_ns``."""
        if len(position_rad) != self._joints or (self._setpoints and at_ns <= self._setpoints[-1][0]):
            return
        self._setpoints.append((at_ns, position_rad.astype(np.float64)))
        while self._waiting and self._waiting[0][0] <= at_ns:
            self._learn(*self._waiting.popleft())

    def measured(self, position_rad: Vector, velocity_rad_s: Vector, at_ns: int) -> None:
        """Measured angles; they count once the setpoints around them are known."""
        if len(position_rad) == self._joints == len(velocity_rad_s):
            self._waiting.append((at_ns, position_rad.astype(np.float64), velocity_rad_s.astype(np.float64)))

    def _learn(self, at_ns: int, position_rad: Array, velocity_rad_s: Array) -> None:
        (before_ns, before), (after_ns, after) = self._setpoints[0], self._setpoints[-1]
        if not before_ns <= at_ns <= after_ns or before_ns == after_ns:
            return
        wanted = before + (at_ns - before_ns) / (after_ns - before_ns) * (after - before)
        self._sums *= math.exp(-(at_ns - self._at_ns) / WINDOW_NS) if self._at_ns else 0.0
        self._at_ns = at_ns
        moves = np.abs(velocity_rad_s) > _LEAST_SPEED_RAD_S
        v, e = np.where(moves, velocity_rad_s, 0.0), np.where(moves, wanted - position_rad, 0.0)
        self._sums += (moves, v, e, v * v, v * e)

    def seconds(self) -> float | None:
        """None while too little moves."""
        n, v, e, vv, ve = self._sums
        n = np.maximum(n, 1e-9)
        spread = float(np.sum(vv - v * v / n))
        if spread < _LEAST_VARIANCE:
            return None
        return max(0.0, float(np.sum(ve - v * e / n)) / spread)


def _recent(kept: deque[tuple[int, float]], now_ns: int) -> Array:
    while kept and now_ns - kept[0][0] > WINDOW_NS:
        kept.popleft()
    return np.array([value for _, value in kept])


def _percentiles(values: Array) -> tuple[float, float]:
    if not len(values):
        return 0.0, 0.0
    p50, p95 = np.percentile(values, (50, 95))
    return float(p50), float(p95)


def _stage(name: str, values: Array) -> LatencyStage:
    p50, p95 = _percentiles(values)
    newest = float(values[-1]) if len(values) else 0.0
    return LatencyStage(name=name, newest_ms=newest, p50_ms=p50, p95_ms=p95, samples=len(values))
