"""An operator is engaged, and loses the headset in every way there is: the robot holds and copies nothing.

Real page, real browser, emulated headset; real inputs, control and robot. For each loss: no frame after it counts as
held, the robot is told nothing more within 100 ms, the hand that goes on moving is not followed, nothing resumes with a
grip that stayed held, and the next press moves nothing by itself. One browser for the whole story.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import numpy as np
import pytest
from test_emulated_headset import begin, linked, story

from benchmarks.emulated_headset import Chrome, missing, until
from benchmarks.linked_station import InputsRole
from twin.wire.ask import Asker
from twin.wire.bus import Heard, Listener
from twin.wire.clock import NS_PER_MS, now_ns
from twin.wire.command_frame import HOLD_TO_RUN, unpack
from twin.wire.messages import AgentStatus, ControlStatus, RobotState

pytestmark = [
    pytest.mark.serial,
    pytest.mark.skipif(bool(missing()), reason=missing() or "all there"),
]

HOLDS_WITHIN_MS = 100.0
# What an arm may still need to stand, rad; one that was moving fast.
BRAKING_RAD, BRAKING_FROM_SPEED_RAD = 0.06, 0.15
GESTURE = "void reach('right', [-0.15, 0.1, 0.12], 0.25)"  # as a hand that reaches for the headset
# What happens, how it ends, and what the person is told. Every script runs in the page.
LOSSES: dict[str, tuple[str, str, str]] = {
    "headset off": (
        "worn.updateVisibilityState('hidden')",
        "worn.updateVisibilityState('visible')",
        "hidden",
    ),
    "hand to the head": (
        "void reach('right', [-0.15, 0.33, 0.32], 0.35)",
        "places.right = [0.2, 1.2, -0.4]",
        "at the head",
    ),
    "tab hidden": (
        "Object.defineProperty(document, 'hidden', {configurable: true, get: () => true});"
        "document.dispatchEvent(new Event('visibilitychange'))",
        "delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))",
        "page was hidden",
    ),
    "Wi-Fi roams": (  # nothing for a while, then all that waited at once
        "{const s = headsetFigures.link.socket, send = s.send.bind(s), waiting = [];"
        "s.send = data => waiting.push(data.slice ? data.slice(0) : data);"
        "window.roamed = () => { delete s.send; waiting.forEach(data => send(data)); }}",
        "roamed()",
        "sent nothing",
    ),
    "controller's battery dies": (
        "worn.controllers.right.connected = false",
        "worn.controllers.right.connected = true",
        "came or went",
    ),
    "tracking lost": ("window.guesses = true", "window.guesses = false", "out of the headset's sight"),
    "guardian pauses": (
        "worn.updateVisibilityState('visible-blurred')",
        "worn.updateVisibilityState('visible')",
        "blurred",
    ),
    "recentred": ("worn.recenter()", "0", "recentred"),
    "the page hangs": (
        "(() => { const t = performance.now() + 300; while (performance.now() < t); })()",
        "0",
        "",
    ),
}


class Drive:
    """The station, the browser, and what was said since the newest loss."""

    def __init__(self, role: InputsRole) -> None:
        self.role = role
        self.ear = Listener(
            role.station, ("control.command", "control.status", "robot.status", "robot.state")
        )
        self.control = Asker(role.station, "control", "test")
        self.newest: dict[str, Heard] = {}
        self.commanded_ns: list[int] = []  # when a command was sent under which the robot may move
        self.joints = 0

    def hear(self) -> None:
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
    def phase(self) -> str:
        self.hear()
        return (
            self.newest["control.status"].read(ControlStatus).phase if "control.status" in self.newest else ""
        )

    def measured_rad(self) -> np.ndarray:
        self.hear()
        return np.array(self.newest["robot.state"].read(RobotState).position_rad)

    async def engage(self, chrome: Chrome) -> None:
        """Press the grip anew until the robot follows; again if this machine kept a process waiting."""
        for _ in range(10):
            await chrome.run("squeeze('right', 0)")
            await asyncio.sleep(0.35)
            await chrome.run("squeeze('right', 0.6)")
            try:
                await until(lambda: self.phase == "engaged", "engaged", 2.0)
            except AssertionError:
                continue
            return
        raise AssertionError(f"never engaged: {self.role.newest.fault} {self.newest['control.status']}")

    def close(self) -> None:
        self.ear.close()
        self.control.close()


async def loses(drive: Drive, chrome: Chrome, name: str) -> None:
    """One loss, from an engaged hand to the next."""
    script, undo, told = LOSSES[name]
    await drive.engage(chrome)
    await chrome.run("reach('right', [0.02, 0.02, -0.03], 0.2)")
    await asyncio.sleep(0.2)
    drive.commanded_ns.clear()
    drive.role.samples.clear()
    gesture = "0" if "reach" in script else GESTURE
    lost_ns = await chrome.run(
        f"(() => {{ const at = headsetFigures.link.stationMs(); {script}; {gesture}; return at; }})()"
    )
    lost_ns = int(lost_ns * NS_PER_MS)
    await until(lambda: drive.phase != "engaged", f"{name} lets go", 2.0)
    stopped = drive.measured_rad()
    await asyncio.sleep(0.5)
    drive.hear()
    samples = drive.role.samples
    faults = [sample.fault or sample.hands[1].fault for _, sample in samples if sample.hands]
    assert any(told in text for text in faults), f"{name}: {sorted(set(faults))}"
    first = next(at for at, (_, sample) in enumerate(samples) if sample.fault or sample.hands[1].fault)
    assert not any(sample.hands[1].held for _, sample in samples[first:]), f"{name}: held after it was lost"
    if name != "hand to the head":  # there it begins when the hand arrives
        late_ms = (max(drive.commanded_ns, default=lost_ns) - lost_ns) / NS_PER_MS
        assert late_ms <= HOLDS_WITHIN_MS, f"{name}: commanded for {late_ms:.0f} ms"
    copied = np.abs(drive.measured_rad() - stopped).max()
    allowed = BRAKING_FROM_SPEED_RAD if "reach" in script else BRAKING_RAD
    assert copied < allowed, f"{name}: moved by {copied:.3f} rad after it let go"

    # It is there again, and the grip was held all the while.
    await chrome.run(undo)
    await chrome.run("places.right = [0.2, 1.2, -0.4]")
    await asyncio.sleep(0.4)
    still, after_ns = drive.measured_rad(), now_ns()
    await chrome.run("reach('right', [0.05, 0, 0], 0.2)")
    await asyncio.sleep(0.1)
    assert drive.role.held_since(after_ns) == [], f"{name}: a grip that stayed held counts again"
    assert np.abs(drive.measured_rad() - still).max() < 0.01, name

    # The next press takes hold where both are: nothing moves by it.
    before = drive.measured_rad()
    await drive.engage(chrome)
    await asyncio.sleep(0.2)
    assert np.abs(drive.measured_rad() - before).max() < BRAKING_RAD, f"{name}: moved by taking hold"
    await chrome.run("squeeze('right', 0)")


@story
async def test_whatever_happens_to_the_headset_the_robot_holds_and_copies_nothing(station_folder):
    role = InputsRole(station_folder, others=("control", "robot"))
    drive = Drive(role)
    try:
        async with linked(role) as chrome:
            await until(lambda: drive.agent == "STANDBY" and drive.phase, "robot and control are up", 60)
            # Control may connect to the robot a little later than we.
            await until(
                lambda: drive.control.ask("why", 5.0)["broken"] != "robot", "control hears the robot", 30
            )
            await asyncio.to_thread(drive.control.ask, "arm", 5.0)
            await until(lambda: drive.agent == "HOLD", "armed", 15)
            await chrome.until("headsetFigures.figure.isPosed")  # the small robot stands there
            for name in LOSSES:
                await loses(drive, chrome, name)
            felt = await chrome.run("headsetFigures.feel.felt")
            assert {"engaged", "released"} <= set(felt)
            await another_headset_is_not_let_in(drive, chrome)
            await the_headset_dies_with_all_that_is_in_it(drive, chrome)
            await it_links_anew(drive, chrome)
    finally:
        drive.close()
        role.close()


async def holds(drive: Drive, what: str, lost_ns: int) -> None:
    """The robot is told nothing any more within its time."""
    await until(lambda: drive.phase != "engaged", f"{what} lets go", 2.0)
    await asyncio.sleep(0.2)
    drive.hear()
    late_ms = (max(drive.commanded_ns, default=lost_ns) - lost_ns) / NS_PER_MS
    assert late_ms <= HOLDS_WITHIN_MS, f"{what}: commanded for {late_ms:.0f} ms"


async def another_headset_is_not_let_in(drive: Drive, chrome: Chrome) -> None:
    await drive.engage(chrome)
    facts = await asyncio.to_thread(drive.role.asker.ask, "headset.link", 5.0, port=drive.role.port)
    async with knocking(drive, {"code": facts["code"]}) as socket:
        assert (await socket.receive(5)).data == 4409
    await asyncio.sleep(0.2)
    assert drive.phase == "engaged"


async def the_headset_dies_with_all_that_is_in_it(drive: Drive, chrome: Chrome) -> None:
    """Its battery is empty: the page is gone in the middle of a frame. Then it comes back, by its own secret."""
    drive.commanded_ns.clear()
    await chrome.open("about:blank")
    await until(lambda: not drive.role.input.connected, "the headset is gone")
    last_ns = max(heard.received_ns for heard, sample in drive.role.samples if not sample.fault)
    await holds(drive, "empty battery", last_ns)
    await chrome.open(f"https://localhost:{drive.role.port}/")
    await chrome.until("document.getElementById('state')?.textContent.startsWith('Linked')")
    await begin(drive.role, chrome, "ar")
    await drive.engage(chrome)


async def it_links_anew(drive: Drive, chrome: Chrome) -> None:
    """The same headset from another tab: the session that drove is over, and the new one holds nothing."""
    secret = await chrome.run("localStorage.getItem('understudy.secret')")
    drive.commanded_ns.clear()
    async with knocking(drive, {"secret": secret}) as socket:
        assert json.loads((await socket.receive(5)).data)["type"] == "welcome"
        await holds(drive, "linked anew", now_ns())
    assert "another tab" in await chrome.run("document.getElementById('state').textContent")


@asynccontextmanager
async def knocking(drive: Drive, shown: dict[str, str]) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A socket that has said hello with ``shown``."""
    trust = ssl.create_default_context(cafile=str(drive.role.config / "authority.pem"))
    origin = f"https://localhost:{drive.role.port}"
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(f"{origin}/link", ssl=trust, headers={"Origin": origin}) as socket,
    ):
        await socket.send_str(json.dumps({"type": "hello", "name": "other", **shown}))
        yield socket
