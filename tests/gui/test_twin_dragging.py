"""The mouse drags a hand by its gizmo, and a right click on a link offers what can be done with it."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QMainWindow
from told_ear import Ear

from app.actions.registry import Action, Actions
from app.dragging import Dragging
from app.feed import Feed
from app.panels.base import PanelContext
from app.panels.twin import TwinPanel, create
from app.theme import load_theme
from app.twin_view.gizmo import Handle
from app.twin_view.opengl import offered_opengl
from twin.robot import find_robot, load_robot
from twin.station import Station
from twin.wire import codec
from twin.wire.bus import Heard
from twin.wire.messages import DragSample, RobotState, vector

pytestmark = pytest.mark.display

MS = 1_000_000
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


class Stage:
    """A twin with handles on the hands, and an ear on what is dragged."""

    def __init__(self, qtbot) -> None:
        self.qtbot, self.spec, self.actions = qtbot, load_robot(find_robot("optimus")), Actions()
        for id_ in ("joint.plot", "joint.drive", "limb.freeze"):
            self.actions.add(Action(id_, id_, lambda id_=id_: self.done.append(id_)))
        self.done: list[str] = []
        self.said: list[DragSample] = []
        self.down = True
        dragging = Dragging(lambda sample, _at_ns: self.said.append(sample), lambda: self.down)
        station = Station(folder="/nowhere", robot_folder=str(self.spec.folder))
        self.panel: TwinPanel = create(
            PanelContext(station, self.spec, self.actions, load_theme("dark"), dragging=dragging)
        )
        self.dragging = dragging
        self.ear, self.now_ns = Ear(), 1000 * MS
        self.feed = Feed(self.ear)
        self.window = QMainWindow()
        self.window.setCentralWidget(self.panel.widget())
        self.window.resize(700, 500)
        self.window.show()
        qtbot.addWidget(self.window)
        qtbot.waitExposed(self.window)
        qtbot.waitUntil(self._loaded, timeout=30_000)
        self.actions["twin.drag"].run()
        self.frames(2)

    def _loaded(self) -> bool:
        self.panel.refresh(self.feed, self.now_ns)
        return self.panel.canvas is not None

    def frames(self, count: int = 1) -> None:
        for _ in range(count):
            self.now_ns += 40 * MS
            still = vector(np.zeros(len(self.spec.joints)))
            state = RobotState(position_rad=vector(self.spec.home_rad), velocity_rad_s=still, effort_nm=still)
            self.ear.waiting.append(Heard("robot.state", 1, self.now_ns, self.now_ns, codec.encode(state)))
            self.feed.drain(self.now_ns)
            self.dragging.tick(self.now_ns)
            self.panel.refresh(self.feed, self.now_ns)
            QApplication.processEvents()

    @property
    def native(self):
        return self.panel.canvas.native

    def mouse(self, kind: QEvent.Type, at: tuple[float, float], button=NONE, buttons=NONE, modifiers=None):
        place = QPointF(*at)
        modifiers = modifiers or Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(kind, place, self.native.mapToGlobal(place), button, buttons, modifiers)
        QApplication.sendEvent(self.native, event)

    def press(self, at) -> None:
        self.mouse(QEvent.Type.MouseMove, at)
        self.mouse(QEvent.Type.MouseButtonPress, at, LEFT, LEFT)

    def move(self, at, modifiers=None) -> None:
        self.mouse(QEvent.Type.MouseMove, at, NONE, LEFT, modifiers)
        self.frames()

    def release(self, at) -> None:
        self.mouse(QEvent.Type.MouseButtonRelease, at, LEFT, NONE)

    def gizmo(self, side: str):
        return self.panel._gizmo._gizmo(side)

    def arrow(self, side: str, axis: int) -> tuple[tuple[float, float], tuple[float, float]]:
        """A place on the arrow, and one 40 pixels further along it."""
        self.mouse(QEvent.Type.MouseMove, self.gizmo(side).pixel(self.gizmo(side).position_m))
        start, end = self.gizmo(side).line(Handle("move", axis))
        place = np.array(start) + 0.8 * (np.array(end) - start)
        along = (np.array(end) - start) / np.linalg.norm(np.array(end) - start)
        return tuple(place), tuple(place + 40 * along)


@pytest.fixture
def stage(qtbot, monkeypatch):
    offered = replace(offered_opengl(), is_software=True)
    monkeypatch.setattr("app.panels.twin.offered_opengl", lambda: offered)
    made = Stage(qtbot)
    yield made
    made.panel.canvas.end()


def test_pressing_a_handle_asks_for_the_hand_where_it_is_and_dragging_moves_it_along_the_axis(stage):
    pose = stage.panel.canvas.camera.pose
    hand = stage.panel._gizmo._hand("right")
    start, end = stage.arrow("right", 2)
    stage.press(start)
    first = stage.said[-1]
    assert (first.held, first.side, first.frame) == (True, "right", "world")
    np.testing.assert_allclose(first.position_m, hand.position_m, atol=1e-6)
    stage.move(end)
    moved = stage.said[-1].position_m - hand.position_m
    assert moved[2] > 0.02
    np.testing.assert_allclose(moved[:2], 0, atol=1e-6)
    assert "right hand z" in stage.panel._gizmo.overlay.words
    stage.release(end)
    assert not stage.said[-1].held
    assert stage.panel.canvas.camera.pose == pose, "the camera stood still"
    assert stage.panel.selection.joints == ()


def test_in_the_hands_own_frame_a_drag_begins_at_nothing(stage):
    stage.actions["twin.drag.frame"].run()
    stage.frames()
    start, end = stage.arrow("left", 1)
    stage.press(start)
    assert stage.said[-1].frame == "hand"
    np.testing.assert_allclose(stage.said[-1].position_m, 0, atol=1e-6)
    stage.move(end)
    moved = stage.said[-1].position_m
    assert moved[1] > 0.01
    np.testing.assert_allclose(moved[[0, 2]], 0, atol=1e-5)


def test_shift_drags_five_times_finer(stage):
    hand = stage.panel._gizmo._hand("right")
    start, end = stage.arrow("right", 2)
    stage.press(start)
    stage.move(end)
    coarse = stage.said[-1].position_m[2] - hand.position_m[2]
    stage.move(end, Qt.KeyboardModifier.ShiftModifier)
    assert stage.said[-1].position_m[2] - hand.position_m[2] == pytest.approx(coarse / 5, rel=1e-3)


def test_a_button_that_came_up_elsewhere_ends_the_drag(stage):
    start, end = stage.arrow("right", 2)
    stage.press(start)
    stage.move(end)
    stage.down = False
    stage.frames(2)
    assert not stage.said[-1].held
    said = len(stage.said)
    stage.mouse(QEvent.Type.MouseMove, start)
    stage.frames(3)
    assert len(stage.said) == said


def test_beside_the_handles_the_mouse_turns_the_camera_as_ever(stage):
    pose = stage.panel.canvas.camera.pose
    stage.press((20, 20))
    for x in range(30, 120, 10):
        stage.move((x, 20))
    stage.release((110, 20))
    assert stage.panel.canvas.camera.pose != pose
    assert stage.said == []


def test_without_the_action_there_are_no_handles(stage):
    start, end = stage.arrow("right", 2)
    stage.actions["twin.drag"].run()
    stage.frames()
    assert not stage.panel._gizmo.overlay.isVisible()
    stage.press(start)
    stage.move(end)
    assert stage.said == []


def test_a_right_click_on_a_link_chooses_it_and_offers_what_can_be_done(stage, qtbot):
    model, measured = stage.panel._model.scene.model, stage.panel._model.mirror.measured
    elbow = stage.spec.joint_names.index("left_elbow")
    shown = [g for g in range(model.ngeom) if model.geom_group[g] == 2]
    geom = next(g for g in shown if model.geom_bodyid[g] == model.jnt_bodyid[model.joint("left_elbow").id])
    across, down = stage.panel.canvas.view().project(measured.geom_xpos[geom])
    at = QPoint(round(across * stage.native.width()), round(down * stage.native.height()))
    qtbot.mouseClick(stage.native, Qt.MouseButton.RightButton, pos=at)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    assert stage.panel.selection.joints == (elbow,)
    entries = [entry for entry in menu.actions() if not entry.isSeparator()]
    assert [entry.text().split("\t")[0] for entry in entries] == [
        "left elbow",
        "joint.plot",
        "Look at the chosen joint",
        "joint.drive",
        "limb.freeze",
    ]
    entries[3].trigger()
    assert stage.done == ["joint.drive"]
    menu.close()
    qtbot.mouseClick(stage.native, Qt.MouseButton.RightButton, pos=QPoint(4, 4))
    assert QApplication.activePopupWidget() is None
