"""The keyboard device, told by a real window's voice over ZeroMQ."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from teleop.inputs.base import Reading
from teleop.inputs.keyboard import Keyboard
from twin.station import Station
from twin.wire.bus import Speaker, Waiter
from twin.wire.clock import NS_PER_MS, NS_PER_S, now_ns
from twin.wire.messages import KeyState, RoleHealth


class Desk:
    """A window that speaks and a keyboard that hears it."""

    def __init__(self, station: Station) -> None:
        self.window = Speaker(station, "window")
        self.keyboard = Keyboard(station)
        self.waiter = Waiter()
        for source in self.keyboard.wake_sources():
            self.waiter.add(source)
        self.presses: list[str] = []
        self._listen()

    def _listen(self) -> None:
        """Speak until the keyboard hears, because a subscription takes its time."""
        until_ns = now_ns() + 5 * NS_PER_S
        while not self.poll() and now_ns() < until_ns:
            self.window.say("window.health", RoleHealth(role="window"), now_ns())
            self.waiter.wait(now_ns() + 20 * NS_PER_MS)
        assert self.poll()

    def poll(self, after_ms: float = 0) -> list[Reading]:
        readings = self.keyboard.poll(now_ns() + int(after_ms * NS_PER_MS))
        self.presses += self.keyboard.stops_pressed
        return readings

    def hold(self, *keys: str, focused: bool = True) -> tuple[str, ...]:
        """The buttons read after the window said that ``keys`` are held."""
        self.window.say("window.keys", KeyState(keys=keys, focused=focused), now_ns())
        self.waiter.wait(now_ns() + 5 * NS_PER_S)
        (reading,) = self.poll()
        return reading.buttons

    def close(self) -> None:
        self.keyboard.close()
        self.window.close()


@pytest.fixture
def desk(station_folder: Path) -> Iterator[Desk]:
    made = Desk(Station(folder=str(station_folder), robot_folder=""))
    yield made
    made.close()


def test_without_a_window_there_is_no_keyboard(station_folder):
    keyboard = Keyboard(Station(folder=str(station_folder), robot_folder=""))
    assert keyboard.poll(now_ns()) == []
    assert keyboard.devices() == []
    assert keyboard.lack() == "no window to type into"
    keyboard.close()


def test_a_window_makes_the_keyboard_a_device_that_holds_nothing(desk):
    (reading,) = desk.poll()
    assert (reading.device, reading.kind, reading.connected, reading.buttons) == (
        "keyboard",
        "keyboard",
        True,
        (),
    )
    assert desk.keyboard.lack() == ""


def test_keys_held_in_the_window_are_the_buttons(desk):
    assert desk.hold("shift", "w") == ("shift", "w")
    assert desk.hold() == ()


def test_keys_do_not_count_while_the_window_lacks_the_focus(desk):
    assert desk.hold("shift", "w", focused=False) == ()
    assert desk.keyboard.devices()[0].note == "the window does not have the focus"


def test_a_key_that_is_not_repeated_within_150_ms_is_released(desk):
    desk.hold("shift")
    (reading,) = desk.poll(after_ms=100)
    assert reading.buttons == ("shift",)
    (reading,) = desk.poll(after_ms=151)
    assert reading.buttons == ()


def test_a_window_that_is_silent_for_seconds_takes_the_keyboard_with_it_once(desk):
    desk.hold("shift")
    (reading,) = desk.poll(after_ms=3100)
    assert (reading.connected, reading.buttons) == (False, ())
    assert desk.poll(after_ms=3200) == []


def test_an_unreadable_word_about_keys_releases_them(desk):
    desk.hold("shift")
    desk.window.say_bytes("window.keys", b"\xff\xff\xff", now_ns())
    desk.waiter.wait(now_ns() + 5 * NS_PER_S)
    (reading,) = desk.poll()
    assert reading.buttons == ()


@pytest.mark.parametrize("key", ["space", "escape"])
def test_space_and_escape_stop_once_per_press_however_often_they_repeat(desk, key):
    for _ in range(3):
        desk.hold("w", key)
    assert desk.presses == [f"keyboard {key}"]
    desk.hold("w")
    desk.hold("w", key)
    assert desk.presses == [f"keyboard {key}"] * 2
    assert not desk.keyboard.cut_held


def test_a_late_repetition_of_a_held_key_is_no_second_stop(desk):
    desk.hold("space")
    (reading,) = desk.poll(after_ms=200)  # the window stalled: released as far as driving goes
    assert reading.buttons == ()
    desk.hold("space")
    assert desk.presses == ["keyboard space"]


def test_losing_and_regaining_the_focus_with_a_key_down_is_no_second_stop(desk):
    desk.hold("space")
    desk.hold(focused=False)
    desk.hold("space")
    assert desk.presses == ["keyboard space"]
