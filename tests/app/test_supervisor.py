"""Roles are started, watched, started again, and never outlive their station."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from app.role_process import claimed, window_first
from app.supervisor import Supervisor
from twin.errors import RobotSpecError, StationError
from twin.robot import find_robot
from twin.station import Station
from twin.wire.clock import NS_PER_MS, now_ns

ROLES = ("inputs", "recorder")


@pytest.fixture
def station(station_folder):
    return Station(
        folder=str(station_folder),
        robot_folder=str(find_robot("optimus")),
        takes_folder=str(station_folder / "takes"),
    )


def tick_until(supervisor, condition, timeout_s=30.0):
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, supervisor.rows()
        supervisor.tick(now_ns() + 50 * NS_PER_MS)


def pids(supervisor):
    return {row.role: row.pid for row in supervisor.rows()}


def test_all_roles_run_and_end_with_the_station(station):
    with Supervisor(station, ROLES) as supervisor:
        tick_until(supervisor, supervisor.running)
        started = pids(supervisor)
        assert all(psutil.pid_exists(pid) for pid in started.values())
    assert not any(psutil.pid_exists(pid) for pid in started.values())


def test_a_killed_role_is_started_again_with_another_process(station):
    with Supervisor(station, ROLES) as supervisor:
        tick_until(supervisor, supervisor.running)
        before = pids(supervisor)
        os.kill(before["inputs"], signal.SIGKILL)
        tick_until(supervisor, lambda: not supervisor.running())
        assert supervisor.rows()[0].note == "killed by SIGKILL; starting again"
        tick_until(supervisor, supervisor.running)
        after = pids(supervisor)
        assert after["inputs"] != before["inputs"]
        assert after["recorder"] == before["recorder"]
        assert {row.role: row.restarts for row in supervisor.rows()} == {"inputs": 1, "recorder": 0}


def test_a_window_that_was_started_first_is_watched_like_any_other(station, monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    with window_first(station) as opening:
        started = opening.window.pid
        with Supervisor(station, ("window",), opening=opening) as supervisor:
            tick_until(supervisor, supervisor.running)
            assert pids(supervisor) == {"window": started}
    assert not psutil.pid_exists(started)
    claimed(station).lock.close()


def test_a_station_that_cannot_be_after_all_takes_its_window_and_its_claim_along(station, monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    started = []

    def open_and_fail():
        with window_first(station) as opening:
            started.append(opening.window.pid)
            raise RobotSpecError("no such revision")

    with pytest.raises(RobotSpecError):
        open_and_fail()
    assert not psutil.pid_exists(started[0])
    claimed(station).lock.close()


def test_a_second_station_in_the_same_folder_is_refused_by_name(station):
    with (
        Supervisor(station, ()),
        pytest.raises(StationError, match=rf"already running \(process {os.getpid()}\)"),
    ):
        Supervisor(station, ())


def test_a_role_that_says_why_it_cannot_run_is_not_started_again(station):
    from twin.station import claim

    somebody_else = claim(station.path, "recorder")
    with Supervisor(station, ("recorder",)) as supervisor:
        tick_until(supervisor, supervisor.given_up)
        assert "already running" in supervisor.given_up()["recorder"]
        assert supervisor.rows()[0].restarts == 0
    somebody_else.close()


@pytest.mark.timeout(60)
def test_a_role_that_falls_again_and_again_is_given_up_and_the_others_go_on(station):
    with Supervisor(station, ROLES) as supervisor:
        tick_until(supervisor, supervisor.running)
        recorder = pids(supervisor)["recorder"]
        killed = set()
        while not supervisor.given_up():
            row = supervisor.rows()[0]
            if row.pid and row.pid not in killed:
                killed.add(row.pid)
                os.kill(row.pid, signal.SIGKILL)
            supervisor.tick(now_ns() + 50 * NS_PER_MS)
        assert supervisor.given_up() == {"inputs": "killed by SIGKILL, 6 times in a row"}
        assert len(killed) == 6
        assert pids(supervisor)["recorder"] == recorder
        assert supervisor.rows()[1].state == "running"


def test_the_window_has_the_processor_to_itself_until_it_is_heard(station):
    with Supervisor(
        station, ("recorder", "window"), {"QT_QPA_PLATFORM": "offscreen"}, window_first_s=60.0
    ) as supervisor:
        tick_until(supervisor, lambda: pids(supervisor)["window"])
        assert pids(supervisor)["recorder"] == 0
        tick_until(supervisor, lambda: pids(supervisor)["recorder"])
        assert {row.role: row.state for row in supervisor.rows()}["window"] == "running"


def test_a_window_that_takes_its_time_does_not_hold_up_the_robot(station):
    with Supervisor(
        station, ("recorder", "window"), {"QT_QPA_PLATFORM": "offscreen"}, window_first_s=0.0
    ) as supervisor:
        tick_until(supervisor, lambda: pids(supervisor)["recorder"])
        assert {row.role: row.state for row in supervisor.rows()}["window"] == "starting"


def test_a_closed_window_is_the_end_of_the_station(station):
    with Supervisor(station, ("window",), {"QT_QPA_PLATFORM": "offscreen"}) as supervisor:
        tick_until(supervisor, supervisor.running)
        os.kill(pids(supervisor)["window"], signal.SIGTERM)
        tick_until(supervisor, lambda: supervisor.ended)
        assert supervisor.rows()[0].state == "ended"


def test_no_role_outlives_a_killed_supervisor(station):
    script = f"""
import sys
from app.supervisor import Supervisor
from twin.station import Station
from twin.wire.clock import now_ns
with Supervisor(Station(folder={station.folder!r}, robot_folder={station.robot_folder!r},
                        takes_folder={station.takes_folder!r}), {ROLES!r}) as supervisor:
    told = False
    while True:
        supervisor.tick(now_ns() + 50_000_000)
        if supervisor.running() and not told:
            told = True
            print(*(row.pid for row in supervisor.rows()), flush=True)
"""
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    children = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
    assert len(children) == len(ROLES)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    _, alive = psutil.wait_procs(children, timeout=10)
    assert not [child for child in alive if child.status() != psutil.STATUS_ZOMBIE]
