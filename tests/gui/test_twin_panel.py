"""The twin shows where the robot is and where it was told to be, can be turned and pointed at, and hides no failure."""

import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from told_ear import Ear
from twin_stage import BENT, START_NS, cyan, move_to, place_of, white

from app.actions.registry import Actions
from app.feed import Feed
from app.panels.base import PanelContext
from app.panels.twin import create
from app.screenshot import window_to_image
from app.theme import load_theme
from twin.station import Station

pytestmark = pytest.mark.display


def test_the_robot_is_on_the_screen_before_anything_is_heard(either):
    assert either.drawn > 0
    assert len(np.unique(either.pixels().reshape(-1, 3), axis=0)) > 200


def test_the_measured_robot_is_solid_and_moves_when_it_moves(stage):
    stage.frames(3, bend_rad=0.0)
    before = stage.pixels()
    assert white(before) > 500
    stage.frames(3, bend_rad=BENT)
    assert (np.abs(stage.pixels() - before).max(axis=-1) > 40).sum() > 300


def test_the_commanded_robot_is_a_ghost_where_it_departs_and_nowhere_else(either):
    either.frames(3, bend_rad=0.0, command_rad=0.0)
    in_step = cyan(either.pixels())
    either.frames(3, bend_rad=0.0, command_rad=BENT)
    departed = cyan(either.pixels())
    assert in_step < 60
    assert departed > in_step + 200


def test_a_robot_that_falls_silent_pales_under_hatching_and_loses_its_ghost(stage):
    stage.frames(3, bend_rad=0.0, command_rad=BENT)
    alive = stage.pixels()
    stage.frames(10)
    silent = stage.pixels()
    assert white(silent) < 0.6 * white(alive)
    assert cyan(silent) < 60
    assert stage.panel._notes.hatch.isVisible()
    assert stage.panel._notes.stale.words.startswith("STALE 0.4")
    stage.frames(3, bend_rad=0.0)
    assert white(stage.pixels()) > 0.9 * white(alive)
    assert not stage.panel._notes.hatch.isVisible()


def test_the_hatching_is_in_the_screenshot_with_the_robot_beneath_it(stage):
    stage.frames(3, bend_rad=0.0)
    stage.frames(10)
    shot = window_to_image(stage.window)
    at = stage.canvas.native.mapTo(stage.window, QPoint(0, 0))
    width, height = stage.canvas.native.width(), stage.canvas.native.height()
    colors = {shot.pixel(at.x() + x, at.y() + y) for x in range(0, width, 7) for y in range(0, height, 7)}
    assert len(colors) > 60


def test_a_screenshot_shows_the_theme_of_this_moment(stage):
    stage.frames(3, bend_rad=0.0)
    stage.panel.set_theme(load_theme("light"))
    shot = window_to_image(stage.window)
    at = stage.canvas.native.mapTo(stage.window, QPoint(4, 4))
    assert shot.pixelColor(at).lightness() > 150


def test_a_picture_that_stands_still_gets_smooth_edges(stage):
    stage.frames(2, bend_rad=0.0)
    coarse = stage.pixels()
    stage.frames(12, bend_rad=0.0)
    fine = stage.pixels()
    shades = [len(np.unique(pixels.reshape(-1, 3), axis=0)) for pixels in (coarse, fine)]
    assert shades[1] > 1.1 * shades[0]


def test_a_robot_that_stands_still_costs_no_pictures(either):
    either.frames(5, bend_rad=0.0)
    drawn = either.drawn
    either.frames(10, bend_rad=0.0)
    assert either.drawn == drawn
    either.frames(1, bend_rad=0.2)
    assert either.drawn == drawn + 1


def test_nothing_is_drawn_while_hidden(either):
    either.dock.hide()
    drawn = either.drawn
    for bend in (0.0, 0.3, 0.6):
        either.frames(1, bend_rad=bend)
    assert either.drawn == drawn
    either.dock.show()
    either.frames(2, bend_rad=0.1)
    assert either.drawn > drawn


@pytest.mark.parametrize("joint", ["head", "left_elbow", "right_hip_pitch"])
def test_a_click_on_a_link_chooses_the_joints_that_move_it(stage, qtbot, joint):
    joint = "neck_pitch" if joint == "head" else joint
    stage.frames(3, bend_rad=0.0)
    if joint == "right_hip_pitch":
        stage.panel.look_from("back")
        stage.frames(20, bend_rad=0.0)
    qtbot.mouseClick(stage.canvas.native, Qt.MouseButton.LeftButton, pos=place_of(stage, joint))
    assert stage.spec.joint_names.index(joint) in stage.selection.joints
    stage.frames(2, bend_rad=0.0)
    assert joint.replace("_", " ") in stage.panel._notes.name.words


def test_a_click_beside_the_robot_chooses_nothing(either, qtbot):
    either.selection.choose((3,))
    qtbot.mouseClick(either.canvas.native, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert either.selection.joints == ()


def test_a_joint_chosen_elsewhere_is_marked(stage):
    stage.frames(3, bend_rad=0.0)
    before = stage.pixels()
    stage.selection.choose((stage.spec.joint_names.index("left_elbow"),))
    stage.frames(3, bend_rad=0.0)
    assert (np.abs(stage.pixels() - before).max(axis=-1) > 10).sum() > 20
    assert stage.panel._notes.name.words == "left elbow"


def test_dragging_turns_the_view_and_chooses_nothing(stage, qtbot):
    stage.frames(2, bend_rad=0.0)
    before, pose = stage.pixels(), stage.canvas.camera.pose
    native = stage.canvas.native
    qtbot.mousePress(native, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    for x in range(200, 280, 10):
        move_to(native, x, 200)
        stage.frames(1, bend_rad=0.0)
    qtbot.mouseRelease(native, Qt.MouseButton.LeftButton, pos=QPoint(280, 200))
    stage.frames(1, bend_rad=0.0)
    assert stage.canvas.camera.pose.azimuth_rad < pose.azimuth_rad - 0.2
    assert stage.canvas.camera.pose.target_m == pose.target_m
    assert (np.abs(stage.pixels() - before).max(axis=-1) > 40).mean() > 0.05
    assert stage.selection.joints == ()


def test_the_wheel_goes_nearer(stage):
    pose = stage.canvas.camera.pose
    middle = QPointF(stage.canvas.native.rect().center())
    event = QWheelEvent(
        middle,
        stage.canvas.native.mapToGlobal(middle),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(stage.canvas.native, event)
    assert stage.canvas.camera.pose.distance_m < 0.85 * pose.distance_m


def test_every_named_view_has_an_action_and_glides_there(stage):
    for name, wanted in stage.canvas.camera.presets.items():
        stage.actions[f"twin.view.{name}"].run()
        for _ in range(20):
            stage.frames(1, bend_rad=0.0)
        assert stage.canvas.camera.pose.distance_m == pytest.approx(wanted.distance_m)
        assert not stage.canvas.camera.is_gliding


def test_the_light_theme_is_bright(either):
    either.frames(2, bend_rad=0.0)
    dark = either.pixels()[:10].mean()
    either.panel.set_theme(load_theme("light"))
    either.frames(2, bend_rad=0.0)
    assert either.pixels()[:10].mean() > dark + 100


def test_the_twin_survives_being_floated_redocked_hidden_and_shown(either):
    either.frames(3, bend_rad=0.0, command_rad=BENT)
    robot, ghost = white(either.pixels()), cyan(either.pixels())
    assert robot > 500

    def still_there() -> bool:
        either.window.resize(420, 420)
        either.dock.resize(420, 420)
        for bend in (0.05, 0.0, 0.05, 0.0):
            either.frames(2, bend_rad=bend, command_rad=BENT)
        pixels = either.pixels()
        return white(pixels) > robot / 3 and cyan(pixels) > ghost / 4

    either.dock.setFloating(True)
    assert still_there()
    either.dock.setFloating(False)
    assert still_there()
    either.dock.hide()
    either.frames(2, bend_rad=0.0)
    either.dock.show()
    assert still_there()


def test_a_driver_that_fails_becomes_a_sentence_and_nothing_else_stops(either, monkeypatch, caplog):
    def fail(*_: object) -> None:
        raise RuntimeError("GL_OUT_OF_MEMORY")

    monkeypatch.setattr("twin.render.renderer.TwinRenderer.draw", fail)
    either.frames(4, bend_rad=0.5)
    assert "GL_OUT_OF_MEMORY" in either.panel._sentence.text()
    assert either.panel._sentence.isVisible()
    assert not either.canvas.native.isVisible()
    assert "cannot be drawn" in caplog.text
    either.frames(4, bend_rad=0.1)


def test_a_scene_that_does_not_exist_becomes_a_sentence(qtbot, optimus):
    station = Station(folder="/nowhere", robot_folder=str(optimus.folder), scene="moon")
    panel = create(PanelContext(station, optimus, Actions(), load_theme("dark")))
    qtbot.addWidget(panel.widget())
    feed = Feed(Ear())

    def told() -> bool:
        panel.refresh(feed, START_NS)
        return "moon" in panel._sentence.text()

    qtbot.waitUntil(told, timeout=10_000)


def test_without_opengl_the_panel_says_so_in_one_sentence():
    asked = (
        "from PySide6.QtGui import QGuiApplication; app = QGuiApplication([]);"
        "from app.twin_view.opengl import offered_opengl; from twin.errors import GraphicsError\n"
        "try: offered_opengl()\nexcept GraphicsError as error: print(error)"
    )
    told = subprocess.run(
        [sys.executable, "-c", asked],
        env={"QT_QPA_PLATFORM": "offscreen", "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert told.stdout.startswith("the twin needs OpenGL")
