"""The robot as a small model for the headset."""

import json

import numpy as np
import pytest

from teleop.inputs.webxr.figure import Figure, figure_of
from twin.robot import find_robot, load_robot
from twin.wire import codec
from twin.wire.bus import Heard
from twin.wire.messages import AppliedCommand, RobotState, vector

SPEC = load_robot(find_robot("optimus"), "")
NOW_NS = 10**9


@pytest.fixture(scope="module")
def figure() -> Figure:
    return figure_of(str(find_robot("optimus")), "")


def poses(figure, measured_rad, commanded_rad=None, at_ns=NOW_NS):
    said = {"robot.state": RobotState(position_rad=vector(measured_rad))}
    if commanded_rad is not None:
        said["robot.applied"] = AppliedCommand(position_rad=vector(commanded_rad))
    heard = {name: Heard(name, 1, NOW_NS, NOW_NS, codec.encode(each)) for name, each in said.items()}
    links = json.loads(figure.description)["links"]
    floats = np.frombuffer(figure.poses(heard, at_ns), np.float32)
    return floats.reshape(2, links, 7) if len(floats) else None


def test_every_box_stands_on_a_link_and_only_those_of_hands_have_a_side(figure):
    told = json.loads(figure.description)
    assert len(told["boxes"]) > 20
    assert {box["link"] for box in told["boxes"]} == set(range(told["links"]))
    assert all(len(box["at"]) == 16 for box in told["boxes"])
    assert {box["side"] for box in told["boxes"]} == {"", "left", "right"}


def test_what_is_sent_and_not_yet_reached_is_apart_from_what_is_measured(figure):
    commanded = SPEC.home_rad.copy()
    commanded[SPEC.joint_names.index("right_elbow")] += 0.3
    measured, sent = poses(figure, SPEC.home_rad, commanded)
    moved = np.linalg.norm(measured[:, :3] - sent[:, :3], axis=1)
    assert moved.max() > 0.05
    assert (moved < 1e-6).sum() > len(moved) / 2  # the rest of the body
    np.testing.assert_allclose(np.linalg.norm(measured[:, 3:], axis=1), 1.0, atol=1e-5)


def test_without_a_command_the_two_are_one_and_an_old_or_foreign_state_is_not_shown(figure):
    measured, sent = poses(figure, SPEC.home_rad)
    np.testing.assert_array_equal(measured, sent)
    assert poses(figure, SPEC.home_rad, at_ns=NOW_NS + 2 * 10**9) is None
    assert poses(figure, SPEC.home_rad[:5]) is None
