"""One plot of one joint: angle with its command, or speed, or torque; limits shaded."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from app.joints.history import JointHistory, Signal
from app.plots.time_plot import TimePlot
from app.plots.value_range import Range, fitted
from app.theme import Theme
from twin.robot import JointSpec

_MARGIN_SHARE = 0.06  # beyond the limits, when the whole range is shown
_DEGREES = 180 / np.pi


@dataclass(frozen=True)
class PlotKind:
    """What a plot shows."""

    name: str
    unit: str
    signals: tuple[Signal, ...]  # drawn in this order
    scale: float  # from the wire's unit to the axis
    least_span: float


ANGLE = PlotKind("angle", "°", (Signal.POSITION_RAD, Signal.COMMANDED_RAD), _DEGREES, 4.0)
SPEED = PlotKind("speed", "°/s", (Signal.VELOCITY_RAD_S,), _DEGREES, 20.0)
TORQUE = PlotKind("torque", "N·m", (Signal.EFFORT_NM,), 1.0, 1.0)
KINDS = (ANGLE, SPEED, TORQUE)


def limits_of(joint: JointSpec, kind: PlotKind) -> Range:
    """What ``joint`` may do, in the unit of ``kind``."""
    if kind is ANGLE:
        return Range(joint.lower_rad * kind.scale, joint.upper_rad * kind.scale)
    most = (joint.max_speed_rad_s if kind is SPEED else joint.max_effort_nm) * kind.scale
    return Range(-most, most)


class JointPlot:
    """Draws one kind of signal of one joint."""

    def __init__(self, item: Any, kind: PlotKind, has_times: bool) -> None:
        """Take over ``item``; ``has_times``: its time axis carries numbers."""
        self.item, self.kind = item, kind
        tokens = {
            signal: "commanded" if signal is Signal.COMMANDED_RAD else "measured" for signal in kind.signals
        }
        self._plot = TimePlot(item, f"{kind.name} {kind.unit}", tokens, has_times)

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._plot.set_theme(theme)

    def show_joint(self, joint: JointSpec) -> None:
        """Shade what ``joint`` may not do."""
        self._plot.shade_outside(limits_of(joint, self.kind))

    def draw(self, history: JointHistory, joint: JointSpec, window_s: int, late_s: float, full: bool) -> None:
        """Draw what ``history`` knows of ``joint``.

        Args:
            history: of all joints.
            joint: the one of ``show_joint``.
            window_s: how far back, one of ``joints.history.WINDOWS_S``.
            late_s: how long before now the history ends.
            full: show the whole range between the limits, not only what was used of it.
        """
        low, high = np.inf, -np.inf
        ages_s = history.ages_s(window_s)
        for signal in self.kind.signals:
            values = history.envelope(signal, joint.index, window_s) * self.kind.scale
            least, most = self._plot.put(signal, ages_s, values, late_s)
            low, high = min(low, least), max(high, most)
        limits = limits_of(joint, self.kind)
        if full or low > high:
            pad = _MARGIN_SHARE * limits.span
            self._plot.show_range(Range(limits.low - pad, limits.high + pad))
        else:
            self._plot.show_range(fitted(low, high, self.kind.least_span, self._plot.shown))
