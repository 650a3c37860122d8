"""Every joint at a glance: where it is, what it was told, how hard it works, and which one to look at first."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.actions.registry import Action
from app.feed import Feed
from app.joints.commanded import balanced_joints, commanded_rad
from app.joints.filter_line import JointFilter
from app.joints.grid_rows import (
    ORDERS,
    JointFigures,
    JointUse,
    Order,
    grouped_rows,
    joint_use,
    listed_rows,
    worst_first,
)
from app.joints.grid_widget import JointGrid
from app.panels.base import PanelContext
from app.theme import Theme
from twin.robot import RobotSpec
from twin.wire.clock import NS_PER_S
from twin.wire.messages import MotorState, RobotState, Vector

_SORT_EVERY_NS = NS_PER_S
_LIMIT_SHOWN_NS = NS_PER_S
_TITLES: dict[Order, str] = {"group": "Groups", "worst": "Worst first", "name": "By name"}


def create(context: PanelContext) -> "JointGridPanel":
    """The joint grid of ``context``'s robot."""
    return JointGridPanel(context)


class JointGridPanel:
    """The grid with its filter and its order."""

    title = "Joints"
    rate_hz = 15.0

    def __init__(self, context: PanelContext) -> None:
        """Make no widget yet."""
        self._spec, self._theme, self._selection = context.spec, context.theme, context.selection
        self._order: Order = "group"
        if "joints.find" not in context.actions:
            context.actions.add(
                Action(
                    "joints.find",
                    "Find a joint",
                    self.find,
                    "Ctrl+F",
                    "View",
                    allowed_when=lambda _feed: where_joints_are(self._made),
                    words="filter search",
                )
            )
        self._wanted = ""
        self._closed: frozenset[str] = frozenset()
        self._worst: list[int] = []
        self._sorted_ns = 0
        self._use: JointUse | None = None
        self._made: QWidget | None = None
        self._grid: JointGrid | None = None

    def widget(self) -> QWidget:
        """The filter line above the grid."""
        if self._made is None:
            self._made = self._build()
        return self._made

    def _build(self) -> QWidget:
        whole = QWidget()
        self._grid = JointGrid(self._spec, self._theme)
        self._grid.joint_chosen.connect(self._choose)
        self._grid.group_clicked.connect(self._open_or_close)
        self._filter = JointFilter(self._grid)
        self._filter.textChanged.connect(self._want)
        head = QHBoxLayout()
        head.setContentsMargins(6, 4, 6, 4)
        head.addWidget(self._filter, 1)
        buttons = QButtonGroup(whole)
        for order in ORDERS:
            button = QPushButton()
            button.setText(_TITLES[order])
            button.setCheckable(True)
            button.setChecked(order == self._order)
            button.setObjectName("tab")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _checked, order=order: self._sort_by(order))
            buttons.addButton(button)
            head.addWidget(button)
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self._grid, 1)
        self._arrange()
        return whole

    def refresh(self, feed: Feed, now_ns: int) -> None:
        """Show the newest state; sort by the worst at most once a second."""
        if self._grid is None:
            return
        history = feed.joint_history(self._spec)
        figures = read_figures(feed, self._spec, history.limited(now_ns - _LIMIT_SHOWN_NS))
        self._use = joint_use(self._spec, figures)
        if self._order == "worst" and now_ns - self._sorted_ns >= _SORT_EVERY_NS:
            self._sorted_ns = now_ns
            self._arrange()
        self._grid.show_choice(self._selection.joints)
        self._grid.show_figures(figures, self._use, history.sparks_rad())

    def find(self) -> None:
        """Let the person write which joint is looked for."""
        if self._made is not None:
            self._filter.setFocus()
            self._filter.selectAll()

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        if self._grid is not None:
            self._grid.set_theme(theme)

    def _choose(self, joint: int, added: bool) -> None:
        if added:
            self._selection.toggle(joint)
        else:
            self._selection.choose((joint,))
        if self._grid is not None:
            self._grid.show_choice(self._selection.joints)

    def _open_or_close(self, group: str) -> None:
        self._closed = self._closed ^ {group}
        self._arrange()

    def _want(self, text: str) -> None:
        self._wanted = text
        self._arrange()

    def _sort_by(self, order: Order) -> None:
        self._order, self._worst = order, []
        self._arrange()

    def _arrange(self) -> None:
        assert self._grid is not None
        spec = self._spec
        if self._order == "group":
            rows = grouped_rows(spec, self._wanted, self._closed)
        elif self._order == "name":
            rows = listed_rows(
                spec, self._wanted, sorted(range(len(spec.joints)), key=spec.joint_names.__getitem__)
            )
        else:
            use = np.zeros(len(spec.joints)) if self._use is None else self._use.worst
            self._worst = worst_first(use, self._worst)
            rows = listed_rows(spec, self._wanted, self._worst)
        self._grid.show_rows(rows, self._closed)


def where_joints_are(widget: QWidget | None) -> str | None:
    """Why an action on ``widget`` cannot be done now: it is on a page that is not shown. None if it is shown."""
    return None if widget is not None and widget.isVisible() else "this is on the page Inspect; open it first"


def read_figures(feed: Feed, spec: RobotSpec, limited: dict[int, str]) -> JointFigures:
    """What ``feed`` knows of the joints of ``spec``; a message about another number of joints is not about them."""
    joints = len(spec.joints)

    def sized(values: Vector | None) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return (
            np.full(joints, np.nan) if values is None or len(values) != joints else values.astype(np.float64)
        )

    found = feed.message("robot.state", RobotState)
    state = None if found is None else found[0]
    motors = feed.fresh("robot.motors", MotorState)
    return JointFigures(
        position_rad=sized(state.position_rad if state else None),
        commanded_rad=commanded_rad(feed, spec),
        velocity_rad_s=sized(state.velocity_rad_s if state else None),
        effort_nm=sized(state.effort_nm if state else None),
        temperature_c=sized(motors.temperature_c if motors else None),
        limited=limited,
        fresh=not feed.is_stale("robot.state"),
        balanced=balanced_joints(feed, spec),
    )
