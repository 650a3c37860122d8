"""Three plots of one joint below each other on one time axis, under a head that names it."""

from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.joints.grid_rows import JointFigures
from app.joints.history import JointHistory
from app.plots.head import PlotHead
from app.plots.item import KINDS, JointPlot
from app.plots.time_plot import stacked_plots
from app.theme import Theme
from twin.robot import JointSpec
from twin.wire.clock import NS_PER_S


class PlotColumn(QWidget):
    """Shows one joint at a time."""

    def __init__(self, theme: Theme) -> None:
        """An empty column."""
        super().__init__()
        self.head = PlotHead(theme)
        self.view, items = stacked_plots(len(KINDS))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self.view, 1)
        self._plots = [
            JointPlot(item, kind, has_times=item is items[-1])
            for item, kind in zip(items, KINDS, strict=True)
        ]
        self._joint: JointSpec | None = None
        self._window_s = 0
        self.set_theme(theme)

    @property
    def plots(self) -> tuple[Any, ...]:
        """The three plot items: angle, speed, torque."""
        return tuple(plot.item for plot in self._plots)

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self.view.setBackground(theme.color("panel"))
        self.head.set_theme(theme)
        for plot in self._plots:
            plot.set_theme(theme)

    def show_joint(self, joint: JointSpec, why: str) -> None:
        """Show ``joint`` from the next refresh on, and say ``why`` it is shown."""
        self.head.show_joint(joint, why)
        if self._joint is None or joint.index != self._joint.index:
            self._joint = joint
            for plot in self._plots:
                plot.show_joint(joint)

    def show_window(self, window_s: int) -> None:
        """Let the time axis reach ``window_s`` back."""
        if window_s != self._window_s:
            self._window_s = window_s
            for plot in self._plots:
                plot.item.setXRange(-window_s, 0, padding=0)

    def refresh(self, history: JointHistory, figures: JointFigures, now_ns: int, full: bool) -> None:
        """Draw what is known.

        Args:
            history: of all joints.
            figures: of all joints now.
            now_ns: what stands at the right edge; older data stands further left.
            full: show the whole range between the limits, not only what was used of it.
        """
        if self._joint is None:
            return
        self.head.show_figures(figures, self._joint.index)
        late_s = self._late_s(history, now_ns)
        for plot in self._plots:
            plot.draw(history, self._joint, self._window_s, late_s, full)

    def _late_s(self, history: JointHistory, now_ns: int) -> float:
        end_ns = history.end_ns(self._window_s)
        late_s = (now_ns - end_ns) / NS_PER_S if end_ns is not None else 0.0
        # The newest step is still being filled: that is "now".
        return late_s if late_s >= 2 * history.step_s(self._window_s) else 0.0
