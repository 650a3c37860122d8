"""The headset link on the loopback: real page, headless browser, emulated headset, real inputs role and control."""

import asyncio
import contextlib
import json
import ssl
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import psutil

from benchmarks.emulated_headset import Chrome, missing, until
from benchmarks.figures import Figure
from benchmarks.headset_pictures import Film, decoding_ms, pictures_ms, show
from benchmarks.headset_poses import bad_poses
from benchmarks.linked_station import InputsRole
from teleop.inputs.webxr.packet import LAYOUT
from twin.errors import UnderstudyError
from twin.wire.ask import Asker
from twin.wire.bus import Listener
from twin.wire.clock import NS_PER_MS
from twin.wire.command_frame import HOLD_TO_RUN, unpack
from twin.wire.messages import AgentStatus, ControlStatus

TITLE = "headset: page to wire, picture to page, strangers (headless Chromium, emulated Quest 3)"
_JOINTS = 74
_POSES_HZ = 90


def measure(quick: bool) -> list[Figure]:
    """All figures of the headset link.

    Raises:
        UnderstudyError: there is no browser or no emulated headset here.
    """
    if missing():
        raise UnderstudyError(f"the headset cannot be measured: {missing()}")
    seconds = 5.0 if quick else 20.0
    with tempfile.TemporaryDirectory(prefix="us-") as folder:
        figures = asyncio.run(_page(Path(folder), seconds, 100 if quick else 1000))
    with tempfile.TemporaryDirectory(prefix="us-") as folder:
        figures += asyncio.run(_driven(Path(folder), seconds))
    return [*figures, bad_poses(200 if quick else 2000)]


@asynccontextmanager
async def _linked(role: InputsRole, mode: str) -> AsyncIterator[tuple[Chrome, float, dict[str, str]]]:
    """A linked page with a session, the seconds from its address opened to frames flowing, and the link's facts."""
    facts = await role.open()
    async with Chrome(role.pin()) as chrome:
        began_s = time.monotonic()
        await chrome.open(facts["invitation_url"])
        await role.let_in()
        await chrome.until(f"window.headsetFigures && !document.getElementById('{mode}').disabled")
        await chrome.until("document.getElementById('state').textContent.startsWith('Linked')")
        await chrome.run(f"document.getElementById('{mode}').click()")
        await until(lambda: role.newest.head_position_m.size == 3, "frames flow")
        yield chrome, time.monotonic() - began_s, facts


async def _page(folder: Path, seconds: float, tries: int) -> list[Figure]:
    film = Film()  # before anything else is started, which would be encoded beside
    role = InputsRole(folder, speaks_for=("cameras",))
    try:
        async with _linked(role, "ar") as (chrome, opened_s, facts):
            role.hear()
            role.samples.clear()
            await _listen(role, seconds)
            ways = np.array([(heard.received_ns - heard.sampled_ns) / NS_PER_MS for heard, _ in role.samples])
            lost = role.newest.lost_frames
            admitted = await _strangers(role, facts, tries)
            # A software renderer takes tens of milliseconds to upload a picture; without a session none is uploaded.
            await chrome.run("worn.activeSession.end()")
            h264 = await pictures_ms(role, chrome, film, "h264", seconds)
            jpeg = await pictures_ms(role, chrome, film, "jpeg", seconds)
            encoded_ms = [float(np.median(each)) for each in (film.h264_ms, film.jpeg_ms)]
            decoded_ms = await decoding_ms(chrome, film)
            ping_ms = float(await chrome.run("headsetFigures.link.bestRttMs")) / 2
        share, jpeg_share = [await _share(role, film, codec, seconds) for codec in ("h264", "jpeg")]
        n = len(ways)
        return [
            Figure("pose in the page to sample on the wire, p50", float(np.median(ways)), "ms", n, 1.0),
            Figure(
                "pose in the page to sample on the wire, p99", float(np.percentile(ways, 99)), "ms", n, 5.0
            ),
            Figure("of which the fastest way of a message, half of there and back", ping_ms, "ms", n),
            Figure("frames of the page lost", lost, "", n, 0),
            Figure(
                "720p30 H.264 made to decoded in the page, p50",
                encoded_ms[0] + float(np.median(h264)),
                "ms",
                len(h264),
                8.0,
            ),
            Figure("of which encoding", encoded_ms[0], "ms", len(film.h264_ms)),
            Figure(
                "720p30 JPEG made to decoded in the page, p50", float(np.median(jpeg)), "ms", len(jpeg), 5.0
            ),
            Figure("of which encoding", encoded_ms[1], "ms", len(film.jpeg_ms)),
            Figure("of which decoding, as the page does it with nothing else to do", decoded_ms, "ms", 60),
            Figure(
                "inputs role: 90 Hz poses and 720p30 H.264, of one core", 100 * share, "%", len(h264), 12.0
            ),
            Figure(
                "inputs role: 90 Hz poses and 720p30 JPEG, of one core",
                100 * jpeg_share,
                "%",
                len(jpeg),
                12.0,
            ),
            Figure("address opened to frames flowing", opened_s, "s", 1, 2.0),
            Figure("strangers admitted", admitted, "", tries, 0),
        ]
    finally:
        role.close()


async def _share(role: InputsRole, film: Film, codec: str, seconds: float) -> float:
    """The inputs role's share of a core while a headset sends 90 poses a second and is shown the film."""
    facts = await role.open()
    trust = ssl.create_default_context(cafile=str(role.config / "authority.pem"))
    address = facts["url"].rstrip("/")
    process = psutil.Process(role.processes[0].pid)
    async with aiohttp.ClientSession() as http:
        socket = await http.ws_connect(
            f"{address}/link", ssl=trust, headers={"Origin": address}, max_msg_size=0
        )
        await socket.send_str(json.dumps({"type": "hello", "code": facts["code"], "video": codec}))
        await role.let_in()
        tasks = [asyncio.create_task(_swallow(socket)), asyncio.create_task(_pose(role, socket))]
        await show(role, film, 1.0)
        process.cpu_percent()
        await show(role, film, seconds)
        share = process.cpu_percent() / 100
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await socket.close()
    return share


async def _swallow(socket: aiohttp.ClientWebSocketResponse) -> None:
    async for _ in socket:
        pass


async def _pose(role: InputsRole, socket: aiohttp.ClientWebSocketResponse) -> None:
    row = np.zeros(1, LAYOUT)
    row["version"], row["mode"], row["visible"] = 1, 2, 1
    while True:
        row["seq"] += 1
        row["sent_ms"] = row["frame_ms"] = role.now() / NS_PER_MS
        await socket.send_bytes(row.tobytes())
        await asyncio.sleep(1 / _POSES_HZ)


async def _listen(role: InputsRole, seconds: float) -> None:
    """Hear ``role`` in a thread of its own: what waits for this one's event loop was on the wire before."""

    def listen() -> None:
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            role.listener.socket.poll(50)
            role.hear()

    await asyncio.to_thread(listen)


async def _strangers(role: InputsRole, facts: dict[str, str], tries: int) -> int:
    """How many of ``tries`` were let in: wrong code, wrong origin, the used token, a second headset."""
    trust = ssl.create_default_context(cafile=str(role.config / "authority.pem"))
    address = facts["url"].rstrip("/")
    used = facts["invitation_url"].partition("#")[2].partition(".")[0]
    shown: list[dict[str, Any]] = [{"code": "000000"}, {"token": used}, {"secret": "x" * 43}, {}]
    admitted = 0
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        for attempt in range(tries):
            origin = "https://elsewhere.example" if attempt % 5 == 4 else address
            try:
                socket = await http.ws_connect(f"{address}/link", ssl=trust, headers={"Origin": origin})
            except aiohttp.WSServerHandshakeError:
                continue
            await socket.send_str(json.dumps({"type": "hello", **shown[attempt % len(shown)]}))
            admitted += (await socket.receive(10)).type is aiohttp.WSMsgType.TEXT
            await socket.close()
    return admitted


async def _driven(folder: Path, seconds: float) -> list[Figure]:
    """From the pose in the page to the command on the wire, while the robot follows."""
    role = InputsRole(folder, others=("control", "robot"))
    ear = Listener(role.station, ("control.command", "control.status", "robot.status"))
    control = Asker(role.station, "control", "bench")
    said: dict[str, Any] = {}

    def hear() -> None:
        said.update(ear.newest())

    def agent() -> str:
        hear()
        return said["robot.status"].read(AgentStatus).state if "robot.status" in said else ""

    def phase() -> str:
        hear()
        return said["control.status"].read(ControlStatus).phase if "control.status" in said else ""

    def follows() -> bool:
        role.hear()
        return phase() == "engaged"

    try:
        async with _linked(role, "ar") as (chrome, _, _):
            await until(lambda: agent() == "STANDBY" and phase(), "robot and control are up", 60)
            await asyncio.to_thread(control.ask, "arm", 5.0)
            await until(lambda: agent() == "HOLD", "armed")
            ways: list[float] = []
            until_s = time.monotonic() + 3 * seconds
            while len(ways) < 60 * seconds and time.monotonic() < until_s:
                await chrome.run("squeeze('right', 0)")
                await _listen(role, 0.4)
                await chrome.run("squeeze('right', 0.6)")
                with contextlib.suppress(AssertionError):  # refused: pressed anew in the next turn
                    await until(follows, "the robot follows", 5.0)
                role.samples.clear()
                role.inputs.clear()
                ear.drain()
                await _listen(role, 2.0)
                ways += _to_command(role, ear)
    finally:
        for part in (ear, control):
            part.close()
        role.close()
    found = np.array(ways or [np.nan])
    return [
        Figure("pose in the page to command on the wire, p50", float(np.median(found)), "ms", len(ways)),
        Figure(
            "pose in the page to command on the wire, p95",
            float(np.percentile(found, 95)),
            "ms",
            len(ways),
            12.0,
        ),
    ]


def _to_command(role: InputsRole, ear: Listener) -> list[float]:
    """Milliseconds from each frame of the page to the first command that came of it."""
    made_ns: dict[int, int] = {}  # by number of the input
    samples = iter([*role.samples, None])
    sample = next(samples)
    for heard, _ in role.inputs:
        while sample is not None and sample[0].received_ns <= heard.received_ns:
            made_ns[heard.seq] = sample[0].sampled_ns
            sample = next(samples)
    ways = []
    for heard in ear.drain():
        if heard.topic == "control.command":
            command = unpack(heard.payload, _JOINTS)
            made = made_ns.pop(command.input_seq, None)
            if made is not None and command.hold_to_run_bits & HOLD_TO_RUN:
                ways.append((command.sent_ns - made) / NS_PER_MS)
    return ways
