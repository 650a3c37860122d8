"""A take to look through."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2] / "recordings"))  # the voices of a take are made there

from bending_take import said, take_of

from twin.robot import RobotSpec, find_robot, load_robot
from twin.wire.bus import Heard


@pytest.fixture(scope="session")
def optimus() -> RobotSpec:
    return load_robot(find_robot("optimus"))


@pytest.fixture(scope="session")
def messages(optimus) -> list[Heard]:
    return said(optimus)


@pytest.fixture
def take(tmp_path, optimus, messages) -> Path:
    return take_of(optimus, tmp_path / "takes", messages)
