"""A drag is repeated while the button is held, and let go when it is not, whoever saw it come up."""

import numpy as np
import pytest

from app.dragging import Dragging
from twin.spatial import Pose
from twin.wire.messages import DragSample

MS = 1_000_000


class Wire:
    """Hears what is said, and is the mouse's button."""

    def __init__(self) -> None:
        self.said: list[tuple[DragSample, int]] = []
        self.down = True
        self.dragging = Dragging(lambda sample, at_ns: self.said.append((sample, at_ns)), lambda: self.down)

    @property
    def last(self) -> DragSample:
        return self.said[-1][0]


@pytest.fixture
def wire() -> Wire:
    return Wire()


def somewhere(x: float) -> Pose:
    return Pose(np.array([x, 0.2, 1.0]), np.eye(3))


def test_a_held_button_is_repeated_every_50_ms_and_its_release_is_said_once(wire):
    wire.dragging.hand("left", "world", somewhere(0.3), 0)
    for ms in range(0, 200, 16):
        wire.dragging.tick(ms * MS)
    times = [at_ns for _, at_ns in wire.said]
    assert len(times) == 4
    assert max(np.diff(times)) <= 66 * MS
    wire.dragging.release(300 * MS)
    wire.dragging.release(310 * MS)
    wire.dragging.tick(500 * MS)
    assert [sample.held for sample, _ in wire.said] == [True] * 4 + [False]


def test_a_button_that_is_up_though_nobody_saw_it_come_up_lets_go(wire):
    wire.dragging.hand("left", "world", somewhere(0.3), 0)
    wire.down = False
    wire.dragging.tick(16 * MS)
    assert not wire.last.held
    assert not wire.dragging.held


def test_every_press_is_a_drag_of_its_own(wire):
    wire.dragging.hand("left", "hand", somewhere(0.0), 0)
    wire.dragging.hand("left", "hand", somewhere(0.1), 5 * MS)
    wire.dragging.release(10 * MS)
    wire.dragging.joints({"left_elbow": 0.4, "neck_yaw": -0.1}, 20 * MS)
    assert [sample.drag for sample, _ in wire.said] == [1, 1, 1, 2]
    assert wire.last.joints == ("left_elbow", "neck_yaw")
    np.testing.assert_allclose(wire.last.joints_rad, [0.4, -0.1], atol=1e-6)
    assert wire.last.side == ""


def test_the_pose_travels_as_it_was_dragged(wire):
    wire.dragging.hand("right", "world", somewhere(0.25), 0)
    sample = wire.last
    assert (sample.held, sample.side, sample.frame) == (True, "right", "world")
    np.testing.assert_allclose(sample.position_m, [0.25, 0.2, 1.0], atol=1e-6)
    np.testing.assert_allclose(sample.orientation_wxyz, [1, 0, 0, 0])
