"""From a headset on OpenXR to the motors: real loader, inputs, control and robot; only the runtime is made."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from benchmarks.openxr_loader import missing
from benchmarks.openxr_world import FOCUSED, SYNCHRONIZED, World
from twin.robot import find_robot
from twin.station import Station
from twin.wire.ask import Asker
from twin.wire.bus import Heard, Listener
from twin.wire.messages import AgentStatus, ControlStatus, RobotState

pytestmark = [pytest.mark.serial, pytest.mark.skipif(bool(missing()), reason=missing() or "none")]


class Driven:
    """A person with a headset, and what robot and control say."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder / "world")
        self.station = Station(folder=str(folder / "s"), robot_folder=str(find_robot("optimus")))
        self.station.save()
        inputs = ["benchmarks.openxr_runtime", str(self.world.path)]
        self.processes = [
            subprocess.Popen(
                [sys.executable, "-m", *module, "role", role, "--station-dir", self.station.folder],
                stdin=subprocess.DEVNULL,
            )
            for role, module in (("inputs", inputs), ("control", ["app.main"]), ("robot", ["app.main"]))
        ]
        self.listener = Listener(self.station, ("robot.status", "robot.state", "control.status"))
        self.inputs, self.control = (Asker(self.station, role, "test") for role in ("inputs", "control"))
        self._newest: dict[str, Heard] = {}

    def heard(self, topic: str) -> Heard | None:
        self._newest.update(self.listener.newest())
        return self._newest.get(topic)

    @property
    def agent(self) -> AgentStatus:
        heard = self.heard("robot.status")
        return heard.read(AgentStatus) if heard else AgentStatus()

    @property
    def status(self) -> ControlStatus:
        heard = self.heard("control.status")
        return heard.read(ControlStatus) if heard else ControlStatus()

    def joints(self) -> np.ndarray:
        return self.heard("robot.state").read(RobotState).position_rad

    def until(self, wanted: Callable[[], bool], what: str, within_s: float = 10.0) -> None:
        until_s = time.monotonic() + within_s
        while not wanted():
            assert time.monotonic() < until_s, f"{what}: never; {self.status} {self.agent.state}"
            time.sleep(0.01)

    def engage(self) -> None:
        right = self.world.hand("right")
        for _ in range(8):
            right["squeeze"] = 0.0
            time.sleep(0.4)
            right["squeeze"] = 0.6
            try:
                self.until(lambda: self.status.phase == "engaged", "engaged", 5.0)
            except AssertionError:
                continue
            return
        raise AssertionError(f"never engaged: {self.status}")

    def moves(self, step_m: tuple[float, float, float], frames: int) -> None:
        for _ in range(frames):
            grip = np.array(self.world.hand("right")["grip"])
            grip[:3] += step_m
            self.world.hand("right")["grip"] = grip
            time.sleep(0.011)

    def close(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(10)
        for part in (self.listener, self.inputs, self.control):
            part.close()


@pytest.fixture
def driven(station_folder: Path) -> Iterator[Driven]:
    made = Driven(station_folder)
    yield made
    made.close()


def test_the_arm_goes_along_and_a_headset_taken_off_holds_it_until_a_new_press(driven: Driven):
    driven.until(lambda: driven.agent.state == "STANDBY" and bool(driven.status.phase), "all is up", 60)
    # Control may connect to the robot a little later than we.
    driven.until(lambda: driven.control.ask("why", 5.0)["broken"] != "robot", "control hears the robot", 30)
    driven.inputs.ask("headset.openxr", switch="on")
    driven.control.ask("arm", 5.0)
    driven.until(lambda: driven.agent.state == "HOLD", "armed")
    for _ in range(6):
        driven.engage()
        before = driven.status.hands[1].position_m
        driven.moves((0, 0.001, -0.001), 55)
        time.sleep(0.3)
        moved = driven.status.hands[1].position_m - before
        if driven.status.phase == "engaged":
            break
    assert moved[0] > 0.02  # forward and up
    assert moved[2] == pytest.approx(moved[0], abs=0.01)
    assert abs(moved[1]) < 0.01
    assert driven.world.hand("right")["pulses"]

    # A click of the left stick takes the wrist and turns nothing; the menu button pauses, and goes on.
    driven.engage()
    held = driven.joints()
    left = driven.world.hand("left")
    left["stick_click"] = 1
    time.sleep(0.1)
    left["stick_click"] = 0
    driven.until(lambda: driven.status.wrists_taken == 1, "the wrist is taken")
    assert "wrist as turned now" in driven.status.note
    assert np.abs(driven.joints() - held).max() < 0.02
    for told in ("paused: the robot holds", "no longer paused"):
        left["menu"] = 1
        time.sleep(0.1)
        left["menu"] = 0
        time.sleep(0.1)
        driven.until(lambda told=told: driven.status.note.startswith(told), told)
        driven.until(lambda: driven.agent.state == "HOLD", "the robot holds")

    driven.engage()
    driven.world.happens(SYNCHRONIZED)
    off_s = time.monotonic()
    driven.moves((0.004, 0.008, 0.006), 10)
    driven.until(lambda: driven.agent.state == "HOLD", "the robot holds", 0.5)
    assert time.monotonic() - off_s < 0.6
    held = driven.joints()
    driven.world.happens(FOCUSED)  # put on again, with the grip still held
    time.sleep(0.4)
    driven.moves((0.002, 0, 0), 15)
    assert driven.agent.state == "HOLD"
    assert np.abs(driven.joints() - held).max() < 0.02
    driven.engage()
