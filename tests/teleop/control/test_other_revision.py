"""A station made for one hardware revision does not drive a robot of another."""

import msgspec
import pytest
from driving import Cockpit

from twin.errors import RequestRefused
from twin.wire.messages import RobotIdentity

pytestmark = pytest.mark.serial


def test_a_robot_of_another_revision_is_named_and_not_driven(station_folder):
    with Cockpit(station_folder, ("control",)) as cockpit:
        cockpit.until(lambda: bool(cockpit.status.phase), "control is up", 30)
        msgspec.structs.replace(cockpit.station, revision="gen2").save()
        cockpit.start("robot")
        cockpit.until(lambda: cockpit.agent.state == "STANDBY", "the robot is up", 30)
        cockpit.until(lambda: "started for gen3-a" in cockpit.status.reason, "the difference is told")
        assert cockpit.read("robot.identity", RobotIdentity).revision == "gen2"
        assert cockpit.status.reason.startswith(
            "the robot is optimus gen2, this station was started for gen3-a"
        )
        assert "--revision gen2" in cockpit.status.reason
        with pytest.raises(RequestRefused, match="the robot is optimus gen2"):
            cockpit.ask("arm")
        cockpit.go_on(0.5)
        assert cockpit.agent.state == "STANDBY"
        assert cockpit.agent.accepted == 0
