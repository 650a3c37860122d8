"""The cameras as a real process, hearing a scene that the test says in the robot's place."""

import contextlib
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import av
import numpy as np
import pytest
from foxglove_schemas_protobuf.CompressedVideo_pb2 import CompressedVideo

from twin.robot import find_robot, load_robot
from twin.scene import load_scene
from twin.station import Station
from twin.wire.bus import Listener, Speaker
from twin.wire.clock import now_ns, wall_offset_ns
from twin.wire.messages import AgentStatus, CamerasStatus, SceneState, vector

ROOT = Path(__file__).parents[3]
SCRIPT = (
    "import sys; from pathlib import Path; from twin.station import Station; from teleop.run_cameras import run; "
    "run(Station.load(Path(sys.argv[1])))"
)
NAMES = ("head", "left_wrist", "right_wrist")


class Stage:
    """Says the scene at 60 Hz while the test waits for what the cameras say."""

    def __init__(self, station):
        spec = load_robot(Path(station.robot_folder))
        self._scene = load_scene(spec, station.scene, station.seed)
        self._neck = self._scene.joint_qpos_address[spec.joint_names.index("neck_yaw")]
        self._robot = Speaker(station, "robot")
        self._listener = Listener(station, ("camera.", "cameras.status"))
        self.said_ns = []
        self.factor = 1.0
        self.pictures = {name: [] for name in NAMES}
        self.statuses = []

    def play_until(self, done, patience_s=40.0):
        deadline = time.monotonic() + patience_s
        while not done(self):
            assert time.monotonic() < deadline, "the cameras never got there"
            qpos = self._scene.initial_qpos.copy()
            qpos[self._neck] = 0.5 * np.sin(time.monotonic())
            self.said_ns.append(now_ns())
            self._robot.say("robot.scene", SceneState(qpos=vector(qpos)), self.said_ns[-1])
            self._robot.say("robot.status", AgentStatus(real_time_factor=self.factor), now_ns())
            for heard in self._listener.drain():
                if heard.topic == "cameras.status":
                    self.statuses.append(heard.read(CamerasStatus))
                else:
                    self.pictures[heard.topic.removeprefix("camera.")].append(heard)
            time.sleep(1 / 60)

    def close(self):
        self._robot.close()
        self._listener.close()


@contextlib.contextmanager
def running(folder, **environment):
    station = Station(
        folder=str(folder), robot_folder=str(find_robot("optimus")), camera_width=320, camera_height=240
    )
    station.save()
    stage = Stage(station)
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield stage, process
    finally:
        process.terminate()
        _, said = process.communicate(timeout=20)
        stage.close()
        assert "Traceback" not in said
        assert process.returncode == 0


@pytest.mark.serial
def test_all_cameras_show_the_same_moment_of_the_scene_and_say_when_it_was(station_folder):
    with running(station_folder) as (stage, _):
        stage.play_until(lambda s: all(len(seen) >= 12 for seen in s.pictures.values()))
        offset = wall_offset_ns()
    moments = [[heard.sampled_ns for heard in stage.pictures[name]][:12] for name in NAMES]
    assert moments[0] == moments[1] == moments[2]
    assert set(moments[0]) <= set(stage.said_ns)
    assert moments[0] == sorted(set(moments[0]))
    for name in NAMES:
        decoder = av.CodecContext.create("h264", "r")
        for heard in stage.pictures[name][:12]:
            message = CompressedVideo.FromString(heard.payload)
            assert message.frame_id == name
            assert abs(message.timestamp.ToNanoseconds() - heard.sampled_ns - offset) < 50_000_000
            for frame in decoder.decode(av.Packet(message.data)):
                assert (frame.width, frame.height) == (320, 240)
                assert frame.to_ndarray(format="gray").std() > 10


@pytest.mark.serial
def test_the_status_tells_rate_cost_and_driver_and_the_cameras_give_way_to_physics(station_folder):
    with running(station_folder) as (stage, _):
        stage.play_until(lambda s: s.statuses and s.statuses[-1].cameras[0].fps > 0)
        status = stage.statuses[-1]
        assert tuple(camera.name for camera in status.cameras) == NAMES
        assert status.backend in ("egl", "osmesa")
        assert status.renderer
        assert all(camera.render_ms > 0 and camera.encode_ms > 0 for camera in status.cameras)
        stage.factor = 0.8
        stage.play_until(lambda s: "0.80 of real time" in s.statuses[-1].note)
        assert stage.statuses[-1].note.startswith("5 pictures a second instead of 30")


@pytest.mark.serial
def test_without_any_way_to_draw_the_process_lives_and_says_what_to_install(station_folder, tmp_path):
    # A library that loads, but knows nothing of OSMesa, stands before the real one.
    other = min(Path(sysconfig.get_config_var("DESTSHARED")).glob("*.so"))
    for name in ("libOSMesa.so", *(f"libOSMesa.so.{version}" for version in range(10))):
        shutil.copy(other, tmp_path / name)
    hidden = {"__EGL_VENDOR_LIBRARY_DIRS": "/nonexistent", "LD_LIBRARY_PATH": str(tmp_path)}
    with running(station_folder, **hidden) as (stage, process):
        stage.play_until(lambda s: len(s.statuses) >= 2)
        assert process.poll() is None
    note = stage.statuses[-1].note
    assert stage.statuses[-1].backend == "none"
    assert "libegl1" in note
    assert "libosmesa6" in note
    assert not any(stage.pictures.values())
