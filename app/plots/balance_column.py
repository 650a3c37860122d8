"""Four plots of how the robot keeps its balance: margin, CoM and DCM and CoP ahead and aside, load of the feet."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.plots.balance_history import BalanceHistory, BalanceSignal
from app.plots.time_plot import TimePlot, stacked_plots
from app.plots.value_range import Range, fitted
from app.theme import Theme
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.messages import BalanceState

_S = BalanceSignal
_HEAD_PX = 24
_SILENT_S = 100 * NS_PER_MS / NS_PER_S
_ENDLESS = 1e4


@dataclass(frozen=True)
class _Kind:
    label: str
    tokens: dict[BalanceSignal, str]
    scale: float  # from the history's unit to the axis
    least_span: float
    good: Range  # what is outside is shaded


_KINDS = (
    _Kind("margin cm", {_S.MARGIN_M: "measured"}, 100.0, 4.0, Range(0.0, _ENDLESS)),
    _Kind(
        "ahead cm",
        {_S.COP_AHEAD_M: "warning", _S.COM_AHEAD_M: "measured", _S.DCM_AHEAD_M: "commanded"},
        100.0,
        4.0,
        Range(-_ENDLESS, _ENDLESS),
    ),
    _Kind(
        "to the left cm",
        {_S.COP_ASIDE_M: "warning", _S.COM_ASIDE_M: "measured", _S.DCM_ASIDE_M: "commanded"},
        100.0,
        4.0,
        Range(-_ENDLESS, _ENDLESS),
    ),
    _Kind(
        "on each foot N", {_S.LEFT_N: "measured", _S.RIGHT_N: "commanded"}, 1.0, 100.0, Range(0.0, _ENDLESS)
    ),
)


class BalanceColumn(QWidget):
    """Shows the robot's balance on one time axis, under a head that says what which curve is."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.head = QLabel()
        self.head.setObjectName("balance_head")
        self.head.setFixedHeight(_HEAD_PX)
        self.head.setTextFormat(Qt.TextFormat.RichText)
        self.head.setIndent(56)
        self.view, items = stacked_plots(len(_KINDS))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self.view, 1)
        self._plots = [
            TimePlot(item, kind.label, kind.tokens, has_times=item is items[-1])
            for item, kind in zip(items, _KINDS, strict=True)
        ]
        for plot, kind in zip(self._plots, _KINDS, strict=True):
            plot.shade_outside(kind.good)
        self._window_s = 0
        self._said = ""
        self.set_theme(theme)

    @property
    def plots(self) -> tuple[Any, ...]:
        """The four plot items: margin, ahead, aside, feet."""
        return tuple(plot.item for plot in self._plots)

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        self.view.setBackground(theme.color("panel"))
        for plot in self._plots:
            plot.set_theme(theme)
        self._say(self._said)

    def show_window(self, window_s: int) -> None:
        """Let the time axis reach ``window_s`` back."""
        if window_s != self._window_s:
            self._window_s = window_s
            for plot in self._plots:
                plot.item.setXRange(-window_s, 0, padding=0)

    def refresh(self, history: BalanceHistory, balance: BalanceState | None, now_ns: int) -> None:
        """Draw what is known; ``balance`` is what the robot says now, None while it says nothing."""
        self._say(_words(balance))
        end_ns = history.end_ns(self._window_s)
        late_s = (now_ns - end_ns) / NS_PER_S if end_ns is not None else 0.0
        # The newest step is still being filled: that is "now".
        late_s = late_s if late_s >= _SILENT_S else 0.0
        ages_s = history.ages_s(self._window_s)
        for plot, kind in zip(self._plots, _KINDS, strict=True):
            low, high = np.inf, -np.inf
            for signal in kind.tokens:
                values = history.envelope(signal, self._window_s) * np.float32(kind.scale)
                least, most = plot.put(signal, ages_s, values, late_s)
                low, high = min(low, least), max(high, most)
            if low <= high:
                plot.show_range(fitted(low, high, kind.least_span, plot.shown))

    def _say(self, words: str) -> None:
        self._said, theme = words, self._theme
        legend = "".join(
            f' <span style="color:{theme.hex(token)}">\u25cf {name}</span>'
            for token, name in (
                ("measured", "CoM, left foot"),
                ("commanded", "DCM, right foot"),
                ("warning", "CoP"),
            )
        )
        text = f'<b style="color:{theme.hex("text")}">Balance</b> {words}{legend}'
        if text != self.head.text():
            self.head.setText(text)


def _words(balance: BalanceState | None) -> str:
    if balance is None:
        return "not on its own feet "
    return f"{balance.phase}, {100.0 * balance.margin_m:+.1f} cm "
