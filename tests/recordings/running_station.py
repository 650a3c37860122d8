"""A station that runs beside a test: its voices from a thread, its recorder as a process, over real sockets."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
from spoken_station import CAMERAS, HEIGHT, WIDTH, Camera, applied, command, identity, state

from twin.station import Station
from twin.wire.bus import Listener, Speaker
from twin.wire.clock import NS_PER_S, now_ns
from twin.wire.messages import (
    AgentStatus,
    InputSample,
    RecorderStatus,
    SceneState,
    vector,
)


class Voices:
    """Robot, control, inputs and cameras of a station, speaking in real time from a thread of their own."""

    def __init__(
        self, station: Station, cameras: tuple[str, ...] = CAMERAS, size: tuple[int, int] = (WIDTH, HEIGHT)
    ) -> None:
        self._station, self._cameras, self._size = station, cameras, size
        self._ending = threading.Event()
        self.robot_states_said = 0
        self.newest_state_ns = 0
        self._thread = threading.Thread(target=self._speak, daemon=True)

    def __enter__(self) -> "Voices":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()

    def _speak(self) -> None:
        speakers = {role: Speaker(self._station, role) for role in ("robot", "control", "inputs", "cameras")}
        cameras = [Camera(name, width=self._size[0], height=self._size[1]) for name in self._cameras]
        rates = {"state": 500, "fast": 100, "scene": 60, "slow": 20, "identity": 4, "picture": 30}
        begin_ns = now_ns()
        done = dict.fromkeys(rates, 0)
        while not self._ending.is_set():
            at_ns = now_ns()
            for what, rate in rates.items():
                while done[what] <= (at_ns - begin_ns) * rate // NS_PER_S:
                    done[what] += 1
                    self._say(what, done[what], at_ns, speakers, cameras)
            time.sleep(0.001)
        for speaker in speakers.values():
            speaker.close()

    def _say(
        self, what: str, number: int, at_ns: int, speakers: dict[str, Speaker], cameras: list[Camera]
    ) -> None:
        robot = speakers["robot"]
        if what == "state":
            self.robot_states_said = robot.say("robot.state", state(at_ns), at_ns)
            self.newest_state_ns = at_ns
        elif what == "fast":
            sample = InputSample(device="gamepad:1", connected=True, axes=vector(np.zeros(6)))
            speakers["inputs"].say("operator.input", sample, at_ns)
            speakers["control"].say_bytes("control.command", command(at_ns, number, at_ns), at_ns)
            robot.say("robot.applied", applied(at_ns, number), at_ns)
        elif what == "scene":
            robot.say("robot.scene", SceneState(qpos=vector(np.zeros(100)), task="put the cube away"), at_ns)
        elif what == "slow":
            robot.say("robot.status", AgentStatus(state="TELEOP"), at_ns)
        elif what == "identity":
            robot.say("robot.identity", identity(), at_ns)
        else:
            for camera in cameras:
                speakers["cameras"].say_bytes(f"camera.{camera.name}", camera.shoot(at_ns), at_ns)


class RecorderProcess:
    """The recorder role as a process of its own, as the supervisor would start it."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self._listener = Listener(station, ["recorder.status"])
        self.process = subprocess.Popen(
            [sys.executable, "-c", _RUN, station.folder],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def status_when(self, wanted: str, timeout_s: float = 20.0) -> RecorderStatus:
        """The first status whose phase or note contains ``wanted``."""
        end_ns = now_ns() + int(timeout_s * NS_PER_S)
        newest = None
        while now_ns() < end_ns:
            for heard in self._listener.drain():
                newest = heard.read(RecorderStatus)
                if wanted == newest.phase or (wanted and wanted in newest.note):
                    return newest
            self._listener.socket.poll(50)
            if self.process.poll() is not None:
                raise AssertionError(f"the recorder ended: {self.process.stderr.read()}")
        raise AssertionError(f"never {wanted!r}; last status: {newest}")

    def kill(self) -> None:
        """SIGKILL: no handler runs."""
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()
        self._listener.close()

    def end(self) -> str:
        """SIGTERM, and what it wrote to standard error."""
        self.process.terminate()
        _, errors = self.process.communicate(timeout=20)
        self._listener.close()
        return errors


_RUN = """
import sys
from pathlib import Path
from recordings.run_recorder import run
from twin.station import Station
run(Station.load(Path(sys.argv[1])), supervised=False)
"""


def station_in(folder: Path, **settings: object) -> Station:
    """A station on the humanoid that ships with the program, with its takes in its own folder."""
    from twin.robot import find_robot

    settings.setdefault("takes_folder", str(folder / "takes"))
    settings.setdefault("free_disk_gib", 0.05)
    station = Station(folder=str(folder), robot_folder=str(find_robot("optimus")), **settings)
    station.save()
    return station
