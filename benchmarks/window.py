"""What the window's own widgets cost its thread: joint grid, plots, history, beside Qt's table and raw curves."""

import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QApplication, QTableView, QWidget

from app.actions.registry import Actions
from app.feed import Feed
from app.panels import joint_grid, plots
from app.panels.base import Panel, PanelContext, Selection
from app.theme import load_theme
from benchmarks.figures import Figure
from twin.robot import RobotSpec, find_robot, load_robot
from twin.station import Station
from twin.wire import codec
from twin.wire.arrivals import Arrivals
from twin.wire.bus import Heard
from twin.wire.clock import NS_PER_MS, NS_PER_S
from twin.wire.messages import AppliedCommand, RobotState, vector

TITLE = "window: joint grid, plots and history on the window's thread"

_GRID_BAR_MS, _PLOTS_BAR_MS, _HISTORY_BAR_US = 4.0, 15.0, 100.0
_STATE_HZ, _REFRESH_HZ = 500, 15
_COLUMNS = 9


class _Ear:
    """Hears a robot that moves all its joints, faster than real time."""

    def __init__(self, spec: RobotSpec) -> None:
        self.arrivals = Arrivals()
        self._spec = spec
        self._phase = np.arange(len(spec.joints))
        self._seq = 0
        self.now_ns = NS_PER_S

    def drain(self) -> list[Heard]:
        heard = []
        for _ in range(_STATE_HZ // _REFRESH_HZ):
            self._seq += 1
            self.now_ns += NS_PER_S // _STATE_HZ
            pose = self._spec.home_rad + 0.2 * np.sin(self.now_ns / NS_PER_S + self._phase)
            state = RobotState(position_rad=vector(pose), velocity_rad_s=vector(pose), effort_nm=vector(pose))
            heard.append(self._heard("robot.state", codec.encode(state)))
            if self._seq % 5 == 0:
                applied = AppliedCommand(position_rad=vector(pose + 0.02))
                heard.append(self._heard("robot.applied", codec.encode(applied)))
        return heard

    def _heard(self, name: str, payload: bytes) -> Heard:
        return Heard(name, self._seq, self.now_ns, self.now_ns, payload)

    def close(self) -> None:
        """Nothing to stop."""


class _Table(QAbstractTableModel):
    """The same figures for Qt's own table."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.figures = np.zeros((rows, _COLUMNS))

    def rowCount(self, _parent: QModelIndex | QPersistentModelIndex | None = None) -> int:  # noqa: N802
        return len(self.figures)

    def columnCount(self, _parent: QModelIndex | QPersistentModelIndex | None = None) -> int:  # noqa: N802
        return _COLUMNS

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{self.figures[index.row(), index.column()]:.1f}"
        return None


def measure(quick: bool) -> list[Figure]:
    """Processor time of this thread, so that neighbours do not count."""
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication([])
    rounds = 40 if quick else 200
    spec = load_robot(find_robot("optimus"))
    ear = _Ear(spec)
    feed = Feed(ear)
    feed.joint_history(spec)
    taken_us = _history_us(feed, ear, 20 * _REFRESH_HZ)
    grid_ms = _panel_ms(joint_grid.create(_context(spec)), feed, (900, 1800), rounds)
    table_ms = _table_ms(len(spec.joints), rounds // 4)
    plots_ms = _panel_ms(plots.create(_context(spec)), feed, (1500, 480), rounds)
    raw_ms = _raw_curves_ms(rounds // 4)
    assert application is not None
    joints = len(spec.joints)
    return [
        Figure(
            f"joint grid, {joints} rows with bars and sparklines, p50", grid_ms, "ms", rounds, _GRID_BAR_MS,
            peer=f"QTableView, {joints} x {_COLUMNS} texts", peer_value=table_ms,
        ),
        Figure(
            "plots, 9 with 12 curves of 10 s, p50", plots_ms, "ms", rounds, _PLOTS_BAR_MS,
            peer="pyqtgraph, every sample", peer_value=raw_ms,
        ),
        Figure(
            "history of all joints, each state", taken_us, "us", 20 * _STATE_HZ, _HISTORY_BAR_US
        ),
    ]  # fmt: skip


def _context(spec: RobotSpec) -> PanelContext:
    station = Station(folder="", robot_folder=str(spec.folder))
    selection = Selection()
    selection.choose((14, 15, 16))
    return PanelContext(
        station=station, spec=spec, actions=Actions(), theme=load_theme("dark"), selection=selection
    )


def _history_us(feed: Feed, ear: _Ear, frames: int) -> float:
    spent = 0.0
    for _ in range(frames):
        heard = ear.drain()
        ready = _Ready(heard)
        feed._ear = ready
        began = time.thread_time()
        feed.drain(ear.now_ns)
        spent += time.thread_time() - began
    feed._ear = ear
    return spent / (frames * (_STATE_HZ // _REFRESH_HZ)) * 1e6


class _Ready:
    """Messages that were made before."""

    def __init__(self, heard: list[Heard]) -> None:
        self.arrivals = Arrivals()
        self._heard = heard

    def drain(self) -> list[Heard]:
        return self._heard

    def close(self) -> None:
        """Nothing to stop."""


def _panel_ms(panel: Panel, feed: Feed, size: tuple[int, int], rounds: int) -> float:
    widget = panel.widget()
    widget.resize(*size)
    widget.show()
    QApplication.processEvents()

    def refresh() -> None:
        panel.refresh(feed, feed.now_ns)
        _paint(widget)

    def prepare() -> None:
        feed.drain(feed.now_ns + NS_PER_S // _REFRESH_HZ)

    found = _median_ms(refresh, rounds, prepare)
    widget.close()
    return found


def _table_ms(joints: int, rounds: int) -> float:
    model, view = _Table(joints), QTableView()
    view.setModel(model)
    view.verticalHeader().setDefaultSectionSize(20)
    view.resize(900, 1800)
    view.show()
    QApplication.processEvents()

    def refresh() -> None:
        model.figures += 0.1
        model.dataChanged.emit(model.index(0, 0), model.index(joints - 1, _COLUMNS - 1))
        _paint(view)

    found = _median_ms(refresh, rounds)
    view.close()
    return found


def _raw_curves_ms(rounds: int) -> float:
    import pyqtgraph as pg

    view: Any = pg.GraphicsLayoutWidget()
    view.resize(1500, 480)
    at = np.linspace(-10, 0, 10 * _STATE_HZ)
    curves = []
    for place in range(9):
        plot = view.addPlot(row=place // 3, col=place % 3)
        plot.setYRange(-1.2, 1.2)
        for _ in range(2 if place < 3 else 1):
            curves.append(plot.plot(pen=pg.mkPen("w", width=1)))  # noqa: PERF401
    view.show()
    QApplication.processEvents()
    step = 0

    def refresh() -> None:
        nonlocal step
        step += 1
        for number, curve in enumerate(curves):
            curve.setData(at, np.sin(at + 0.1 * step + number))
        _paint(view)

    found = _median_ms(refresh, rounds)
    view.close()
    return found


def _paint(widget: QWidget) -> None:
    """Paint now what has changed, and nothing else."""
    widget.repaint()
    QApplication.processEvents()


def _median_ms(call: Callable[[], None], rounds: int, prepare: Callable[[], None] = lambda: None) -> float:
    spent = []
    for _ in range(rounds + 3):
        prepare()
        began = time.thread_time()
        call()
        spent.append((time.thread_time() - began) * NS_PER_S / NS_PER_MS)
    return float(np.median(spent[3:]))
