"""A person puts on an emulated headset, links, drives, and loses it in every way there is.

The real page in a real browser against the real inputs role; one browser for the whole story, because it is the
browser's start that costs.
"""

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from benchmarks.emulated_headset import Chrome, missing, until
from benchmarks.linked_station import InputsRole
from teleop.cameras.encoder import Encoder, compressed_video
from teleop.cameras.still import encode_still
from twin.wire.clock import NS_PER_MS

pytestmark = [
    pytest.mark.serial,
    pytest.mark.skipif(bool(missing()), reason=missing() or "all there"),
]


def story(tell: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """A test that is told in an event loop."""

    @functools.wraps(tell)
    def told(**fixtures: object) -> None:
        asyncio.run(tell(**fixtures))

    return told


@pytest.fixture
def role(station_folder: Path) -> Iterator[InputsRole]:
    running = InputsRole(station_folder)
    yield running
    running.close()


@asynccontextmanager
async def linked(role: InputsRole, mode: str = "ar") -> AsyncIterator[Chrome]:
    """A browser whose page is linked and whose session runs, with both controllers in sight."""
    facts = await role.open()
    async with Chrome(role.pin()) as chrome:
        await chrome.open(facts["invitation_url"])
        await role.let_in()
        await chrome.until("document.getElementById('state')?.textContent.startsWith('Linked')")
        await begin(role, chrome, mode)
        yield chrome


async def begin(role: InputsRole, chrome: Chrome, mode: str) -> None:
    await chrome.until(f"!document.getElementById('{mode}').disabled")
    await chrome.run(f"document.getElementById('{mode}').click()")
    await until(lambda: role.newest.hands and role.newest.hands[1].source == "controller", "frames flow")


async def take_hold(role: InputsRole, chrome: Chrome) -> None:
    """Open the right grip, wait until the hand is steady, and hold it lightly.

    Again if this machine kept the browser waiting: that is a loss like any other, and lets go as well.
    """
    for _ in range(8):
        await chrome.run("squeeze('right', 0)")
        await until(
            lambda: role.newest.hands and not any(hand.fault for hand in role.newest.hands), "both hands good"
        )
        seen = role.newest.frame_seq
        await until(lambda since=seen: role.newest.frame_seq > since + 15, "steady frames")
        await chrome.run("squeeze('right', 0.6)")
        try:
            await until(lambda: "right_grip" in role.buttons, "the grip counts", 1.0)
        except AssertionError:
            continue
        return
    raise AssertionError(f"the grip never counted: {role.newest}")


async def lets_go(role: InputsRole, chrome: Chrome, script: str, undo: str, reason: str) -> None:
    """``script`` lets go at once and says why; again if something else had let go before."""
    for _ in range(3):
        await take_hold(role, chrome)
        before = len(role.samples)
        await chrome.run(script)
        await until(lambda: "grip" not in role.buttons, f"let go after {script}", 1.0)
        with contextlib.suppress(AssertionError):
            await until(
                lambda since=before: any(reason in text for text in _faults(role, since)), reason, 1.0
            )
            return
        await chrome.run(undo or "0")
    raise AssertionError(f"{script} let go, but not because of {reason!r}: {_faults(role, before)[-9:]}")


def _faults(role: InputsRole, since: int) -> list[str]:
    """What was wrong with the right hand in the samples from number ``since`` on."""
    role.hear()
    return [sample.fault or sample.hands[1].fault for _, sample in role.samples[since:] if sample.hands]


async def never_held(role: InputsRole, chrome: Chrome, seconds: float = 0.4) -> None:
    after_ns = role.now()
    await asyncio.sleep(seconds)
    assert role.held_since(after_ns) == []


@story
async def test_an_emulated_headset_pairs_and_its_hands_arrive_in_the_robots_axes(role):
    async with linked(role) as chrome:
        assert await chrome.run("location.hash") == ""
        await take_hold(role, chrome)
        sample = role.newest
        right = sample.hands[1]
        assert right.held
        assert not sample.hands[0].held
        assert right.position_m.tolist() == pytest.approx([0.4, -0.2, 1.2], abs=0.12)
        assert sample.head_position_m.tolist() == pytest.approx([0, 0, 1.6], abs=0.02)
        assert sample.lost_frames == 0
        before = right.position_m
        await chrome.run("reach('right', [0.1, 0.05, -0.2], 0.4)")
        await until(
            lambda: abs(float(role.newest.hands[1].position_m[0] - before[0]) - 0.2) < 0.01, "it moved"
        )
        moved = role.newest.hands[1].position_m - before
        assert moved.tolist() == pytest.approx([0.2, -0.1, 0.05], abs=0.01)
        assert "right_grip" in role.buttons
        await chrome.run("worn.controllers.right.updateButtonValue('trigger', 0.7)")
        await until(lambda: role.input.axes[5] > 0.6, "the trigger arrives")
        await chrome.run(
            "worn.controllers.left.updateButtonValue('thumbstick', 1);"
            "worn.controllers.right.updateButtonValue('thumbstick', 1)"
        )
        await until(lambda: "both_sticks" in role.buttons, "STOP by both sticks")
        assert await chrome.run("headsetFigures.errors") == []


@story
async def test_whatever_is_lost_lets_go_at_once_and_needs_a_new_press(role):
    async with linked(role) as chrome:
        for script, undo, reason in (
            ("worn.recenter()", "", "recentred"),
            (
                "worn.updateVisibilityState('visible-blurred')",
                "worn.updateVisibilityState('visible')",
                "blurred",
            ),
            ("worn.updateVisibilityState('hidden')", "worn.updateVisibilityState('visible')", "hidden"),
            (
                "worn.controllers.right.connected = false",
                "worn.controllers.right.connected = true",
                "came or went",
            ),
            ("worn.primaryInputMode = 'hand'", "worn.primaryInputMode = 'controller'", "came or went"),
            ("places.right = [0.2, 1.2, -0.6]", "", "jumped"),
            ("window.trembles = false", "window.trembles = true", "frozen"),
            ("places.right = [0, 0, 0]", "places.right = [0.2, 1.2, -0.4]", "the right controller"),
        ):
            await lets_go(role, chrome, script, undo, reason)
            await chrome.run(undo or "0")
            await never_held(role, chrome)


@story
async def test_a_session_that_ends_or_a_page_that_hangs_or_closes_lets_go(role):
    async with linked(role) as chrome:
        await take_hold(role, chrome)
        hung_ns = role.now()
        hanging = asyncio.create_task(
            chrome.run("(() => { const t = performance.now() + 400; while (performance.now() < t); })()")
        )
        await until(lambda: "grip" not in role.buttons, "a hung page lets go", 1.0)
        assert role.now() - hung_ns < 300 * NS_PER_MS
        await hanging
        await never_held(role, chrome, 0.2)
        await lets_go(role, chrome, "worn.activeSession?.end()", "", "left the session")
        await begin(role, chrome, "vr")
        # In VR nobody drives without a picture of the robot.
        await until(lambda: "no picture" in role.newest.fault, "no picture, no driving")
        await chrome.open("about:blank")
        await until(lambda: not role.input.connected, "the headset is gone")


async def show(role: InputsRole, wanted: Callable[[], Awaitable[object]]) -> None:
    """Be the head camera until ``wanted``."""
    encoder, number = Encoder(64, 48), 0
    async with asyncio.timeout(10):
        while not await wanted():
            picture, at_ns = np.full((48, 64, 3), number % 256, np.uint8), role.now()
            number += 8
            payload = compressed_video("head", encoder.encode(picture), at_ns)
            role.speakers["cameras"].say_bytes("camera.head", payload, at_ns)
            if role.stills.is_due("head", at_ns):
                role.stills.show("head", encode_still(picture), at_ns)
            await asyncio.sleep(0.033)


@story
async def test_the_robots_picture_is_seen_and_a_frozen_one_lets_go(station_folder):
    role = InputsRole(station_folder, speaks_for=("cameras",))
    try:
        async with linked(role, "vr") as chrome:
            await show(role, lambda: chrome.run("headsetFigures.pictures.count > 5"))
            assert await chrome.run("headsetFigures.link.video") == "h264"
            assert await chrome.run("[headsetFigures.pictures.width, headsetFigures.pictures.height]") == [
                64,
                48,
            ]
            await chrome.run("headsetFigures.link.wantVideo('jpeg')")
            seen = await chrome.run("headsetFigures.pictures.count")
            await show(role, lambda: chrome.run(f"headsetFigures.pictures.count > {seen + 12}"))
            assert -1 < role.newest.picture_age_ms < 500
            assert "picture" not in role.newest.fault
            await until(lambda: "stands still" in role.newest.fault, "a frozen picture lets go", 3.0)
            assert 1000 < role.newest.picture_age_ms < 2000
            assert await chrome.run("headsetFigures.errors") == []
    finally:
        role.close()


@story
async def test_bare_hands_are_seen_with_all_joints_and_never_take_hold(role):
    async with linked(role) as chrome:
        await chrome.run("worn.primaryInputMode = 'hand'")
        await until(lambda: role.newest.hands and len(role.newest.hands[0].joints_m) == 75, "25 joints")
        began_ns = role.now()
        await chrome.run("worn.hands.right.updatePinchValue(1); worn.hands.left.updatePinchValue(1)")
        await asyncio.sleep(0.4)
        assert role.held_since(began_ns) == []
        assert role.newest.hands[1].source == "hand"
