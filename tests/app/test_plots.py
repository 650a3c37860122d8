"""Plots show the joints a person asked for, on round ranges that stand still, with limits one can see."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QPushButton

from app.actions.registry import Actions
from app.feed import Feed
from app.panels.base import PanelContext, Selection
from app.panels.plots import PlotsPanel, create
from app.plots.choice import Plotted, WorstJoints, plotted
from app.plots.value_range import Range, fitted, levels, round_step
from app.theme import load_theme
from twin.station import Station
from twin.wire.messages import AppliedCommand, RobotState, vector

S, MS = 1_000_000_000, 1_000_000


@pytest.fixture
def panel(qtbot, grid_spec) -> PlotsPanel:
    station = Station(folder="/nowhere", robot_folder="/nowhere")
    made = create(PanelContext(station, grid_spec, Actions(), load_theme("dark"), selection=Selection()))
    shown = made.widget()
    qtbot.addWidget(shown)
    shown.resize(1200, 500)
    shown.show()
    qtbot.waitExposed(shown)
    return made


def drive(panel, ear, feed: Feed, seconds: float, start_ns: int = S, angle=np.sin) -> int:
    """Turn joint 0 as ``angle`` of the time says, command it 0.1 rad further; the time of the last state."""
    feed.joint_history(panel._spec)
    for number in range(int(seconds * 100)):
        at_ns = start_ns + number * 10 * MS
        position = np.zeros(74)
        position[0] = angle(number / 100)
        effort = np.zeros(74)
        effort[7] = 30.0
        still = vector(np.zeros(74))
        ear.say(
            "robot.state",
            RobotState(position_rad=vector(position), velocity_rad_s=still, effort_nm=vector(effort)),
            at_ns,
        )
        ear.say("robot.applied", AppliedCommand(position_rad=vector(position + 0.1)), at_ns)
    feed.drain(at_ns)
    panel.refresh(feed, at_ns)
    return at_ns


def curve(panel: PlotsPanel, column: int, row: int, which: int = 0) -> tuple[np.ndarray, np.ndarray]:
    item = panel._columns[column].plots[row]
    drawn = [each for each in item.curves if hasattr(each, "getData")]
    return drawn[which].getData()


# --- which joints -------------------------------------------------------------------------------------


def test_pinned_joints_come_first_then_the_newest_selected_then_the_worst():
    assert plotted((4,), (1, 2), (9, 8), room=3) == (
        Plotted(4, "pinned"),
        Plotted(2, "selected"),
        Plotted(1, "selected"),
    )
    assert plotted((), (1,), (9, 8), room=3) == (
        Plotted(1, "selected"),
        Plotted(9, "worst"),
        Plotted(8, "worst"),
    )


def test_no_joint_is_plotted_twice():
    assert plotted((9,), (9,), (9,), room=3) == (Plotted(9, "pinned"),)
    assert plotted((), (9,), (9, 3), room=2) == (Plotted(9, "selected"), Plotted(3, "worst"))


def test_the_worst_joint_stays_for_a_while_and_gives_way_only_to_a_clearly_worse_one():
    worst = WorstJoints(1)
    assert worst.consider(np.array([0.0, 0.0]), 0) == ()
    assert worst.consider(np.array([0.3, 0.2]), 0) == (0,)
    assert worst.consider(np.array([0.3, 0.9]), 1 * S) == (0,)
    assert worst.consider(np.array([0.3, 0.35]), 9 * S) == (0,)
    assert worst.consider(np.array([0.3, 0.9]), 9 * S) == (1,)


# --- on which range -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("span", "step"), [(10, 2), (9, 2), (50, 10), (0.7, 0.2), (360, 100)])
def test_ticks_stand_on_round_numbers(span, step):
    assert round_step(span) == pytest.approx(step)


def test_a_range_holds_all_that_is_drawn_and_ends_on_ticks():
    made = fitted(-37.2, 81.9, 4.0, None)
    assert made.low <= -37.2 < 81.9 <= made.high
    assert levels(made)[0] == made.low
    assert levels(made)[-1] == made.high


def test_a_range_stands_still_while_the_values_use_it():
    shown = Range(-50, 50)
    assert fitted(-20, 30, 4.0, shown) == shown
    assert fitted(-20, 51, 4.0, shown) != shown
    assert fitted(1.0, 1.5, 4.0, shown).span < 20


def test_noise_is_not_blown_up():
    assert fitted(0.0, 0.001, 4.0, None).span >= 4.0


# --- what is drawn ------------------------------------------------------------------------------------


def test_the_selected_joint_is_drawn_in_degrees_with_its_command_above_it(panel, ear):
    panel._selection.choose((0,))
    drive(panel, ear, Feed(ear), 10)
    ages, measured = curve(panel, 0, 0, which=0)
    _, commanded = curve(panel, 0, 0, which=1)
    assert ages[0] == pytest.approx(-10, abs=0.1)
    assert np.nanmax(measured) == pytest.approx(np.degrees(1.0), abs=0.5)
    assert np.nanmedian(commanded - measured) == pytest.approx(np.degrees(0.1), abs=0.5)


def test_beside_the_selected_joint_stands_the_one_that_works_hardest(panel, ear):
    panel._selection.choose((0,))
    drive(panel, ear, Feed(ear), 2)
    assert panel._shown[:2] == (Plotted(0, "selected"), Plotted(7, "worst"))
    _, torque = curve(panel, 1, 2)
    assert np.nanmax(torque) == pytest.approx(30.0)


def test_grey_and_cyan_lines_are_on_the_screen(panel, ear, qtbot):
    panel._selection.choose((0,))
    drive(panel, ear, Feed(ear), 10)
    image = panel._columns[0].view.grab().toImage()
    theme, found = load_theme("dark"), {"measured": 0, "commanded": 0}
    for token in found:
        wanted = theme.color(token)
        for y in range(image.height() // 3):
            for x in range(image.width()):
                found[token] += _near(image.pixelColor(x, y), wanted)
    assert found["measured"] > 20
    assert found["commanded"] > 20


def _near(color: QColor, wanted: QColor) -> bool:
    return all(abs(a - b) < 30 for a, b in zip(color.getRgb(), wanted.getRgb(), strict=True))


def test_the_limits_are_shaded_when_the_whole_range_is_shown(panel, ear):
    panel._selection.choose((0,))
    panel.show_full_range(True)
    drive(panel, ear, Feed(ear), 2)
    item = panel._columns[0].plots[0]
    low, high = item.viewRange()[1]
    assert low < np.degrees(-1.0) < np.degrees(2.0) < high
    image, place = panel._columns[0].view.grab().toImage(), item.getViewBox()

    def color_at(angle: float) -> QColor:
        at = panel._columns[0].view.mapFromScene(place.mapViewToScene(QPointF(-5.01, angle)))
        return image.pixelColor(at)

    inside, outside = color_at(np.degrees(-0.97)), color_at((high + np.degrees(2.0)) / 2)
    assert outside.red() > inside.red() + 5
    assert outside.red() > outside.blue()


def test_what_is_late_stands_further_left(panel, ear):
    feed = Feed(ear)
    panel._selection.choose((0,))
    last_ns = drive(panel, ear, feed, 2)
    panel.refresh(feed, last_ns + 3 * S)
    item = panel._columns[0].plots[0]
    assert item.curves[0].pos().x() == pytest.approx(-3.0, abs=0.1)


def test_a_paused_view_stands_still_says_so_and_misses_nothing(panel, ear):
    feed = Feed(ear)
    panel._selection.choose((0,))
    last_ns = drive(panel, ear, feed, 2)
    before = curve(panel, 0, 0)[1].copy()
    panel.pause()
    later_ns = drive(panel, ear, feed, 5, last_ns + 10 * MS, angle=np.cos)
    np.testing.assert_array_equal(curve(panel, 0, 0)[1], before)
    badge = panel.widget().findChild(QLabel, "plots_badge")
    assert badge.text() == "VIEW PAUSED 00:05"
    panel.pause()
    panel.refresh(feed, later_ns)
    assert badge.text() == ""
    shown = curve(panel, 0, 0)[1]
    assert np.isfinite(shown).sum() > np.isfinite(before).sum()


def test_a_longer_window_reaches_further_back(panel, ear):
    feed = Feed(ear)
    panel._selection.choose((0,))
    drive(panel, ear, feed, 20)
    button = next(each for each in panel.widget().findChildren(QPushButton) if each.text() == "30 s")
    button.click()
    panel.refresh(feed, feed.now_ns)
    ages, values = curve(panel, 0, 0)
    assert ages[0] == pytest.approx(-30, abs=0.2)
    assert np.isfinite(values).mean() == pytest.approx(20 / 30, abs=0.02)


def test_a_pinned_joint_stays_whatever_is_selected(panel, ear):
    panel.pin(5)
    panel._selection.choose((0,))
    drive(panel, ear, Feed(ear), 1)
    assert panel._shown[:2] == (Plotted(5, "pinned"), Plotted(0, "selected"))
    panel.release(5)
    assert panel._shown[0] == Plotted(0, "selected")


def test_columns_share_the_width_whenever_they_come(panel, ear):
    feed = Feed(ear)
    last_ns = drive(panel, ear, feed, 1)
    panel.pin(3)
    drive(panel, ear, feed, 1, last_ns + 10 * MS)
    widths = [column.view.width() for column in panel._columns if column.isVisible()]
    assert len(widths) == 3
    assert max(widths) - min(widths) <= 2


def test_a_narrow_panel_shows_one_joint(panel, ear):
    panel._selection.choose((0, 1, 2))
    panel.widget().resize(500, 400)
    drive(panel, ear, Feed(ear), 1)
    assert panel._shown == (Plotted(2, "selected"),)


def test_two_plots_panels_share_one_action(grid_spec):
    actions = Actions()
    station = Station(folder="/nowhere", robot_folder="/nowhere")
    for _ in range(2):
        create(PanelContext(station, grid_spec, actions, load_theme("dark")))
    assert "plots.pause" in actions
