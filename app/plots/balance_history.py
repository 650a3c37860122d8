"""How the robot kept its balance in the last minute, kept for the plots as the robot's side tells it."""

import math
from collections.abc import Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from app.joints.history import WINDOWS_S
from app.plots.envelope_ring import EnvelopeRing
from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.messages import BalanceState, RobotState, Vector

_STEPS = 500
_BRIDGE_NS = 120 * NS_PER_MS  # told at 50 Hz; on the window of 10 s a step is 20 ms


class BalanceSignal(IntEnum):
    """What is kept. Ahead and aside (to the left) are counted from the middle of the support, as the robot looks."""

    MARGIN_M = 0
    COM_AHEAD_M = 1
    DCM_AHEAD_M = 2
    COP_AHEAD_M = 3
    COM_ASIDE_M = 4
    DCM_ASIDE_M = 5
    COP_ASIDE_M = 6
    LEFT_N = 7  # the ground's force on that foot, upwards
    RIGHT_N = 8


class BalanceHistory:
    """Envelopes over 10, 30 and 60 s, fed with messages as they arrive."""

    def __init__(self) -> None:
        self._rings = {
            window_s: EnvelopeRing(
                len(BalanceSignal), _STEPS, window_s * NS_PER_S // _STEPS, bridge_ns=_BRIDGE_NS
            )
            for window_s in WINDOWS_S
        }
        self._heading_rad = 0.0
        self._last_ns = -1

    @property
    def is_empty(self) -> bool:
        """Whether no robot has told of its balance yet."""
        return self._last_ns < 0

    def hear(self, balances: Sequence[Heard], state: RobotState | None) -> None:
        """Take in all ``robot.balance`` that arrived since the last call; ``state`` tells where the robot looks."""
        if not balances:
            return
        if state is not None and len(state.base_orientation_wxyz) == 4:
            self._heading_rad = _heading_rad(state.base_orientation_wxyz)
        times: list[int] = []
        rows: list[Vector] = []
        for heard in balances:
            if heard.sampled_ns > self._last_ns:
                self._last_ns = heard.sampled_ns
                times.append(heard.sampled_ns)
                rows.append(signals(heard.read(BalanceState), self._heading_rad))
        if times:
            for ring in self._rings.values():
                ring.extend(np.array(times, np.int64), np.stack(rows))

    def envelope(self, signal: BalanceSignal, window_s: int) -> Vector:
        """Smallest and largest of each step in turn, oldest first; see ``EnvelopeRing.view``."""
        return self._rings[window_s].view(signal)

    def ages_s(self, window_s: int) -> NDArray[np.float64]:
        """Where the values of ``envelope`` stand, in seconds before ``end_ns``, <= 0."""
        return self._rings[window_s].ages_s()

    def end_ns(self, window_s: int) -> int | None:
        """The instant at which the envelopes of this window end; None before the first message."""
        return self._rings[window_s].newest_ns


def signals(balance: BalanceState, heading_rad: float) -> Vector:
    """The values of ``BalanceSignal``, in their order; nan for what the message does not tell."""
    found = np.full(len(BalanceSignal), np.nan, np.float32)
    found[BalanceSignal.MARGIN_M] = balance.margin_m
    if len(balance.foot_force_n) == 6:
        found[BalanceSignal.LEFT_N], found[BalanceSignal.RIGHT_N] = balance.foot_force_n[[2, 5]]
    if not len(balance.support_m):
        return found
    middle = balance.support_m.reshape(-1, 2).mean(0)
    c, s = math.cos(heading_rad), math.sin(heading_rad)
    turn = np.array([[c, s], [-s, c]])
    for place, point in enumerate((balance.com_m, balance.dcm_m, balance.cop_m)):
        if len(point) >= 2:
            ahead, aside = turn @ (point[:2] - middle)
            found[BalanceSignal.COM_AHEAD_M + place] = ahead
            found[BalanceSignal.COM_ASIDE_M + place] = aside
    return found


def _heading_rad(wxyz: Vector) -> float:
    w, x, y, z = (float(part) for part in wxyz)
    return math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))
