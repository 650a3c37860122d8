"""From a headset's frames to the motors: the real server, inputs, control and robot; only the browser is left out."""

import asyncio
import json
import ssl
import time

import aiohttp
import numpy as np
import pytest
from xr_page import PagePerson

from benchmarks.emulated_headset import until
from benchmarks.linked_station import InputsRole
from twin.wire.ask import Asker
from twin.wire.bus import Heard, Listener
from twin.wire.clock import NS_PER_MS, now_ns
from twin.wire.messages import AgentStatus, ControlStatus, RobotState

pytestmark = pytest.mark.serial


class Driven:
    """A person in a headset, and what robot and control say."""

    def __init__(self, role: InputsRole) -> None:
        self.role, self.person = role, PagePerson()
        self._listener = Listener(role.station, ("robot.status", "robot.state", "control.status"))
        self._control = Asker(role.station, "control", "test")
        self._newest: dict[str, Heard] = {}
        self.moves = {"right": np.zeros(3)}  # of the hand, a frame, in XR's axes

    def hear(self) -> None:
        self._newest.update(self._listener.newest())

    @property
    def agent(self) -> AgentStatus:
        self.hear()
        heard = self._newest.get("robot.status")
        return heard.read(AgentStatus) if heard else AgentStatus()

    @property
    def control(self) -> ControlStatus:
        self.hear()
        heard = self._newest.get("control.status")
        return heard.read(ControlStatus) if heard else ControlStatus()

    @property
    def joints(self):
        self.hear()
        return self._newest["robot.state"].read(RobotState).position_rad

    def hand(self):
        return np.array(self.control.hands[1].position_m)

    async def arm(self) -> None:
        await until(
            lambda: self.agent.state == "STANDBY" and self.control.phase, "robot and control are up", 60
        )
        # Control may connect to the robot a little later than we.
        await until(lambda: self._control.ask("why", 5.0)["broken"] != "robot", "control hears the robot", 30)
        await asyncio.to_thread(self._control.ask, "arm", 5.0)
        await until(lambda: self.agent.state == "HOLD", "armed")

    async def send_frames(self, socket) -> None:
        """As the page does; a pause of this process is a pause of the headset."""
        while True:
            self.person.places["right"] = np.asarray(self.person.places["right"]) + self.moves["right"]
            await socket.send_bytes(self.person.frame(max(1, now_ns() - self.person.now_ns)))
            await asyncio.sleep(0.011)

    async def engage(self) -> None:
        """Take hold until the robot follows; again if this machine kept a process waiting."""
        for _ in range(8):
            self.person.squeeze["right"] = 0.0
            await asyncio.sleep(0.4)
            self.person.squeeze["right"] = 0.6
            try:
                await until(lambda: self.control.phase == "engaged", "engaged", 5.0)
            except AssertionError:
                continue
            return
        raise AssertionError(f"never engaged: {self.control}; {self.role.newest.fault}")

    def close(self) -> None:
        self._listener.close()
        self._control.close()


async def in_the_headset(driven: Driven, facts: dict[str, str]) -> None:
    role, person = driven.role, driven.person
    trust = ssl.create_default_context(cafile=str(role.config / "authority.pem"))
    origin = facts["url"].rstrip("/")
    async with aiohttp.ClientSession() as http:
        socket = await http.ws_connect(f"{origin}/link", ssl=trust, headers={"Origin": origin})
        await socket.send_str(json.dumps({"type": "hello", "code": facts["code"]}))
        await role.let_in()

        async def read() -> None:
            async for _ in socket:
                pass

        tasks = [asyncio.create_task(read()), asyncio.create_task(driven.send_frames(socket))]
        await driven.arm()
        for _ in range(6):
            await driven.engage()
            before = driven.hand()
            driven.moves["right"] = np.array([0, 0.001, -0.001])
            await asyncio.sleep(0.6)
            driven.moves["right"] = np.zeros(3)
            await asyncio.sleep(0.3)
            moved = driven.hand() - before
            if driven.control.phase == "engaged":
                break
        assert moved[0] > 0.02
        assert moved[2] == pytest.approx(moved[0], abs=0.01)
        assert abs(moved[1]) < 0.01

        # The hand goes up to the face, and the headset comes off.
        await driven.engage()
        off_ns = time.monotonic_ns()
        person.visible = False
        driven.moves["right"] = np.array([-0.004, 0.008, 0.006])
        await until(lambda: driven.agent.state in ("STOPPING", "HOLD"), "the robot stops")
        assert time.monotonic_ns() - off_ns < 500 * NS_PER_MS
        await until(lambda: driven.agent.state == "HOLD", "the robot holds")
        held = driven.joints
        await asyncio.sleep(0.4)
        driven.moves["right"] = np.zeros(3)
        # Put on again, with the grip still held: nothing moves until it was opened and pressed.
        person.visible = True
        await asyncio.sleep(0.4)
        driven.moves["right"] = np.array([0.002, 0, 0])
        await asyncio.sleep(0.2)
        driven.moves["right"] = np.zeros(3)
        assert driven.agent.state == "HOLD"
        assert np.abs(driven.joints - held).max() < 0.02
        await driven.engage()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await socket.close()


def test_the_arm_goes_along_and_a_headset_taken_off_holds_it_without_copying_the_gesture(station_folder):
    role = InputsRole(station_folder, others=("control", "robot"))
    driven = Driven(role)

    async def story() -> None:
        await in_the_headset(driven, await role.open())

    try:
        asyncio.run(story())
    finally:
        driven.close()
        role.close()
