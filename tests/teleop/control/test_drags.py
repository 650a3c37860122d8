"""Hands and joints that the mouse drags: they follow while the button is held, never in a jump."""

import numpy as np
import pytest
from driving_bench import RIGHT_ARM, SPEC, Bench, joint_speeds

from teleop.control.status import status_of
from twin.spatial import Pose, quaternion_from_rotation, rotation_from_vector
from twin.wire.messages import DragSample, RobotState, vector

AS_IT_IS = (1.0, 0.0, 0.0, 0.0)


class Desk(Bench):
    """A bench whose device is the mouse."""

    def __init__(self):
        self.drag = DragSample()
        super().__init__()
        self.kind, self.device = "mouse", "mouse"
        self.speaks = True
        self.go_on(0.05)

    def hear(self):
        self.controller.hear_drag(self.drag)
        super().hear()

    def take_hold(self, drag):
        """Press the button where the hand is, and drag once the robot follows."""
        self.drag, self.buttons = drag, ("drag",)
        self.go_on(0.6)
        assert self.controller.phase.value == "engaged"

    def let_go(self):
        self.drag, self.buttons = DragSample(drag=self.drag.drag), ()
        self.go_on(0.1)


@pytest.fixture
def desk():
    return Desk()


def hand_drag(position_m, side="right", frame="hand", turn=AS_IT_IS, number=1):
    return DragSample(
        held=True,
        drag=number,
        side=side,
        frame=frame,
        position_m=vector(position_m),
        orientation_wxyz=vector(turn),
    )


def test_a_dragged_hand_comes_to_where_it_is_wanted_in_its_own_frame(desk):
    began = desk.controller.driver.arms.solver.hand("right")
    desk.take_hold(hand_drag((0, 0, 0)))
    np.testing.assert_allclose(desk.hand(), began.position_m, atol=1e-5)
    turn = rotation_from_vector(np.array([0.0, 0.2, 0.0]))
    desk.drag = hand_drag((0.05, 0.0, 0.02), turn=quaternion_from_rotation(turn))
    desk.go_on(1.5)
    now = desk.controller.driver.arms.solver.hand("right")
    wanted = began.position_m + began.rotation @ np.array([0.05, 0.0, 0.02])
    np.testing.assert_allclose(now.position_m, wanted, atol=1e-3)
    np.testing.assert_allclose(now.rotation, began.rotation @ turn, atol=5e-3)


def test_the_world_is_where_the_robot_says_it_stands(desk):
    """The robot stands half a metre to the left of where its model is, turned by a quarter."""
    base = desk.controller.driver.arms.kinematics.base
    turn = rotation_from_vector(np.array([0.0, 0.0, np.pi / 2]))
    stands_m = base.position_m + np.array([0.0, 0.5, 0.0])
    state = RobotState(
        base_position_m=vector(stands_m),
        base_orientation_wxyz=vector(quaternion_from_rotation(turn @ base.rotation)),
    )
    desk.controller.drags.let_go()
    goal = Pose(
        desk.hand() + np.array([0.03, 0.0, 0.0]), desk.controller.driver.arms.solver.hand("right").rotation
    )
    in_world = stands_m + turn @ (goal.position_m - base.position_m)
    drag = hand_drag(in_world, frame="world", turn=quaternion_from_rotation(turn @ goal.rotation))
    desk.controller.drags.hear(drag, desk.controller.driver.arms.solver.hand, base, state, False)
    found = desk.controller.drags.goals["right"]
    np.testing.assert_allclose(found.position_m, goal.position_m, atol=1e-6)
    np.testing.assert_allclose(found.rotation, goal.rotation, atol=1e-6)


def test_a_hand_thrown_across_the_room_goes_there_no_faster_than_the_scale_allows(desk):
    desk.take_hold(hand_drag((0, 0, 0)))
    sent = len(desk.commands)
    desk.drag = hand_drag((0.4, 0.3, 0.3))
    places = []
    for _ in range(100):
        desk.tick()
        places.append(desk.hand())
    speeds = np.linalg.norm(np.diff(places, axis=0), axis=1) / 0.01
    assert speeds.max() <= 0.2 * 1.15
    steps = np.abs(joint_speeds(desk.commands[sent - 1 :])) * 0.01
    assert steps.max() < 0.05


def test_letting_go_stops_the_hand_where_it_is_and_a_new_drag_begins_there(desk):
    desk.take_hold(hand_drag((0, 0, 0)))
    desk.drag = hand_drag((0.3, 0, 0))
    desk.go_on(0.5)
    desk.let_go()
    assert desk.controller.phase.value == "ready"
    here = desk.hand()
    desk.take_hold(hand_drag((0, 0, 0), number=2))
    desk.go_on(0.5)
    np.testing.assert_allclose(desk.hand(), here, atol=1e-5)


def test_sliders_bring_their_joints_to_their_angles_and_nothing_else_moves(desk):
    names = ("left_elbow", "neck_yaw", "left_knee")
    joints = [SPEC.joint_names.index(name) for name in names]
    wanted = SPEC.home_rad[joints] + (-0.2, 0.3, 0.2)
    drag = DragSample(held=True, drag=1, joints=names, joints_rad=vector(SPEC.home_rad[joints]))
    desk.take_hold(drag)
    before = desk.commands[-1].position_rad.astype(np.float64)
    desk.drag = DragSample(held=True, drag=1, joints=names, joints_rad=vector(wanted))
    desk.go_on(2.0)
    change = desk.commands[-1].position_rad - before
    np.testing.assert_allclose(desk.commands[-1].position_rad[joints], wanted, atol=2e-3)
    assert np.abs(np.delete(change, joints)).max() < 1e-6
    assert np.abs(joint_speeds(desk.commands)).max() <= 0.5 + 0.01


def test_a_slider_of_a_joint_that_is_none_is_refused_in_words(desk):
    desk.drag = DragSample(held=True, drag=1, joints=("left_wing",), joints_rad=vector([0.3]))
    desk.buttons = ("drag",)
    desk.go_on(0.3)
    assert "left_wing" in status_of(desk.controller, desk.now_ns).reason
    assert np.abs(desk.held_rad - SPEC.home_rad.astype(np.float32)).max() == 0.0


def test_a_frozen_arm_is_not_dragged(desk):
    desk.controller.selection.freeze("right_arm", True)
    desk.take_hold(hand_drag((0, 0, 0)))
    desk.drag = hand_drag((0.2, 0, 0))
    desk.go_on(0.5)
    assert np.abs(desk.commands[-1].position_rad - SPEC.home_rad)[RIGHT_ARM].max() < 1e-6
