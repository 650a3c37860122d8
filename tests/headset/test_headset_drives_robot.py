"""From an emulated headset to the motors: page, inputs, control and robot as in a running station."""

import asyncio
import time

import numpy as np
import pytest
from test_emulated_headset import linked, story, take_hold

from benchmarks.emulated_headset import missing, until
from benchmarks.linked_station import InputsRole
from twin.wire.ask import Asker
from twin.wire.bus import Heard, Listener
from twin.wire.clock import NS_PER_MS
from twin.wire.messages import AgentStatus, ControlStatus, RobotState

pytestmark = [
    pytest.mark.serial,
    pytest.mark.skipif(bool(missing()), reason=missing() or "all there"),
]


class Robot:
    """What robot and control say."""

    def __init__(self, role: InputsRole) -> None:
        self._listener = Listener(role.station, ("robot.status", "robot.state", "control.status"))
        self._control = Asker(role.station, "control", "test")
        self._newest: dict[str, Heard] = {}

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
    def joints(self) -> np.ndarray:
        self.hear()
        return self._newest["robot.state"].read(RobotState).position_rad

    def hand(self) -> np.ndarray:
        return np.array(self.control.hands[1].position_m)

    async def arm(self) -> None:
        await until(
            lambda: self.agent.state == "STANDBY" and self.control.phase, "robot and control are up", 60
        )
        await asyncio.to_thread(self._control.ask, "arm", 5.0)
        await until(lambda: self.agent.state == "HOLD", "armed")

    def close(self) -> None:
        self._listener.close()
        self._control.close()


async def engage(role, chrome, robot):
    """Take hold until the robot follows; again if this machine kept a process waiting."""
    for _ in range(6):
        await take_hold(role, chrome)
        await until(
            lambda: robot.control.phase != "engaging" and robot.control.device == "headset:1", "decided"
        )
        try:
            await until(lambda: robot.control.phase == "engaged", "engaged", 1.5)
        except AssertionError:
            continue
        return
    raise AssertionError(f"never engaged: {robot.control} {role.newest.fault}")


@story
async def test_the_arm_goes_along_and_a_headset_taken_off_holds_it_without_copying_the_gesture(
    station_folder,
):
    role = InputsRole(station_folder, others=("control", "robot"))
    robot = Robot(role)
    try:
        async with linked(role) as chrome:
            await robot.arm()
            await engage(role, chrome, robot)
            for _ in range(5):
                before = robot.hand()
                await chrome.run("reach('right', [0, 0.06, -0.06], 0.6)")
                if robot.control.phase == "engaged":
                    break
                await engage(role, chrome, robot)
            await until(
                lambda: np.abs(robot.hand() - before - [0.06, 0, 0.06]).max() < 0.015, "the hand followed"
            )

            await engage(role, chrome, robot) if robot.control.phase != "engaged" else None
            # The hands go up to the face, and the headset comes off.
            off_ns = time.monotonic_ns()
            await chrome.run("reach('right', [-0.1, 0.3, 0.2], 0.3); worn.updateVisibilityState('hidden')")
            await until(lambda: robot.agent.state in ("STOPPING", "HOLD"), "the robot stops")
            assert time.monotonic_ns() - off_ns < 500 * NS_PER_MS
            await until(lambda: robot.agent.state == "HOLD", "the robot holds")
            held = robot.joints
            await asyncio.sleep(0.5)
            assert np.abs(robot.joints - held).max() < 0.02
            # Put on again, with the grip still held: nothing moves until it was opened and pressed.
            await chrome.run("worn.updateVisibilityState('visible')")
            await until(lambda: not role.newest.fault, "seen again")
            await chrome.run("reach('right', [0.05, 0, 0], 0.2)")
            assert robot.agent.state == "HOLD"
            assert np.abs(robot.joints - held).max() < 0.02
            await engage(role, chrome, robot)
    finally:
        robot.close()
        role.close()
