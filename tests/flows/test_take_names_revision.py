"""A take says for ever which hardware it is of: the revision, the model's hash, and the files that describe both."""

import hashlib
import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.main import main
from app.supervisor import Supervisor
from recordings.log import TakeHead
from twin.errors import RequestRefused
from twin.robot import find_robot, load_robot
from twin.station import Station
from twin.wire.ask import Asker
from twin.wire.clock import NS_PER_MS, now_ns

pytestmark = [pytest.mark.serial, pytest.mark.timeout(120)]


def until(supervisor: Supervisor, true: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        supervisor.tick(now_ns() + 20 * NS_PER_MS)


def recorded(station: Station, seconds: float) -> Path:
    """A take by the real recorder of the real robot role standing by."""
    with Supervisor(station, ("robot", "recorder")) as supervisor:
        asker = Asker(station, "recorder", "test")

        def begun() -> bool:
            try:
                asker.ask("record.start", task="stand there")
            except RequestRefused:  # it has not heard yet who the robot is
                return False
            return True

        until(supervisor, supervisor.running)
        until(supervisor, begun)
        end = time.monotonic() + seconds
        until(supervisor, lambda: time.monotonic() > end)
        path = Path(asker.ask("record.stop", timeout_s=20)["path"])
        asker.close()
    return path


def test_a_take_names_its_revision_when_the_robot_s_folder_has_long_changed(
    station_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    robot = shutil.copytree(find_robot("optimus"), tmp_path / "optimus")
    spec = load_robot(robot, "gen3-b")
    overlay = (robot / "revisions" / "gen3-b.toml").read_bytes()
    station = Station(
        folder=str(station_folder),
        robot_folder=str(robot),
        revision="gen3-b",
        takes_folder=str(tmp_path / "t"),
    )
    take = recorded(station, 1.0)
    shutil.rmtree(robot)

    assert main(["takes", "show", str(take), "--json"]) == 0
    (shown,) = json.loads(capsys.readouterr().out)
    for words in (shown["episode"], shown["manifest"]):
        assert (words["robot"], words["revision"]) == ("optimus", "gen3-b")
        assert words["model_hash"] == spec.model_hash
    assert main(["takes", "show", str(take)]) == 0
    said = capsys.readouterr().out
    assert "optimus gen3-b, 74 joints" in said
    assert spec.model_hash[:16] in said

    kept = TakeHead(take).attachments
    assert hashlib.sha256(kept["revisions/gen3-b.toml"]).digest() == hashlib.sha256(overlay).digest()
    assert {"robot.toml", "optimus.xml"} <= kept.keys()
