"""A slider turns its joint only while it is held, from where the joint was told to be."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from told_ear import Ear

from app.actions.registry import Actions
from app.dragging import Dragging
from app.feed import Feed
from app.joints.slider import JointSlider
from app.panels.base import PanelContext
from app.panels.joint_sliders import create
from app.theme import load_theme
from twin.robot import find_robot, load_robot
from twin.station import Station
from twin.wire import codec
from twin.wire.bus import Heard
from twin.wire.messages import AppliedCommand, DragSample, RobotState, vector

pytestmark = pytest.mark.display

LEFT, MS = Qt.MouseButton.LeftButton, 1_000_000
MEASURED, TOLD = -1.10, -1.15


class Stage:
    """The panel with one joint chosen, and a robot that says where it is."""

    def __init__(self, qtbot) -> None:
        self.spec = load_robot(find_robot("optimus"))
        self.said: list[DragSample] = []
        self.dragging = Dragging(lambda sample, _at_ns: self.said.append(sample), lambda: True)
        station = Station(folder="/nowhere", robot_folder=str(self.spec.folder))
        self.context = PanelContext(station, self.spec, Actions(), load_theme("dark"), dragging=self.dragging)
        self.panel = create(self.context)
        self.widget = self.panel.widget()
        self.widget.resize(420, 300)
        self.widget.show()
        qtbot.addWidget(self.widget)
        qtbot.waitExposed(self.widget)
        self.ear, self.now_ns = Ear(), 1000 * MS
        self.feed = Feed(self.ear)
        self.elbow = self.spec.joint_names.index("left_elbow")
        self.context.selection.choose((self.elbow,))
        self.frame()

    def frame(self) -> None:
        self.now_ns += 16 * MS
        still = vector(np.zeros(len(self.spec.joints)))
        measured, told = self.spec.home_rad.copy(), self.spec.home_rad.copy()
        measured[self.elbow], told[self.elbow] = MEASURED, TOLD
        for name, message in (
            (
                "robot.state",
                RobotState(position_rad=vector(measured), velocity_rad_s=still, effort_nm=still),
            ),
            ("robot.applied", AppliedCommand(position_rad=vector(told))),
        ):
            self.ear.waiting.append(Heard(name, 1, self.now_ns, self.now_ns, codec.encode(message)))
        self.feed.drain(self.now_ns)
        self.panel.refresh(self.feed, self.now_ns)

    @property
    def slider(self) -> JointSlider:
        return self.widget.findChildren(JointSlider)[0]


@pytest.fixture
def stage(qtbot) -> Stage:
    return Stage(qtbot)


def test_a_press_asks_for_the_angle_that_the_joint_was_told_wherever_it_lands(stage):
    for x in (20, 200, 390):
        QTest.mousePress(stage.slider, LEFT, pos=QPoint(x, 33))
        assert stage.said[-1].joints == ("left_elbow",)
        assert stage.said[-1].joints_rad[0] == pytest.approx(TOLD, abs=1e-6)
        QTest.mouseRelease(stage.slider, LEFT, pos=QPoint(x, 33))
        assert not stage.said[-1].held


def test_a_drag_turns_it_and_never_beyond_its_range(stage):
    spec = stage.spec.joints[stage.elbow]
    QTest.mousePress(stage.slider, LEFT, pos=QPoint(200, 33))
    QTest.mouseMove(stage.slider, QPoint(240, 33))
    share = 40 / (stage.slider.width() - 24)
    assert stage.said[-1].joints_rad[0] == pytest.approx(
        TOLD + share * (spec.upper_rad - spec.lower_rad), abs=1e-5
    )
    QTest.mouseMove(stage.slider, QPoint(5000, 33))
    assert stage.said[-1].joints_rad[0] == pytest.approx(spec.upper_rad)
    QTest.mouseRelease(stage.slider, LEFT, pos=QPoint(300, 33))
    assert [sample.held for sample in stage.said[-2:]] == [True, False]


def test_the_right_button_and_a_joint_of_which_nothing_is_known_move_nothing(stage):
    QTest.mouseClick(stage.slider, Qt.MouseButton.RightButton, pos=QPoint(200, 33))
    stage.slider.show_angles(float("nan"), float("nan"))
    QTest.mouseClick(stage.slider, LEFT, pos=QPoint(200, 33))
    assert stage.said == []


def test_a_drag_that_ended_elsewhere_is_shown_as_ended(stage):
    QTest.mousePress(stage.slider, LEFT, pos=QPoint(200, 33))
    assert stage.slider.is_held
    stage.dragging.release(stage.now_ns)
    stage.frame()
    assert not stage.slider.is_held


def test_sliders_follow_the_choice_and_without_one_there_is_a_sentence(stage):
    neck = stage.spec.joint_names.index("neck_yaw")
    stage.context.selection.choose((stage.elbow, neck))
    stage.frame()
    names = [slider._joint.name for slider in stage.widget.findChildren(JointSlider)]
    assert names[-2:] == ["neck_yaw", "left_elbow"]
    stage.context.selection.choose(())
    stage.frame()
    assert stage.panel._sentence.isVisible()
