"""A robot is pushed over in a running station: all that was heard half a minute before is kept, and opens again."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from live_station import LiveStation, station_in

from app.main import main
from recordings.log import read_take
from twin.bases import LEGS
from twin.wire.clock import NS_PER_S
from twin.wire.messages import BalanceState

pytestmark = [pytest.mark.serial, pytest.mark.timeout(240)]

BEFORE_S, AFTER_S = 30.0, 5.0
# Said by the roles below all the time, in Hz at least: far less than they say, on a machine that others share.
STREAMS = {
    "robot.state": 250,
    "robot.applied": 25,
    "robot.balance": 25,
    "robot.scene": 30,
    "control.status": 5,
    "operator.input": 25,
    "camera.head": 2,
}


def push_over(station: LiveStation) -> None:
    """Push the chest to the side from another terminal, again and again, until the robot has fallen."""
    words = ("push", "0", "300", "0", "--seconds", "0.5", "--station-dir", station.station.folder)
    while station.agent.state != "PROTECTIVE_HOLD":
        pushing = subprocess.Popen(
            [sys.executable, "-m", "app.main", *words], stdout=subprocess.PIPE, text=True
        )
        station.until(lambda pushing=pushing: pushing.poll() is not None, "the push is answered", 20)
        said, _ = pushing.communicate()
        assert said.startswith("pushed torso with 300"), said
        station.go_on(1.0)


def test_a_robot_that_is_pushed_over_leaves_the_thirty_seconds_before_its_fall_with_all_that_was_said(
    station_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    takes = tmp_path / "takes"
    fields = {"base": LEGS, "takes_folder": str(takes), "free_disk_gib": 0.01}
    roles = ("robot", "control", "inputs", "cameras", "recorder")
    with LiveStation(station_in(station_folder, **fields), roles) as station:
        station.ready()
        station.go_on(BEFORE_S + 3.0)
        push_over(station)
        station.until(lambda: " are kept in " in station.recorder.note, "the recording is kept", AFTER_S + 20)

    box = takes / "black-box"
    assert main(["takes", "list", "--takes", str(box), "--json"]) == 0
    (kept,) = json.loads(capsys.readouterr().out)
    (path,) = box.glob("*.mcap")
    assert main(["takes", "verify", str(path), "--pictures"]) == 0, capsys.readouterr().out
    assert "falling: no step can catch it" in kept["task"] or "fallen: " in kept["task"]

    said = [heard for heard in read_take(path) if heard.topic in STREAMS]
    fell_ns = next(
        heard.received_ns
        for heard in said
        if heard.topic == "robot.balance" and heard.read(BalanceState).fall
    )
    for topic, least_hz in STREAMS.items():
        times_s = [(heard.received_ns - fell_ns) / NS_PER_S for heard in said if heard.topic == topic]
        before = [each for each in times_s if each <= 0.0]
        assert before[0] < -BEFORE_S + 1.0, topic
        assert times_s[-1] > AFTER_S - 1.0, topic
        assert len(before) > least_hz * BEFORE_S, topic
