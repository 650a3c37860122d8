"""Pictures on their way to the headset: JPEG for browsers without a decoder, keyframes, and links that fall behind."""

import asyncio
import io
import json
import struct
import time

import av
import numpy as np
import pytest

from teleop.cameras.encoder import KEYFRAME_EVERY, Encoder
from teleop.cameras.still import encode_still
from teleop.inputs.webxr.downlink import H264, H264_KEY, JPEG, Downlink
from teleop.inputs.webxr.pictures import is_key
from teleop.inputs.webxr.words import words
from twin.station import Station
from twin.wire import codec
from twin.wire.bus import Heard, Waiter
from twin.wire.clock import NS_PER_S, now_ns
from twin.wire.messages import (
    AgentStatus,
    AppliedCommand,
    ControlStatus,
    HandGoal,
    RecorderStatus,
    RobotIdentity,
    RobotState,
    vector,
)
from twin.wire.stills import SMALL_EVERY_NS, StillsListener, StillsSpeaker


@pytest.fixture(scope="module")
def film():
    encoder = Encoder(64, 48)
    return [encoder.encode(np.full((48, 64, 3), 8 * number, np.uint8)) for number in range(25)]


def test_every_tenth_picture_is_one_to_begin_with(film):
    assert [number for number, unit in enumerate(film) if is_key(unit)] == [
        0,
        KEYFRAME_EVERY,
        2 * KEYFRAME_EVERY,
    ]


def test_nobody_asks_for_stills_until_a_listener_does_and_a_dead_one_asks_no_more(station_folder):
    station = Station(folder=str(station_folder), robot_folder="")
    speaker, listener = StillsSpeaker(station), StillsListener(station)

    def comes(wanted):
        until_s = time.monotonic() + 30.0
        while speaker.is_due("head", 0) is not wanted:
            assert time.monotonic() < until_s
            time.sleep(0.01)

    try:
        time.sleep(0.1)
        assert not speaker.is_due("head", 0)
        listener.ask(True)
        comes(True)
        for number in range(3):
            speaker.show("head", bytes([number]), number)
            speaker.show("left_wrist", bytes([number]), number)
        # Eyes see every picture; what is shown small comes more seldom.
        at_ns = now_ns()
        assert speaker.is_due("head", at_ns)
        assert not speaker.is_due("left_wrist", at_ns)
        assert speaker.is_due("left_wrist", at_ns + SMALL_EVERY_NS)
        waiter = Waiter()
        waiter.add(listener.socket)
        found = {}
        while len(found) < 2 or any(still.sampled_ns < 2 for still in found.values()):
            waiter.wait(now_ns() + NS_PER_S)
            found |= {still.camera: still for still in listener.newest()}
        assert found["head"] == ("head", 2, bytes([2]))
        listener.close()
        comes(False)
    finally:
        speaker.close()
        listener.close()


def test_a_still_is_the_picture_as_it_lies_in_memory_with_its_colours():
    picture = np.zeros((48, 64, 3), np.uint8)
    picture[:24] = (200, 40, 40)
    picture[24:] = (40, 40, 200)
    with av.open(io.BytesIO(encode_still(picture))) as opened:
        seen = next(opened.decode(video=0)).to_ndarray(format="rgb24").astype(int)
    assert seen.shape == (48, 64, 3)
    np.testing.assert_allclose(seen[8, 32], (200, 40, 40), atol=8)
    np.testing.assert_allclose(seen[40, 32], (40, 40, 200), atol=8)


def test_a_large_still_is_its_first_half_and_then_its_second_without_a_seam():
    picture = np.zeros((720, 1280, 3), np.uint8)
    picture[:] = np.linspace(0, 250, 720).astype(np.uint8)[:, None, None]
    encoded = encode_still(picture)
    middle = encoded.index(b"\xff\xd9") + 2
    halves = []
    for half in (encoded[:middle], encoded[middle:]):
        with av.open(io.BytesIO(half)) as opened:
            halves.append(next(opened.decode(video=0)).to_ndarray(format="rgb24").astype(int))
    assert [len(half) for half in halves] == [352, 368]
    np.testing.assert_allclose(np.concatenate(halves), picture.astype(int), atol=6)


def test_a_large_picture_that_cannot_be_encoded_says_so_and_the_next_one_can_be():
    with pytest.raises(ValueError, match="unsigned char"):
        encode_still(np.zeros((720, 1280, 3), np.float32))
    assert encode_still(np.zeros((720, 1280, 3), np.uint8)).count(b"\xff\xd9") == 2


class Wire:
    """A socket whose other side reads only when it is let."""

    def __init__(self):
        self.closed, self.sent = False, []
        self.open = asyncio.Event()

    async def send_bytes(self, data):
        await self.open.wait()
        self.sent.append(struct.unpack_from("<BB6xd", data))

    async def send_str(self, text):
        self.sent.append(text)


def test_a_link_that_falls_behind_goes_on_with_the_next_keyframe():
    async def story():
        wire = Wire()
        down = Downlink(wire)
        sending = asyncio.create_task(down.run())
        for number in range(25):
            down.show(H264_KEY if number % 10 == 0 else H264, float(number), b"unit")
            await asyncio.sleep(0)
        wire.open.set()
        for _ in range(50):
            await asyncio.sleep(0)
        sending.cancel()
        stamps = [int(stamp) for _, _, stamp in wire.sent]
        assert stamps[0] == 0
        assert 20 in stamps
        after = stamps[stamps.index(20) :]
        assert after == list(range(20, 20 + len(after)))
        assert not {6, 7, 8, 9} & set(stamps)
        assert down.skipped > 0

    asyncio.run(story())


def test_of_jpeg_pictures_only_the_newest_waits():
    async def story():
        wire = Wire()
        down = Downlink(wire)
        for number in range(9):
            down.show(JPEG, float(number), b"picture")
        wire.open.set()
        sending = asyncio.create_task(down.run())
        for _ in range(10):
            await asyncio.sleep(0)
        sending.cancel()
        assert wire.sent == [(JPEG, 0, 8.0)]

    asyncio.run(story())


def test_words_that_are_old_are_not_shown():
    assert words({}, 0) == '{"type":"words"}'


def test_a_camera_that_falls_behind_takes_no_other_with_it():
    async def story():
        wire = Wire()
        down = Downlink(wire)
        for number in range(12):
            down.show(H264_KEY if number == 0 else H264, float(number), b"unit", 3)
        down.show(H264_KEY, 5.0, b"unit", 0)
        wire.open.set()
        sending = asyncio.create_task(down.run())
        for _ in range(10):
            await asyncio.sleep(0)
        sending.cancel()
        assert wire.sent == [(H264_KEY, 0, 5.0)]
        assert down.skipped == 6

    asyncio.run(story())


def heard(topic, message, at_ns=10**9):
    return Heard(topic, 1, at_ns, at_ns, codec.encode(message))


def test_words_say_what_the_hands_squeeze_who_drives_and_what_holds_back():
    said = {
        "robot.identity": RobotIdentity(
            touch_names=("left_thumb_touch", "right_thumb_touch", "right_index_touch")
        ),
        "robot.state": RobotState(touch_n=vector([1.0, 2.0, 3.5])),
        "robot.status": AgentStatus(state="TELEOP", lease_owner="ada"),
        "control.status": ControlStatus(
            phase="engaged",
            layer="walk",
            limited_by=("reach:right_hand",),
            lease_seq=2,
            hands=(HandGoal(side="left"), HandGoal(side="right", band="slowed")),
        ),
        "recorder.status": RecorderStatus(
            phase="recording", seconds=3.21, takes_saved=4, queue_place=2, queue_length=5
        ),
        "robot.applied": AppliedCommand(source="teleop", command_sent_ns=10**9, applied_ns=10**9 + 2_500_000),
    }
    shown = json.loads(words({topic: heard(topic, message) for topic, message in said.items()}, 10**9))
    assert shown["grip_n"] == {"left": 1.0, "right": 5.5}
    assert (shown["robot"], shown["lease"], shown["ours"], shown["layer"]) == ("TELEOP", "ada", True, "walk")
    assert (shown["seconds"], shown["takes"], shown["queue"]) == (3.2, 4, "2 of 5")
    assert shown["bands"] == {"right": "slowed"}
    assert shown["limits"] == ["reach:right_hand"]
    assert shown["motors_ms"] == 2.5
