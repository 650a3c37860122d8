"""A headset through OpenXR: the real loader, the real pyopenxr and our link, on a runtime that shows a made world."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from benchmarks.openxr_loader import missing
from benchmarks.openxr_runtime import MadeRuntime
from benchmarks.openxr_world import (
    CONTROLLERS_CHANGED,
    FOCUSED,
    GUESSED,
    JOINTS,
    PUT_ON,
    RECENTRED,
    SEEN,
    SIMPLE,
    SYNCHRONIZED,
    TAKEN_OFF,
    VISIBLE,
    VIVE,
    World,
)
from teleop.inputs.base import Reading
from teleop.inputs.pc_headset import PcHeadsets
from twin.station import Station
from twin.wire.ask import named
from twin.wire.bus import Speaker
from twin.wire.clock import now_ns
from twin.wire.messages import Argument, ControlStatus, Request

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "none")

ON = Request(action="headset.openxr", arguments=(Argument(name="switch", value="on"),))
OFF = Request(action="headset.openxr", arguments=(Argument(name="switch", value="off"),))
ASK = Request(action="headset.openxr")


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeRuntime]:
    folder = tmp_path_factory.mktemp("openxr")
    before = os.environ.get("XR_RUNTIME_JSON")
    yield MadeRuntime(World(folder / "world"), folder)
    if before is None:
        del os.environ["XR_RUNTIME_JSON"]
    else:
        os.environ["XR_RUNTIME_JSON"] = before


class Worn:
    """The inputs' side of it, and everything that was said."""

    def __init__(self, station: Station, world: World) -> None:
        self.world, self.headsets = world, PcHeadsets(station)
        self.said: list[Reading] = []

    def facts(self) -> dict[str, str]:
        reply = self.headsets.answer(ASK)
        assert reply is not None
        return named(reply.results)

    def until(self, wanted: Callable[[Reading], bool], within_s: float = 30.0) -> Reading:
        until_s = time.monotonic() + within_s
        while time.monotonic() < until_s:
            for reading in self.headsets.poll(now_ns()):
                if not self.said or self.said[-1] is not reading:
                    self.said.append(reading)
                    if wanted(reading):
                        return reading
            time.sleep(0.002)
        raise AssertionError(f"never seen; the last was {self.said[-1:]}, the link {self.facts()}")

    def until_held(self, squeeze: float = 0.6) -> Reading:
        """Open the grip and press it; again if this machine kept the link waiting, which lets go too."""
        for _ in range(10):
            self.world.hand("right")["squeeze"] = 0.0
            self.until(lambda reading: "right_grip" not in reading.buttons and steady(reading))
            for _ in range(15):
                self.until(anything)
            self.world.hand("right")["squeeze"] = squeeze
            try:
                return self.until(lambda reading: "right_grip" in reading.buttons, 1.0)
            except AssertionError:
                continue
        raise AssertionError(f"never held: {self.said[-1]}")


def anything(_: Reading) -> bool:
    return True


def steady(reading: Reading) -> bool:
    return reading.xr is not None and not reading.xr.fault and not reading.xr.hands[1].fault


@pytest.fixture
def worn(runtime: MadeRuntime, station_folder: Path) -> Iterator[Worn]:
    world = runtime.world
    world.path.unlink()
    runtime.world = World(world.path)
    station = Station(folder=str(station_folder), robot_folder="")
    station.save()
    made = Worn(station, runtime.world)
    yield made
    runtime.world.row["hangs_s"] = 0.0
    made.headsets.close()


@pytest.fixture
def held(worn: Worn) -> Worn:
    worn.headsets.answer(ON)
    worn.until_held()
    return worn


def test_nothing_of_openxr_is_loaded_before_it_is_asked_for():
    program = (
        "import sys; from teleop.inputs.base import find_inputs; from twin.station import Station\n"
        "made = find_inputs()['pc_headset'](Station(folder='', robot_folder=''))\n"
        "assert not made.poll(1) and made.lack() == 'OpenXR is off', made.lack()\n"
        "sys.exit('xr' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_head_and_controllers_arrive_in_the_robots_axes(worn: Worn):
    worn.headsets.answer(ON)
    reading = worn.until(steady)
    sample = reading.xr
    assert reading.kind == "headset"
    assert sample.mode == "window"
    np.testing.assert_allclose(sample.head_position_m, [0, 0, 1.6], atol=1e-3)
    np.testing.assert_allclose(sample.hands[1].position_m, [0.4, -0.2, 1.2], atol=1e-3)
    assert [hand.source for hand in sample.hands] == ["controller", "controller"]
    assert worn.facts()["headset"] == "Made headset"


def test_sticks_buttons_and_triggers_mean_what_they_mean_on_the_page(worn: Worn):
    left, right = worn.world.hand("left"), worn.world.hand("right")
    left["stick"] = (0.5, 1.0)  # right, and up
    left["trigger"], right["a"], left["b"] = 0.75, 1, 1
    worn.headsets.answer(ON)
    reading = worn.until(lambda reading: steady(reading) and bool(reading.axes[1]))
    assert reading.axes[:2] == pytest.approx((-0.5, 1.0))  # left and up are +1
    assert reading.axes[4] == pytest.approx(0.75)
    assert set(reading.buttons) == {"a", "y"}


def test_the_menu_button_of_the_left_hand_is_one_like_the_others(worn: Worn):
    worn.headsets.answer(ON)
    worn.until(steady)
    worn.world.hand("right")["menu"] = 1
    with pytest.raises(AssertionError, match="never seen"):
        worn.until(lambda reading: "menu" in reading.buttons, 0.3)
    worn.world.hand("left")["menu"] = 1
    worn.until(lambda reading: "menu" in reading.buttons)


def test_both_sticks_pressed_is_stop(held: Worn):
    for side in ("left", "right"):
        held.world.hand(side)["stick_click"] = 1
    held.until(lambda reading: "both_sticks" in reading.buttons)
    assert held.headsets.stops_pressed == ["headset:openxr.1 both sticks"]


FAULTS: dict[str, Callable[[World], None]] = {
    "recentred": lambda world: world.happens(RECENTRED),
    "its menu is open": lambda world: world.happens(VISIBLE),
    "another application has it": lambda world: world.happens(SYNCHRONIZED),
    "taken off": lambda world: world.happens(TAKEN_OFF),
    "other controllers": lambda world: world.happens(CONTROLLERS_CHANGED),
    "hand lost": lambda world: world.hand("right").__setitem__("flags", 0),
    "hand guessed": lambda world: world.hand("right").__setitem__("flags", GUESSED),
    "head lost": lambda world: world.row.__setitem__("head_flags", 0),
    "frozen": lambda world: world.row.__setitem__("trembles", 0),
    "jumped": lambda world: world.hand("right")["grip"].__setitem__(0, 1.2),
    "hangs": lambda world: world.row.__setitem__("hangs_s", 0.5),
    "runtime lost": lambda world: world.row.__setitem__("lost", 1),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_makes_a_pose_doubtful_lets_go(held: Worn, fault: str):
    FAULTS[fault](held.world)
    reading = held.until(lambda reading: "right_grip" not in reading.buttons, 1.0)
    if reading.connected:
        assert reading.xr.fault or reading.xr.hands[1].fault
    before = held.said[held.said.index(reading) - 1]
    assert steady(before)  # not one doubtful frame was still held


@pytest.mark.parametrize("fault", ["its menu is open", "taken off", "recentred", "hand lost"])
def test_what_comes_back_with_the_grip_held_drives_only_after_a_new_press(held: Worn, fault: str):
    FAULTS[fault](held.world)
    held.until(lambda reading: "right_grip" not in reading.buttons, 1.0)
    held.world.hand("right")["flags"] = SEEN
    held.world.happens(FOCUSED)
    held.world.happens(PUT_ON)
    held.until(steady)
    with pytest.raises(AssertionError, match="never seen"):
        held.until(lambda reading: "right_grip" in reading.buttons, 0.4)
    held.until_held()


def test_a_lost_runtime_is_said_and_comes_back_as_another_device_that_holds_nothing(held: Worn):
    first = held.said[-1].device
    held.world.row["lost"] = 1
    gone = held.until(lambda reading: not reading.connected)
    assert gone.device == first
    assert "lost" in held.facts()["reason"]
    held.world.row["lost"] = 0
    back = held.until(steady)
    assert back.device != first
    with pytest.raises(AssertionError, match="never seen"):
        held.until(lambda reading: "right_grip" in reading.buttons, 0.4)
    held.until_held()


def test_switched_off_it_is_gone_and_not_looked_for_again(held: Worn):
    held.headsets.answer(OFF)
    held.until(lambda reading: not reading.connected)
    time.sleep(0.1)
    assert held.facts()["state"] == "off"
    assert not held.headsets.poll(now_ns())
    assert held.headsets.devices() == []


def test_a_headset_that_is_not_there_yet_is_waited_for(worn: Worn):
    worn.world.row["absent"] = 1
    worn.headsets.answer(ON)
    until_s = time.monotonic() + 30
    while "has no headset" not in worn.facts()["reason"]:
        assert time.monotonic() < until_s
        time.sleep(0.01)
    assert worn.facts()["state"] == "looking"
    worn.world.row["absent"] = 0
    worn.until(steady)


def test_a_bare_hand_is_25_joints_in_the_order_of_webxr_and_holds_nothing(worn: Worn):
    joints = np.zeros((JOINTS, 7), np.float32)
    joints[:, 0], joints[:, 1], joints[:, 6] = 0.01 * np.arange(JOINTS), 1.0, 1.0
    worn.world.shows_bare_hand("left", joints)
    worn.world.hand("left")["squeeze"] = 0.6
    worn.headsets.answer(ON)
    hand = worn.until(lambda reading: steady(reading) and reading.xr.hands[0].source == "hand").xr.hands[0]
    points = hand.joints_m.reshape(25, 3)
    np.testing.assert_allclose(points[:, 1], -0.01 * np.arange(1, 26), atol=1e-3)  # the palm is left out
    np.testing.assert_allclose(hand.position_m, points[0])
    assert not hand.held


@pytest.mark.parametrize("profile", [VIVE, SIMPLE])
def test_a_grip_that_is_a_switch_drives_like_any_other(worn: Worn, profile: int):
    worn.world.hand("right")["profile"] = profile
    worn.headsets.answer(ON)
    worn.until_held(squeeze=1.0)


def test_control_is_felt_in_both_hands(held: Worn, station_folder: Path):
    speaker = Speaker(Station.load(station_folder), "control")
    until_s = time.monotonic() + 30
    while not held.world.hand("left")["pulses"]:
        assert time.monotonic() < until_s
        for phase in ("ready", "engaged"):
            speaker.say("control.status", ControlStatus(phase=phase), now_ns())
            time.sleep(0.1)
    speaker.close()
    assert held.world.hand("right")["pulses"]
    assert held.world.hand("left")["strength"] == pytest.approx(0.6)


def test_without_a_runtime_there_is_one_sentence_and_another_try(worn: Worn):
    os.environ["XR_RUNTIME_JSON"], kept = "/nowhere/openxr.json", os.environ["XR_RUNTIME_JSON"]
    try:
        worn.headsets.answer(ON)
        until_s = time.monotonic() + 30
        while "no OpenXR runtime answers" not in worn.facts()["reason"]:
            assert time.monotonic() < until_s
            time.sleep(0.01)
        assert worn.facts()["state"] == "looking"
    finally:
        os.environ["XR_RUNTIME_JSON"] = kept
    worn.until(steady)


def test_without_the_extra_there_is_one_sentence(worn: Worn, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "xr", None)
    worn.headsets.answer(ON)
    until_s = time.monotonic() + 30
    while worn.facts()["state"] != "failed":
        assert time.monotonic() < until_s
        time.sleep(0.01)
    assert worn.facts()["reason"] == "OpenXR is not installed: pip install 'understudy[openxr]'"


def test_a_runtime_without_headless_sessions_is_refused_in_words(
    worn: Worn, runtime: MadeRuntime, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(MadeRuntime, "extensions", MadeRuntime.extensions[1:])
    worn.headsets.answer(ON)
    until_s = time.monotonic() + 30
    while worn.facts()["state"] != "failed":
        assert time.monotonic() < until_s
        time.sleep(0.01)
    assert "sessions without pictures (XR_MND_headless)" in worn.facts()["reason"]
