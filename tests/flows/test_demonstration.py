"""A person is recorded through the headset's real server and recorder, with no robot, and becomes a robot's take."""

import asyncio
import json
import os
import ssl
import subprocess
import sys
from pathlib import Path

import aiohttp
import numpy as np
import pytest

from app.main import main
from benchmarks.demonstrator import Demonstrator
from benchmarks.emulated_headset import free_port, until
from recordings.checking.verify import verify
from recordings.log import read_take
from teleop.inputs.webxr.packet import (
    AIM_SEEN,
    GRIP_SEEN,
    HAS_BUTTONS,
    HEAD_SEEN,
    JOINTS_SEEN,
    LAYOUT,
    VERSION,
)
from teleop.inputs.xr.frames import ROBOT_FROM_XR
from twin.errors import RequestRefused
from twin.robot import find_robot, load_robot
from twin.spatial import quaternion_from_rotation
from twin.station import Station
from twin.wire.ask import Asker
from twin.wire.bus import Listener
from twin.wire.clock import NS_PER_MS, now_ns
from twin.wire.messages import ControlStatus, RecorderStatus

pytestmark = pytest.mark.serial

SECONDS = 6.0
AR = 2


def in_xr_axes(position_m: np.ndarray, rotation: np.ndarray) -> np.ndarray:
    """A pose of the room as a headset's page has it: x right, y up, z back; quaternion xyzw."""
    turned = quaternion_from_rotation(ROBOT_FROM_XR.T @ rotation @ ROBOT_FROM_XR)
    return np.array([*(ROBOT_FROM_XR.T @ position_m), *turned[1:], turned[0]])


class Page:
    """The headset's page, in which a demonstrator is seen."""

    def __init__(self) -> None:
        self.person = Demonstrator(load_robot(find_robot("optimus")), SECONDS + 2)
        self.begun_ns = 0  # of the demonstration; before it the person waits at its beginning
        self._seq = 0

    def frame(self, at_ns: int) -> bytes:
        self._seq += 1
        at_s = min(SECONDS, (at_ns - self.begun_ns) / 1e9) if self.begun_ns else 0.0
        row = np.zeros(1, LAYOUT)
        row["version"], row["mode"], row["visible"], row["seq"] = VERSION, AR, 1, self._seq
        row["sent_ms"] = row["frame_ms"] = at_ns / NS_PER_MS
        row["picture_age_ms"] = -1.0
        tremor = 1e-4 * np.sin(self._seq)
        head, left, right = (
            self.person.head(),
            self.person.wrist("left", at_s),
            self.person.wrist("right", at_s),
        )
        row["head"] = in_xr_axes(*head)
        row["left_grip"] = row["left_aim"] = in_xr_axes(left.position_m + tremor, left.rotation)
        row["left_buttons"][0, 0] = self.person.trigger(at_s)
        joints = self.person.joints_m(at_s) + tremor
        row["right_joints"] = np.stack([in_xr_axes(joint, right.rotation) for joint in joints])
        row["flags"] = HEAD_SEEN | (GRIP_SEEN | AIM_SEEN | HAS_BUTTONS) << 8 | JOINTS_SEEN << 16
        return row.tobytes()


class Demonstration:
    """`understudy demonstrate` as a person starts it."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder, self.home = folder / "s", home
        words = [
            "demonstrate",
            "--no-window",
            "--station-dir",
            str(self.folder),
            "--takes",
            str(folder / "takes"),
        ]
        words += ["--operator", "Ada", "--task", "hand me the cup"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.main", *words],
            stderr=subprocess.PIPE,
            text=True,
            env=dict(os.environ),
        )
        self.said = ""

    async def wait_up(self) -> None:
        def is_up() -> bool:
            assert self.process.poll() is None
            return (self.folder / "station.json").exists()

        await until(is_up, "the station is there", 30)
        self.station = Station.load(self.folder)
        self.inputs, self.recorder = (Asker(self.station, role, "test") for role in ("inputs", "recorder"))
        self.listener = Listener(
            self.station, ("recorder.status", "control.status", "robot.", "control.command")
        )
        self.topics: set[str] = set()
        self.status, self.control = RecorderStatus(), ControlStatus()
        await until(lambda: self.hear() and bool(self.control.phase), "control and recorder speak", 60)

    def hear(self) -> RecorderStatus:
        for heard in self.listener.drain():
            self.topics.add(heard.topic)
            if heard.topic == "recorder.status":
                self.status = heard.read(RecorderStatus)
            elif heard.topic == "control.status":
                self.control = heard.read(ControlStatus)
        return self.status

    async def open_link(self) -> dict[str, str]:
        await asyncio.to_thread(self.inputs.ask, "headset.link", 10.0, switch="on", port=free_port())
        facts: dict[str, str] = {}

        def is_open() -> bool:
            facts.update(self.inputs.ask("headset.status"))
            return facts["state"] == "open"

        await until(is_open, "the link opens", 20)
        return facts

    async def let_in(self) -> None:
        def is_let_in() -> bool:
            asking = self.inputs.ask("headset.status").get("asking_id")
            return bool(asking) and self.inputs.ask("headset.allow", id=asking) is not None

        await until(is_let_in, "the headset knocks", 30)

    def close(self) -> None:
        for part in (self.inputs, self.recorder, self.listener):
            part.close()
        self.process.terminate()
        _, self.said = self.process.communicate(timeout=30)


async def record(station: Demonstration, page: Page, config: Path) -> None:
    await station.wait_up()
    with pytest.raises(RequestRefused, match="no headset is heard"):
        await asyncio.to_thread(station.recorder.ask, "record.start")
    facts = await station.open_link()
    trust = ssl.create_default_context(cafile=str(config / "authority.pem"))
    origin = facts["url"].rstrip("/")
    async with aiohttp.ClientSession() as http:
        socket = await http.ws_connect(f"{origin}/link", ssl=trust, headers={"Origin": origin})
        await socket.send_str(json.dumps({"type": "hello", "code": facts["code"]}))
        await station.let_in()

        async def read() -> None:
            async for _ in socket:
                pass

        async def send() -> None:
            while True:
                await socket.send_bytes(page.frame(now_ns()))
                await asyncio.sleep(1 / 72)

        tasks = [asyncio.create_task(read()), asyncio.create_task(send())]
        await asyncio.sleep(0.5)
        answer = await asyncio.to_thread(station.recorder.ask, "record.start")
        assert answer["take"]
        page.begun_ns = now_ns()
        await asyncio.sleep(SECONDS)
        station.hear()
        assert "a person is recorded: there is no robot, and nothing moves" in station.control.reason
        await asyncio.to_thread(station.recorder.ask, "record.stop", 10.0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await socket.close()
    station.hear()


def test_a_person_without_a_robot_is_recorded_verified_retargeted_and_exported(
    station_folder: Path, home: Path, capsys: pytest.CaptureFixture[str]
):
    station, page = Demonstration(station_folder, home), Page()
    try:
        asyncio.run(record(station, page, home / "config" / "understudy" / "headset"))
    finally:
        station.close()
    assert "No robot is started, and nothing moves" in station.said
    assert station.process.returncode == 0
    assert not station.topics & {"robot.state", "robot.applied", "control.command"}
    (path,) = (station_folder / "takes").glob("*.mcap")
    verdict = verify(path)
    assert verdict.ok, verdict.faults
    assert verdict.rate_hz["operator.xr"] > 40
    capsys.readouterr()
    assert main(["retarget", str(path), "--robot", "optimus", "--revision", "gen2", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    left, right = facts["hands"]["left"], facts["hands"]["right"]
    assert min(left["seen_share"], right["seen_share"]) > 0.9
    assert left["reached_share"] > 0.9
    assert next(iter(right["reasons"])) == "out of reach"
    assert facts["hand_scales"]["right"] == pytest.approx(1.0, abs=0.15)
    assert sum(1 for _ in read_take(Path(facts["path"]), ["robot.state"])) == pytest.approx(
        100 * SECONDS, rel=0.1
    )
    assert main(["export", facts["path"], "--out", str(home / "set")]) == 0
    assert (home / "set" / "meta" / "info.json").exists()
