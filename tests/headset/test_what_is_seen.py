"""What a person sees in the emulated headset: pictures, two eyes, a link that is too weak, the robot's hands."""

import asyncio
from collections.abc import Awaitable, Callable

import numpy as np
import pytest
from worn_station import WornStation

from benchmarks.emulated_headset import missing, until
from teleop.cameras.encoder import Encoder, compressed_video
from teleop.cameras.still import encode_still
from twin.demonstration.person import ARM, EYES, SHOULDERS, UPPER_ARM

pytestmark = [
    pytest.mark.serial,
    pytest.mark.skipif(bool(missing()), reason=missing() or "all there"),
]

SIZES = {"head": (64, 48), "head_left": (96, 48), "head_right": (96, 48), "left_wrist": (48, 48)}

# The left eye's picture drawn over all of a canvas of its size; the colours in the middle of rows from the top.
DRAWN_OVER_A_CANVAS = """(rows => {
  const {scene, pictures} = headsetFigures, {gl} = scene, pixel = new Uint8Array(4);
  gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer());
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  const canvas = gl.getParameter(gl.TEXTURE_BINDING_2D), one = new DOMMatrix().toFloat32Array();
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 1280, 720, 0, gl.RGBA, gl.UNSIGNED_BYTE, null);
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, canvas, 0);
  gl.viewport(0, 0, 1280, 720);
  scene.picture([one, one], one, 2, 2, pictures.ofEye('left'), 0);
  return rows.map(row => {
    gl.readPixels(640, 719 - row, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel); return [...pixel.slice(0, 3)]; });
})"""


class Film:
    """Cameras whose pictures grow brighter from one to the next; of the role that draws them, with its own encoders."""

    def __init__(self, station: WornStation, names: tuple[str, ...] = ("head",)) -> None:
        self.role, self.number = station.role, 0
        self.encoders = {name: Encoder(*SIZES[name]) for name in names}
        self.late_ns = 0  # how old each picture is when it is said

    async def until(self, wanted: Callable[[], Awaitable[object]], within_s: float = 10) -> None:
        """Show until ``wanted``."""
        async with asyncio.timeout(within_s):
            while not await wanted():
                self.show()
                await asyncio.sleep(0.033)

    def show(self) -> None:
        self.number += 8
        at_ns = self.role.now() - self.late_ns
        for name, encoder in self.encoders.items():
            width, height = SIZES[name]
            picture = np.full((height, width, 3), self.number % 256, np.uint8)
            payload = compressed_video(name, encoder.encode(picture), at_ns)
            self.role.speakers["cameras"].say_bytes(f"camera.{name}", payload, at_ns)
            if self.role.stills.is_due(name, self.role.now()):
                self.role.stills.show(name, encode_still(picture), at_ns)


async def test_the_robots_picture_is_seen_and_a_frozen_one_lets_go(station):
    role, chrome = station.role, await station.put_on("vr")
    film = Film(station)
    await chrome.run("headsetFigures.link.wantVideo('h264')")
    seen = await chrome.run("headsetFigures.pictures.count")
    await film.until(lambda: chrome.run(f"headsetFigures.pictures.count > {seen + 5}"))
    assert await chrome.run("headsetFigures.link.video") == "h264"
    assert await chrome.run("[headsetFigures.pictures.width, headsetFigures.pictures.height]") == [64, 48]
    await chrome.run("headsetFigures.link.wantVideo('jpeg')")
    seen = await chrome.run("headsetFigures.pictures.count")
    await film.until(lambda: chrome.run(f"headsetFigures.pictures.count > {seen + 12}"))
    assert -1 < role.newest.picture_age_ms < 500
    assert "picture" not in role.newest.fault
    await until(lambda: "stands still" in role.newest.fault, "a frozen picture lets go", 3.0)
    assert 1000 < role.newest.picture_age_ms < 2000
    assert await chrome.run("headsetFigures.errors") == []


async def test_a_large_picture_is_seen_whole_and_the_right_way_up(station):
    role, chrome = station.role, await station.put_on()
    colours = {90: (200, 40, 40), 345: (40, 200, 40), 360: (40, 40, 200), 700: (200, 200, 40)}
    picture = np.zeros((720, 1280, 3), np.uint8)
    for number, colour in enumerate(colours.values()):
        picture[(0, 176, 352, 528)[number] :] = colour
    upside_down, encoder = picture[::-1], Encoder(1280, 720)

    def show() -> None:
        payload = compressed_video("head", encoder.encode(upside_down), role.now())
        role.speakers["cameras"].say_bytes("camera.head", payload, role.now())
        if role.stills.is_due("head", role.now()):
            role.stills.show("head", encode_still(upside_down), role.now())

    seen = "headsetFigures.pictures.ofEye('left')"
    for codec, images in (("jpeg", 2), ("h264", 1)):
        await chrome.run(f"headsetFigures.pictures.forget(); headsetFigures.link.wantVideo('{codec}')")
        async with asyncio.timeout(10):
            while not await chrome.run(
                f"{seen}?.texture && !{seen}.isNew && {seen}.images.length === {images}"
            ):
                show()
                await asyncio.sleep(0.05)
        assert await chrome.run(f"[{seen}.width, {seen}.height]") == [1280, 720]
        drawn = await chrome.run(f"{DRAWN_OVER_A_CANVAS}({list(colours)})")
        np.testing.assert_allclose(drawn, list(colours.values()), atol=12, err_msg=codec)
    assert await chrome.run("headsetFigures.errors") == []


async def test_two_eyes_see_two_pictures_and_other_cameras_are_small_beside_the_words(station):
    role, chrome = station.role, await station.put_on()
    film = Film(station, ("head_left", "head_right", "left_wrist"))
    pictures = "headsetFigures.pictures"
    for codec in ("h264", "jpeg"):
        await chrome.run(f"{pictures}.forget(); headsetFigures.link.wantVideo('{codec}')")
        await film.until(lambda: chrome.run(f"{pictures}.hasTwoEyes && {pictures}.insets.length == 1"))
    left, right = await chrome.run(
        f"[{pictures}.ofEye('left').width, {pictures}.ofEye('right') !== {pictures}.ofEye('left')]"
    )
    assert (left, right) == (96, True)
    assert await chrome.run(f"{pictures}.insets[0].width") == 48
    # The older of both eyes counts: one that stands still is a picture that stands still.
    del film.encoders["head_right"]
    await film.until(lambda: _is(role.newest.picture_age_ms > 400), 5)


async def _is(truth: bool) -> bool:
    return truth


async def test_single_pictures_over_a_weak_link_become_video_by_themselves_and_are_no_longer_encoded(station):
    role, chrome = station.role, await station.put_on()
    film = Film(station)
    await chrome.run("headsetFigures.link.wantVideo('jpeg')")
    await film.until(lambda: _is(role.stills.is_due("head", role.now())))
    film.late_ns = 400_000_000  # so late do they come
    await film.until(lambda: chrome.run("headsetFigures.link.video === 'h264'"), 10)
    assert await chrome.run("document.getElementById('video').value") == "h264"
    await film.until(lambda: _is(not role.stills.is_due("head", role.now())))


async def test_the_hands_are_coloured_by_their_grip(station):
    chrome = await station.put_on()
    await chrome.until("headsetFigures.figure.isPosed")
    shown = """[0, 0.4, 7.5, 15, 30, 90].map(newtons => {
      const seen = new Set(), draw = (place, colour, alpha) => alpha === 1 && seen.add(String(colour));
      headsetFigures.figure.each({left: newtons, right: 0}, draw);
      return [...seen]; })"""
    palettes = await chrome.run(shown)
    # The body, a hand without a grip, and the one with it, which has a colour of its own from a light grip on.
    assert [len(colours) for colours in palettes] == [2, 2, 3, 3, 3, 3]
    grips = [next(iter(set(colours) - set(palettes[0])), "") for colours in palettes]
    red, green, blue = np.array([[float(part) for part in grip.split(",")] for grip in grips[2:]]).T
    assert (np.diff(red) >= 0).all()
    assert green[0] > red[0]
    assert red[-1] > green[-1] + 0.3
    assert red[-2] == red[-1]
    assert (blue < 0.5).all()


async def test_before_a_grip_is_pressed_the_robots_hands_stand_at_the_operators(station):
    chrome = await station.put_on()
    await chrome.until("headsetFigures.figure.isPosed")
    drawn = await both_ghosts(chrome)
    assert {colour for _, colour in drawn} == {"free"}
    places = np.array([place for place, _ in drawn])
    for side in ("left", "right"):
        palm = np.array(await chrome.run(f"places.{side}"))
        near = np.linalg.norm(places - palm, axis=1) < 0.25  # a hand with its fingers
        assert near.sum() == len(places) / 2
    await station.engage()
    await chrome.until("Object.keys(headsetFigures.words.ghosts ?? {}).join() === 'left'")


async def test_a_hand_that_follows_is_told_from_one_that_was_refused_for_a_jump(station):
    chrome = await station.put_on()
    await station.engage()
    await told_in_headset("right followed", chrome)
    await chrome.run("places.right[0] += 0.3")
    await told_in_headset("right REFUSED: let go, press anew", chrome)
    await chrome.run("places.right[0] -= 0.3; squeeze('right', 0)")


async def told_in_headset(words: str, chrome) -> None:
    """Wait until what becomes of the hands is told so; nothing is while the page stumbles."""
    async with asyncio.timeout(5):
        while words not in (await hud(chrome))[3]:
            await asyncio.sleep(0.02)


async def hud(chrome) -> list[str]:
    """The lines of words that stand in the headset."""
    return await chrome.run(
        """import('./hud.js').then(({hudLines}) => hudLines(headsetFigures.words,
        {isOpen: true, rttMs: 1, ageMs: 0, frozenMs: 1000, bareHands: false}))"""
    )


async def ghosts(chrome) -> list[tuple[list[float], str]]:
    """Where each box of the ghosts is drawn, in XR's axes, and what its colour means."""
    return await chrome.run(
        """import('./ghost.js').then(({eachGhost}) => { const drawn = [];
        eachGhost(headsetFigures.figure, headsetFigures.words.ghosts, places,
                  (m, colour) => drawn.push([[m[12], m[13], m[14]], colour[2] === 1 ? 'free' : 'refused']));
        return drawn; })"""
    )


async def both_ghosts(chrome) -> list[tuple[list[float], str]]:
    """Wait until the ghosts of both hands are drawn, and return their boxes; while the page stumbles there are none."""
    two = "Object.keys(headsetFigures.words.ghosts ?? {}).length === 2"
    async with asyncio.timeout(10):
        while not (drawn := await ghosts(chrome)) or not await chrome.run(two):
            await asyncio.sleep(0.05)
    return drawn


async def drawn_as(colour: str, chrome) -> None:
    """Wait until a ghost is drawn in ``colour``; while the page stumbles there are none."""
    async with asyncio.timeout(5):
        while colour not in {each for _, each in await ghosts(chrome)}:
            await asyncio.sleep(0.05)


async def go_to_right_ghost(chrome, below_m: float = 0.0) -> None:
    """The right hand goes where its ghost is, or that far below, as soon as one is seen.

    Looked for and gone to in one script: while the page stumbles there is none.
    """
    await chrome.until(
        "(at => at?.length === 3 &&"
        f" (places.right = [-at[1], at[2] - {below_m}, -at[0]]))(headsetFigures.words.ghosts.right?.at)"
    )


async def test_mirror_me_from_the_l_pose_to_a_hand_that_is_where_mine_is(station):
    """The whole way as a person goes it: L-pose, the ghost, a hand brought to it, a press, a reach."""
    chrome, role = await station.put_on(), station.role
    control = station.control
    await asyncio.to_thread(control.ask, "mirror_me", 5.0, on="true")
    try:
        await until(lambda: "L-pose" in station.status.reason, "it is asked for")
        height_m = 1.6 / EYES
        ahead_m, high_m = (ARM - UPPER_ARM) * height_m - 0.08, (SHOULDERS - UPPER_ARM) * height_m
        await chrome.run(
            f"places.left = [-0.2, {high_m}, {-ahead_m}]; places.right = [0.2, {high_m}, {-ahead_m}]"
        )
        await until(
            lambda: len(station.status.ghosts) == 2 and not station.status.reason, "the body is known", 5
        )
        await chrome.until("headsetFigures.words.mirror_me")
        # A hand that is not where the robot's is would be refused, and its ghost is red.
        await go_to_right_ghost(chrome, below_m=0.4)
        await chrome.until("headsetFigures.words.ghosts.right?.fault.includes('m from')")
        await drawn_as("refused", chrome)
        await bring_right_hand_there(station)
        before = station.measured_rad()
        await station.engage()
        await asyncio.sleep(0.3)
        assert np.abs(station.measured_rad() - before).max() < 0.02
        await chrome.run("reach('right', [0, 0.06, -0.04], 0.4)")
        await until(
            lambda: np.abs(station.measured_rad() - before).max() > 0.05, "the robot's hand goes along", 3
        )
        assert role.newest.hands[1].held
    finally:
        await chrome.run("squeeze('right', 0)")
        await asyncio.to_thread(control.ask, "mirror_me", 5.0, on="false")


async def bring_right_hand_there(station: WornStation) -> None:
    """As a person does it: look at the ghost, go there, and turn the wrist until it is no longer red."""
    chrome = station.chrome
    await go_to_right_ghost(chrome)
    for roll_rad in np.arange(0.0, 1.6, 0.15):
        for sign in (1, -1):
            half = sign * roll_rad / 2
            await chrome.run(f"worn.controllers.right.quaternion.set(0, 0, {np.sin(half)}, {np.cos(half)})")
            await asyncio.sleep(0.12)
            right = [each for each in station.status.ghosts if each.side == "right"]
            if right and not right[0].fault:
                return
    raise AssertionError(f"the ghost stays red: {right}")
