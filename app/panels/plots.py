"""What chosen joints did in the last seconds, each with its limits; and how the robot kept its balance."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.actions.registry import Action
from app.feed import Feed
from app.joints.grid_rows import joint_use
from app.joints.history import WINDOWS_S
from app.panels.base import PanelContext
from app.panels.joint_grid import read_figures, where_joints_are
from app.plots.choice import Plotted, WorstJoints, plotted
from app.theme import Theme
from twin.bases import LEGS
from twin.wire.clock import NS_PER_S

if TYPE_CHECKING:
    from app.plots.balance_column import BalanceColumn
    from app.plots.column import PlotColumn

_MOST_COLUMNS = 3
_LEAST_COLUMN_PX = 330


def create(context: PanelContext) -> "PlotsPanel":
    """Plots of the joints of ``context``'s robot."""
    return PlotsPanel(context)


class PlotsPanel(QObject):
    """Up to three columns of plots below a line of controls."""

    title = "Plots"
    rate_hz = 15.0

    def __init__(self, context: PanelContext) -> None:
        """Make no widget yet."""
        super().__init__()
        self._spec, self._theme, self._selection = context.spec, context.theme, context.selection
        self._pinned: tuple[int, ...] = ()
        self._worst = WorstJoints(_MOST_COLUMNS)
        self._window_s = WINDOWS_S[0]
        self._full = False
        self._paused_ns: int | None = None
        self._now_ns = 0
        self._shown: tuple[Plotted, ...] = ()
        self._made: QWidget | None = None
        self._columns: list[PlotColumn] = []
        self._balance: BalanceColumn | None = None
        self._shows_balance = context.station.base == LEGS
        if LEGS in self._spec.bases and "plots.balance" not in context.actions:
            context.actions.add(
                Action(
                    "plots.balance",
                    "Plot the balance, or not",
                    self.plot_balance,
                    "Ctrl+Alt+B",
                    "View",
                    allowed_when=lambda _feed: where_joints_are(self._made),
                    words="com dcm cop margin contact force feet",
                )
            )
        if "plots.pause" not in context.actions:
            context.actions.add(
                Action(
                    "plots.pause",
                    "Pause or resume the plots",
                    self.pause,
                    "Ctrl+P",
                    "View",
                    allowed_when=lambda _feed: where_joints_are(self._made),
                    words="freeze hold",
                )
            )

    def widget(self) -> QWidget:
        """Controls, a head for each column, and the plots."""
        if self._made is None:
            self._made = self._build()
        return self._made

    # --- what it is made of -------------------------------------------------------------------------------

    def _build(self) -> QWidget:
        import pyqtgraph as pg

        from app.plots.balance_column import BalanceColumn
        from app.plots.column import PlotColumn

        pg.setConfigOptions(antialias=True, useOpenGL=False)
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._build_controls(whole))
        self._room = QWidget()
        self._room.installEventFilter(self)
        columns = QHBoxLayout(self._room)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(0)
        layout.addWidget(self._room, 1)
        self._balance = BalanceColumn(self._theme)
        self._balance.setVisible(self._shows_balance)
        columns.addWidget(self._balance, 1)
        for place in range(_MOST_COLUMNS):
            column = PlotColumn(self._theme)
            column.head.pin_clicked.connect(lambda place=place: self._pin_or_release(place))
            columns.addWidget(column, 1)
            self._columns.append(column)
        self._arrange()
        return whole

    def _build_controls(self, whole: QWidget) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setContentsMargins(6, 2, 6, 2)
        self._add = QComboBox()
        self._add.setObjectName("add_joint")
        self._add.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._add.addItem("Pin a joint …")
        self._add.addItems([name.replace("_", " ") for name in self._spec.joint_names])
        self._add.activated.connect(self._pin_from_list)
        line.addWidget(self._add)
        line.addStretch(1)
        self._badge = QLabel("")
        self._badge.setObjectName("plots_badge")
        line.addWidget(self._badge)
        windows = QButtonGroup(whole)
        for window_s in WINDOWS_S:
            button = _tab(f"{window_s} s", window_s == self._window_s)
            button.clicked.connect(lambda _checked, window_s=window_s: self.show_window(window_s))
            windows.addButton(button)
            line.addWidget(button)
        self._balance_tab = _tab("Balance", self._shows_balance)
        self._balance_tab.setToolTip("Plot margin, CoM, DCM, CoP and the load of the feet (Ctrl+Alt+B)")
        self._balance_tab.setVisible(LEGS in self._spec.bases)
        self._balance_tab.clicked.connect(self.plot_balance)
        line.addWidget(self._balance_tab)
        fit = _tab("Limits", self._full)
        fit.setToolTip("Show the whole range between the limits")
        fit.toggled.connect(self.show_full_range)
        line.addWidget(fit)
        self._pause = _tab("Pause", False)
        self._pause.setToolTip("Hold the plots still; the robot goes on (Ctrl+P)")
        self._pause.clicked.connect(self.pause)
        line.addWidget(self._pause)
        return line

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """As many columns as fit."""
        if event.type() == QEvent.Type.Resize and watched is self._room:
            self._arrange()
        return False

    # --- what a person does -------------------------------------------------------------------------------

    def show_window(self, window_s: int) -> None:
        """Let the time axis reach ``window_s`` back, one of ``WINDOWS_S``."""
        self._window_s = window_s

    def show_full_range(self, full: bool) -> None:
        """Show the whole range between the limits, or only what was used of it."""
        self._full = full

    def plot_balance(self) -> None:
        """Plot how the robot keeps its balance beside the joints, or no longer."""
        self._shows_balance = not self._shows_balance
        if self._balance is not None:
            self._balance_tab.setChecked(self._shows_balance)
            self._balance.setVisible(self._shows_balance)
            self._arrange()

    def pause(self) -> None:
        """Hold the picture still, or let it go on; what arrives meanwhile is kept."""
        self._paused_ns = None if self._paused_ns is not None else self._now_ns
        if self._made is not None:
            self._pause.setChecked(self._paused_ns is not None)
            self._say_paused()

    def pin(self, joint: int) -> None:
        """Keep ``joint`` in the plots whatever is selected; the oldest pinned one gives way."""
        rest = tuple(other for other in self._pinned if other != joint)
        self._pinned = (*rest, joint)[-_MOST_COLUMNS:]
        self._arrange()

    def release(self, joint: int) -> None:
        """Keep ``joint`` no longer."""
        self._pinned = tuple(other for other in self._pinned if other != joint)
        self._arrange()

    def _pin_from_list(self, place: int) -> None:
        if place > 0:
            self.pin(place - 1)
        self._add.setCurrentIndex(0)
        self._add.clearFocus()

    def _pin_or_release(self, column: int) -> None:
        if column < len(self._shown):
            each = self._shown[column]
            if each.why == "pinned":
                self.release(each.joint)
            else:
                self.pin(each.joint)

    # --- what is shown ------------------------------------------------------------------------------------

    def refresh(self, feed: Feed, now_ns: int) -> None:
        """Draw the newest, unless paused."""
        history = feed.joint_history(self._spec)
        self._now_ns = now_ns
        if self._made is None:
            return
        if self._paused_ns is not None:
            self._say_paused()
            return
        figures = read_figures(feed, self._spec, {})
        self._worst.consider(joint_use(self._spec, figures).worst, now_ns)
        self._arrange()
        if self._balance is not None and self._shows_balance:
            self._balance.show_window(self._window_s)
            self._balance.refresh(feed.balance_history(), feed.balance, now_ns)
        for column in self._columns[: len(self._shown)]:
            column.show_window(self._window_s)
            column.refresh(history, figures, now_ns, self._full)

    def _arrange(self) -> None:
        """Choose the joints and give each its column."""
        room = min(_MOST_COLUMNS, self._room.width() // _LEAST_COLUMN_PX)
        room = max(1, room - 1 if self._shows_balance else room)
        shown = plotted(self._pinned, self._selection.joints, self._worst.joints, room)
        if not shown:
            shown = (Plotted(0, "worst"),)
        if shown == self._shown:
            return
        self._shown = shown
        for place, column in enumerate(self._columns):
            column.setVisible(place < len(shown))
            if place < len(shown):
                column.show_joint(self._spec.joints[shown[place].joint], shown[place].why)

    def _say_paused(self) -> None:
        if self._paused_ns is None:
            self._badge.setText("")
            return
        seconds = (self._now_ns - self._paused_ns) // NS_PER_S
        self._badge.setText(f"VIEW PAUSED {seconds // 60:02d}:{seconds % 60:02d}")
        self._badge.setStyleSheet(f"color: {self._theme.hex('warning')}; font-weight: 600; padding: 0 8px;")

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        if self._made is not None:
            self._say_paused()
            for column in self._columns:
                column.set_theme(theme)
            if self._balance is not None:
                self._balance.set_theme(theme)


def _tab(text: str, checked: bool) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName("tab")
    button.setCheckable(True)
    button.setChecked(checked)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button
