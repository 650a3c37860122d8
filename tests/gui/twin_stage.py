"""A twin in a window of its own, and a robot that says where it is."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QRegion
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QWidget
from told_ear import Ear

from app.actions.registry import Actions
from app.feed import Feed
from app.panels.base import PanelContext, Selection
from app.panels.twin import TwinPanel, create
from app.theme import load_theme
from app.twin_view.opengl import offered_opengl
from twin.robot import RobotSpec
from twin.station import Station
from twin.wire import codec
from twin.wire.bus import Heard
from twin.wire.messages import AppliedCommand, RobotState, vector

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


def made_stage(drawn_by: str, qtbot, optimus, monkeypatch) -> Stage:
    offered = replace(offered_opengl(), is_software=drawn_by == "processor")
    monkeypatch.setattr("app.panels.twin.offered_opengl", lambda: offered)
    return Stage(qtbot, optimus)


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
