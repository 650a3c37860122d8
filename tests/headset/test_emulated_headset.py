"""A person puts on an emulated headset, links, drives, and loses it: what arrives at the station, in real processes.

The real page in a real browser against the real inputs role. What a robot then does is in ``test_headset_comes_off``.
"""

import asyncio
import contextlib

import numpy as np
import pytest
from worn_station import WornStation

from benchmarks.emulated_headset import Chrome, missing, until
from twin.wire.clock import NS_PER_MS

pytestmark = [
    pytest.mark.serial,
    pytest.mark.skipif(bool(missing()), reason=missing() or "all there"),
]


async def lets_go(station: WornStation, script: str, undo: str, reason: str) -> None:
    """``script`` lets go at once and says why; again if something else had let go before."""
    role, chrome = station.role, station.chrome
    for _ in range(3):
        await station.take_hold()
        before = len(role.samples)
        await chrome.run(script)
        await until(lambda: "grip" not in role.buttons, f"let go after {script}", 1.0)
        with contextlib.suppress(AssertionError):
            await until(
                lambda since=before: any(reason in text for text in _faults(station, since)), reason, 1.0
            )
            return
        await chrome.run(undo or "0")
    raise AssertionError(f"{script} let go, but not because of {reason!r}: {_faults(station, before)[-9:]}")


def _faults(station: WornStation, since: int) -> list[str]:
    """What was wrong with the right hand in the samples from number ``since`` on."""
    station.role.hear()
    return [
        sample.fault or sample.hands[1].fault for _, sample in station.role.samples[since:] if sample.hands
    ]


async def never_held(station: WornStation, seconds: float = 0.4) -> None:
    after_ns = station.role.now()
    await asyncio.sleep(seconds)
    assert station.role.held_since(after_ns) == []


def palm_m(station: WornStation) -> np.ndarray:
    """Where the right hand is seen, shape (3,); not a number while it is not."""
    hands = station.role.newest.hands
    return hands[1].position_m if hands and len(hands[1].position_m) else np.full(3, np.nan)


async def reached(station: WornStation, chrome: Chrome) -> None:
    """The right hand goes ahead, and is seen to go in the robot's axes."""
    before = palm_m(station)
    await chrome.run("reach('right', [0.1, 0.05, -0.2], 0.4)")
    wanted = before + np.array([0.2, -0.1, 0.05])
    await until(lambda: np.abs(palm_m(station) - wanted).max() < 0.01, "it moved")


async def test_an_emulated_headset_pairs_and_its_hands_arrive_in_the_robots_axes(station):
    role, chrome = station.role, await station.put_on()
    assert await chrome.run("location.hash") == ""
    lost = role.newest.lost_frames
    await station.take_hold()
    sample = role.newest
    right = sample.hands[1]
    assert right.held
    assert not sample.hands[0].held
    assert right.position_m.tolist() == pytest.approx([0.4, -0.2, 1.2], abs=0.12)
    assert sample.head_position_m.tolist() == pytest.approx([0, 0, 1.6], abs=0.02)
    assert sample.lost_frames == lost
    for _ in range(4):  # a machine that keeps the page waiting lets go, as it must
        await reached(station, chrome)
        if "right_grip" in role.buttons:
            break
        await station.take_hold()
    assert "right_grip" in role.buttons
    await chrome.run("worn.controllers.right.updateButtonValue('trigger', 0.7)")
    await until(lambda: role.input.axes[5] > 0.6, "the trigger arrives")
    await chrome.run(
        "worn.controllers.left.updateButtonValue('thumbstick', 1);"
        "worn.controllers.right.updateButtonValue('thumbstick', 1)"
    )
    await until(lambda: "both_sticks" in role.buttons, "STOP by both sticks")
    await until(lambda: station.stop_level, "the robot is stopped", 5.0)
    assert await chrome.run("headsetFigures.errors") == []
    await station.put_on()
    await station.arm()


async def says(chrome: Chrome, text: str) -> None:
    await chrome.until(f"document.getElementById('state')?.textContent.includes({text!r})")


async def type_code(chrome: Chrome, code: str) -> None:
    await chrome.run(
        "(code => { const field = document.getElementById('code'); field.value = code;"
        "field.dispatchEvent(new Event('input')); field.form.requestSubmit(); })"
        f"({code!r})"
    )


async def test_a_headset_without_an_invitation_is_told_what_is_wrong_and_takes_a_code_as_it_is_shown(station):
    role, chrome = station.role, station.chrome
    await chrome.run("localStorage.clear()")
    await chrome.open(f"https://localhost:{role.port}/")
    await says(chrome, "Not paired")
    code = (await role.open())["code"]
    await type_code(chrome, f"{(int(code) + 1) % 10**6:06d}")
    await says(chrome, "This code is wrong, used or older than ten minutes")
    await type_code(chrome, f"{code[:3]} {code[3:]}")
    await role.let_in()
    await says(chrome, "Linked as")
    await asyncio.to_thread(
        role.asker.ask, "headset.revoke", id=role.asker.ask("headset.status")["linked_id"]
    )
    await says(chrome, "has forgotten this headset")
    # Another QR code, scanned into the same tab.
    await chrome.open((await role.open())["invitation_url"])
    await role.let_in()
    await says(chrome, "Linked as")


async def test_whatever_is_lost_lets_go_at_once_and_needs_a_new_press(station):
    chrome = await station.put_on()
    for script, undo, reason in (
        ("worn.primaryInputMode = 'hand'", "worn.primaryInputMode = 'controller'", "came or went"),
        ("places.right = [0.2, 1.2, -0.6]", "", "jumped"),
        ("window.trembles = false", "window.trembles = true", "frozen"),
        ("places.right = [0, 0, 0]", "places.right = [0.2, 1.2, -0.4]", "the right controller"),
    ):
        await lets_go(station, script, undo, reason)
        await chrome.run(undo or "0")
        await never_held(station)


async def test_a_session_that_ends_or_a_page_that_hangs_or_closes_lets_go(station):
    role, chrome = station.role, await station.put_on()
    await station.take_hold()
    hung_ns = role.now()
    hanging = asyncio.create_task(
        chrome.run("(() => { const t = performance.now() + 400; while (performance.now() < t); })()")
    )
    await until(lambda: "grip" not in role.buttons, "a hung page lets go", 1.0)
    assert role.now() - hung_ns < 300 * NS_PER_MS
    await hanging
    await never_held(station, 0.2)
    await lets_go(station, "worn.activeSession?.end()", "", "left the session")
    await station.begin("vr")
    # In VR nobody drives without a picture of the robot.
    await until(lambda: "no picture" in role.newest.fault, "no picture, no driving")
    await chrome.open("about:blank")
    await until(lambda: not role.input.connected, "the headset is gone")


async def test_bare_hands_are_seen_with_all_joints_and_never_take_hold(station):
    role, chrome = station.role, await station.put_on()
    await chrome.run("worn.primaryInputMode = 'hand'")
    await until(lambda: role.newest.hands and len(role.newest.hands[0].joints_m) == 75, "25 joints")

    # Open, and leading nothing, they are measured: a hand of 17 cm, as the emulator has it.
    def measured() -> str:
        return station.control.ask("hand_size", 5.0)["measured_m"]

    await until(measured, "the open hands are measured", 5.0)
    assert float(measured()) == pytest.approx(0.174, abs=0.01)
    began_ns = role.now()
    await chrome.run("worn.hands.right.updatePinchValue(1); worn.hands.left.updatePinchValue(1)")
    await asyncio.sleep(0.4)
    assert role.held_since(began_ns) == []
    await until(lambda: role.newest.hands[1].source == "hand", "they are seen all the while", 1.0)
    await chrome.run("worn.hands.right.updatePinchValue(0); worn.hands.left.updatePinchValue(0)")
