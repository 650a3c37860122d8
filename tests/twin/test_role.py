"""A role's life: one of its kind, an orderly end, a lost parent noticed, health and log said aloud."""

import logging
import os
import signal
import subprocess
import sys

import pytest

from twin.errors import StationError
from twin.robot import find_robot
from twin.role import RoleLife
from twin.station import Station, claim, is_anyone_in
from twin.wire.bus import Listener, Waiter
from twin.wire.clock import NS_PER_MS, NS_PER_S, now_ns
from twin.wire.messages import RoleHealth, RoleLog

# A role that only lives: it says its pid once it lives and turns every 10 ms.
SCRIPT = """
import sys
from twin.role import RoleLife
from twin.station import Station
from twin.wire.clock import now_ns
from pathlib import Path
with RoleLife(Station.load(Path(sys.argv[1])), "inputs", 10, supervised=True) as life:
    print("lives", flush=True)
    while not life.ending:
        life.wait(now_ns() + 10_000_000)
        life.ticked(now_ns())
print("ended", flush=True)
"""


@pytest.fixture
def station(station_folder):
    station = Station(folder=str(station_folder), robot_folder=str(find_robot("optimus")))
    station.save()
    return station


@pytest.fixture
def child(station):
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, station.folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "lives\n"
    yield process
    process.kill()
    process.communicate()


def hear(listener, condition, seconds=30.0):
    waiter = Waiter()
    waiter.add(listener.socket)
    end_ns = now_ns() + int(seconds * NS_PER_S)
    while now_ns() < end_ns:
        waiter.wait(end_ns)
        for heard in listener.drain():
            if condition(heard):
                return heard
    raise AssertionError("it was not said")


def test_a_role_is_there_once_and_its_holder_is_named(station, child):
    with pytest.raises(StationError, match=rf"the inputs of the station .* \(process {child.pid}\)"):
        RoleLife(station, "inputs", 10)
    assert is_anyone_in(station.path)


def test_a_killed_roles_place_is_free_at_once(station, child):
    child.kill()
    child.wait()
    assert not is_anyone_in(station.path)
    claim(station.path, "inputs").close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_loop_in_order(child, number):
    child.send_signal(number)
    assert child.stdout.readline() == "ended\n"
    assert child.wait(30) == 0


def test_a_lost_parent_is_noticed_by_the_end_of_its_pipe(child):
    child.stdin.close()
    assert child.stdout.readline() == "ended\n"
    assert child.wait(30) == 0
    child.stdin = None


def test_health_tells_the_process_and_its_pace_once_a_second(station, child):
    listener = Listener(station, ["inputs.health"])
    health = hear(listener, lambda heard: heard.read(RoleHealth).period_ms_p50 > 0).read(RoleHealth)
    listener.close()
    assert health.pid == child.pid
    assert 5 < health.period_ms_p50 < 50
    assert health.memory_mb > 5


def test_late_turns_are_counted(station):
    life = RoleLife(station, "inputs", 10)
    life.ticked(0)
    for at_ms in (10, 20, 60, 70):
        life.ticked(at_ms * NS_PER_MS)
    health = life.health()
    life.__exit__()
    assert health.ticks_missed == 3
    assert health.period_ms_p50 == 10
    assert health.pid == os.getpid()


def test_what_a_role_logs_is_said_for_the_take(station):
    life = RoleLife(station, "inputs", 10)
    listener = Listener(station, ["inputs.log"])
    log, end_ns, heard = logging.getLogger("test_role"), now_ns() + 5 * NS_PER_S, {}
    while not heard:
        assert now_ns() < end_ns
        log.warning("the %s is loose", "stick")  # again and again: a listener joins when it joins
        heard = listener.newest()
    listener.close()
    life.__exit__()
    line = heard["inputs.log"].read(RoleLog)
    assert (line.role, line.level, line.text) == ("inputs", "warning", "the stick is loose")
