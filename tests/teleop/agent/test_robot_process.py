"""The robot role as a real process over real sockets: what happens when the other side goes wrong."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from commander import Commander
from robot_side import HOLD_TO_RUN, MS, PRESS, robot_folder

from twin.station import Station
from twin.wire.bus import Listener
from twin.wire.clock import now_ns
from twin.wire.direct import StopSender
from twin.wire.messages import AgentEvent, AgentStatus, AppliedCommand, RobotIdentity, RobotState, SceneState

pytestmark = pytest.mark.serial

RUN = (
    "import sys; from pathlib import Path; from twin.errors import UnderstudyError\n"
    "from twin.station import Station; from teleop.run_robot import run\n"
    "try: run(Station.load(Path(sys.argv[1])))\n"
    "except UnderstudyError as error: sys.exit(str(error))\n"
)


class RobotProcesses:
    """Starts robot processes of one station, and ends them."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-c", RUN, self._station.folder]
        self.started.append(subprocess.Popen(command, stderr=subprocess.PIPE))
        return self.started[-1]

    def end(self) -> None:
        for process in self.started:
            process.terminate()
        for process in self.started:
            process.communicate(timeout=10)


@pytest.fixture
def station(station_folder: Path) -> Station:
    station = Station(folder=str(station_folder), robot_folder=str(robot_folder()))
    station.save()
    return station


@pytest.fixture
def robots(station: Station) -> Iterator[RobotProcesses]:
    robots = RobotProcesses(station)
    yield robots
    robots.end()


@pytest.fixture
def commander(station: Station, robots: RobotProcesses) -> Iterator[Commander]:
    robots.start()
    commander = Commander(station)
    yield commander
    commander.close()


@pytest.fixture
def watcher(station: Station, robots: RobotProcesses) -> Iterator[Commander]:
    """One that only listens."""
    robots.start()
    watcher = Commander(station)
    yield watcher
    watcher.close()


def statuses(commander: Commander) -> list[tuple[int, AgentStatus]]:
    rows = [heard for heard in commander.heard if heard.topic == "robot.status"]
    return [(heard.sampled_ns, heard.read(AgentStatus)) for heard in rows]


def when_left(commander: Commander, state: str, after_ns: int) -> int:
    """When the robot said that it is in ``state`` no more, first time after ``after_ns``."""
    return next(at for at, said in statuses(commander) if at > after_ns and said.state != state)


def speeds(commander: Commander) -> list[tuple[int, float]]:
    rows = [heard for heard in commander.heard if heard.topic == "robot.state"]
    return [(row.sampled_ns, float(np.abs(row.read(RobotState).velocity_rad_s[:30]).max())) for row in rows]


def test_the_robot_follows_and_says_what_it_applied(commander):
    commander.power_on()
    commander.engage()
    commander.heard.clear()
    commander.drive(2.0, amplitude_rad=0.2)
    assert commander.status.state == "TELEOP", commander.status.reason
    applied = [row.read(AppliedCommand) for row in commander.heard if row.topic == "robot.applied"]
    elbow = commander.spec.joint_names.index("left_elbow")
    reached = [row.position_rad[elbow] for row in applied]
    assert max(reached) - min(reached) == pytest.approx(0.4, abs=0.05)
    delays_ms = [(row.applied_ns - row.command_sent_ns) / MS for row in applied if row.source == "teleop"]
    assert np.median(delays_ms) < 20
    assert len({row.command_seq for row in applied}) > 150
    states = [row for row in commander.heard if row.topic == "robot.state"]
    assert states[-1].read(RobotState).command_seq > 100
    periods = np.diff([row.sampled_ns for row in states])
    assert np.median(periods) == 2 * MS
    assert commander.listener.arrivals.lost == {}


def test_silence_holds_and_the_held_input_does_not_resume(commander):
    commander.power_on()
    commander.engage()
    commander.drive(1.05, amplitude_rad=0.3)
    assert max(speed for _, speed in speeds(commander)[-20:]) > 0.5
    silent_ns = now_ns()
    commander.listen(1000)
    assert when_left(commander, "TELEOP", silent_ns) - silent_ns < 150 * MS
    assert max(speed for at, speed in speeds(commander) if at > silent_ns + 900 * MS) < 0.05
    commander.drive(0.5, HOLD_TO_RUN)
    assert commander.status.state == "HOLD"
    commander.drive(0.05, 0)
    commander.engage()


def test_a_commander_that_is_killed_leaves_a_robot_that_holds(station, watcher):
    here = Path(__file__).parent
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(here), *sys.path])}
    driver = subprocess.Popen(
        [sys.executable, str(here / "commander.py"), station.folder, "30"],
        stdout=subprocess.PIPE,
        env=environment,
    )
    assert driver.stdout is not None
    assert driver.stdout.readline() == b"engaged\n"
    watcher.until(lambda: watcher.status.state == "TELEOP")
    watcher.listen(700)
    driver.kill()
    killed_ns = now_ns()
    watcher.listen(1000)
    driver.communicate(timeout=5)
    assert when_left(watcher, "TELEOP", killed_ns) - killed_ns < 200 * MS
    assert watcher.status.state == "HOLD"
    assert "80 ms" in watcher.status.reason
    assert max(speed for at, speed in speeds(watcher) if at > killed_ns + 900 * MS) < 0.05


def test_stop_is_acknowledged_by_the_robot_itself_and_latched(commander, station):
    commander.power_on()
    commander.engage()
    commander.drive(0.3, amplitude_rad=0.2)
    button = StopSender(station, "test button")
    pressed_ns = now_ns()
    button.press("HOLD", pressed_ns)
    acknowledged = None
    while acknowledged is None:
        commander.listen(1)
        acknowledged = button.tick(now_ns())
        assert now_ns() - pressed_ns < 1000 * MS
    assert acknowledged.level == "HOLD"
    assert pressed_ns <= acknowledged.latched_ns <= pressed_ns + 250 * MS
    commander.drive(0.5, PRESS)
    assert (commander.status.state, commander.status.stop_level) == ("HOLD", "HOLD")
    assert "test button" in commander.status.reason
    commander.asker.ask("reset")
    commander.drive(0.1, 0)
    commander.engage()
    button.close()


def test_a_cut_makes_the_arms_sink_and_only_reset_and_power_bring_them_back(commander, station):
    commander.power_on()
    button = StopSender(station, "test button")
    button.press("CUT", now_ns())
    commander.until(lambda: commander.status.state == "STOPPED_LATCHED")
    shoulder = commander.spec.joint_names.index("left_shoulder_pitch")
    commander.listen(1500)
    states = [row.read(RobotState) for row in commander.heard if row.topic == "robot.state"]
    sunk = states[-1].position_rad - states[0].position_rad
    assert np.abs(sunk[shoulder : shoulder + 7]).max() > 0.05
    commander.asker.ask("reset")
    commander.asker.ask("power.on")
    commander.until(lambda: commander.status.state == "HOLD")
    button.close()


@pytest.mark.parametrize(
    ("spoilt", "status"),
    [
        ({"position_rad": np.full(74, np.nan, np.float32)}, "NOT_FINITE"),
        ({"model_hash": b"otherbot"}, "WRONG_MODEL"),
        ({"lease_seq": 0}, "OLDER_LEASE"),
        ({"not_after_ns": 1}, "EXPIRED"),
    ],
)
def test_bad_frames_are_refused_by_name_and_move_nothing(commander, spoilt, status):
    commander.power_on()
    held = commander.applied.position_rad
    for _ in range(10):
        commander.sender.send(commander.frame(hold_to_run_bits=PRESS, **spoilt))
        commander.listen(10)
    commander.until(lambda: commander.status.rejected >= 10, 5)
    assert commander.status.last_rejection == status
    assert commander.status.last_rejection_text
    assert (commander.status.state, commander.status.accepted) == ("HOLD", 0)
    np.testing.assert_array_equal(commander.applied.position_rad, held)


def test_an_old_sequence_is_refused(commander):
    commander.power_on()
    frame = commander.frame(hold_to_run_bits=0)
    for _ in range(2):
        commander.sender.send(frame)
    commander.until(lambda: commander.status.rejected == 1, 5)
    assert commander.status.last_rejection == "OLD_SEQ"


def test_frames_of_another_sender_are_refused_even_with_the_right_numbers(commander, station):
    commander.power_on()
    thief = Commander(station, ("robot.status",))
    thief.epoch, thief.lease_seq, thief.applied = commander.epoch, commander.lease_seq, commander.applied
    for _ in range(100):
        if thief.sender.send(thief.frame(hold_to_run_bits=PRESS)):
            break
        thief.listen(20)
    commander.until(lambda: commander.status.rejected >= 1, 5)
    assert commander.status.last_rejection == "NOT_OWNER"
    assert "commander" in commander.status.last_rejection_text
    thief.close()


def test_what_was_sent_to_an_earlier_start_moves_nothing(commander, robots):
    commander.power_on()
    first_epoch = commander.epoch
    robots.started[0].kill()
    robots.started[0].wait(10)
    robots.start()
    commander.lease_seq = 0
    commander.until(lambda: commander.status.epoch not in (b"", first_epoch))
    assert commander.status.state == "STANDBY"
    commander.acquire()
    for _ in range(5):
        commander.sender.send(commander.frame(epoch=first_epoch, hold_to_run_bits=PRESS))
        commander.listen(30)
    commander.until(lambda: commander.status.rejected >= 1, 5)
    assert commander.status.last_rejection == "WRONG_EPOCH"
    assert commander.status.state == "STANDBY"


def test_a_second_agent_for_the_same_robot_ends_with_one_clear_sentence(commander, robots):
    commander.acquire()
    second = robots.start()
    _, complaint = second.communicate(timeout=30)
    assert second.returncode != 0
    (line,) = complaint.decode().strip().splitlines()
    assert "already running" in line


def test_a_flood_of_stops_does_not_keep_the_agent_from_its_work(commander, station):
    commander.power_on()
    buttons = [StopSender(station, f"storm {number}") for number in range(4)]
    commander.heard.clear()
    begin = now_ns()
    while now_ns() - begin < 1000 * MS:
        for button in buttons:
            button.press("HOLD", now_ns())
        commander.listen(2)
    states = commander.counts()["robot.state"]
    assert states > 250
    assert commander.status.stop_level == "HOLD"
    for button in buttons:
        button.close()


def test_every_topic_of_the_robot_is_spoken(commander, station):
    names = ["robot.identity", "robot.scene", "robot.motors", "robot.event", "robot.answered", "robot.health"]
    listener, heard = Listener(station, names), {}
    commander.power_on()
    commander.until(lambda: heard.update(listener.newest()) or "robot.identity" in heard)
    commander.asker.ask("power.off")
    commander.until(lambda: heard.update(listener.newest()) or set(heard) == set(names))
    identity = heard["robot.identity"].read(RobotIdentity)
    assert identity.joint_names == commander.spec.joint_names
    assert identity.model_hash == commander.spec.model_hash
    assert identity.simulated
    assert heard["robot.scene"].read(SceneState).qpos.size > 74
    assert heard["robot.event"].read(AgentEvent).text
    assert commander.status.simulated
    assert 0 < commander.status.real_time_factor <= 1
    listener.close()
