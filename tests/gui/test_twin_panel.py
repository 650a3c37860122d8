"""The twin shows where the robot is and where it was told to be, can be turned and pointed at, and hides no failure."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QRegion, QWheelEvent
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QWidget
from told_ear import Ear

from app.actions import Actions
from app.feed import Feed
from app.opengl import offered_opengl
from app.panels.base import PanelContext, Selection
from app.panels.twin import TwinPanel, create
from app.screenshot import window_to_image
from app.theme import load_theme
from twin.robot import RobotSpec, find_robot, load_robot
from twin.station import Station
from twin.wire import codec
from twin.wire.ask import Answerer, named
from twin.wire.bus import Heard
from twin.wire.clock import now_ns
from twin.wire.messages import AppliedCommand, BalanceState, Reply, Request, RobotState, SceneState, vector

pytestmark = pytest.mark.display

MS = 1_000_000
FRAME_NS = 40 * MS
START_NS = 1000 * MS
BENT = 0.7  # how far the commanded arms depart, rad


class Stage:
    """A twin in a window, and a robot that says where it is."""

    def __init__(self, qtbot, spec: RobotSpec, folder: str = "/nowhere") -> None:
        self.qtbot = qtbot
        self.spec, self.selection, self.actions = spec, Selection(), Actions()
        station = self.station = Station(folder=folder, robot_folder=str(spec.folder))
        self.panel: TwinPanel = create(
            PanelContext(station, spec, self.actions, load_theme("dark"), selection=self.selection)
        )
        self.ear = Ear()
        self.feed = Feed(self.ear)
        self.now_ns = START_NS
        self.seq = 0
        self.window = QMainWindow()
        self.dock = QDockWidget("twin", self.window)
        self.dock.setWidget(self.panel.widget())
        self.window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        self.window.resize(420, 420)
        self.window.show()
        qtbot.addWidget(self.window)
        qtbot.waitExposed(self.window)
        qtbot.waitUntil(self._loaded, timeout=30_000)
        self.drawn = 0
        self.canvas.drew = self._count
        self.frames(2)

    def _loaded(self) -> bool:
        self.panel.refresh(self.feed, self.now_ns)
        return self.panel.canvas is not None

    def _count(self, _cost_ns: int) -> None:
        self.drawn += 1

    @property
    def canvas(self):
        assert self.panel.canvas is not None
        return self.panel.canvas

    def say(self, bend_rad: float = 0.0, command_rad: float | None = None) -> None:
        """The robot stands at home with both elbows bent by ``bend_rad``, and is told to bend them otherwise."""
        self.seq += 1
        for topic, message in (
            ("robot.state", self._state(bend_rad)),
            ("robot.applied", None if command_rad is None else self._command(command_rad)),
        ):
            if message is not None:
                payload = codec.encode(message)
                self.ear.waiting.append(Heard(topic, self.seq, self.now_ns, self.now_ns, payload))

    def _pose(self, bend_rad: float):
        pose = self.spec.home_rad.copy()
        for name in ("left_elbow", "right_elbow", "left_shoulder_pitch", "right_shoulder_pitch"):
            pose[self.spec.joint_names.index(name)] -= bend_rad
        return vector(pose)

    def _state(self, bend_rad: float) -> RobotState:
        still = vector(np.zeros(len(self.spec.joints)))
        return RobotState(position_rad=self._pose(bend_rad), velocity_rad_s=still, effort_nm=still)

    def _command(self, bend_rad: float) -> AppliedCommand:
        return AppliedCommand(position_rad=self._pose(bend_rad))

    def frames(self, count: int, **robot) -> None:
        """Let ``count`` frames of the window go by, with the robot saying ``robot`` in each if given."""
        for _ in range(count):
            self.now_ns += FRAME_NS
            if robot:
                self.say(**robot)
            self.feed.drain(self.now_ns)
            self.panel.refresh(self.feed, self.now_ns)
            QApplication.processEvents()
            self.qtbot.waitUntil(lambda: not getattr(self.canvas, "_is_ordered", False), timeout=10_000)

    def pixels(self) -> np.ndarray:
        """What is on the canvas without what lies upon it, (h, w, 3) RGB."""
        native = self.canvas.native
        if isinstance(native, QOpenGLWidget):
            image = native.grabFramebuffer()
        else:
            image = QImage(native.size(), QImage.Format.Format_RGB32)
            native.render(image, QPoint(), QRegion(), QWidget.RenderFlag.DrawWindowBackground)
        image = image.convertToFormat(QImage.Format.Format_RGBA8888)
        flat = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
        return flat[:, : image.width(), :3].astype(np.int16).copy()


@pytest.fixture(scope="module")
def optimus() -> RobotSpec:
    return load_robot(find_robot("optimus"))


def made_stage(drawn_by: str, qtbot, optimus, monkeypatch) -> Stage:
    offered = replace(offered_opengl(), is_software=drawn_by == "processor")
    monkeypatch.setattr("app.panels.twin.offered_opengl", lambda: offered)
    return Stage(qtbot, optimus)


@pytest.fixture
def stage(qtbot, optimus, monkeypatch):
    """A twin as a processor draws it, whatever this machine has."""
    made = made_stage("processor", qtbot, optimus, monkeypatch)
    yield made
    made.canvas.end()


@pytest.fixture(params=["processor", "graphics card"])
def either(request, qtbot, optimus, monkeypatch):
    """A twin drawn one way and the other."""
    made = made_stage(request.param, qtbot, optimus, monkeypatch)
    yield made
    made.canvas.end()


def cyan(pixels: np.ndarray) -> int:
    """How many pixels are clearly cyan: green and blue alike, and more than red. (The tote is blue.)"""
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    return int(((green - red > 30) & (blue - red > 30) & (np.abs(blue - green) < 40)).sum())


def white(pixels: np.ndarray) -> int:
    """How many pixels are as bright as the robot's shells."""
    return int((pixels.min(axis=-1) > 200).sum())


def place_of(stage: Stage, body_of: str) -> QPoint:
    """Where on the canvas the link that the joint ``body_of`` moves is seen."""
    model, measured = stage.panel._model.scene.model, stage.panel._model.mirror.measured
    body = int(model.jnt_bodyid[model.joint(body_of).id])
    rows = np.flatnonzero(model.geom_bodyid == body)
    shown = [row for row in rows if model.geom_group[row] == 2]
    right, down = stage.canvas.view().project(measured.geom_xpos[shown[0]])
    native = stage.canvas.native
    width, height = native.width(), native.height()
    return QPoint(round(right * width), round(down * height))


def move_to(widget: QWidget, x: int, y: int) -> None:
    """Move the pointer over ``widget`` with the left button held."""
    at = QPointF(x, y)
    held = Qt.MouseButton.LeftButton
    event = QMouseEvent(
        QEvent.Type.MouseMove, at, widget.mapToGlobal(at), held, held, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(widget, event)


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
        "from app.opengl import offered_opengl; from twin.errors import GraphicsError\n"
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


# --- on its own feet ------------------------------------------------------------------------------------

STANDS = BalanceState(
    phase="stand",
    com_m=vector((0.0, 0.0, 0.9)),
    dcm_m=vector((0.0, 0.0)),
    cop_m=vector((0.0, 0.0)),
    support_m=vector((-0.1, -0.15, 0.15, -0.15, 0.15, 0.15, -0.1, 0.15)),
    foothold_m=vector((np.nan,) * 3),
    foot_force_n=vector((0, 0, 280, 0, 0, 280)),
    margin_m=0.1,
)


def balance_frames(stage: Stage, count: int) -> None:
    for _ in range(count):
        payload = codec.encode(STANDS)
        stage.ear.waiting.append(Heard("robot.balance", 1, stage.now_ns, stage.now_ns, payload))
        stage.frames(1, bend_rad=0.0)


def test_the_balance_is_drawn_and_an_action_hides_it_and_shows_it_again(either):
    either.panel.look_from("right")
    balance_frames(either, 20)
    shown = either.pixels()
    either.actions["twin.balance"].run()
    balance_frames(either, 2)
    hidden = either.pixels()
    either.actions["twin.balance"].run()
    balance_frames(either, 2)
    assert (np.abs(shown - hidden).max(axis=-1) > 60).sum() > 100
    assert (np.abs(either.pixels() - hidden).max(axis=-1) > 60).sum() > 100


class Pushed:
    """The robot role's ear for requests."""

    def __init__(self, station: Station) -> None:
        self._answerer = Answerer(station, "robot")
        self.requests: list[Request] = []
        self.reply = Reply(accepted=True)

    def listen(self) -> None:
        self._answerer.answer_all(self._hear)

    def _hear(self, request: Request) -> Reply:
        self.requests.append(request)
        return self.reply

    def close(self) -> None:
        self._answerer.close()


@pytest.fixture
def pushed(qtbot, optimus, monkeypatch, tmp_path):
    """A twin whose robot role hears."""
    offered = replace(offered_opengl(), is_software=True)
    monkeypatch.setattr("app.panels.twin.offered_opengl", lambda: offered)
    made = Stage(qtbot, optimus, str(tmp_path))
    made.station.save()
    robot = Pushed(made.station)
    yield made, robot
    made.panel.close()
    made.canvas.end()
    robot.close()


def mouse(widget: QWidget, kind: QEvent.Type, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
    held = Qt.MouseButton.LeftButton
    where = QPointF(at)
    pressed = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else held
    event = QMouseEvent(kind, where, widget.mapToGlobal(where), held, pressed, modifiers)
    QApplication.sendEvent(widget, event)


def see_scene(stage: Stage) -> None:
    qpos = stage.panel._model.scene.initial_qpos
    scene = SceneState(qpos=vector(qpos))
    stage.ear.waiting.append(Heard("robot.scene", 1, stage.now_ns, stage.now_ns, codec.encode(scene)))
    stage.frames(1, bend_rad=0.0)


def drag(stage: Stage, robot: Pushed, modifiers: Qt.KeyboardModifier, right_px: int = 60) -> None:
    native = stage.canvas.native
    start = place_of(stage, "right_elbow")
    mouse(native, QEvent.Type.MouseButtonPress, start, modifiers)
    for step in range(1, 4):
        there = start + QPoint(right_px * step // 3, 0)
        mouse(native, QEvent.Type.MouseMove, there, modifiers)
    stage.qtbot.waitUntil(lambda: robot.listen() or bool(robot.requests), timeout=5000)


CONTROL_HELD = Qt.KeyboardModifier.ControlModifier


def test_dragging_a_link_with_ctrl_pushes_the_simulated_robot_until_it_is_let_go(pushed):
    stage, robot = pushed
    see_scene(stage)
    view = stage.canvas.camera.pose
    drag(stage, robot, CONTROL_HELD)
    first = named(robot.requests[0].arguments)
    model = stage.panel._model.scene.model
    assert model.body(first["body"]).id > 0
    assert 0 < float(first["seconds"]) <= 0.5
    right = stage.canvas.view().view[0, :3]  # of the picture, in the world
    force = np.array([float(first[name]) for name in ("x_n", "y_n", "z_n")])
    assert force @ right > 5
    assert force @ right > 0.9 * np.linalg.norm(force)
    assert stage.canvas.camera.pose == view, "the picture does not turn"
    assert stage.panel._push.words.startswith("push ")
    before = len(robot.requests)
    stage.qtbot.waitUntil(
        lambda: stage.panel._push.tick(now_ns()) or robot.listen() or len(robot.requests) > before,
        timeout=5000,
    )
    mouse(stage.canvas.native, QEvent.Type.MouseButtonRelease, place_of(stage, "right_elbow"), CONTROL_HELD)
    stage.qtbot.waitUntil(
        lambda: robot.listen() or float(named(robot.requests[-1].arguments)["x_n"]) == 0.0, timeout=5000
    )
    assert not stage.panel._push.is_held


def test_a_push_that_the_robot_refuses_says_so_on_the_picture(pushed):
    stage, robot = pushed
    robot.reply = Reply(reason="this robot is real: push it by hand")
    see_scene(stage)
    drag(stage, robot, CONTROL_HELD)
    stage.qtbot.waitUntil(
        lambda: stage.panel._push.tick(now_ns()) or robot.listen() or "real" in stage.panel._push.words,
        timeout=5000,
    )


def test_without_a_simulated_world_ctrl_and_drag_turns_the_picture_as_ever(stage):
    stage.frames(2, bend_rad=0.0)
    before = stage.canvas.camera.pose
    start = place_of(stage, "right_elbow")
    mouse(stage.canvas.native, QEvent.Type.MouseButtonPress, start, CONTROL_HELD)
    mouse(stage.canvas.native, QEvent.Type.MouseMove, start + QPoint(40, 0), CONTROL_HELD)
    assert not stage.panel._push.is_held
    assert stage.canvas.camera.pose.azimuth_rad != before.azimuth_rad
    mouse(stage.canvas.native, QEvent.Type.MouseButtonRelease, start, CONTROL_HELD)
