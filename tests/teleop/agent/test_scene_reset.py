"""`scene.reset`: what may set the surroundings up anew, when, and with which words it is refused."""

from pathlib import Path

import pytest
from robot_side import robot_folder
from test_robot_process import RobotProcesses

from teleop.agent import scene_reset
from teleop.agent.links.simulated import SimulatedRobot, open_link
from teleop.agent.states import AgentState
from twin.robot import load_robot
from twin.station import Station
from twin.wire.ask import Asker, arguments, named
from twin.wire.bus import Listener
from twin.wire.messages import Reply, Request, SceneState

STILL = {"STANDBY", "HOLD", "PROTECTIVE_HOLD", "STOPPED_LATCHED", "FAULT"}


@pytest.fixture(scope="module")
def link() -> SimulatedRobot:
    folder = robot_folder()
    station = Station(folder="unused", robot_folder=str(folder), scene="bin_sorting", seed=1, level=2)
    return open_link(station, load_robot(Path(folder)))


def ask(state: AgentState, link: object, **values: object) -> Reply:
    return scene_reset.answer(state, link, Request(action=scene_reset.ACTION, arguments=arguments(values)))


def test_a_new_seed_is_a_new_start_of_the_same_scene_and_level(link: SimulatedRobot):
    before = link.scene()
    reply = ask(AgentState.HOLD, link, seed=7)
    assert (reply.accepted, named(reply.results)) == (True, {"seed": "7"})
    after = link.scene()
    assert (after.seed, after.level) == (7, 2)
    assert before.qpos.shape == after.qpos.shape
    assert abs(before.qpos - after.qpos).max() > 1e-3


@pytest.mark.parametrize("state", list(AgentState), ids=lambda state: state.value)
def test_only_a_robot_that_stands_still_has_its_surroundings_changed(link: SimulatedRobot, state: AgentState):
    ask(AgentState.HOLD, link, seed=1)
    reply = ask(state, link, seed=2)
    assert reply.accepted == (state.value in STILL)
    assert link.scene().seed == (2 if reply.accepted else 1)
    if not reply.accepted:
        assert f"the robot is in {state.value}: release the hold-to-run" in reply.reason


@pytest.mark.parametrize("seed", ["", "-1", "1.5", "seven", str(2**31), "\u0663"])
def test_a_seed_that_is_none_is_refused(link: SimulatedRobot, seed: str):
    reply = ask(AgentState.HOLD, link, seed=seed)
    assert not reply.accepted
    assert "needs a seed from 0 to 2147483647" in reply.reason


def test_a_real_robots_surroundings_are_set_up_by_hand():
    reply = ask(AgentState.HOLD, object(), seed=1)
    assert (reply.accepted, reply.reason) == (
        False,
        "this robot is real: its surroundings are set up by hand",
    )


@pytest.mark.serial
def test_a_running_robot_is_asked_and_says_its_new_scene_aloud(station_folder: Path):
    station = Station(folder=str(station_folder), robot_folder=str(robot_folder()), scene="kitting", seed=3)
    station.save()
    robots = RobotProcesses(station)
    listener, asker = Listener(station, ("robot.scene",)), Asker(station, "robot", "test")
    try:
        robots.start()
        assert asker.ask("scene.reset", timeout_s=30, seed=4) == {"seed": "4"}
        seeds: list[int] = []
        while 4 not in seeds and listener.socket.poll(20_000):
            seeds += [heard.read(SceneState).seed for heard in listener.drain()]
        assert seeds[-1] == 4
    finally:
        asker.close()
        listener.close()
        robots.end()
