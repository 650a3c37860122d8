"""A robot that was not made for us, through a drafted folder: its arms follow the sticks, what it lacks is absent."""

from collections.abc import Callable
from pathlib import Path

import mujoco
import numpy as np
import pytest

from app.demo.pad import Pad
from app.supervisor import Supervisor
from recordings.catalog import takes_in
from recordings.exporters.base import exporter
from recordings.take import load_manifest
from twin.drafting.write import write_draft
from twin.errors import RequestRefused
from twin.robot import load_robot
from twin.scene import load_scene
from twin.station import Station
from twin.wire.ask import Asker
from twin.wire.bus import Heard, Listener
from twin.wire.clock import NS_PER_MS, NS_PER_S, now_ns
from twin.wire.messages import (
    AgentStatus,
    ControlStatus,
    MotorState,
    RecorderStatus,
    RobotIdentity,
    RobotState,
)

H1 = Path(__file__).resolve().parents[3] / "shared" / "robots" / "unitree_h1" / "h1.xml"

pytestmark = [
    pytest.mark.serial,
    pytest.mark.timeout(120),
    pytest.mark.skipif(not H1.is_file(), reason=f"the foreign model is not beside this checkout ({H1})"),
]


class Drive:
    """The roles between a pad and the motors."""

    def __init__(self, station: Station) -> None:
        self.station, self.newest = station, dict[str, Heard]()
        self.supervisor = Supervisor(station, ("robot", "control", "inputs", "recorder"))
        self.listener, self.pad = Listener(station, [""]), Pad(station)
        self.control = Asker(station, "control", "test")
        self.recorder = Asker(station, "recorder", "test")

    def until(self, true: Callable[[], bool], what: str, seconds: float = 40.0) -> None:
        end_ns = now_ns() + int(seconds * NS_PER_S)
        while not true():
            assert now_ns() < end_ns, (
                f"not within {seconds:g} s: {what}; {self.read('control.status', ControlStatus)}"
            )
            self.supervisor.tick(now_ns() + 5 * NS_PER_MS)
            self.newest |= {heard.topic: heard for heard in self.listener.drain()}

    def read(self, topic, kind):
        return self.newest[topic].read(kind) if topic in self.newest else kind()

    def state(self) -> str:
        return self.read("robot.status", AgentStatus).state

    def arm(self) -> bool:
        try:
            self.control.ask("arm", timeout_s=5)
        except RequestRefused:
            self.go_on(0.2)
            return False
        return True

    def go_on(self, seconds: float) -> None:
        end_ns = now_ns() + int(seconds * NS_PER_S)
        self.until(lambda: now_ns() >= end_ns, "time", seconds + 20)

    def close(self) -> None:
        self.pad.close()
        self.control.close()
        self.recorder.close()
        self.listener.close()
        self.supervisor.stop()


@pytest.fixture
def drive(station_folder: Path, tmp_path: Path):
    write_draft(H1, tmp_path / "h1")
    given = {
        "robot_folder": str(tmp_path / "h1"),
        "virtual_pad": True,
        "takes_folder": str(tmp_path / "takes"),
    }
    driving = Drive(Station(folder=str(station_folder), **given))
    yield driving
    driving.close()


def test_the_arm_of_a_foreign_robot_follows_the_stick(drive: Drive):
    spec = load_robot(Path(drive.station.robot_folder))
    scene = load_scene(spec, "table")
    data = mujoco.MjData(scene.model)

    def hand_m() -> np.ndarray:
        data.qpos[scene.joint_qpos_address] = drive.read("robot.state", RobotState).position_rad
        mujoco.mj_kinematics(scene.model, data)
        return data.site("right_hand_end").xpos.copy()

    drive.until(drive.supervisor.running, "all roles run")
    drive.until(lambda: drive.state() == "STANDBY", "the robot is ready")
    drive.pad.plug()
    drive.until(drive.arm, "it is armed")
    drive.until(lambda: drive.state() == "HOLD", "it is on")
    begun_m = hand_m()
    drive.recorder.ask("record.start", task="raise the right hand", timeout_s=10)
    drive.pad.hold({"left_shoulder": 1.0})
    drive.until(lambda: drive.state() == "TELEOP", "it follows")
    drive.pad.hold({"left_shoulder": 1.0, "right_y": 0.6})
    drive.until(lambda: hand_m()[2] > begun_m[2] + 0.05, "the right hand rises by 50 mm")
    drive.pad.hold({})
    drive.until(lambda: drive.state() == "HOLD", "it holds")

    drive.recorder.ask("record.stop", timeout_s=20)
    drive.until(lambda: drive.read("recorder.status", RecorderStatus).phase == "idle", "the take is saved")

    identity = drive.read("robot.identity", RobotIdentity)
    assert (identity.camera_names, identity.touch_names) == ((), ())
    assert identity.model_hash == spec.model_hash
    assert drive.read("robot.state", RobotState).touch_n.size == 0
    assert np.isnan(drive.read("robot.motors", MotorState).temperature_c).all()

    (take,) = [
        entry.path for entry in takes_in(Path(drive.station.takes_folder)) if entry.state == "finished"
    ]
    report = exporter("lerobot").export(
        [take], Path(drive.station.takes_folder) / "dataset", None, lambda *_: None
    )
    assert report.cameras == ()
    assert report.frames > 10
    manifest = load_manifest(take)
    assert manifest is not None
    assert (manifest.robot, manifest.revision, manifest.video_frames) == ("h1", "a", {})
