"""A station that was started on the gantry goes on wheels, on its feet and back, in HOLD, while every role goes on."""

from pathlib import Path

import numpy as np
import pytest
from live_station import HOLD_TO_RUN, LiveStation, station_in

from app.main import main
from recordings.checking.verify import verify
from recordings.log import read_take
from twin.errors import RequestRefused
from twin.wire.messages import CamerasStatus, RobotState, SceneState

pytestmark = [pytest.mark.serial, pytest.mark.timeout(180)]

_ROLES = ("robot", "control", "inputs", "cameras", "recorder")


@pytest.fixture
def station(tmp_path):
    with LiveStation(station_in(tmp_path, camera_width=160, camera_height=120), _ROLES) as live:
        yield live


def angles(station) -> np.ndarray:
    return station.newest["robot.state"].read(RobotState).position_rad.astype(np.float64)


def test_from_the_gantry_to_wheels_to_its_feet_and_up_again_by_requests_of_the_command_line(station, capsys):
    station.ready()
    assert station.agent.base == "gantry"
    assert station.agent.bases == ("gantry", "wheels", "legs")
    station.until(lambda: station.age_s("camera.head") < 0.3, "cameras see the bolted robot", 40)
    station.drive(HOLD_TO_RUN | {"right_y": 0.4})
    with pytest.raises(RequestRefused, match="TELEOP: its base is changed in HOLD only"):
        station.ask("control", "base.set", base="wheels")
    station.pad.hold({})
    station.until(lambda: station.agent.state == "HOLD", "it holds")
    station.go_on(0.5)
    before = angles(station)

    folder = station.station.folder
    take = Path(station.ask("recorder", "record.start", task="come off")["path"])
    station.go_on(0.5)
    assert main(["base", "wheels", "--station-dir", folder]) == 0
    assert "on wheels now; walking is off" in capsys.readouterr().out
    station.until(lambda: station.agent.base == "wheels", "on wheels")
    station.go_on(1.0)
    np.testing.assert_allclose(angles(station), before, atol=0.01)
    assert station.agent.state == "HOLD"
    assert not station.agent.walking
    station.until(lambda: station.age_s("camera.head") < 0.3, "cameras see it on wheels")
    assert "restart" not in station.newest["cameras.status"].read(CamerasStatus).note

    station.ask("recorder", "record.stop")
    station.until(lambda: take.exists() and station.recorder.phase == "idle", "the take is saved")
    assert verify(take).ok
    said = [heard.read(SceneState).qpos for heard in read_take(take, ("robot.scene",))]
    assert len(said[-1]) == len(said[0]) + 7  # a base that floats
    assert main(["export", str(take), "--out", str(take.parent / "set")]) == 0

    station.ask("control", "base.set", base="legs")
    station.until(lambda: station.age_s("robot.balance") < 0.2, "it balances")
    station.go_on(2.0)
    assert station.agent.state == "HOLD", station.agent.reason
    station.ask("control", "base.set", base="gantry")
    station.until(lambda: station.agent.base == "gantry", "it hangs")
    station.go_on(2.0)
    assert station.agent.state == "HOLD"
    assert {row.role: row.restarts for row in station.supervisor.rows()} == dict.fromkeys(_ROLES, 0)
