"""`understudy run` as a person starts it: without any OpenGL, beside a second one, ended by Ctrl-C, killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from app.demo.display import display
from recordings.checking.verify import verify
from recordings.take import load_manifest
from twin.errors import RequestRefused
from twin.station import Station
from twin.wire.ask import Asker
from twin.wire.bus import Listener, Waiter
from twin.wire.clock import NS_PER_S, now_ns
from twin.wire.messages import CamerasStatus, Message, StationRoles

pytestmark = [pytest.mark.serial, pytest.mark.display, pytest.mark.timeout(180)]

# No driver for the window's OpenGL nor for EGL, and none inside OSMesa: this breaks them, it does not pretend.
NO_DRAWING = {"LIBGL_DRIVERS_PATH": "/nonexistent", "GALLIUM_DRIVER": "none"}
ROLES = {"robot", "control", "inputs", "cameras", "recorder", "window"}


def understudy(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "app.main", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | environment,
    )


class Terminal:
    """`understudy run` in a terminal of its own, and what a test hears of it."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder, self.environment = folder, environment
        self._said = (folder / "terminal").open("w+")
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "app.main",
                "run",
                "--station-dir",
                str(folder),
                "--takes",
                str(folder / "takes"),
            ],
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=self._said,
            start_new_session=True,  # so that Ctrl-C reaches it alone, as in a person's terminal
        )
        self.children: list[psutil.Process] = []
        while not (folder / "station.json").exists():
            assert self.process.poll() is None, self.said
            time.sleep(0.01)
        self.station = Station.load(folder)
        self._listener, self._waiter = Listener(self.station, [""]), Waiter()
        self._waiter.add(self._listener.socket)
        self.newest: dict[str, Message] = {}

    @property
    def said(self) -> str:
        self._said.seek(0)
        return self._said.read()

    def hear(self, topic: str, kind: type[Message], condition, seconds: float = 60.0):
        """Wait for a message of ``topic`` for which ``condition`` holds."""
        end_ns = now_ns() + int(seconds * NS_PER_S)
        while now_ns() < end_ns:
            self._waiter.wait(end_ns)
            for heard in self._listener.drain():
                if heard.topic == topic and condition(message := heard.read(kind)):
                    return message
        raise AssertionError(f"{topic} did not say it within {seconds:g} s; the terminal says:\n{self.said}")

    def wait_until_running(self) -> None:
        rows = self.hear(
            "station.roles", StationRoles, lambda said: all(row.state == "running" for row in said.rows)
        ).rows
        assert {row.role for row in rows} == ROLES
        self.children = [psutil.Process(row.pid) for row in rows]

    def ask(self, role: str, action: str, **values: object) -> dict[str, str]:
        asker = Asker(self.station, role, "test")
        try:
            return asker.ask(action, timeout_s=30, **values)
        finally:
            asker.close()

    def begin_take(self) -> Path:
        """Record as soon as the recorder has heard the robot."""
        while True:
            try:
                return Path(self.ask("recorder", "record.start", task="wait")["path"])
            except RequestRefused as refusal:
                if "start the robot first" not in str(refusal):
                    raise

    def survivors(self) -> list[psutil.Process]:
        _, alive = psutil.wait_procs(self.children, timeout=15)
        return [each for each in alive if each.status() != psutil.STATUS_ZOMBIE]

    def close(self) -> None:
        self._listener.close()
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)
        for child in self.survivors():
            child.kill()
        self._said.close()


@pytest.fixture
def terminal(station_folder: Path) -> Iterator[Terminal]:
    with display() as screen:
        opened = Terminal(station_folder, **screen, **NO_DRAWING)
        yield opened
        opened.close()


def test_a_station_that_cannot_draw_works_otherwise_refuses_a_second_and_saves_its_take_on_ctrl_c(
    terminal, tmp_path
):
    terminal.wait_until_running()
    take = terminal.begin_take()

    cameras = terminal.hear("cameras.status", CamerasStatus, lambda said: said.backend == "none")
    assert "this machine cannot draw without a window" in cameras.note
    assert "install the packages" in cameras.note
    picture = tmp_path / "window.png"
    terminal.ask("window", "window.screenshot", path=picture)
    assert picture.stat().st_size > 10_000
    assert "the twin needs OpenGL, and this display offers none" in terminal.said
    assert "Everything else works without it" in terminal.said

    second = understudy("run", "--station-dir", str(terminal.folder), **terminal.environment)
    assert second.returncode == 2
    assert "the supervisor of the station in" in second.stderr
    assert second.stderr.count("\n") == 1
    agent = understudy("role", "robot", "--station-dir", str(terminal.folder))
    assert agent.returncode == 2
    assert agent.stderr.startswith("understudy role robot: the robot of the station in")
    assert "is already running (process" in agent.stderr

    listed = understudy("topics", "--station-dir", str(terminal.folder), "--seconds", "1", "--json")
    rows = {row["topic"]: row for row in json.loads(listed.stdout)}
    assert rows["robot.state"]["rate_hz"] > 100
    assert rows["robot.state"]["age_ms"] < 200
    assert rows["robot.state"]["speaker"] == "robot"
    assert "lost" in rows["robot.state"]

    looked = understudy("preflight", "--station-dir", str(terminal.folder), "--seconds", "2", "--json")
    found = {check["what"]: check for check in json.loads(looked.stdout)["checks"]}
    assert looked.returncode == 1
    assert found["robot"]["verdict"] == found["processes"]["verdict"] == "ok"
    assert found["joint stream"]["text"].startswith("74 joints, ")
    assert found["cameras"]["verdict"] == "warning"
    assert "this machine cannot draw without a window" in found["cameras"]["text"]

    os.killpg(terminal.process.pid, signal.SIGINT)
    assert terminal.process.wait(20) == 0
    assert terminal.survivors() == []
    assert "Traceback" not in terminal.said
    assert verify(take).ok
    assert load_manifest(take).ended == "the recorder ended"


def test_nothing_outlives_a_killed_station_and_its_take_is_saved(terminal):
    terminal.wait_until_running()
    take = terminal.begin_take()
    time.sleep(1.0)
    terminal.process.kill()
    terminal.process.wait()
    assert terminal.survivors() == []
    assert "Traceback" not in terminal.said
    assert verify(take).ok
    assert load_manifest(take).seconds > 0.5
