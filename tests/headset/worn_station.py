"""A station with a robot and an emulated headset that is worn: one browser and one set of roles for all stories."""

import asyncio
import contextlib
from pathlib import Path

import numpy as np

from benchmarks.emulated_headset import Chrome, until
from benchmarks.linked_station import InputsRole
from twin.wire.ask import Asker
from twin.wire.bus import Heard, Listener
from twin.wire.command_frame import HOLD_TO_RUN, unpack
from twin.wire.messages import AgentStatus, ControlStatus, RobotState

LINKED = "globalThis.headsetFigures?.link?.isOpen"
# As a story may rely on it: both controllers seen, nothing pressed, nothing hidden, no picture that could stand still.
_AS_AT_FIRST = """
worn.updateVisibilityState('visible'); worn.primaryInputMode = 'controller'; window.guesses = false;
window.headLost = window.handsLost = false; delete document.hidden;
window.trembles = true; Object.assign(places, {left: [-0.2, 1.2, -0.4], right: [0.2, 1.2, -0.4]});
for (const controller of Object.values(worn.controllers)) {
  controller.connected = true;
  for (const button of ['squeeze', 'trigger', 'thumbstick']) controller.updateButtonValue(button, 0);
  controller.quaternion.set(0, 0, 0, 1);
}
headsetFigures.pictures.forget(); headsetFigures.pictures.byName.clear();
"""


class WornStation:
    """Inputs, control and robot as processes, the browser, and what was said since."""

    def __init__(self, folder: Path) -> None:
        self.role = InputsRole(folder, speaks_for=("cameras",), others=("control", "robot"))
        self.ear = Listener(
            self.role.station, ("control.command", "control.status", "robot.status", "robot.state")
        )
        self.control = Asker(self.role.station, "control", "test")
        self.newest: dict[str, Heard] = {}
        self.commanded_ns: list[int] = []  # when a command was sent under which the robot may move
        self.joints = 0
        self._mode = ""

    async def start(self) -> None:
        """Pair the headset, and power the robot on."""
        facts = await self.role.open()
        self.chrome = Chrome(self.role.pin(), niceness=-10)
        await self.chrome.__aenter__()
        await self.chrome.open(facts["invitation_url"])
        await self.role.let_in()
        await self.chrome.until(LINKED)
        await until(lambda: self.agent == "STANDBY" and self.phase, "robot and control are up", 60)
        # Control may connect to the robot a little later than we.
        await until(lambda: self.control.ask("why", 5.0)["broken"] != "robot", "control hears the robot", 30)
        await self.arm()

    async def arm(self) -> None:
        """Take back a STOP, and bring the robot to HOLD."""
        if self.stop_level:
            await asyncio.to_thread(self.control.ask, "reset", 5.0)
            await until(lambda: not self.stop_level and self.agent in ("STANDBY", "HOLD"), "reset", 15)
        if self.agent == "STANDBY":
            await asyncio.to_thread(self.control.ask, "arm", 5.0)
            await until(lambda: self.agent == "HOLD", "armed", 15)

    async def close(self) -> None:
        """End browser and roles."""
        self.role.terminate()
        with contextlib.suppress(AttributeError):
            await self.chrome.__aexit__(None, None, None)
        for part in (self.ear, self.control):
            part.close()
        self.role.close()

    async def put_on(self, mode: str = "ar") -> Chrome:
        """The page linked and in a session of ``mode``, whatever the story before left behind."""
        chrome = self.chrome
        if not await chrome.run(LINKED):
            await chrome.open(f"https://localhost:{self.role.port}/")
            await chrome.until(LINKED)
        await chrome.run(_AS_AT_FIRST)
        if await chrome.run("Boolean(worn.activeSession)"):
            if self._mode == mode:
                return chrome
            await chrome.run("worn.activeSession.end()")
        self._mode = mode
        await self.begin(mode)
        return chrome

    async def begin(self, mode: str) -> None:
        """Enter a session."""
        self._mode = mode
        await self.chrome.until(f"!document.getElementById('{mode}').disabled")
        await self.chrome.run(f"document.getElementById('{mode}').click()")
        newest = self.role
        await until(
            lambda: newest.newest.mode == mode and newest.newest.hands[1].source == "controller",
            "frames flow",
        )

    async def open_grips(self) -> None:
        """Open both grips, and wait until the hands are steady."""
        await self.chrome.run("squeeze('right', 0); squeeze('left', 0)")
        await until(
            lambda: self.role.newest.hands and not any(hand.fault for hand in self.role.newest.hands),
            "both hands good",
        )
        seen = self.role.newest.frame_seq
        await until(lambda: self.role.newest.frame_seq > seen + 13, "steady frames")

    async def take_hold(self) -> None:
        """Hold the right grip lightly until it counts.

        Again if this machine kept the browser waiting: that is a loss like any other, and lets go as well.
        """
        for _ in range(8):
            await self.open_grips()
            await self.chrome.run("squeeze('right', 0.6)")
            with contextlib.suppress(AssertionError):
                await until(lambda: "right_grip" in self.role.buttons, "the grip counts", 1.0)
                return
        raise AssertionError(f"the grip never counted: {self.role.newest}")

    async def engage(self) -> None:
        """Press the grip anew until the robot follows; again if this machine kept a process waiting."""
        for _ in range(10):
            await self.take_hold()
            await until(
                lambda: self.phase == "engaged" or "right_grip" not in self.role.buttons,
                "engaged or lost",
                5.0,
            )
            if self.phase == "engaged":
                return
        raise AssertionError(f"never engaged: {self.role.newest.fault} {self.status}")

    def hear(self) -> None:
        """Take in what was said."""
        self.role.hear()
        for heard in self.ear.drain():
            self.newest[heard.topic] = heard
            if heard.topic == "robot.state":
                self.joints = len(heard.read(RobotState).position_rad)
            elif heard.topic == "control.command" and self.joints:
                command = unpack(heard.payload, self.joints)
                if command.hold_to_run_bits & HOLD_TO_RUN:
                    self.commanded_ns.append(command.sent_ns)

    @property
    def agent(self) -> str:
        self.hear()
        return self.newest["robot.status"].read(AgentStatus).state if "robot.status" in self.newest else ""

    @property
    def stop_level(self) -> str:
        """The STOP that is latched; empty if none is."""
        self.hear()
        level = self.newest["robot.status"].read(AgentStatus).stop_level
        return "" if level == "NONE" else level

    @property
    def status(self) -> ControlStatus:
        self.hear()
        found = self.newest.get("control.status")
        return found.read(ControlStatus) if found else ControlStatus()

    @property
    def phase(self) -> str:
        return self.status.phase

    def measured_rad(self) -> np.ndarray:
        self.hear()
        return np.array(self.newest["robot.state"].read(RobotState).position_rad)
