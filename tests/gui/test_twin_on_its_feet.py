"""The twin draws how the robot keeps its balance, and a simulated robot can be pushed in it."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from twin_stage import Stage, place_of

from app.twin_view.opengl import offered_opengl
from twin.station import Station
from twin.wire import codec
from twin.wire.ask import Answerer, named
from twin.wire.bus import Heard
from twin.wire.clock import now_ns
from twin.wire.messages import BalanceState, Reply, Request, SceneState, vector

pytestmark = pytest.mark.display

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
    stage.qtbot.waitUntil(lambda: robot.listen() or bool(robot.requests), timeout=30_000)


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
        timeout=30_000,
    )
    mouse(stage.canvas.native, QEvent.Type.MouseButtonRelease, place_of(stage, "right_elbow"), CONTROL_HELD)
    stage.qtbot.waitUntil(
        lambda: robot.listen() or float(named(robot.requests[-1].arguments)["x_n"]) == 0.0, timeout=30_000
    )
    assert not stage.panel._push.is_held


def test_a_push_that_the_robot_refuses_says_so_on_the_picture(pushed):
    stage, robot = pushed
    robot.reply = Reply(reason="this robot is real: push it by hand")
    see_scene(stage)
    drag(stage, robot, CONTROL_HELD)
    stage.qtbot.waitUntil(
        lambda: stage.panel._push.tick(now_ns()) or robot.listen() or "real" in stage.panel._push.words,
        timeout=30_000,
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
