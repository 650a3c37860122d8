"""The headset link as a real server: strangers, other sites, second headsets, and everything that must let go."""

import asyncio
import functools
import json
import socket
import ssl
from collections.abc import Iterator

import aiohttp
import pytest
from xr_page import PagePerson

from teleop.inputs.headset import Headsets
from teleop.inputs.webxr.server import LARGEST_MESSAGE
from twin.station import Station
from twin.wire.ask import arguments, named
from twin.wire.clock import now_ns
from twin.wire.messages import Request


def story(tell):
    @functools.wraps(tell)
    def told(**fixtures):
        asyncio.run(tell(**fixtures))

    return told


class Link:
    """The device module with its link, asked and polled as the inputs role does."""

    def __init__(self, station):
        self.headsets = Headsets(station)
        with socket.socket() as tried:
            tried.bind(("127.0.0.1", 0))
            self.port = tried.getsockname()[1]
        self.readings = []

    def ask(self, action, **values):
        reply = self.headsets.answer(Request(action=action, arguments=arguments(values)))
        return reply, named(reply.results)

    def poll(self):
        self.readings += self.headsets.poll(now_ns())
        return self.readings[-1] if self.readings else None

    async def until(self, wanted, what):
        try:
            async with asyncio.timeout(30):
                while not wanted(self.poll()):
                    await asyncio.sleep(0.005)
        except TimeoutError:
            raise AssertionError(f"never: {what}") from None

    async def open(self):
        reply, facts = self.ask("headset.link", port=self.port)
        assert reply.accepted, reply.reason
        async with asyncio.timeout(30):
            while facts["state"] == "opening":
                await asyncio.sleep(0.01)
                _, facts = self.ask("headset.status")
        assert facts["state"] == "open", facts
        authority = self.headsets._link.folder / "authority.pem"
        self.trust = ssl.create_default_context(cafile=str(authority))
        self.origin = f"https://localhost:{self.port}"
        return facts

    def url(self, path="/"):
        return f"{self.origin}{path}"


@pytest.fixture
def link(station_folder, monkeypatch) -> Iterator[Link]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(station_folder / "config"))
    made = Link(Station(folder=str(station_folder), robot_folder=""))
    yield made
    made.headsets.close()


async def knock(http, link, hello, origin=None, answer="headset.allow"):
    """Open the socket and say ``hello``: ("closed", code), ("refused", status), or the socket and its welcome.

    Whoever waits at the door is given ``answer``.
    """
    headers = {"Origin": link.origin if origin is None else origin}
    try:
        ws = await http.ws_connect(link.url("/link"), ssl=link.trust, headers=headers)
    except aiohttp.WSServerHandshakeError as error:
        return "refused", error.status
    await ws.send_str(json.dumps(hello) if isinstance(hello, dict) else hello)
    message = await ws.receive(30)
    if message.type is aiohttp.WSMsgType.TEXT and json.loads(message.data)["type"] == "wait":
        if answer:
            assert link.ask(answer, id=link.ask("headset.status")[1]["asking_id"])[0].accepted
        message = await ws.receive(30)
    if message.type is aiohttp.WSMsgType.TEXT:
        return ws, json.loads(message.data)
    return "closed", ws.close_code


def hello(**shown):
    return {"type": "hello", "name": "Quest 3", "video": "h264", **shown}


def token(facts):
    return facts["invitation_url"].partition("#")[2].partition(".")[0]


@story
async def test_the_page_is_served_and_may_load_nothing_from_elsewhere(link):
    await link.open()
    async with aiohttp.ClientSession() as http:
        for path in (
            "/",
            "/headset.js",
            "/link.js",
            "/packet.js",
            "/picture.js",
            "/scene.js",
            "/shaders.js",
            "/pictures.js",
            "/figure.js",
            "/hud.js",
            "/feel.js",
            "/headset.css",
        ):
            async with http.get(link.url(path), ssl=link.trust) as answer:
                assert answer.status == 200, path
                policy = answer.headers["Content-Security-Policy"]
                text = await answer.text()
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "http://" not in text
            assert "https://" not in text.replace("https://localhost", "")
        for path in ("/../../etc/passwd", "/%2e%2e/paired.json", "/server.key", "/authority.key", "/nothing"):
            async with http.get(link.url(path), ssl=link.trust) as answer:
                assert answer.status == 404, path
        async with http.get(link.url(), ssl=link.trust, headers={"Host": "evil.example"}) as answer:
            assert answer.status == 421
        async with http.get(link.url("/authority.pem"), ssl=link.trust) as answer:
            assert b"BEGIN CERTIFICATE" in await answer.read()
        async with http.get(link.url("/favicon.ico"), ssl=link.trust) as answer:
            assert (answer.status, answer.content_type) == (200, "image/svg+xml")
            assert b"<svg" in await answer.read()


@story
async def test_strangers_other_sites_replayed_tokens_and_second_headsets_stay_out(link):
    facts = await link.open()
    async with aiohttp.ClientSession() as http:
        for origin in ("https://evil.example", "null", f"http://localhost:{link.port}", "https://localhost"):
            assert await knock(http, link, hello(token=token(facts)), origin) == ("refused", 403)
        assert await knock(http, link, hello()) == ("closed", 4401)
        assert await knock(http, link, hello(token="guess")) == ("closed", 4401)
        assert await knock(http, link, "{not json") == ("closed", 4401)
        assert await knock(http, link, {"type": "hello", "token": ["x"]}) == ("closed", 4401)
        ws, welcome = await knock(http, link, hello(token=token(facts)))
        assert welcome["type"] == "welcome"
        secret = welcome["secret"]
        await link.until(lambda reading: reading and reading.connected, "linked")
        # Both the token that was used, and a new invitation, while a headset is linked.
        assert await knock(http, link, hello(token=token(facts))) == ("closed", 4409)
        _, again = link.ask("headset.link", port=link.port)
        assert await knock(http, link, hello(code=again["code"])) == ("closed", 4409)
        await ws.close()
        await link.until(lambda reading: not reading.connected, "gone")
        assert await knock(http, link, hello(token=token(facts))) == ("closed", 4401)
        back, welcome = await knock(http, link, hello(secret=secret))
        assert welcome["secret"] == ""
        await back.close()


@story
async def test_a_headset_with_the_code_waits_until_the_station_lets_it_in(link, monkeypatch):
    facts = await link.open()
    async with aiohttp.ClientSession() as http:
        assert await knock(http, link, hello(code=facts["code"]), answer="headset.deny") == ("closed", 4401)
        # Turned away, it is not paired, and its code is used up.
        assert not [name for name in link.ask("headset.status")[1] if name.startswith("paired.")]
        assert await knock(http, link, hello(code=facts["code"])) == ("closed", 4401)
        assert not link.ask("headset.allow")[0].accepted

        monkeypatch.setattr("teleop.inputs.webxr.door.WAIT_S", 0.2)
        _, again = link.ask("headset.link", port=link.port)
        assert await knock(http, link, hello(code=again["code"]), answer="") == ("closed", 4401)

        monkeypatch.setattr("teleop.inputs.webxr.door.WAIT_S", 60.0)
        _, again = link.ask("headset.link", port=link.port)
        ws = await http.ws_connect(link.url("/link"), ssl=link.trust, headers={"Origin": link.origin})
        await ws.send_str(json.dumps(hello(code=again["code"])))
        assert json.loads((await ws.receive(30)).data)["type"] == "wait"
        link.poll()
        asks = link.headsets.devices()[0]
        assert (asks.name, asks.bound) == ("Quest 3", False)
        assert "let it in?" in asks.note
        old = link.ask("headset.status")[1]["asking_id"]
        await ws.close()
        async with asyncio.timeout(30):
            while "asking_id" in link.ask("headset.status")[1]:
                await asyncio.sleep(0.01)
        assert not link.ask("headset.allow", id=old)[0].accepted
        assert not link.readings


@story
async def test_the_same_headset_takes_over_from_its_own_dead_socket_and_revoking_throws_it_out(link):
    facts = await link.open()
    async with aiohttp.ClientSession() as http:
        first, welcome = await knock(http, link, hello(code=facts["code"]))
        await link.until(lambda reading: reading and reading.connected, "linked")
        device = link.readings[-1].device
        second, _ = await knock(http, link, hello(secret=welcome["secret"]))
        await link.until(lambda reading: reading.connected and reading.device != device, "linked anew")
        assert [each.connected for each in link.readings if each.device == device][-1] is False
        async with asyncio.timeout(30):
            while (message := await first.receive()).type is aiohttp.WSMsgType.TEXT:
                pass  # words that were on their way
        assert message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
        paired = link.ask("headset.status")[1]["linked_id"]
        assert link.ask("headset.revoke", id=paired)[0].accepted
        async with asyncio.timeout(30):
            while (message := await second.receive()).type is aiohttp.WSMsgType.TEXT:
                pass
        assert message.type is aiohttp.WSMsgType.CLOSE
        assert message.data == 4403
        assert await knock(http, link, hello(secret=welcome["secret"])) == ("closed", 4401)


@story
async def test_floods_and_giants_are_cut_off(link):
    facts = await link.open()
    async with aiohttp.ClientSession() as http:
        ws, welcome = await knock(http, link, hello(code=facts["code"]))
        await ws.send_bytes(bytes(LARGEST_MESSAGE + 1))
        await link.until(lambda reading: reading and not reading.connected, "a giant ends it")
        link.readings.clear()
        ws, _ = await knock(http, link, hello(secret=welcome["secret"]))
        for _ in range(500):
            await ws.send_str('{"type":"nothing"}')
        await link.until(lambda reading: reading and not reading.connected, "a flood ends it")


async def read_on(ws):
    """As a browser does: a socket that nobody reads answers no heartbeat."""
    async for _ in ws:
        pass


async def drive(link, ws, person, frames):
    """Send frames as the page does, until they were heard."""
    for _ in range(frames):
        ahead_ns = now_ns() - person.now_ns
        await ws.send_bytes(person.frame(max(ahead_ns, 1)))
        await asyncio.sleep(0.011)
        link.poll()


@story
async def test_frames_arrive_and_a_cut_line_lets_go_and_needs_a_new_press(link):
    facts = await link.open()
    person = PagePerson()
    async with aiohttp.ClientSession() as http:
        ws, _ = await knock(http, link, hello(code=facts["code"]))
        reading = asyncio.create_task(read_on(ws))
        async with asyncio.timeout(20):
            while not (link.poll() and "right_grip" in link.readings[-1].buttons):
                person.squeeze["right"] = 0.0
                await drive(link, ws, person, 15)
                person.squeeze["right"] = 0.6
                await drive(link, ws, person, 5)
        sample = link.readings[-1].xr
        assert sample.hands[1].held
        assert sample.hands[1].position_m.tolist() == pytest.approx([0.4, -0.2, 1.2], abs=1e-3)
        await link.until(lambda reading: not reading.buttons, "silence lets go")
        assert "sent nothing" in link.readings[-1].xr.fault
        person.squeeze["right"] = 0.6
        await drive(link, ws, person, 30)
        assert not link.readings[-1].buttons
        await ws.send_bytes(b"\2" * 1668)
        await link.until(lambda reading: "reload" in reading.xr.fault, "nonsense is told")
        await ws.close()
        await link.until(lambda reading: not reading.connected, "gone")
        await reading


@story
async def test_a_link_that_is_switched_off_serves_nobody_and_a_taken_port_is_told(link):
    await link.open()
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        tried.listen()
        other = Link(Station(folder=str(link.headsets._link._station.folder), robot_folder=""))
        other.port = tried.getsockname()[1]
        with pytest.raises(AssertionError, match="choose another port"):
            await other.open()
        other.headsets.close()
    assert not link.ask("headset.link", port="8444")[0].accepted
    link.ask("headset.link", switch="off")
    async with asyncio.timeout(30):
        while link.ask("headset.status")[1]["state"] != "off":
            await asyncio.sleep(0.01)
    async with aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.ClientConnectorError):
            await http.get(link.url(), ssl=link.trust)
