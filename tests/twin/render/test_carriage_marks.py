"""A robot on wheels is shown on wheels, where it is, and no other robot is."""

import numpy as np
import pytest

from twin.bases import GANTRY, LEGS, WHEELS
from twin.mirror import Mirror
from twin.render.carriage_marks import CarriageMarks
from twin.robot import find_robot, load_robot
from twin.scene import load_scene
from twin.wire import codec
from twin.wire.bus import Heard
from twin.wire.messages import AgentStatus, RobotState, vector


@pytest.fixture
def mirror() -> Mirror:
    spec = load_robot(find_robot("optimus"))
    return Mirror(spec, load_scene(spec, "table", 0, WHEELS))


def say(mirror: Mirror, base: str) -> None:
    mirror.hear(Heard("robot.status", 1, 1, 1, codec.encode(AgentStatus(base=base))))
    mirror.update()


def test_the_wheels_are_there_only_while_the_robot_says_so(mirror):
    made = CarriageMarks(mirror)
    counts = []
    for base in (LEGS, WHEELS, GANTRY):
        say(mirror, base)
        counts.append(len(made.vertices()))
    assert counts[0] == counts[2] == 0
    assert counts[1] > 0


def test_they_stand_on_the_ground_under_the_robot_and_look_where_it_looks(mirror):
    say(mirror, WHEELS)
    made = CarriageMarks(mirror)
    at_home = made.vertices()["a_position"].reshape(-1, 3)
    joints = vector(np.zeros(len(mirror.spec.joints)))
    turned = vector((np.sqrt(0.5), 0.0, 0.0, np.sqrt(0.5)))
    base_m = vector((1.0, 2.0, 0.93))
    state = RobotState(
        position_rad=joints, velocity_rad_s=joints, base_position_m=base_m, base_orientation_wxyz=turned
    )
    mirror.take_state(state, 2)
    mirror.place()
    there = made.vertices()["a_position"].reshape(-1, 3)
    assert there[:, 2].min() == pytest.approx(0.0, abs=1e-3)
    np.testing.assert_allclose(
        there[:, :2].mean(0) - [1.0, 2.0], at_home[:, :2].mean(0)[::-1] * [-1, 1], atol=0.02
    )
