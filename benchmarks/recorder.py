"""What recording a whole station costs, and what a crash of the recorder costs."""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks.figures import Figure
from benchmarks.peers import peer_python, run_peer
from benchmarks.recorder_traffic import CAMERAS, FPS, HEIGHT, WIDTH, Traffic, encoded, pictures
from recordings.log import read_take
from recordings.take import Manifest, load_manifest
from twin.errors import RequestRefused
from twin.robot import find_robot
from twin.station import Station
from twin.wire.ask import Asker
from twin.wire.bus import Listener
from twin.wire.clock import now_ns
from twin.wire.messages import RecorderStatus

TITLE = "recorder: 500 Hz state, 3 cameras 640x480 at 30 pictures per second"

_ROLE = """
import sys
from pathlib import Path
from recordings.run_recorder import run
from twin.station import Station
run(Station.load(Path(sys.argv[1])), supervised=False)
"""
_PNG_PEER = ("pillow==11.3.0", "numpy==2.3.3")
_PICTURES = 60


def measure(quick: bool) -> list[Figure]:
    """All figures of the recorder."""
    seconds = 5.0 if quick else 20.0
    frames = {camera: pictures(_PICTURES, seed) for seed, camera in enumerate(CAMERAS)}
    units, encoding_s = {}, 0.0
    for camera, each in frames.items():
        units[camera], spent_s = encoded(each)
        encoding_s += spent_s
    encoding_share = encoding_s / _PICTURES * FPS
    png = run_peer(
        peer_python("png", _PNG_PEER),
        Path(__file__).with_name("recorder_png_peer.py"),
        {"width": WIDTH, "height": HEIGHT, "frames": 20 if quick else 60},
    )
    png_share = png["cpu_s_per_picture"] * FPS * len(CAMERAS)
    with _station() as station, Traffic(station, units) as traffic:
        share, manifest, stop_to_saved_ms = _record(station, seconds)
        json_share = _json_peer(station, seconds)
        lost_ms = [_kill_mid_take(station, traffic) for _ in range(2 if quick else 5)]
    joint_lost = sum(
        manifest.topics[name].lost for name in ("robot.state", "robot.applied", "control.command")
    )
    return [
        Figure(
            "recorder, share of one core",
            100 * share,
            "%",
            manifest.messages,
            bar=15,
            peer="plain mcap library, JSON",
            peer_value=100 * json_share,
        ),
        Figure(
            "recorder and H.264 encoding of all cameras, share of one core",
            100 * (share + encoding_share),
            "%",
            manifest.messages,
            peer="LeRobot's PNG of each picture alone",
            peer_value=100 * png_share,
        ),
        Figure("messages written", manifest.messages / manifest.seconds, "1/s", manifest.messages),
        Figure("written", manifest.bytes / manifest.seconds / 1e6, "MB/s", manifest.messages),
        Figure("joint messages lost", joint_lost, "messages", manifest.messages, bar=0),
        Figure("stop to saved", stop_to_saved_ms, "ms", 1, bar=500),
        Figure("joint data lost to kill -9, worst", max(lost_ms), "ms", len(lost_ms), bar=300),
    ]


@contextmanager
def _station() -> Iterator[Station]:
    folder = Path(tempfile.mkdtemp(prefix="us-"))
    station = Station(
        folder=str(folder),
        robot_folder=str(find_robot("optimus")),
        takes_folder=str(folder / "takes"),
        free_disk_gib=0.5,
    )
    station.save()
    try:
        yield station
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _recorder(station: Station) -> Iterator[tuple[subprocess.Popen[bytes], Asker]]:
    process = subprocess.Popen([sys.executable, "-c", _ROLE, station.folder], stdin=subprocess.DEVNULL)
    asker = Asker(station, "recorder", "benchmark")
    try:
        yield process, asker
    finally:
        asker.close()
        process.terminate()
        process.wait()


def _start(asker: Asker) -> Path:
    """Begin a take as soon as the recorder has heard who the robot is."""
    while True:
        try:
            return Path(asker.ask("record.start", timeout_s=15, task="benchmark")["path"])
        except RequestRefused as refused:
            if "start the robot first" not in str(refused):
                raise
            time.sleep(0.1)


def _cpu_share(process: subprocess.Popen[bytes], seconds: float) -> float:
    """CPU seconds per second over the next ``seconds``."""
    watched = psutil.Process(process.pid)
    before, begun_s = watched.cpu_times(), time.monotonic()
    time.sleep(seconds)
    after, ended_s = watched.cpu_times(), time.monotonic()
    return float((after.user + after.system - before.user - before.system) / (ended_s - begun_s))


def _record(station: Station, seconds: float) -> tuple[float, Manifest, float]:
    statuses = Listener(station, ["recorder.status"])
    with _recorder(station) as (process, asker):
        path = _start(asker)
        time.sleep(1.0)
        share = _cpu_share(process, seconds)
        asker.ask("record.stop")
        saved_ms = 0.0
        while not saved_ms:
            statuses.socket.poll(1000)
            for heard in statuses.drain():
                saved_ms = heard.read(RecorderStatus).stop_to_saved_ms
    statuses.close()
    manifest = load_manifest(path)
    assert manifest is not None
    return share, manifest, saved_ms


def _json_peer(station: Station, seconds: float) -> float:
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "benchmarks.recorder_json_peer",
            station.folder,
            str(station.path / "peer.mcap"),
        ],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parent.parent,
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(1.0)
        return _cpu_share(process, seconds)
    finally:
        process.terminate()
        process.communicate()


def _kill_mid_take(station: Station, traffic: Traffic) -> float:
    """Milliseconds of joint data that are missing after a killed recorder's take was recovered."""
    with _recorder(station) as (process, asker):
        path = _start(asker)
        time.sleep(1.5)
        process.kill()
        killed_ns = traffic.newest_state_ns
        process.wait()
    with _recorder(station) as (_, asker):
        deadline_ns = now_ns() + 20_000_000_000
        while load_manifest(path) is None and now_ns() < deadline_ns:
            time.sleep(0.05)
    newest_ns = max(heard.sampled_ns for heard in read_take(path, ["robot.state"]))
    return max(0, killed_ns - newest_ns) / 1e6
