"""The balance is plotted as the robot tells it: seen from the robot, from the middle of its support."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from app.actions.registry import Actions
from app.feed import Feed
from app.panels.base import PanelContext, Selection
from app.panels.plots import PlotsPanel, create
from app.plots.balance_history import BalanceHistory, BalanceSignal, signals
from app.theme import load_theme
from twin.bases import BASES
from twin.station import Station
from twin.wire.messages import BalanceState, RobotState, vector

S, MS = 1_000_000_000, 1_000_000
STANDS = BalanceState(
    phase="stand",
    com_m=vector((2.0, 1.02, 0.93)),
    dcm_m=vector((2.0, 1.03)),
    cop_m=vector((2.0, 1.04)),
    support_m=vector((1.9, 0.9, 2.1, 0.9, 2.1, 1.1, 1.9, 1.1)),
    foot_force_n=vector((0, 0, 250, 0, 0, 300)),
    margin_m=0.07,
)
LOOKS_ALONG_Y = RobotState(
    position_rad=vector(np.zeros(74)),
    velocity_rad_s=vector(np.zeros(74)),
    effort_nm=vector(np.zeros(74)),
    base_position_m=vector((2.0, 1.0, 0.9)),
    base_orientation_wxyz=vector((np.sqrt(0.5), 0.0, 0.0, np.sqrt(0.5))),
)


@pytest.fixture
def panel(qtbot, grid_spec) -> PlotsPanel:
    station = Station(folder="/nowhere", robot_folder="/nowhere")
    has_legs = replace(grid_spec, bases=BASES)
    made = create(PanelContext(station, has_legs, Actions(), load_theme("dark"), selection=Selection()))
    shown = made.widget()
    qtbot.addWidget(shown)
    shown.resize(1200, 500)
    shown.show()
    qtbot.waitExposed(shown)
    return made


@pytest.fixture
def feed(ear) -> Feed:
    return Feed(ear)


def stand(ear, feed: Feed, panel: PlotsPanel, seconds: float, start_ns: int = S) -> int:
    feed.balance_history()
    for number in range(round(seconds * 50)):
        at_ns = start_ns + number * 20 * MS
        ear.say("robot.state", LOOKS_ALONG_Y, at_ns)
        ear.say("robot.balance", STANDS, at_ns)
    feed.drain(at_ns)
    panel.refresh(feed, at_ns)
    return at_ns


def newest(panel: PlotsPanel, row: int) -> list[float]:
    drawn = [each for each in panel._balance.plots[row].curves if hasattr(each, "getData")]
    return [float(each.getData()[1][-1]) for each in drawn]


def test_ahead_and_aside_are_the_robots_own_and_not_the_worlds():
    found = signals(STANDS, np.pi / 2)
    assert found[BalanceSignal.COM_AHEAD_M] == pytest.approx(0.02)
    assert found[BalanceSignal.DCM_AHEAD_M] == pytest.approx(0.03)
    assert found[BalanceSignal.COP_AHEAD_M] == pytest.approx(0.04)
    assert found[BalanceSignal.COM_ASIDE_M] == pytest.approx(0.0, abs=1e-6)


def test_what_a_message_does_not_tell_is_a_gap():
    found = signals(BalanceState(margin_m=0.1), 0.0)
    assert found[BalanceSignal.MARGIN_M] == pytest.approx(0.1)
    assert np.isnan(found[1:]).all()


def test_balance_is_plotted_once_it_is_asked_for_and_takes_the_room_of_a_joint(panel, ear, feed):
    stand(ear, feed, panel, 1.0)
    assert not panel._balance.isVisible()
    before = len(panel._shown)
    tab = next(each for each in panel.widget().findChildren(QPushButton) if each.text() == "Balance")
    tab.click()
    stand(ear, feed, panel, 1.0, 3 * S)
    assert panel._balance.isVisible()
    assert len(panel._shown) <= max(1, before)
    assert newest(panel, 0) == [pytest.approx(7.0)]
    assert newest(panel, 1) == [pytest.approx(4.0), pytest.approx(2.0), pytest.approx(3.0)]
    assert newest(panel, 3) == [pytest.approx(250.0), pytest.approx(300.0)]
    head = panel.widget().findChild(QLabel, "balance_head").text()
    assert "stand, +7.0 cm" in head


def test_a_robot_that_says_no_more_how_it_stands_is_not_said_to_stand(panel, ear, feed):
    panel.plot_balance()
    at_ns = stand(ear, feed, panel, 1.0)
    feed.drain(at_ns + 2 * S)
    panel.refresh(feed, at_ns + 2 * S)
    head = panel.widget().findChild(QLabel, "balance_head").text()
    assert "not on its own feet" in head
    assert panel._balance.plots[0].curves[0].pos().x() == pytest.approx(-2.0, abs=0.1)


def test_a_message_that_comes_twice_counts_once(ear, feed):
    history = BalanceHistory()
    assert history.is_empty
    ear.say("robot.balance", STANDS, S)
    feed.drain(S)
    heard = feed.all("robot.balance")
    history.hear([*heard, *heard], LOOKS_ALONG_Y)
    assert not history.is_empty
    assert np.isfinite(history.envelope(BalanceSignal.MARGIN_M, 10)).sum() == 2  # least and most of one step
