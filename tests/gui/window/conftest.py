"""A window with its panels, and one without."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from window_stage import WindowStage

from twin.robot import find_robot
from twin.station import Station


@pytest.fixture
def settings_home(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "understudy"


@pytest.fixture
def stage(station_folder, optimus, qtbot, settings_home) -> Iterator[WindowStage]:
    """A window whose robot folder is missing: everything but the panels."""
    made = WindowStage(Station(folder=str(station_folder), robot_folder="/nowhere"), optimus, qtbot)
    yield made
    made.close()


@pytest.fixture
def whole_stage(station_folder, optimus, qtbot, settings_home) -> Iterator[WindowStage]:
    """A window with all its panels."""
    station = Station(folder=str(station_folder), robot_folder=str(find_robot("optimus")))
    made = WindowStage(station, optimus, qtbot)
    made.until(lambda: made.window.builder.complete, seconds=60)
    yield made
    made.close()
