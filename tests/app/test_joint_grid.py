"""The joint grid tells where every joint is and which to look at, and never shows an old figure as a new one."""

from dataclasses import replace

import numpy as np
import pytest
from joint_figures import ELBOW, at, figures
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QLineEdit, QWidget

from app.actions.registry import Actions
from app.feed import Feed
from app.joints.grid_board import Board, Layout
from app.joints.grid_columns import HEAD_PX, ROW_PX, columns_for
from app.joints.grid_rows import concern, grouped_rows, joint_use, listed_rows
from app.joints.grid_widget import JointGrid
from app.panels.base import PanelContext, Selection
from app.panels.joint_grid import JointGridPanel, create
from app.theme import load_theme
from twin.robot import RobotSpec
from twin.station import Station
from twin.wire.messages import AppliedCommand, JointLimited, MotorState, RobotState, vector

S = 1_000_000_000


@pytest.fixture
def panel(qtbot, grid_spec: RobotSpec) -> JointGridPanel:
    station = Station(folder="/nowhere", robot_folder="/nowhere")
    made = create(PanelContext(station, grid_spec, Actions(), load_theme("dark"), selection=Selection()))
    shown = made.widget()
    qtbot.addWidget(shown)
    shown.resize(900, 600)
    shown.show()
    return made


def grid_of(panel: JointGridPanel) -> JointGrid:
    found = panel.widget().findChild(JointGrid, "joint_grid")
    assert found is not None
    return found


def say_state(ear, now_ns: int, position: np.ndarray, commanded: np.ndarray | None = None, **more) -> None:
    still = np.zeros(len(position))
    message = RobotState(
        position_rad=vector(position),
        velocity_rad_s=vector(more.get("velocity", still)),
        effort_nm=vector(more.get("effort", still)),
    )
    ear.say("robot.state", message, now_ns)
    if commanded is not None:
        ear.say("robot.applied", AppliedCommand(position_rad=vector(commanded)), now_ns)


def picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def count(image: QImage, color: QColor, top: int, height: int = ROW_PX) -> int:
    wanted = color.rgb()
    return sum(image.pixel(x, y) == wanted for y in range(top, top + height) for x in range(image.width()))


# --- what is painted ----------------------------------------------------------------------------------


def test_a_joint_is_painted_grey_where_it_is_and_cyan_where_it_was_told(panel, grid_spec, ear):
    feed, theme = Feed(ear), load_theme("dark")
    say_state(ear, S, at(grid_spec, 0, 1.0), at(grid_spec, 0, 1.5))
    feed.drain(S)
    panel.refresh(feed, S)
    grid = grid_of(panel)
    bar = next(column for column in columns_for(grid.viewport().width()) if column.key == "bar")
    image, top = picture(grid.viewport()), grid.top_of(0)
    middle = top + ROW_PX // 2

    def x_of(angle_rad: float) -> int:
        return round(bar.left + 4 + (angle_rad + 1.0) / 3.0 * (bar.width - 12))

    assert image.pixel(x_of(0.5), middle) == theme.color("measured").rgb()
    assert image.pixel(x_of(1.3), middle) == theme.color("sunken").rgb()
    assert image.pixel(x_of(1.5), middle) == theme.color("commanded").rgb()


def test_an_old_state_loses_its_figures_and_its_command(panel, grid_spec, ear):
    feed, theme = Feed(ear), load_theme("dark")
    say_state(ear, S, at(grid_spec, 0, 1.0), at(grid_spec, 0, 1.5))
    for now_ns in (S, S + S // 2):
        feed.drain(now_ns)
        panel.refresh(feed, now_ns)
    grid = grid_of(panel)
    image, top = picture(grid.viewport()), grid.top_of(0)
    assert count(image, theme.color("commanded"), top) == 0
    assert count(image, theme.color("measured"), top) == 0


def test_a_hot_joint_is_red_with_a_word_and_so_is_the_head_of_its_group(panel, grid_spec, ear):
    feed, theme = Feed(ear), load_theme("dark")
    say_state(ear, S, np.zeros(74))
    ear.say("robot.motors", MotorState(temperature_c=vector(at(grid_spec, 0, 99.0))), S)
    feed.drain(S)
    panel.refresh(feed, S)
    grid = grid_of(panel)
    image, top = picture(grid.viewport()), grid.top_of(0)
    assert count(image, theme.color("alarm"), top) > 10
    assert count(image, theme.color("alarm"), top - ROW_PX) > 10
    assert count(image, theme.color("alarm"), top + ROW_PX) == 0


def test_a_refused_joint_keeps_its_flag_for_a_second(panel, grid_spec, ear):
    feed, theme = Feed(ear), load_theme("dark")
    panel.refresh(feed, 0)
    refused = AppliedCommand(
        position_rad=vector(np.zeros(74)), limited=(JointLimited(joint=1, reason="speed"),)
    )
    ear.say("robot.applied", refused, S)
    seen = {}
    for now_ns in (S, S + S // 2, 3 * S):
        say_state(ear, now_ns, np.zeros(74), np.zeros(74))
        feed.drain(now_ns)
        panel.refresh(feed, now_ns)
        grid = grid_of(panel)
        seen[now_ns] = count(picture(grid.viewport()), theme.color("warning"), grid.top_of(1))
    assert seen[S] > 5
    assert seen[S + S // 2] > 5
    assert seen[3 * S] == 0


def test_the_light_theme_is_another_picture_of_the_same_figures(panel, grid_spec, ear):
    feed, light = Feed(ear), load_theme("light")
    say_state(ear, S, at(grid_spec, 0, 1.0), at(grid_spec, 0, 1.5))
    feed.drain(S)
    panel.refresh(feed, S)
    panel.set_theme(light)
    grid = grid_of(panel)
    image, top = picture(grid.viewport()), grid.top_of(0)
    assert count(image, light.color("measured"), top) > 100
    assert count(image, load_theme("dark").color("panel"), top) == 0


# --- what a person does -------------------------------------------------------------------------------


def test_a_click_chooses_a_joint_for_all_panels_and_ctrl_adds_one(panel, qtbot):
    grid = grid_of(panel)

    def click(joint: int, keys=Qt.KeyboardModifier.NoModifier) -> None:
        place = QPoint(40, grid.top_of(joint) + ROW_PX // 2)
        qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, keys, place)

    click(2)
    assert panel._selection.joints == (2,)
    click(4, Qt.KeyboardModifier.ControlModifier)
    assert panel._selection.joints == (2, 4)
    click(2, Qt.KeyboardModifier.ControlModifier)
    assert panel._selection.joints == (4,)


def test_arrow_keys_walk_through_all_joints_and_scroll_along(panel, qtbot):
    grid = grid_of(panel)
    for _ in range(74):
        qtbot.keyClick(grid, Qt.Key.Key_Down)
    assert panel._selection.joints == (73,)
    assert HEAD_PX <= grid.top_of(73) <= grid.viewport().height() - ROW_PX
    qtbot.keyClick(grid, Qt.Key.Key_Home)
    assert panel._selection.joints == (0,)
    assert grid.top_of(0) >= HEAD_PX


def test_a_choice_made_elsewhere_is_brought_into_view(panel, ear):
    panel._selection.choose((70,))
    panel.refresh(Feed(ear), S)
    grid = grid_of(panel)
    assert HEAD_PX <= grid.top_of(70) <= grid.viewport().height() - ROW_PX


def test_a_click_on_a_head_closes_the_group(panel, qtbot):
    grid = grid_of(panel)
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(40, HEAD_PX + 5))
    assert grid.top_of(0) is None
    assert grid.top_of(6) == HEAD_PX + 2 * ROW_PX


def test_typing_a_name_leaves_the_rows_that_match(panel, qtbot):
    field = panel.widget().findChild(QLineEdit, "joint_filter")
    qtbot.keyClicks(field, "right arm")
    grid = grid_of(panel)
    assert grid.top_of(23) is not None
    assert grid.top_of(0) is None


def test_arrows_in_the_filter_walk_through_what_was_found_and_enter_leaves_it(panel, qtbot):
    panel.widget().activateWindow()
    panel.find()
    field = panel.widget().findChild(QLineEdit, "joint_filter")
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClicks(field, "right arm")
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert panel._selection.joints == (24,)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert not field.hasFocus()
    assert field.text() == "right arm"


def test_a_message_about_another_number_of_joints_is_not_about_these(panel, ear):
    feed = Feed(ear)
    say_state(ear, S, np.ones(3))
    feed.drain(S)
    panel.refresh(feed, S)
    assert np.isnan(grid_of(panel)._figures.position_rad).all()


def test_the_kept_picture_is_the_one_that_would_be_painted_anew(qapp, grid_spec):
    theme, random = load_theme("dark"), np.random.default_rng(3)
    rows = grouped_rows(grid_spec, "", frozenset())
    layout = Layout(
        tuple((row, HEAD_PX + place * ROW_PX - 7) for place, row in enumerate(rows)),
        *(frozenset(), (ELBOW,), columns_for(900), 900, 700, 1.0),
    )
    kept = Board(grid_spec, theme)
    history = np.full((74, 2), np.nan, np.float32)
    known = figures(grid_spec)
    for step in range(12):
        moved = random.random(74) < 0.3
        pose = np.where(moved, random.uniform(grid_spec.lower_rad, grid_spec.upper_rad), known.position_rad)
        known = replace(
            known,
            position_rad=pose,
            commanded_rad=np.where(random.random(74) < 0.1, np.nan, pose + 0.05 * moved),
            velocity_rad_s=np.where(moved, random.normal(0, 2, 74), 0.0),
            effort_nm=random.normal(0, 30, 74) * moved,
            temperature_c=np.where(moved, random.uniform(30, 100, 74), np.nan),
            limited={int(joint): "position" for joint in random.integers(0, 74, step % 4)},
            fresh=step % 5 != 4,
        )
        use = joint_use(grid_spec, known)
        concerns = {joint: found for joint in range(74) if (found := concern(use, known.limited, joint)).text}
        told = layout, known, use, history, concerns if known.fresh else {}
        assert kept.show(*told).toImage() == Board(grid_spec, theme).show(*told).toImage()


def test_the_lines_of_history_appear_at_once_and_go_on_within_three_refreshes(qapp, grid_spec):
    layout = Layout(
        tuple(
            (row, HEAD_PX + place * ROW_PX) for place, row in enumerate(listed_rows(grid_spec, "", range(9)))
        ),
        *(frozenset(), (), columns_for(900), 900, 300, 1.0),
    )
    known, still = figures(grid_spec), np.zeros((74, 20), np.float32)
    use, theme = joint_use(grid_spec, known), load_theme("dark")
    board = Board(grid_spec, theme)
    board.show(layout, known, use, np.full((74, 20), np.nan, np.float32), {})

    def anew(history):
        return Board(grid_spec, theme).show(layout, known, use, history, {}).toImage()

    assert board.show(layout, known, use, still, {}).toImage() == anew(still)
    wave = np.tile(np.sin(np.arange(20.0)), (74, 1)).astype(np.float32)
    for _ in range(3):
        shown = board.show(layout, known, use, wave, {}).toImage()
    assert shown == anew(wave)
