"""The mouse as a device, told by a real window's voice over ZeroMQ."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from teleop.inputs.base import Reading
from teleop.inputs.mouse import Mouse
from twin.station import Station
from twin.wire.bus import Speaker, Waiter
from twin.wire.clock import NS_PER_MS, NS_PER_S, now_ns
from twin.wire.messages import DragSample, RoleHealth, vector

HAND = DragSample(
    held=True,
    drag=1,
    side="right",
    frame="world",
    position_m=vector([0.4, -0.2, 1.1]),
    orientation_wxyz=vector([1, 0, 0, 0]),
)


class Desk:
    """A window that speaks and a mouse that hears it."""

    def __init__(self, station: Station) -> None:
        self.window = Speaker(station, "window")
        self.mouse = Mouse(station)
        self.waiter = Waiter()
        for source in self.mouse.wake_sources():
            self.waiter.add(source)
        until_ns = now_ns() + 5 * NS_PER_S
        while not self.poll() and now_ns() < until_ns:
            self.window.say("window.health", RoleHealth(role="window"), now_ns())
            self.waiter.wait(now_ns() + 20 * NS_PER_MS)

    def poll(self, after_ms: float = 0) -> list[Reading]:
        return list(self.mouse.poll(now_ns() + int(after_ms * NS_PER_MS)))

    def say(self, drag: DragSample) -> Reading:
        self.window.say("window.drag", drag, now_ns())
        self.waiter.wait(now_ns() + 5 * NS_PER_S)
        (reading,) = self.poll()
        return reading

    def close(self) -> None:
        self.mouse.close()
        self.window.close()


@pytest.fixture
def desk(station_folder: Path) -> Iterator[Desk]:
    made = Desk(Station(folder=str(station_folder), robot_folder=""))
    yield made
    made.close()


def test_with_a_window_there_is_a_mouse_with_its_button_up(desk):
    (reading,) = desk.poll()
    assert (reading.kind, reading.connected, reading.buttons) == ("mouse", True, ())


def test_the_button_is_held_and_what_is_dragged_comes_along(desk):
    reading = desk.say(HAND)
    assert reading.buttons == ("drag",)
    assert reading.drag.side == "right"
    assert desk.say(DragSample(drag=1)).buttons == ()


def test_a_hold_that_is_not_repeated_within_a_tenth_of_a_second_is_let_go(desk):
    desk.say(HAND)
    assert desk.poll(after_ms=60)[0].buttons == ("drag",)
    (reading,) = desk.poll(after_ms=140)
    assert reading.buttons == ()
    assert not reading.drag.held


def test_every_repetition_is_a_new_reading_so_that_it_travels_on(desk):
    assert desk.say(HAND) is not desk.say(HAND)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"position_m": vector([0.0, float("nan"), 0.0])}, "not a number"),
        ({"side": "middle"}, "middle"),
        ({"frame": "moon"}, "moon"),
        ({"orientation_wxyz": vector([2, 0, 0, 0])}, "unit quaternion"),
        ({"position_m": vector([0.0])}, "no whole pose"),
        ({"joints": ("left_elbow",), "joints_rad": vector([0.1])}, "at once"),
        ({"side": "", "joints": ("left_elbow",), "joints_rad": vector([])}, "gives 0 angles"),
        ({"side": "", "joints": ("left_elbow",), "joints_rad": vector([float("inf")])}, "not a number"),
    ],
)
def test_a_drag_that_makes_no_sense_holds_nothing_and_is_told(desk, fields, told):
    whole = {name: getattr(HAND, name) for name in HAND.__struct_fields__}
    reading = desk.say(DragSample(**(whole | fields)))
    assert reading.buttons == ()
    assert told in desk.mouse.devices()[0].note


def test_a_window_that_is_gone_takes_the_mouse_with_it(desk):
    (reading,) = desk.poll(after_ms=4000)
    assert not reading.connected
    assert desk.poll(after_ms=4100) == []
