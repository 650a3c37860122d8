"""Pushing the simulated robot: bounded, by itself over, and felt."""

import numpy as np
import pytest
from robot_side import optimus

from teleop.agent import push
from teleop.agent.links.simulated import SimulatedRobot, StandingLink
from twin.scene import LEGS, load_scene
from twin.simulation.legs import StandingRobot
from twin.simulation.sensors import SensorErrors
from twin.simulation.simulation import Simulation
from twin.wire.ask import arguments, named
from twin.wire.messages import Request


def ask(link, **values):
    return push.answer(link, Request(action="push", arguments=arguments(values)))


@pytest.fixture(scope="module")
def standing():
    spec = optimus()
    robot = StandingRobot(Simulation(spec, load_scene(spec, "table", 1, LEGS), SensorErrors()))
    return robot, StandingLink(robot)


def step(robot, seconds):
    for _ in range(round(seconds / robot.simulation.step_s)):
        robot.step(0.0)


def test_a_push_sways_the_robot_is_told_while_it_lasts_and_ends_by_itself(standing):
    robot, link = standing
    robot.reset()
    step(robot, 0.3)
    reply = ask(link, body="torso", y_n=120.0, seconds=0.1)
    assert reply.accepted
    assert "120 N" in reply.reason
    step(robot, 0.06)
    scene = link.scene()
    np.testing.assert_allclose(scene.push_n, [0.0, 120.0, 0.0], atol=1e-4)
    torso = robot.simulation.data.body("torso").xpos
    np.testing.assert_allclose(scene.push_at_m, torso, atol=0.01)
    assert robot.true_base().velocity_m_s[1] > 0.02
    step(robot, 0.06)
    assert len(link.scene().push_n) == 0
    assert not robot.simulation.data.qfrc_applied.any()


def test_a_push_is_never_stronger_than_allowed(standing):
    robot, link = standing
    robot.reset()
    reply = ask(link, body="torso", x_n=4000.0, seconds=0.1)
    assert float(named(reply.results)["force_n"]) == push.MOST_N
    assert np.linalg.norm(link.scene().push_n) == pytest.approx(push.MOST_N)


def test_another_push_takes_the_place_of_the_last_one(standing):
    robot, link = standing
    robot.reset()
    ask(link, body="torso", x_n=100.0, seconds=0.5)
    ask(link, body="torso", seconds=0.002)
    step(robot, 0.004)
    assert not robot.simulation.data.qfrc_applied.any()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"body": "torso", "x_n": 10.0, "seconds": 3.0}, "lasts up to 0.5 s"),
        ({"body": "torso", "x_n": 10.0, "seconds": 0}, "lasts up to 0.5 s"),
        ({"body": "torso", "x_n": "nan", "seconds": 0.1}, "needs a number for x_n, not 'nan'"),
        ({"body": "torso", "x_n": "lots", "seconds": 0.1}, "needs a number for x_n, not 'lots'"),
        ({"body": "torso", "x_m": 30, "x_n": 1, "seconds": 0.1}, "more than 2 m away"),
        ({"body": "moon", "x_n": 1, "seconds": 0.1}, "no part called 'moon'"),
        ({"body": "red_cube", "x_n": 1, "seconds": 0.1}, "no part called 'red_cube'"),
    ],
)
def test_what_is_no_push_is_refused_with_one_sentence(standing, values, words):
    robot, link = standing
    robot.reset()
    reply = ask(link, **values)
    assert not reply.accepted
    assert words in reply.reason
    assert not robot.simulation.data.qfrc_applied.any()


def test_a_real_robot_is_not_pushed_from_here():
    assert "real" in ask(object(), body="torso", x_n=1.0, seconds=0.1).reason


def test_a_run_from_a_snapshot_in_the_middle_of_a_push_is_the_same_to_the_last_bit():
    spec = optimus()
    simulation = Simulation(spec, load_scene(spec, "table"))
    ask(SimulatedRobot(simulation), body="left_forearm_shell", x_n=1, seconds=0.1)  # no such body: no push
    ask(SimulatedRobot(simulation), body="torso", y_n=90.0, seconds=0.1)
    simulation.advance(0.02, 0.0)
    moment = simulation.snapshot()
    simulation.advance(0.2, 0.0)
    once = simulation.data.qpos.copy()
    simulation.restore(moment)
    simulation.advance(0.2, 0.0)
    np.testing.assert_array_equal(simulation.data.qpos, once)
