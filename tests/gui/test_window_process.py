"""The window role as its own process: its life, its picture of itself, its end with the supervisor."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from twin.errors import NoAnswer, RequestRefused
from twin.robot import find_robot
from twin.station import Station
from twin.wire.ask import Asker
from twin.wire.bus import Listener, Waiter
from twin.wire.clock import NS_PER_S, now_ns
from twin.wire.messages import RoleHealth


@contextmanager
def window(station: Station, home: Path, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """The window role under a supervisor's pipe."""
    station.save()
    kept = {key: value for key, value in os.environ.items() if environment.get(key) != ""}
    process = subprocess.Popen(
        [sys.executable, "-m", "app.main", "role", "window", "--station-dir", station.folder, "--supervised"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**kept, "XDG_CONFIG_HOME": str(home), **{k: v for k, v in environment.items() if v}},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stderr):
            pipe.close()


@pytest.fixture
def station(station_folder) -> Station:
    return Station(folder=str(station_folder), robot_folder=str(find_robot("optimus")))


def await_health(station: Station) -> RoleHealth:
    ear, waiter = Listener(station, ["window.health"]), Waiter()
    waiter.add(ear.socket)
    deadline_ns = now_ns() + 30 * NS_PER_S
    try:
        while now_ns() < deadline_ns:
            waiter.wait(deadline_ns)
            for heard in ear.drain():
                return heard.read(RoleHealth)
    finally:
        ear.close()
    raise AssertionError("the window said nothing of its health")


def ask_for_picture(station: Station, **values: object) -> dict[str, str]:
    asker = Asker(station, "window", "test")
    try:
        return asker.ask("window.screenshot", timeout_s=60, **values)
    finally:
        asker.close()


@pytest.mark.display
def test_the_window_shows_itself_in_both_themes_and_ends_with_its_supervisor(station, tmp_path):
    with window(station, tmp_path) as process:
        assert await_health(station).role == "window"
        grounds = []
        for theme in ("dark", "light"):
            path = tmp_path / f"{theme}.png"
            ask_for_picture(station, path=path, theme=theme, workspace="Operate")
            image = QImage(str(path))
            assert image.width() >= 1024
            grounds.append(image.pixelColor(image.width() - 2, image.height() - 2).lightness())
        assert grounds[0] < 80 < 160 < grounds[1]
        process.stdin.close()
        assert process.wait(15) == 0


@pytest.mark.display
def test_a_picture_that_cannot_be_written_is_refused_with_the_reason(station, tmp_path):
    with window(station, tmp_path):
        await_health(station)
        with pytest.raises(RequestRefused, match="cannot be written"):
            ask_for_picture(station, path="/proc/no/such/folder/a.png")
        with pytest.raises(RequestRefused, match="no theme is called 'pink'"):
            ask_for_picture(station, path=tmp_path / "a.png", theme="pink")


def test_without_a_display_the_window_says_so_in_one_sentence(station, tmp_path):
    with window(station, tmp_path, DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="") as process:
        _, said = process.communicate(timeout=30)
        assert process.returncode != 0
        assert "no display" in said
        assert "understudy demo" in said
        assert "Traceback" not in said


@pytest.mark.display
def test_a_second_window_of_one_station_is_refused(station, tmp_path):
    with window(station, tmp_path):
        await_health(station)
        with window(station, tmp_path) as second:
            _, said = second.communicate(timeout=30)
            assert second.returncode != 0
            assert "already running" in said


def test_asking_a_window_that_is_not_there_is_answered_by_nobody(station):
    asker = Asker(station, "window", "test")
    with pytest.raises(NoAnswer, match="window did not answer"):
        asker.ask("window.screenshot", timeout_s=0.2, path="/nowhere.png")
    asker.close()
